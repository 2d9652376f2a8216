import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretKeys } from '../../src/crypto/secret-keys.js';
import { newId } from '../../src/database/id.js';
import { checkKey, noteKeyInUse } from '../../src/database/installation.js';
import { ConnectionSecrets } from '../../src/integrations/connections/secrets.js';
import { CommandLine } from '../cli/command-line.js';

jest.setTimeout(60_000);

let cli: CommandLine;
const folder = () => join(cli.folder, 'data');
/** As the operator keeps them: the first key is the one the server of this test began with. */
let first: string;
const second = SecretKeys.generate(2);

beforeAll(async () => {
  const keys = SecretKeys.generate();
  first = keys;
  cli = await CommandLine.start({}, keys);
});
afterAll(() => cli.close());

const owner = () => ({ connectionId: newId(), accountId: newId(), userId: newId() });
const secretsWith = (keys: string) => new ConnectionSecrets(cli.app.database, new SecretKeys(keys));
const numbers = async () => {
  const rows = await cli.app.database.query<{ keyNumber: number; secrets: number | string }[]>(
    'SELECT keyNumber, COUNT(*) AS secrets FROM connection_secrets GROUP BY keyNumber ORDER BY keyNumber',
  );
  return Object.fromEntries(rows.map(({ keyNumber, secrets }) => [keyNumber, Number(secrets)]));
};
const both = () => ({ SECRET_KEYS: `${first},${second}` });
afterEach(() => cli.app.database.query('DELETE FROM connection_secrets'));

describe('rotate-key', () => {
  it('says that there is nothing to do with the only key', async () => {
    await secretsWith(first).keep(cli.app.database.manager, owner(), 'one');
    const { status, lines } = await cli.run(['rotate-key']);
    expect([status, lines]).toEqual([
      0,
      [
        '0 sealed anew with key 1, the current one',
        'There is no older key; rotate-key --new-key makes the next one',
      ],
    ]);
  });

  it('seals all that is left anew in sets, while a server uses them', async () => {
    const owners = Array.from({ length: 450 }, owner);
    const server = secretsWith(`${first},${second}`);
    // The last ones are done: an earlier turn was cut off.
    for (const [place, each] of owners.entries())
      await (place < 440 ? secretsWith(first) : server).keep(
        cli.app.database.manager,
        each,
        `secret of ${each.userId}`,
      );
    // The server has the new key, and somebody signs in again with it meanwhile.
    const [changing] = owners;
    const running = cli.runApart(['rotate-key'], { env: both() });
    for (let change = 0; change < 20; change++)
      await server.keep(cli.app.database.manager, changing ?? owner(), 'newer');
    const { status, lines, stderr } = await running;
    expect([status, stderr]).toEqual([0, '']);
    expect(lines[0]).toMatch(/^4(?:39|40) sealed anew with key 2, the current one$/);
    expect(lines[1]).toBe('Key 1 is still needed by links in mails: take it out 30 days from now');
    expect(await numbers()).toEqual({ 2: 450 });
    const alone = secretsWith(second);
    for (const each of owners.slice(1, 5))
      expect(await alone.open(each.connectionId)).toBe(`secret of ${each.userId}`);
    expect(await alone.open(changing?.connectionId ?? '')).toBe('newer');
    // The older key may be taken out by now, and a process that has it alone is stopped.
    await checkKey(cli.app.database, new SecretKeys(second));
    await expect(checkKey(cli.app.database, new SecretKeys(first))).rejects.toThrow(/SECRET_KEYS/);
    await cli.app.database.query(`DELETE FROM installation WHERE name = 'key-check'`);
    await checkKey(cli.app.database, new SecretKeys(first));
  });

  it('names those no key opens, and seals the others', async () => {
    const [lost, kept] = [owner(), owner()];
    await secretsWith(first).keep(cli.app.database.manager, kept, 'kept');
    await secretsWith(SecretKeys.generate()).keep(cli.app.database.manager, lost, 'lost');
    const { status, lines, stderr } = await cli.run(['rotate-key'], { env: both() });
    expect([status, lines]).toEqual([1, ['1 sealed anew with key 2, the current one']]);
    expect(stderr).toMatch(
      new RegExp(`^1 could not be opened with any key \\(connections ${lost.connectionId}\\)`),
    );
    expect(stderr.split('\n')).toHaveLength(2);
    await cli.app.database.query(`DELETE FROM installation WHERE name = 'key-check'`);
  });

  it('waits until the server has the new key', async () => {
    await secretsWith(first).keep(cli.app.database.manager, owner(), 'one');
    await noteKeyInUse(cli.app.database, new SecretKeys(first));
    const early = await cli.run(['rotate-key'], { env: both() });
    expect([early.status, early.stderr]).toEqual([
      1,
      'The server was last started with key 1: start every process of Carnet again, then run this once more\n',
    ]);
    expect(await numbers()).toEqual({ 1: 1 });
    await noteKeyInUse(cli.app.database, new SecretKeys(`${first},${second}`));
    expect((await cli.run(['rotate-key'], { env: both() })).status).toBe(0);
    expect(await numbers()).toEqual({ 2: 1 });
    await cli.app.database.query(`DELETE FROM installation WHERE name IN ('key-check', 'key-in-use')`);
  });

  it('makes the next key in the file of DATA_DIR, or for the settings, and seals nothing with it yet', async () => {
    await secretsWith(first).keep(cli.app.database.manager, owner(), 'one');
    const told = await cli.run(['rotate-key', '--new-key']);
    expect(told.lines[0]).toMatch(
      /^Add this key to the end of SECRET_KEYS, wherever Carnet runs: ,2:[A-Za-z0-9+/]{43}=$/,
    );
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), 'secret-keys'), first, { mode: 0o600 });
    const made = await cli.run(['rotate-key', '--new-key'], { env: { SECRET_KEYS: '' } });
    expect([made.status, made.lines[0]]).toEqual([0, expect.stringContaining('Key 2 is made and kept in')]);
    const keys = new SecretKeys(readFileSync(join(folder(), 'secret-keys'), 'utf8'));
    expect([keys.current, keys.older]).toEqual([2, [1]]);
    expect(await numbers()).toEqual({ 1: 1 });
    const sealed = await cli.run(['rotate-key'], { env: { SECRET_KEYS: '' } });
    expect(sealed.lines[0]).toBe('1 sealed anew with key 2, the current one');
    await cli.app.database.query(`DELETE FROM installation WHERE name = 'key-check'`);
  });
});

