import { Erasures } from '../../src/accounts/erasure.service.js';
import { AccountEvents } from '../../src/accounts/events.js';
import { Belongings } from '../../src/accounts/belongings.js';
import { PersonalAccounts } from '../../src/accounts/personal-accounts.service.js';
import { Standing } from '../../src/accounts/standing.service.js';
import { User } from '../../src/accounts/user.entity.js';
import { type Id } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { ConnectionSecrets } from '../../src/integrations/connections/secrets.js';
import { Connections } from '../../src/integrations/connections/connections.service.js';
import { KeptIntegrations } from '../../src/integrations/retention/kept-for-days.service.js';
import { CloudRefolding } from '../../src/integrations/retention/refolding.service.js';
import { ConnectionStandings } from '../../src/integrations/retention/standings.service.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { noFacts, operator } from '../../src/journal/actor.js';
import { FOLD_VERSION } from '../../src/text/fold.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText } from '../support/browser.js';
import { aMailbox, connectionRow, hasSecret } from './a-mailbox.js';

jest.setTimeout(60_000);

let app: TestApp;
let standing: Standing;
beforeAll(async () => {
  app = await startApp();
  standing = app.get(Standing);
});
afterAll(() => app.close());

const work = () => app.get(JobsWorker).runDue();
const look = () => app.get(ConnectionStandings).sweep();
const sweep = () => app.get(KeptIntegrations).sweep();
const count = async (table: string, where: string, value: unknown) => {
  const [row] = await app.database.query<{ rows: number | string }[]>(
    `SELECT COUNT(*) AS \`rows\` FROM ${table} WHERE ${where}`,
    [value],
  );
  return Number(row?.rows);
};
const later = (table: string, column: string, days: number, id: Id) =>
  app.database.query(
    `UPDATE ${table} SET ${column} = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ? DAY) WHERE id = ?`,
    [days, id],
  );

/** Where in the whole database a text stands, as `table.column`. */
async function placesOf(text: string): Promise<string[]> {
  const columns = await app.database.query<{ t: string; c: string }[]>(
    `SELECT table_name AS t, column_name AS c FROM information_schema.columns
     WHERE table_schema = DATABASE()
       AND data_type IN ('char', 'varchar', 'text', 'mediumtext', 'longtext', 'json')`,
  );
  const places: string[] = [];
  for (const { t, c } of columns) {
    const found = await app.database.query<object[]>(
      `SELECT 1 FROM \`${t}\` WHERE INSTR(\`${c}\`, ?) > 0 LIMIT 1`,
      [text],
    );
    if (found.length > 0) places.push(`${t}.${c}`);
  }
  return places.sort();
}

/** Somebody with a mailbox in a company that has an owner besides. */
async function connected(contact = 'Xenophora') {
  const account = await app.anAccount();
  const owner = await app.signedIn({ account, role: 'owner' });
  const user = await app.aUser({ account });
  return {
    account,
    owner,
    user,
    mailbox: await aMailbox(app, user, { contacts: [contact], binned: ['Yellowtail'] }),
  };
}

