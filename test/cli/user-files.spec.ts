import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { User } from '../../src/accounts/user.entity.js';
import { type Account } from '../../src/accounts/account.entity.js';
import { CommandLine, refusal } from './command-line.js';

jest.setTimeout(120_000);

let cli: CommandLine;
beforeAll(async () => {
  cli = await CommandLine.start();
});
afterAll(() => cli.close());

const header = 'Email,First Name,Last Name,Manager,Chat Group,Phone,Mobile';

/** Writes a file with our header before its rows. @returns its path */
function file(name: string, ...rows: string[]): string {
  return raw(name, [header, ...rows].map((row) => `${row}\r\n`).join(''));
}

function raw(name: string, content: string | Buffer): string {
  const path = join(cli.folder, name);
  writeFileSync(path, content);
  return path;
}

async function importInto({ id }: Account, path: string, ...flags: string[]) {
  return cli.run(['import-users', '--account', id, ...flags, path]);
}

async function addresses({ id }: Account, status: string): Promise<string[]> {
  const found = await cli.app.database.query<{ email: string }[]>(
    'SELECT email FROM users WHERE accountId = ? AND status = ? ORDER BY email',
    [id, status],
  );
  return found.map(({ email }) => email);
}

async function statesOf({ id }: Account): Promise<string[]> {
  const found = await cli.app.database.query<{ state: string }[]>(
    'SELECT state FROM imports WHERE accountId = ? ORDER BY id',
    [id],
  );
  return found.map(({ state }) => state);
}

describe('import-users', () => {
  it('imports the right rows without a server and prints the wrong ones', async () => {
    const account = await cli.app.anAccount();
    const path = file(
      'mixed.csv',
      'right@example.com,Ada,Right,,Research,+33 1 40 20 50 50,',
      '',
      'no-address,Ada,Wrong,,,,abc',
      'right@example.com,Ada,Again,,,,',
    );
    const { status, lines, stderr } = await cli.runApart(['import-users', '--account', account.id, path]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(lines).toEqual([
      'Row 4, Email: “no-address” is not an e-mail address. Write it like name@example.com.',
      'Row 4, Mobile: “abc” holds letters. Write digits only, for example +33 1 40 20 50 50.',
      'Row 5, Email: “right@example.com” stands in row 2 already. Keep one of the two rows.',
      '1 imported, 0 already there, 2 wrong',
    ]);
    expect(await addresses(account, 'pending')).toEqual(['right@example.com']);
    expect(await statesOf(account)).toEqual(['done']);
    const mails = await cli.app.database.query<unknown[]>('SELECT id FROM mails WHERE accountId = ?', [
      account.id,
    ]);
    expect(mails).toHaveLength(1);
  });

  it('leaves who is there already, and no import to confirm', async () => {
    const account = await cli.app.anAccount();
    const path = file('twice.csv', 'twice@example.com,Ada,Twice,,,,');
    await importInto(account, path);
    const again = await importInto(account, path);
    expect(again).toMatchObject({ status: 0, lines: ['0 imported, 1 already there, 0 wrong'] });
    expect(await statesOf(account)).toEqual(['done', 'cancelled']);
  });

  it('reads numbers as proposed only when told to', async () => {
    const account = await cli.app.anAccount({ region: 'FR' });
    const path = file(
      'proposed.csv',
      'one@example.com,Ada,One,,,01 40 20 50 50,',
      'two@example.com,Ada,Two,one@example.com,,,',
    );
    const careful = await importInto(account, path);
    expect(careful.lines).toEqual([
      expect.stringMatching(/^Row 2, Phone: “01 40 20 50 50” has no country code\..*\+33140205050/),
      expect.stringMatching(/^Row 3, Manager: /),
      '0 imported, 0 already there, 2 wrong',
    ]);
    const taking = await importInto(account, path, '--take-proposals');
    expect(taking.lines).toEqual(['2 imported, 0 already there, 0 wrong']);
    const [{ workPhone }] = await cli.app.database.query<{ workPhone: string }[]>(
      "SELECT workPhone FROM users WHERE accountId = ? AND email = 'one@example.com'",
      [account.id],
    );
    expect(workPhone).toBe('+33140205050');
  });

  it('keeps each wrong row on one line, whatever its cells hold', async () => {
    const account = await cli.app.anAccount();
    const { lines } = await importInto(account, file('lines.csv', '"a\nb\u001b[31m",Ada,Lines,,,,'));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^Row 2, Email: “a b/);
    expect(lines[0]).not.toContain('\u001b');
  });

  it('refuses what is no file of users, and leaves nothing behind', async () => {
    const account = await cli.app.anAccount();
    const refused = async (path: string) => importInto(account, path);
    expect(await refused(join(cli.folder, 'none.csv'))).toMatchObject(refusal('there is no such file'));
    expect(await refused(cli.folder)).toMatchObject(refusal('it is a folder'));
    expect(await refused(raw('list.csv', '%PDF-1.7'))).toMatchObject(refusal('This is a PDF file'));
    expect(await refused(raw('bare.csv', `${header}\r\n`))).toMatchObject(
      refusal('no rows below its header'),
    );
    expect(await refused(raw('foreign.csv', 'Colour,Taste\r\nred,sweet\r\n'))).toMatchObject(
      refusal('no column is called E-mail or First name or Last name'),
    );
    expect(await refused(raw('unsure.csv', 'E-mail,Prénom,Nom,Poste\na@b.example,A,B,12\n'))).toMatchObject(
      refusal('“Poste” could be several things'),
    );
    expect(await addresses(account, 'pending')).toEqual([]);
    expect((await statesOf(account)).filter((state) => !/^(refused|cancelled)$/.test(state))).toEqual([]);
  });

  it('asks for one file and an account there is', async () => {
    const path = file('asked.csv', 'asked@example.com,Ada,Asked,,,,');
    expect(await cli.run(['import-users', '--account', 'None', path])).toMatchObject(
      refusal('There is no account None'),
    );
    expect(await cli.run(['import-users', '--account', 'None'])).toMatchObject(refusal('Name one file'));
    expect(await cli.run(['import-users', path])).toMatchObject(refusal('--account is missing'));
  });
});

