import { Erasures } from '../../src/accounts/erasure.service.js';
import { AccountEvents } from '../../src/accounts/events.js';
import { Standing } from '../../src/accounts/standing.service.js';
import { type User } from '../../src/accounts/user.entity.js';
import { type CardProperty } from '../../src/contact-card/contact-fields.js';
import { newId, type Id } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { noFacts } from '../../src/journal/actor.js';
import { EmptiedBins } from '../../src/personal-contacts/retention/emptied-bins.service.js';
import { ReachFilling } from '../../src/personal-contacts/retention/reach-filling.service.js';
import { restoreContacts } from '../../src/personal-contacts/contact-writes.js';
import { fold, FOLD_VERSION } from '../../src/text/fold.js';
import { startApp, type TestApp } from '../support/app.js';
import { lockWaits } from '../support/locks.js';
import { act, binned, changed, kept } from './keeping.js';

jest.setTimeout(60_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** Where in the whole database a text stands, as `table.column`; pictures count too. */
async function placesOf(text: string): Promise<string[]> {
  const columns = await app.database.query<{ place: string; t: string; c: string }[]>(
    `SELECT CONCAT(table_name, '.', column_name) AS place, table_name AS t, column_name AS c
     FROM information_schema.columns
     WHERE table_schema = DATABASE()
       AND data_type IN ('char', 'varchar', 'text', 'mediumtext', 'longtext', 'json', 'blob', 'mediumblob')`,
  );
  const places: string[] = [];
  for (const { place, t, c } of columns) {
    const found = await app.database.query<object[]>(`SELECT 1 FROM \`${t}\` WHERE \`${c}\` LIKE ? LIMIT 1`, [
      `%${text}%`,
    ]);
    if (found.length > 0) places.push(place);
  }
  return places.sort();
}

const sweep = () => app.get(EmptiedBins).sweep();
const there = async (table: string, ids: readonly Id[]) =>
  (await app.database.query<object[]>(`SELECT id FROM ${table} WHERE id IN (?)`, [ids])).length;
const groupIn = async (owner: User, name: string) =>
  (
    await app.database.query<{ id: Id }[]>(
      'SELECT id FROM personal_contact_groups WHERE ownerId = ? AND name = ?',
      [owner.id, name],
    )
  )[0]?.id;

async function aFile(owner: User, kind: string, text: string): Promise<Id> {
  const id = newId();
  const { accountId } = owner;
  await app.database.query(
    `INSERT INTO imports (id, accountId, ownerId, kind, state, fileName, reading, createdAt)
     VALUES (?, ?, ?, ?, 'done', ?, ?, UTC_TIMESTAMP(3))`,
    [id, accountId, owner.id, kind, `${text}.csv`, JSON.stringify({ samples: [[text]], columns: ['email'] })],
  );
  await app.database.query(
    'INSERT INTO import_pieces (importId, piece, accountId, bytes) VALUES (?, 0, ?, ?)',
    [id, accountId, Buffer.from(text)],
  );
  await app.database.query(
    `INSERT INTO import_batches (importId, batch, accountId, readingNumber, firstLine, rowCount, counts, \`rows\`, written)
     VALUES (?, 0, ?, 1, 2, 1, '{}', ?, 1)`,
    [id, accountId, JSON.stringify({ base: id, rows: [[2, 'n', [text]]] })],
  );
  return id;
}

describe('somebody who is erased for good', () => {
  it('takes along all they kept for themselves, and nothing anybody else keeps', async () => {
    const account = await app.anAccount();
    const owner = await app.aUser({ account, role: 'owner' });
    const [leaving, staying] = [await app.aUser({ account }), await app.aUser({ account })];
    for (const [person, word] of [
      [leaving, 'Zanzibaria'],
      [staying, 'Quokkaland'],
    ] as const) {
      const [id, gone] = await kept(
        app,
        person,
        [
          {
            ...{ displayName: `${word} Smith`, email: `${word.toLowerCase()}@example.test` },
            organization: word,
            extra: [
              ['note', {}, 'text', `Met in ${word}`],
              ['email', {}, 'text', `also@${word}.example`],
            ],
            typedPhones: { workPhone: `01 ${word}` },
          },
          { displayName: `${word} Jones` },
        ],
        { group: `${word} group`, photo: Buffer.from(`${word} picture`) },
      );
      await changed(app, person, id, { displayName: `Ada ${word}` });
      await binned(app, person, [gone]);
      await aFile(person, 'personal-contacts', `${word} file`);
    }
    expect(await placesOf('Zanzibaria')).toEqual(
      expect.arrayContaining([
        ...['imports.fileName', 'imports.reading', 'import_batches.rows', 'import_pieces.bytes'],
        ...['journal_entries.changes', 'personal_contacts.displayName', 'personal_contacts.extra'],
        ...['personal_contact_groups.name', 'personal_contact_photos.bytes'],
      ]),
    );
    expect(await placesOf('zanzibaria')).toContain('personal_contact_reach.value');
    const others = await placesOf('Quokkaland');
    await app.get(Standing).erase(owner, noFacts, [leaving.id]);
    // For 30 days they may come back, with all of it.
    expect(await placesOf('Zanzibaria')).toHaveLength(others.length);
    await app.get(Erasures).finishNow(owner, noFacts, leaving.id);
    expect(await placesOf('Zanzibaria')).toEqual([]);
    expect(await placesOf('zanzibaria')).toEqual([]);
    expect(await placesOf('Quokkaland')).toEqual(others);
    for (const table of [
      ...['personal_contacts', 'personal_contact_groups', 'personal_contact_group_members'],
      ...['personal_contact_photos', 'imports'],
    ])
      expect([
        table,
        await app.database.query(`SELECT 1 FROM ${table} WHERE ownerId = ?`, [leaving.id]),
      ]).toEqual([table, []]);
    // That something was done stays, with who and when.
    const [{ acts }] = await app.database.query<{ acts: string }[]>(
      'SELECT COUNT(*) AS acts FROM journal_batches WHERE actorId = ?',
      [leaving.id],
    );
    expect(Number(acts)).toBe(3);
  });

  it('leaves everything where it was when something else about the erasing fails', async () => {
    const owner = await app.aUser({ role: 'owner' });
    const leaving = await app.aUser({ accountId: owner.accountId });
    const ids = await kept(app, leaving, [{ displayName: 'Whole' }]);
    await app.get(Standing).erase(owner, noFacts, [leaving.id]);
    const { listeners } = app.get(AccountEvents).erased as unknown as { listeners: unknown[] };
    listeners.push(() => Promise.reject(new Error('cut off')));
    await expect(app.get(Erasures).finishNow(owner, noFacts, leaving.id)).rejects.toThrow('cut off');
    listeners.pop();
    expect(await there('personal_contacts', ids)).toBe(1);
    expect(await placesOf('Whole')).toContain('journal_entries.changes');
  });

  it('loses nothing by being deactivated', async () => {
    const owner = await app.aUser({ role: 'owner' });
    const { accountId } = owner;
    const away = await app.aUser({ accountId });
    const ids = await kept(app, away, [{}, {}], { group: 'Friends' });
    await app.get(Standing).deactivate(owner, noFacts, [away.id]);
    await sweep();
    expect(await there('personal_contacts', ids)).toBe(2);
    expect(await groupIn(away, 'Friends')).toBeDefined();
  });
});

describe('the bin', () => {
  it('is emptied of contacts after 30 days, with what the journal said of them and their pictures', async () => {
    const owner = await app.aUser();
    const [late, early, living] = await kept(
      app,
      owner,
      [{ displayName: 'Late Vermilion' }, { displayName: 'Early Bird' }, { displayName: 'Living' }],
      { group: 'Colours' },
    );
    await changed(app, owner, late, {
      ...{ email: 'late.vermilion@example.test', starred: true },
      extra: [['email', {}, 'text', 'vermilion@late.example']],
    });
    const [pictured] = await kept(app, owner, [{ displayName: 'Pictured' }], {
      photo: Buffer.from('Cerulean'),
    });
    await binned(app, owner, [late, pictured], 31);
    await binned(app, owner, [early], 29);
    await sweep();
    expect(await there('personal_contacts', [late, pictured])).toBe(0);
    expect(await there('personal_contacts', [early, living])).toBe(2);
    for (const gone of ['Vermilion', 'vermilion', 'Pictured', 'Cerulean'])
      expect([gone, await placesOf(gone)]).toEqual([gone, []]);
    expect(
      await app.database.query('SELECT contactId FROM personal_contact_group_members WHERE contactId = ?', [
        late,
      ]),
    ).toEqual([]);
    const entries = await app.database.query<{ action: string; changes: string | null }[]>(
      'SELECT action, changes FROM journal_entries WHERE subjectId = ? ORDER BY batchId',
      [late],
    );
    expect(entries).toEqual(['created', 'changed', 'removed'].map((action) => ({ action, changes: null })));
    expect(await placesOf('Early Bird')).toContain('journal_entries.changes');
  });

  it('is emptied of groups too, whose name is gone then, and whose contacts are not', async () => {
    const owner = await app.aUser();
    const [id] = await kept(app, owner, [{ displayName: 'Stays' }], { group: 'Mauveine' });
    const group = await groupIn(owner, 'Mauveine');
    await app.database.query(
      'UPDATE personal_contact_groups SET liveKey = NULL, deletedAt = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 31 DAY) WHERE id = ?',
      [group],
    );
    await sweep();
    expect(await placesOf('Mauveine')).toEqual([]);
    expect(await there('personal_contacts', [id])).toBe(1);
    expect(
      await app.database.query('SELECT groupId FROM personal_contact_group_members WHERE groupId = ?', [
        group,
      ]),
    ).toEqual([]);
  });

  it('keeps who is restored at the moment it is emptied', async () => {
    const owner = await app.aUser();
    const [one, other] = await kept(app, owner, [{}, {}]);
    await binned(app, owner, [one, other], 31);
    let emptying = Promise.resolve();
    await act(app, owner, 'contacts.restore', async (manager, own) => {
      await restoreContacts(manager, own, [one]);
      emptying = sweep();
      // It has chosen both by now, and waits for the one that is being restored.
      await lockWaits(app.database);
    });
    await emptying;
    expect([await there('personal_contacts', [one]), await there('personal_contacts', [other])]).toEqual([
      1, 0,
    ]);
  });

  it('is emptied by two processes at once without a fault, whatever there is', async () => {
    const owner = await app.aUser();
    const ids = await kept(
      app,
      owner,
      Array.from({ length: 450 }, () => ({})),
    );
    await binned(app, owner, ids, 40);
    await Promise.all([sweep(), sweep()]);
    expect(await there('personal_contacts', ids)).toBe(0);
  });
});

describe('a folding of another version', () => {
  it('is made anew by a worker, of living contacts and those in the bin, and changes nothing else', async () => {
    const owner = await app.aUser();
    const [living, deleted, present] = await kept(app, owner, [
      { displayName: 'Éloïse Straße' },
      { displayName: 'Łukasz' },
      { displayName: 'Present' },
    ]);
    await binned(app, owner, [deleted]);
    const rows = () =>
      app.database.query<Record<string, unknown>[]>(
        'SELECT id, searchKey, sortKey, foldVersion, revision, updatedAt FROM personal_contacts WHERE ownerId = ? ORDER BY id',
        [owner.id],
      );
    const before = await rows();
    await app.database.query(
      `UPDATE personal_contacts SET searchKey = 'old', sortKey = 'old', foldVersion = 0 WHERE id IN (?)`,
      [[living, deleted]],
    );
    await app.database.query(`UPDATE personal_contacts SET searchKey = 'present as it is' WHERE id = ?`, [
      present,
    ]);
    await inTransaction(app.database, (manager) =>
      manager.query(
        `INSERT INTO jobs (id, kind, payload, state, runAt, attempts, fence, createdAt)
         VALUES (?, ?, '{}', 'waiting', UTC_TIMESTAMP(3), 0, 0, UTC_TIMESTAMP(3))`,
        [newId(), `contacts.refold-${FOLD_VERSION}`],
      ),
    );
    await app.get(JobsWorker).idle();
    const after = await rows();
    expect(after.find(({ id }) => id === living)?.searchKey).toContain(fold('Éloïse'));
    expect(after).toEqual(
      before.map((row) => (row.id === present ? { ...row, searchKey: 'present as it is' } : row)),
    );
  });
});

describe('contacts of before their further numbers were kept', () => {
  it('are found by them once a worker has been there, those in the bin too, and again after it was cut off', async () => {
    const owner = await app.aUser();
    const tel = (text: string): CardProperty => ['tel', { type: 'cell' }, 'text', text];
    const [living, deleted] = await kept(app, owner, [
      { extra: [tel('06 12 34 56 71'), ['email', {}, 'text', 'Also@x.example']] },
      { extra: [tel('+33612345672')] },
      { extra: [['note', {}, 'text', 'tel, email']] },
    ]);
    await binned(app, owner, [deleted]);
    const rows = () =>
      app.database.query<object[]>(
        'SELECT contactId, value, field, place, accountId FROM personal_contact_reach WHERE ownerId = ? ORDER BY value',
        [owner.id],
      );
    const whole = await rows();
    expect(whole).toHaveLength(3);
    // One of them was there already.
    await app.database.query('DELETE FROM personal_contact_reach WHERE contactId = ? AND value LIKE ?', [
      ...[living, '+%'],
    ]);
    await app.database.query('DELETE FROM personal_contact_reach WHERE contactId = ?', [deleted]);
    await app.database.query("DELETE FROM installation WHERE name = 'contacts-reach'");
    for (const time of ['first', 'second']) {
      await app.get(ReachFilling).askIfDue();
      await app.get(JobsWorker).runDue();
      expect([time, await rows()]).toEqual([time, whole]);
    }
    const [{ jobs }] = await app.database.query<[{ jobs: string }]>(
      "SELECT COUNT(*) AS jobs FROM jobs WHERE kind LIKE 'contacts.fill-reach-%' AND state <> 'done'",
    );
    expect(Number(jobs)).toBe(0);
  });
});