describe('A connection pauses', () => {
  const away: Record<string, (user: User) => Promise<() => Promise<unknown>>> = {
    deactivated: async ({ id, accountId }) => {
      await standing.deactivate(operator(accountId), noFacts, [id]);
      return () => standing.reactivate(operator(accountId), noFacts, [id]);
    },
    'in the bin': async ({ id, accountId }) => {
      await standing.erase(operator(accountId), noFacts, [id]);
      return () => standing.restoreErased(operator(accountId), noFacts, [id]);
    },
  };

  it.each(Object.keys(away))('at once with its person, and goes on once they are back (%s)', async (how) => {
    const { user, mailbox } = await connected();
    const { fence } = (await connectionRow(app, mailbox.id)) as { fence: number };
    const back = await away[how](user);
    const row = await connectionRow(app, mailbox.id);
    expect(row).toMatchObject({ state: 'paused', pausedFor: 'person', wakeAt: null, leaseToken: null });
    // A run under way may save nothing any more.
    expect(row?.['fence']).toBeGreaterThan(fence);
    expect(await count('cloud_contacts', 'connectionId = ?', mailbox.id)).toBe(2);
    await look();
    expect(await connectionRow(app, mailbox.id)).toMatchObject({ state: 'paused' });
    await back();
    expect(await connectionRow(app, mailbox.id)).toMatchObject({ state: 'connected', pausedFor: null });
    expect((await connectionRow(app, mailbox.id))?.['wakeAt']).not.toBeNull();
  });

  it('while its provider is not allowed, and goes on when it is again', async () => {
    const { owner, mailbox } = await connected();
    const all = { google: 'on', office365: 'on', exchange: 'on' };
    const save = async (fields: Record<string, string>) => {
      const asked = await owner.browser.post('/settings/integrations', fields);
      const counted = /name="counted" value="([^"]*)"/.exec(asked.text)?.[1] ?? '';
      if (asked.status === 200)
        await owner.browser.post('/settings/integrations', { ...fields, counted, confirmed: 'on' });
      await work();
    };
    await save({ google: 'on', office365: 'on' });
    expect(await connectionRow(app, mailbox.id)).toMatchObject({ state: 'paused', pausedFor: 'provider' });
    await save(all);
    expect(await connectionRow(app, mailbox.id)).toMatchObject({ state: 'connected', pausedFor: null });
  });

  it('while the feature is off for its person', async () => {
    const { user, mailbox } = await connected();
    const choose = (features: string | null) =>
      app.database.query('UPDATE users SET features = ? WHERE id = ?', [features, user.id]);
    await choose('{"integrations":false}');
    // A run looks before it begins; here nobody asks for one.
    await inTransaction(app.database, (manager) =>
      app.get(Connections).pause(manager, [mailbox.id], 'provider'),
    );
    await look();
    expect(await connectionRow(app, mailbox.id)).toMatchObject({ state: 'paused', pausedFor: 'feature' });
    await choose(null);
    await look();
    expect(await connectionRow(app, mailbox.id)).toMatchObject({ state: 'connected' });
  });

  it('until its owner says so, once what it paused for is over', async () => {
    const { account, owner } = await connected();
    const { user, browser } = await app.signedIn({ account });
    const mailbox = await aMailbox(app, user);
    const pause = () =>
      inTransaction(app.database, (manager) => app.get(Connections).pause(manager, [mailbox.id], 'feature'));
    await pause();
    await app.database.query(
      `INSERT INTO account_settings (accountId, allowedDomains, blockedDomains, exchange) VALUES (?, '[]', '[]', 0)
       ON DUPLICATE KEY UPDATE exchange = 0`,
      [account.id],
    );
    const stopped = visibleText(await browser.get('/integrations'));
    expect(stopped).toContain('Your company has switched');
    expect(stopped).not.toContain('Go on now');
    await browser.post(`/integrations/${mailbox.id}/sync`);
    expect(await connectionRow(app, mailbox.id)).toMatchObject({ state: 'paused' });
    await app.database.query('UPDATE account_settings SET exchange = 1 WHERE accountId = ?', [account.id]);
    expect(visibleText(await browser.get('/integrations'))).toContain('Go on now');
    expect((await owner.browser.post(`/integrations/${mailbox.id}/sync`)).status).toBe(404);
    await browser.post(`/integrations/${mailbox.id}/sync`);
    expect(await connectionRow(app, mailbox.id)).toMatchObject({ state: 'connected', pausedFor: null });
    expect((await connectionRow(app, mailbox.id))?.['wakeAt']).not.toBeNull();
  });

  it('for 30 days with what signs in; then it asks to sign in again, with all it holds', async () => {
    const { user, mailbox } = await connected();
    const back = await away['deactivated'](user);
    await later('connections', 'pausedAt', 29, mailbox.id);
    await look();
    expect(await hasSecret(app, mailbox.id)).toBe(true);
    await later('connections', 'pausedAt', 31, mailbox.id);
    await look();
    expect(await hasSecret(app, mailbox.id)).toBe(false);
    await back();
    await look();
    expect(await connectionRow(app, mailbox.id)).toMatchObject({ state: 'needs-sign-in' });
    expect(await count('cloud_contacts', 'connectionId = ?', mailbox.id)).toBe(2);
  });

  it('never loses what signs in while it is in step, however long ago its last run was', async () => {
    const { mailbox } = await connected();
    for (const column of ['pausedAt', 'lastRunAt', 'createdAt'])
      await later('connections', column, 90, mailbox.id);
    await look();
    expect(await hasSecret(app, mailbox.id)).toBe(true);
  });
});

