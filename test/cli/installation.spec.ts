import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SecretKeys } from '../../src/crypto/secret-keys.js';
import { newId } from '../../src/database/id.js';
import { startFakeOAuth } from '../fakes/oauth/server.js';
import { MailServer } from '../mail/smtp.js';
import { CommandLine, refusal } from './command-line.js';

jest.setTimeout(120_000);

let cli: CommandLine;
beforeAll(async () => {
  cli = await CommandLine.start();
});
afterAll(() => cli.close());

/** Another database on the same server, gone afterwards. */
async function withDatabase(work: (url: string) => Promise<void>): Promise<void> {
  const name = `carnet_${newId().replaceAll('-', '').slice(-20)}`;
  const url = new URL(cli.app.databaseUrl);
  url.pathname = `/${name}`;
  try {
    await work(url.href);
  } finally {
    await cli.app.database.query(`DROP DATABASE IF EXISTS ${name}`);
  }
}

describe('migrate', () => {
  it('makes database and tables once', async () => {
    await withDatabase(async (url) => {
      const env = { DATABASE_URL: url };
      const first = await cli.runApart(['migrate'], { env });
      expect(first).toMatchObject({ status: 0, stderr: '' });
      expect(first.lines[0]).toMatch(/^Foundation\d+( \w+\d{13})*$/);
      expect(await cli.run(['migrate'], { env })).toMatchObject({
        status: 0,
        lines: ['The tables are up to date'],
      });
    });
  });

  it('says what is missing when there is no database', async () => {
    expect(await cli.run(['migrate'], { env: { DATABASE_URL: '' } })).toMatchObject(
      refusal('DATABASE_URL is not set'),
    );
  });
});

describe('seed-demo', () => {
  it('makes two companies once, with something to see on every page, and says who can sign in', async () => {
    await withDatabase(async (url) => {
      const env = { DATABASE_URL: url };
      expect(await cli.run(['seed-demo'], { env })).toMatchObject(refusal('does not answer'));
      await cli.run(['migrate'], { env });
      const first = await cli.run(['seed-demo'], { env });
      expect(first).toMatchObject({ status: 0, stderr: '' });
      // The two companies, where to look at their calls, and an account of one person.
      expect(first.lines).toHaveLength(5);
      const accounts = async () => (await cli.run(['list-accounts'], { env })).stdout;
      const made = await accounts();
      expect(await cli.run(['seed-demo'], { env })).toMatchObject({ status: 0, lines: first.lines });
      expect(await accounts()).toBe(made);

      const schema = new URL(url).pathname.slice(1);
      const found = async (table: string, where: string) => {
        const rows = await cli.app.database.query<object[]>(
          `SELECT DISTINCT x.accountId FROM ${schema}.${table} x
           JOIN ${schema}.accounts a ON a.id = x.accountId AND a.kind = 'company' WHERE ${where}`,
        );
        return rows.length;
      };
      for (const [table, where] of [
        ...['active', 'pending', 'deactivated', 'erased'].map((status) => [
          'users',
          `x.status = '${status}'`,
        ]),
        ...['normal', 'shared', 'restricted'].map((kind) => ['chat_groups', `x.kind = '${kind}'`]),
        ['users', `x.managerId IN (SELECT id FROM ${schema}.users y WHERE y.managerId = x.id)`],
        ['users', `x.type = 'licensed'`],
        ['users', `x.status = 'active' AND x.lastSignInAt IS NULL`],
        ['user_groups', `x.features LIKE '%"locked":true%'`],
        ['saved_views', `x.scope = 'shared'`],
        ['saved_views', `x.scope <> 'shared'`],
        ['user_runs', `x.state = 'done' AND x.undoneBy IS NOT NULL`],
        ['imports', `x.kind = 'user-updates' AND x.state = 'done' AND x.counts LIKE '%"written":5%'`],
        ['external_contacts', `x.endedAt IS NULL AND x.note IS NOT NULL`],
        ['external_folders', `x.liveKey = 1`],
        ['external_requests_sent', `x.state = 'declined'`],
        ['external_requests_sent', `x.state = 'waiting' AND x.expiresAt > UTC_TIMESTAMP(3)`],
        ['external_requests_sent', `x.state = 'waiting' AND x.expiresAt < UTC_TIMESTAMP(3)`],
        ['external_requests_received', `x.state = 'waiting'`],
        ['notifications', `x.readAt IS NULL`],
        ...['answered', 'missed', 'voicemail'].map((outcome) => ['calls', `x.outcome = '${outcome}'`]),
        ['calls', `x.recording = 'kept' AND x.heardAt IS NULL`],
        ['calls', `x.number IS NULL AND x.typedNumber IS NOT NULL`],
        ['imports', `x.kind = 'calls' AND x.state = 'done' AND x.counts LIKE '%"written":11%'`],
        ['directory_stars', `1 = 1`],
        ['one_time_links', `x.purpose = 'email-change' AND x.expiresAt > UTC_TIMESTAMP(3)`],
        ['one_time_links', `x.purpose = 'activation' AND x.expiresAt < UTC_TIMESTAMP(3)`],
      ]) {
        expect([table, where, await found(table, where)]).toEqual([table, where, 2]);
      }
    });
  });
});