describe('check', () => {
  it('says with which keys sign-ins are sealed, and when one is missing', async () => {
    await secretsWith(first).keep(cli.app.database.manager, owner(), 'one');
    const fine = await cli.run(['check']);
    expect(fine.lines).toContain('sign-ins: ok, 1 sealed, with a key that is there');
    const older = await cli.run(['check'], { env: both() });
    expect(older.lines).toContain(
      'sign-ins: ok, 1 sealed, with a key that is there; 1 with an older one: run npm run carnet -- rotate-key',
    );
    await cli.app.database.query('UPDATE connection_secrets SET keyNumber = 7');
    const lost = await cli.run(['check']);
    expect(lost.lines).toContain(
      'sign-ins: to mend, 1 are sealed with key 7, which SECRET_KEYS does not hold; give it back',
    );
  });

  it('looks whether listed Exchange servers answer', async () => {
    const { port } = new URL(cli.app.url);
    const hosts = `http://127.0.0.1:${port},127.0.0.1:${port},127.0.0.1:9`;
    const { lines, status } = await cli.run(['check'], { env: { CARNET_EWS_ALLOWED_HOSTS: hosts } });
    expect(status).toBe(1);
    expect(lines).toContain(`exchange http://127.0.0.1:${port}: ok, answers, without encryption (http)`);
    expect(lines.find((line) => line.startsWith(`exchange 127.0.0.1:${port}:`))).toContain('to mend');
    expect(lines.find((line) => line.startsWith('exchange 127.0.0.1:9:'))).toContain('ECONNREFUSED');
  });
});