describe('What is over', () => {
  it('goes after its days: the bin, settled conflicts, runs', async () => {
    const { user, mailbox } = await connected();
    const binned = mailbox.contacts[1] ?? '';
    await later('cloud_contacts', 'deletedAt', 29, binned);
    await later('cloud_conflicts', 'resolvedAt', 29, mailbox.conflict);
    await later('sync_runs', 'startedAt', 89, mailbox.run);
    await sweep();
    expect(await count('cloud_contacts', 'connectionId = ?', mailbox.id)).toBe(2);
    expect(await count('cloud_conflicts', 'id = ?', mailbox.conflict)).toBe(1);
    expect(await count('sync_runs', 'id = ?', mailbox.run)).toBe(1);
    await later('cloud_contacts', 'deletedAt', 31, binned);
    await later('cloud_conflicts', 'resolvedAt', 31, mailbox.conflict);
    await later('sync_runs', 'startedAt', 91, mailbox.run);
    await sweep();
    expect(await count('cloud_contacts', 'connectionId = ?', mailbox.id)).toBe(1);
    expect(await count('cloud_contact_folders', 'contactId = ?', binned)).toBe(0);
    expect(await count('cloud_contact_reach', 'contactId = ?', binned)).toBe(0);
    expect(await count('cloud_contact_reach', 'ownerId = ?', user.id)).toBe(1);
    expect(await count('journal_entries', 'changes IS NOT NULL AND subjectId = ?', binned)).toBe(0);
    expect(await count('cloud_conflicts', 'id = ?', mailbox.conflict)).toBe(0);
    expect(await count('sync_runs', 'id = ?', mailbox.run)).toBe(0);
  });

  it('keeps in the bin what its provider has not been told yet', async () => {
    const { mailbox } = await connected();
    const binned = mailbox.contacts[1] ?? '';
    await later('cloud_contacts', 'deletedAt', 31, binned);
    await app.database.query(`UPDATE cloud_contacts SET pending = 'remove' WHERE id = ?`, [binned]);
    await sweep();
    expect(await count('cloud_contacts', 'id = ?', binned)).toBe(1);
  });

  it('goes with an ended connection after 30 days', async () => {
    const { user, mailbox } = await connected('Xiphias');
    await app.get(Connections).disconnect(user, mailbox.id, { keep: false });
    await later('connections', 'endedAt', 29, mailbox.id);
    await sweep();
    expect(await count('cloud_contacts', 'connectionId = ?', mailbox.id)).toBe(2);
    await later('connections', 'endedAt', 31, mailbox.id);
    await sweep();
    for (const table of [...tables, 'sync_scopes'])
      expect([table, await count(table, 'connectionId = ?', mailbox.id)]).toEqual([table, 0]);
    expect(await connectionRow(app, mailbox.id)).toBeUndefined();
    expect(await placesOf('Xiphias')).toEqual([]);
    expect(await count('cloud_contact_reach', 'ownerId = ?', user.id)).toBe(0);
  });

  it('does not go with a connection that is back', async () => {
    const { user, mailbox } = await connected();
    const { mailboxId, accountName } = (await connectionRow(app, mailbox.id)) as Record<string, string>;
    await app.get(Connections).disconnect(user, mailbox.id, { keep: false });
    await later('connections', 'endedAt', 29, mailbox.id);
    const box = { provider: 'exchange' as const, mailboxId, accountName, details: {}, secret: 'again' };
    await app.get(Connections).connect(user, box, { contacts: 'write', calendar: 'none' });
    await sweep();
    expect(await connectionRow(app, mailbox.id)).toMatchObject({ state: 'connected', endedAt: null });
    expect(await count('cloud_contacts', 'connectionId = ?', mailbox.id)).toBe(2);
  });
});

const tables = ['cloud_contacts', 'cloud_conflicts', 'cloud_folders', 'sync_runs', 'connection_secrets'];