describe('update-users', () => {
  it('changes who is there as the file says and prints the wrong rows', async () => {
    const account = await cli.app.anAccount();
    const user = await cli.app.aUser({ account, role: 'owner', department: 'Sales', location: 'Lyon' });
    const path = raw(
      'changes.csv',
      ['Email,Department,Location', `${user.email},Research,`, 'nobody@example.com,x,y'].join('\r\n'),
    );
    const { status, lines, stderr } = await cli.run([
      ...['update-users', '--account', account.id, '--empty', 'clear', path],
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(lines).toEqual([
      expect.stringMatching(/^Row 3, Email: Nobody of your company has the address “nobody@example.com”/),
      '1 updated, 0 unchanged, 0 changed meanwhile, 1 wrong',
    ]);
    expect(await cli.app.database.manager.findOneByOrFail(User, { id: user.id })).toMatchObject({
      ...{ department: 'Research', location: null },
    });
    expect(
      await cli.run(['update-users', '--account', account.id, '--empty', 'perhaps', path]),
    ).toMatchObject(refusal('--empty is one of keep, clear'));
  });
});

describe('export-users', () => {
  it('gives everybody, whatever their status, as a file that imports back unchanged', async () => {
    const account = await cli.app.anAccount();
    const active = await cli.app.aUser({ account, familyName: 'Żak', workPhone: '+33140205050' });
    const pending = await cli.app.aUser({ account, status: 'pending', department: 'R&D, Paris' });
    const gone = await cli.app.aUser({ account, status: 'deactivated', jobTitle: '=1+1' });
    await cli.app.aUser();
    const { status, stdout, stderr } = await cli.runApart(['export-users', '--account', account.id]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [first, ...rows] = stdout.split('\r\n').slice(0, -1);
    expect(first).toBe(
      '\ufeffEmail,First Name,Last Name,Department,Manager,User Group,Chat Group,Job Title,Location,Phone,Mobile,Extension,User ID,Status,Role,Type',
    );
    expect(rows).toEqual([
      `${active.email},Ada,Żak,,,,,,,+33140205050,,,${active.id},active,member,basic`,
      `${pending.email},Ada,Lovelace,"R&D, Paris",,,,,,,,,${pending.id},pending,member,basic`,
      `${gone.email},Ada,Lovelace,,,,,'=1+1,,,,,${gone.id},deactivated,member,basic`,
    ]);
    const back = await importInto(account, raw('back.csv', stdout));
    expect(back.lines).toEqual(['0 imported, 3 already there, 0 wrong']);
  });

  it('is the file of the page, and is audited', async () => {
    const { account, browser } = await cli.app.signedIn({ role: 'admin' });
    const { stdout } = await cli.run(['export-users', '--account', account.id]);
    expect(stdout).toBe((await browser.download('/users/export.csv')).body.toString('utf8'));
    const audited = await cli.app.database.query<unknown[]>(
      "SELECT id FROM audit_entries WHERE accountId = ? AND action = 'users.export' AND actorId IS NULL",
      [account.id],
    );
    expect(audited).toHaveLength(1);
  });

  it('refuses an account there is not', async () => {
    expect(await cli.run(['export-users', '--account', 'None'])).toMatchObject(
      refusal('There is no account None'),
    );
  });
});
