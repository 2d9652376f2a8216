import { AuditEntry } from '../../src/journal/journal.entities.js';
import { PASSWORD } from '../support/builders.js';
import { CommandLine, refusal } from './command-line.js';

jest.setTimeout(120_000);

let cli: CommandLine;
beforeAll(async () => {
  cli = await CommandLine.start();
});
afterAll(() => cli.close());

const strong = 'nine loud blue tractors';
const owner = (account: string, email: string, password: string) => [
  ...['create-owner', '--account', account, '--email', email],
  ...['--first-name', 'Ada', '--last-name', 'King', '--password', password],
];

async function canSignIn(email: string, password: string): Promise<boolean> {
  return (await cli.app.browser().signIn(email, password)).status === 303;
}

describe('create-owner', () => {
  it('founds a company and reads the password from stdin', async () => {
    const ended = await cli.runApart(owner('Founded', 'founder@example.com', '-'), {
      input: `${strong}\nrest`,
    });
    expect(ended).toMatchObject({
      status: 0,
      stderr: '',
      lines: ['founder@example.com is an owner of Founded'],
    });
    expect(await canSignIn('founder@example.com', strong)).toBe(true);
  });

  it('refuses a weak password without repeating it', async () => {
    const ended = await cli.run(owner('Weak', 'weak@example.com', 'ada-king'));
    expect(ended).toMatchObject(refusal('Use at least 12 characters'));
    expect(ended.stderr).not.toContain('ada-king');
  });
});

describe('create-user', () => {
  const user = (account: string, ...more: string[]) => [
    ...['create-user', '--account', account, '--email', 'made@example.com'],
    ...['--first-name', 'Made', '--last-name', 'Up', ...more],
  ];

  it('prints the password it made, and the person signs in with it', async () => {
    await cli.app.anAccount({ name: 'With people' });
    const { status, stdout } = await cli.run(user('With people', '--role', 'admin', '--type', 'licensed'));
    expect(status).toBe(0);
    const [, password] = /with the password (\S+)\n$/.exec(stdout) ?? [];
    expect(await canSignIn('made@example.com', password)).toBe(true);
  });

  it('refuses an account nobody founded and a role there is not', async () => {
    expect(await cli.run(user('Nobody’s'))).toMatchObject(refusal('There is no account Nobody’s'));
    await cli.app.anAccount({ name: 'Roles' });
    expect(await cli.run(user('Roles', '--role', 'king'))).toMatchObject(
      refusal('--role is one of owner, admin, member'),
    );
  });
});

describe('reset-password', () => {
  it('ends the sessions of that person and leaves others alone', async () => {
    const { user, browser } = await cli.app.signedIn();
    const other = await cli.app.signedIn();
    const ended = await cli.runApart(['reset-password', '--email', user.email, '--password', '-'], {
      input: strong,
    });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(ended.stdout).not.toContain(strong);
    expect((await browser.get('/contacts')).headers['location']).toMatch(/^\/login/);
    expect((await other.browser.get('/contacts')).status).toBe(200);
    expect(await canSignIn(user.email, PASSWORD)).toBe(false);
    expect(await canSignIn(user.email, strong)).toBe(true);
  });

  it('stands in the audit log without the password', async () => {
    const { user, account } = await cli.app.signedIn();
    await cli.run(['reset-password', '--email', user.email]);
    const rows = await cli.app.database.getRepository(AuditEntry).findBy({ accountId: account.id });
    expect(rows).toMatchObject([
      {
        actorId: null,
        action: 'users.password',
        targetId: user.id,
        targetName: 'Ada Lovelace',
        details: null,
      },
    ]);
  });

  it('refuses an address nobody signs in with', async () => {
    const ended = await cli.run(['reset-password', '--email', 'nobody@example.com']);
    expect(ended).toMatchObject(refusal('Nobody signs in with nobody@example.com'));
  });
});

describe('list-accounts', () => {
  it('counts the people of each account', async () => {
    const account = await cli.app.anAccount({ name: 'Counted\tcompany' });
    await cli.app.aUser({ account });
    await cli.app.aUser({ account, status: 'pending' });
    const { status, lines } = await cli.run(['list-accounts']);
    expect(status).toBe(0);
    expect(lines[0]).toBe('id\tname\tkind\tactive\tpending\tdeactivated\tcreatedAt\tclosedAt');
    expect(lines).toContain(
      `${account.id}\tCounted company\tcompany\t1\t1\t0\t${account.createdAt.toISOString()}\t`,
    );
  });

  it('refuses what it does not know', async () => {
    expect(await cli.run(['list-accounts', 'Founded'])).toMatchObject(refusal('Founded is not known'));
    expect(await cli.run(['list-accounts', '--all'])).toMatchObject(refusal("Unknown option '--all'"));
  });
});

describe('close-account', () => {
  it('signs everybody out and frees their addresses', async () => {
    const { user, browser } = await cli.app.signedIn({
      account: await cli.app.anAccount({ name: 'To close' }),
    });
    const ended = await cli.run(['close-account', '--account', 'To close']);
    expect(ended).toMatchObject({ status: 0, stderr: '', lines: ['To close is closed'] });
    expect((await browser.get('/contacts')).headers['location']).toMatch(/^\/login/);
    expect(await canSignIn(user.email, PASSWORD)).toBe(false);
  });

  it('stands in the audit log', async () => {
    const { id } = await cli.app.anAccount({ name: 'To close, seen' });
    await cli.run(['close-account', '--account', id]);
    const rows = await cli.app.database.getRepository(AuditEntry).findBy({ accountId: id });
    expect(rows).toMatchObject([
      { actorId: null, action: 'account.close', targetId: id, targetName: 'To close, seen' },
    ]);
  });

  it('asks for the id when two companies have the name', async () => {
    const one = await cli.app.anAccount({ name: 'Twins' });
    await cli.app.anAccount({ name: 'Twins' });
    expect(await cli.run(['close-account', '--account', 'Twins'])).toMatchObject(
      refusal('Several accounts are called Twins; give the id'),
    );
    expect(await cli.run(['close-account', '--account', one.id])).toMatchObject({ status: 0 });
  });
});

describe('The command line', () => {
  it('lists its commands', async () => {
    const { status, stdout, stderr } = await cli.runApart(['help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const command of ['create-owner', 'import-users', 'export-users', 'check'])
      expect(stdout).toContain(`\n  ${command}`);
  });

  it('refuses a command there is not, also one that every object has', async () => {
    expect(await cli.runApart(['backdoor'])).toMatchObject(refusal('There is no command backdoor'));
    expect(await cli.run(['toString'])).toMatchObject(refusal('There is no command toString'));
  });
});