describe('Somebody who is erased for good', () => {
  it('takes all of it along, values of the journal too', async () => {
    const { owner, user } = await connected();
    const other = await app.aUser({ account: owner.account });
    const kept = await aMailbox(app, other, { contacts: ['Quillfeather'] });
    await app.database.query('DELETE FROM connections WHERE userId = ?', [user.id]);
    const mine = await aMailbox(app, user, { contacts: ['Nautilus'], folder: 'Cephalopods' });
    expect(await placesOf('Nautilus')).not.toEqual([]);
    await standing.erase(operator(user.accountId), noFacts, [user.id]);
    const actor = { ...owner.user, displayName: 'An owner' };
    await app.get(Erasures).finishNow(actor as never, noFacts, user.id);
    for (const text of ['Nautilus', 'Cephalopods', mine.accountName])
      expect(await placesOf(text)).toEqual([]);
    for (const table of tables)
      expect([table, await count(table, 'connectionId = ?', mine.id)]).toEqual([table, 0]);
    expect(await count('cloud_contact_reach', 'ownerId = ?', user.id)).toBe(0);
    expect(await count('cloud_contact_reach', 'ownerId = ?', other.id)).toBe(1);
    expect(await count('cloud_contacts', 'connectionId = ?', kept.id)).toBe(1);
    expect(await hasSecret(app, kept.id)).toBe(true);
  });

  it('of an account of their own: it pauses while closed, and opens again with it', async () => {
    const account = await app.anAccount({ kind: 'personal' });
    const user = await app.aUser({ account, role: 'owner' });
    const mailbox = await aMailbox(app, user);
    const counted = await app.get(Belongings).of(user.id);
    expect(counted).toEqual(
      expect.arrayContaining([
        { name: 'connections', feature: 'integrations', count: 1 },
        { name: 'cloud-contacts', feature: 'integrations', count: 1 },
      ]),
    );
    await app.get(PersonalAccounts).close(user);
    expect(await connectionRow(app, mailbox.id)).toMatchObject({ state: 'paused' });
    await app.get(PersonalAccounts).reopen(user);
    await look();
    expect(await connectionRow(app, mailbox.id)).toMatchObject({ state: 'connected' });
  });
});

describe('Somebody who moves to a company', () => {
  const move = (from: User, to: User) =>
    inTransaction(app.database, (manager) =>
      app.get(AccountEvents).moved.tell({
        manager,
        from: { accountId: from.accountId, userId: from.id },
        to: { accountId: to.accountId, userId: to.id },
      }),
    );
  const alone = async () => app.aUser({ account: await app.anAccount({ kind: 'personal' }), role: 'owner' });
  const owners = async (table: string, id: Id) =>
    (
      await app.database.query<{ accountId: Id; ownerId: Id }[]>(
        `SELECT DISTINCT accountId, ownerId FROM ${table} WHERE ${table === 'cloud_contact_folders' ? 'folderId' : 'connectionId'} = ?`,
        [id],
      )
    ).map(({ accountId, ownerId }) => [accountId, ownerId]);

  it('brings mailboxes with all they hold, and what signs in opens there alone', async () => {
    const [from, to] = [await alone(), await app.aUser()];
    const mailbox = await aMailbox(app, from, { secret: 'seven kites', binned: ['Gone'] });
    await move(from, to);
    expect(await connectionRow(app, mailbox.id)).toMatchObject({
      ...{ userId: to.id, accountId: to.accountId, slotKey: 'one', state: 'connected', leaseToken: null },
    });
    const whose = [[to.accountId, to.id]];
    for (const table of ['cloud_contacts', 'cloud_conflicts', 'cloud_folders', 'sync_runs'])
      expect([table, await owners(table, mailbox.id)]).toEqual([table, whose]);
    expect(await owners('cloud_contact_folders', mailbox.folder)).toEqual(whose);
    const reach = 'ownerId = ? AND accountId = (SELECT u.accountId FROM users u WHERE u.id = ownerId)';
    expect([
      await count('cloud_contact_reach', reach, to.id),
      await count('cloud_contact_reach', reach, from.id),
    ]).toEqual([2, 0]);
    expect(await app.get(ConnectionSecrets).open(mailbox.id)).toBe('seven kites');
    const [sealed] = await app.database.query<{ userId: Id; accountId: Id; sealed: string }[]>(
      'SELECT userId, accountId, sealed FROM connection_secrets WHERE connectionId = ?',
      [mailbox.id],
    );
    expect(sealed).toMatchObject({ userId: to.id, accountId: to.accountId });
    expect(() => app.keys.open(`connection:${mailbox.id}:${from.id}`, sealed?.sealed ?? '')).toThrow();
    // Told again, it brings nothing and breaks nothing.
    await move(from, to);
    expect(await connectionRow(app, mailbox.id)).toMatchObject({ userId: to.id, state: 'connected' });
  });

  it('arrives paused where the company does not allow the provider or the feature is off', async () => {
    const [from, to] = [await alone(), await app.aUser()];
    const mailbox = await aMailbox(app, from);
    await app.database.query(
      `INSERT INTO account_settings (accountId, allowedDomains, blockedDomains, exchange) VALUES (?, '[]', '[]', 0)`,
      [to.accountId],
    );
    await move(from, to);
    expect(await connectionRow(app, mailbox.id)).toMatchObject({ state: 'paused', pausedFor: 'provider' });
    const other = { from: await alone(), to: await app.aUser({ features: { integrations: false } }) };
    const second = await aMailbox(app, other.from);
    await move(other.from, other.to);
    expect(await connectionRow(app, second.id)).toMatchObject({ state: 'paused', pausedFor: 'feature' });
    expect(await hasSecret(app, second.id)).toBe(true);
  });

  it('keeps both mailboxes when they have another one there, and one of a mailbox that is there already', async () => {
    const to = await app.aUser();
    const there = await aMailbox(app, to, { mailboxId: 'same' });
    const [one, two] = [await alone(), await alone()];
    const other = await aMailbox(app, one, { mailboxId: 'other' });
    const same = await aMailbox(app, two, { mailboxId: 'same' });
    await move(one, to);
    await move(two, to);
    expect(await connectionRow(app, other.id)).toMatchObject({
      state: 'connected',
      slotKey: 'exchange:other',
    });
    expect(await connectionRow(app, there.id)).toMatchObject({ state: 'connected', slotKey: 'one' });
    expect(await connectionRow(app, same.id)).toMatchObject({ state: 'ended', slotKey: null, wakeAt: null });
    expect(await hasSecret(app, same.id)).toBe(false);
    expect(await count('cloud_contacts', 'connectionId = ?', same.id)).toBe(1);
  });
});