describe('A command', () => {
  it('asks for the tables before it touches any', async () => {
    await withDatabase(async (url) => {
      await cli.app.database.query(`CREATE DATABASE ${new URL(url).pathname.slice(1)}`);
      expect(await cli.run(['list-accounts'], { env: { DATABASE_URL: url } })).toMatchObject(
        refusal('The tables are not up to date; run npm run carnet -- migrate'),
      );
    });
  });

  it('refuses a key that is not the database’s, and a setting it does not know', async () => {
    const env = { SECRET_KEYS: SecretKeys.generate() };
    const ended = await cli.run(['list-accounts'], { env });
    expect(ended).toMatchObject(refusal('is not the key this database was made with'));
    expect(ended.stderr).not.toContain(env.SECRET_KEYS.slice(2));
    expect(await cli.run(['list-accounts'], { env: { CARNET_COLOUR: 'red' } })).toMatchObject(
      refusal('CARNET_COLOUR is not a setting of Carnet'),
    );
  });
});

describe('check', () => {
  it('has a line for each thing that is as it should be', async () => {
    const { status, lines, stderr } = await cli.runApart(['check']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(lines).toEqual([
      expect.stringMatching(/^settings: ok, .*http:\/\/localhost:3000$/),
      expect.stringMatching(/^database: ok, (MariaDB|MySQL) \d/),
      'tables: ok, up to date',
      'key: ok, it is the one this database was made with',
      'sign-ins: ok, no mailbox is connected',
      expect.stringMatching(/^clock: ok, \d\.\d s from the database$/),
      expect.stringMatching(/^mail: ok, kept, .*\/mail/),
      expect.stringMatching(/^exchange: ok, people may connect servers with a public address/),
      'google: ok, not set up (GOOGLE_CLIENT_ID is not set)',
      'microsoft: ok, not set up (MICROSOFT_CLIENT_ID is not set)',
    ]);
  });

  it('signs in to the mail server', async () => {
    const server = await MailServer.start();
    try {
      const env = { SMTP_URL: server.url, PUBLIC_URL: 'https://carnet.example.com' };
      const { status, lines } = await cli.run(['check'], { env });
      expect(status).toBe(0);
      expect(lines).toContainEqual(
        expect.stringMatching(/^mail: ok, .*lead to https:\/\/carnet\.example\.com$/),
      );
      expect(server.connections).toBe(1);
    } finally {
      await server.stop();
    }
  });

  it('says what to mend about mail without the password', async () => {
    const env = { SMTP_URL: 'smtp://carnet:very-secret@127.0.0.1:1' };
    const { status, stdout, stderr } = await cli.run(['check'], { env });
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'One thing has to be mended\n' });
    expect(stdout).toMatch(/^mail: to mend, 127\.0\.0\.1:1 .*ECONNREFUSED.*correct SMTP_URL$/m);
    expect(stdout).not.toContain('very-secret');
  });

  it('says that a token service is not well, or lives in another time', async () => {
    const server = createServer(({ url }, answer) => {
      answer.setHeader('date', new Date(Date.now() + 600_000).toUTCString());
      answer.writeHead(url === '/broken' ? 500 : 400).end('{"error":"invalid_grant"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const client = { GOOGLE_CLIENT_ID: 'carnet', GOOGLE_CLIENT_SECRET: 'secret' };
      const microsoft = { MICROSOFT_CLIENT_ID: 'carnet', MICROSOFT_CLIENT_SECRET: 'secret' };
      const { lines } = await cli.run(['check'], {
        env: {
          ...{ ...client, ...microsoft, GOOGLE_TOKEN_URL: `${origin}/broken` },
          MICROSOFT_AUTHORITY: `${origin}/organizations`,
        },
      });
      expect(lines.slice(-2)).toEqual([
        expect.stringMatching(/^google: to mend, .* answers with status 500/),
        expect.stringMatching(/^microsoft: to mend, this machine is (599|600|601) s behind .*NTP/),
      ]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('asks Google and Microsoft whether they know this installation, and says what to mend', async () => {
    const [google, microsoft] = await Promise.all(
      (['google', 'microsoft'] as const).map((dialect) => startFakeOAuth({ dialect, accounts: [] })),
    );
    try {
      const services = { GOOGLE_PEOPLE_URL: google.origin, GOOGLE_CALENDAR_URL: google.origin };
      const env: Record<string, string> = {
        ...{ ...google.env, ...services, ...microsoft.env, MICROSOFT_GRAPH_URL: microsoft.origin },
      };
      const known = await cli.run(['check'], { env });
      expect(known.stderr).toBe('');
      expect(known.lines.slice(-2)).toEqual([
        'google: ok, client and secret are known; it has to be registered with the redirect URI http://localhost:3000/integrations/google/callback',
        'microsoft: ok, client and secret are known; it has to be registered with the redirect URI http://localhost:3000/integrations/office365/callback',
      ]);
      google.client.secret = 'another';
      microsoft.client.expired = true;
      const wrong = await cli.run(['check'], { env: { ...env, GOOGLE_CALENDAR_URL: 'http://127.0.0.1:1' } });
      expect(wrong.status).toBe(1);
      expect(wrong.lines.slice(-2)).toEqual([
        expect.stringMatching(/^google: to mend, .*correct GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET/),
        expect.stringMatching(
          /^microsoft: to mend, AADSTS7000222: the client secret has expired; make a new/,
        ),
      ]);
      expect(`${wrong.stdout}${known.stdout}`).not.toContain(env.GOOGLE_CLIENT_SECRET);
      const plain = await cli.run(['check'], { env: { ...env, PUBLIC_URL: 'http://carnet.example.com' } });
      expect(plain.lines.slice(-2)).toEqual([
        expect.stringMatching(/^google: to mend, .*PUBLIC_URL has to begin with https/),
        expect.stringMatching(/^microsoft: to mend, .*PUBLIC_URL has to begin with https/),
      ]);
    } finally {
      await Promise.all([google.close(), microsoft.close()]);
    }
  });

  it('finds a key that does not fit or is lost, and makes none', async () => {
    const wrong = await cli.run(['check'], { env: { SECRET_KEYS: SecretKeys.generate() } });
    expect(wrong.status).toBe(1);
    expect(wrong.lines).toContainEqual(expect.stringMatching(/^key: to mend, .*give back the key/));
    const data = join(cli.folder, 'empty');
    mkdirSync(data);
    const lost = await cli.run(['check'], { env: { SECRET_KEYS: '', DATA_DIR: data } });
    expect(lost.status).toBe(1);
    expect(lost.lines).toContainEqual(expect.stringMatching(/^key: to mend, .*holds no secret-keys/));
    expect(readdirSync(data)).toEqual([]);
    writeFileSync(join(data, 'secret-keys'), SecretKeys.generate());
    const other = await cli.run(['check'], { env: { SECRET_KEYS: '', DATA_DIR: data } });
    expect(other.lines).toContainEqual(expect.stringMatching(/^key: to mend/));
  });

  it('finds tables of an older and of a newer program', async () => {
    await withDatabase(async (url) => {
      const env = { DATABASE_URL: url };
      const { pathname } = new URL(url);
      await cli.app.database.query(`CREATE DATABASE ${pathname.slice(1)}`);
      const empty = await cli.run(['check'], { env });
      expect(empty.status).toBe(1);
      expect(empty.lines).toContainEqual(expect.stringMatching(/^tables: to mend, Foundation.*-- migrate$/));
      await cli.run(['migrate'], { env });
      await cli.app.database.query(
        `INSERT INTO ${pathname.slice(1)}.migrations (timestamp, name) VALUES (9999999999999, 'Later9999999999999')`,
      );
      const newer = await cli.run(['check'], { env });
      expect(newer.status).toBe(1);
      expect(newer.lines).toContainEqual(expect.stringMatching(/^tables: to mend, .*newer Carnet \(Later/));
    });
  });

  it('goes on without a database and stops at settings that cannot be read', async () => {
    const away = await cli.run(['check'], {
      env: { DATABASE_URL: 'mysql://carnet:secret@127.0.0.1:1/carnet' },
    });
    expect(away.status).toBe(1);
    expect(away.lines.map((line) => line.split(',')[0])).toEqual([
      'settings: ok',
      'database: to mend',
      'mail: ok',
      'exchange: ok',
      'google: ok',
      'microsoft: ok',
    ]);
    expect(away.stdout).not.toContain('secret@');
    const unreadable = await cli.run(['check'], { env: { PORT: 'many' } });
    expect(unreadable).toMatchObject({
      status: 1,
      lines: ['settings: to mend, PORT cannot be used: give a port number'],
    });
  });
});