describe('What somebody may take along', () => {
  it('has connections, contacts, conflicts and runs, and nothing that signs in', async () => {
    const { user, browser } = await app.signedIn();
    const { accountName } = await aMailbox(app, user, { secret: 'the very secret', binned: ['Yellowtail'] });
    expect((await browser.get('/profile/data')).text + (await browser.get('/profile')).text).toContain(
      'data',
    );
    const { status, text, headers } = await browser.get('/integrations/my-data.json');
    expect([status, headers['content-disposition']]).toEqual([
      200,
      expect.stringMatching(/attachment; filename="integrations-\d{4}-\d\d-\d\d\.json"/),
    ]);
    const data = JSON.parse(text) as Record<string, Record<string, unknown>[]>;
    expect(data['connections']).toMatchObject([{ provider: 'exchange', accountName, state: 'connected' }]);
    expect(data['contacts']).toMatchObject([
      { mailbox: accountName, displayName: 'Xenophora', folders: ['Molluscs'], deletedAt: null },
      { displayName: 'Yellowtail', deletedAt: expect.any(String) as string },
    ]);
    expect(data['conflicts']).toMatchObject([
      { contact: 'Xenophora', kind: 'fields', fields: { organization: { here: 'Hereby' } } },
    ]);
    expect(data['runs']).toMatchObject([{ mailbox: accountName, kind: 'first', counts: { addedHere: 2 } }]);
    expect(text).not.toContain('the very secret');
    expect(text).not.toMatch(/sealed|remote-/);
  });

  it('is there with nothing in it, too', async () => {
    const { browser } = await app.signedIn();
    const { text } = await browser.get('/integrations/my-data.json');
    expect(JSON.parse(text)).toMatchObject({ connections: [], contacts: [], conflicts: [], runs: [] });
  });
});

describe('Keys of an older folding', () => {
  it('are made anew, of the bin too, and nothing else is', async () => {
    const { mailbox } = await connected();
    const rows = () =>
      app.database.query<Record<string, unknown>[]>(
        'SELECT * FROM cloud_contacts WHERE connectionId = ? ORDER BY id',
        [mailbox.id],
      );
    const before = await rows();
    await app.database.query(`UPDATE cloud_contacts SET searchKey = 'x', sortKey = 'x', foldVersion = 0`);
    await app.database.query(`DELETE FROM installation WHERE name = 'cloud-contacts-fold'`);
    await app.get(CloudRefolding).askIfDue();
    await work();
    expect(await rows()).toEqual(before);
    expect(await count('installation', `name = 'cloud-contacts-fold' AND value = ?`, FOLD_VERSION)).toBe(1);
  });
});
