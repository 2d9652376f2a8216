import { newId, type Id } from '../../src/database/id.js';
import { type JournalBatch } from '../../src/journal/journal.entities.js';
import { standingRemovals } from '../../src/journal/standing-removals.js';
import {
  changeContacts,
  insertContacts,
  restoreContacts,
  storedContacts,
} from '../../src/personal-contacts/contact-writes.js';
import { eraseContacts } from '../../src/personal-contacts/erase-contacts.js';
import {
  ensureGroups,
  removeGroups,
  renameGroups,
  storedGroups,
} from '../../src/personal-contacts/group-writes.js';
import { undoBatch, undoLast, undoStep } from '../../src/personal-contacts/undo/contact-undo.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';
import { contactWith, ListOf, text } from './list-of.js';

let app: TestApp;
let browser: Browser;
let list: ListOf;

beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  const signedIn = await app.signedIn();
  browser = signedIn.browser;
  list = new ListOf(app, signedIn.user);
});
afterAll(() => app.close());

const undo = (batchId: string, to = '') => browser.post(`/personal-contacts/acts/${batchId}/undo${to}`);
/** What the next page says, and the path its button undoes that by. */
async function said(answer: Answer): Promise<{ text: string; undo: string | undefined }> {
  expect(answer.status).toBe(303);
  const page = await browser.get('/personal-contacts');
  return {
    text: visibleText(page),
    undo: /action="(\/personal-contacts\/acts\/[^"]+)"/.exec(page.text)?.[1]?.replaceAll('&#x3D;', '='),
  };
}
const lastUndo = async (): Promise<JournalBatch> => {
  const [batch] = await app.database.query<JournalBatch[]>(
    `SELECT * FROM journal_batches WHERE actorId = ? AND kind = 'contacts.undo' ORDER BY id DESC LIMIT 1`,
    [list.owner.id],
  );
  return batch;
};

describe('Undoing an act on one’s contacts', () => {
  it('takes back what was added, and brings it again when that is undone', async () => {
    const batch = await list.add(contactWith({ displayName: 'Ada' }), contactWith({ displayName: 'Grace' }));
    const first = await said(await undo(batch));
    expect(first.text).toContain('2 contacts are in the bin.');
    expect(await list.names()).toEqual([]);
    const second = await said(await browser.post(first.undo!));
    expect(second.text).toContain('2 contacts are back.');
    expect(await list.names()).toEqual(['Ada', 'Grace']);
    await browser.post(second.undo!);
    expect(await list.names()).toEqual([]);
    expect(await lastUndo()).toMatchObject({ importId: null });
  });

  it('leaves what was edited since it was added, and says so', async () => {
    const ada = contactWith({ displayName: 'Ada' });
    const batch = await list.add(ada, contactWith({ displayName: 'Grace' }));
    await list.edit(ada.id, { mobilePhone: '+33612345678' });
    expect((await said(await undo(batch))).text).toContain(
      '“Grace” is in the bin. Left as it is: Ada (mobile: changed since).',
    );
    expect(await list.names()).toEqual(['Ada']);
  });

  it('does not take an edit for one that was undone', async () => {
    const ada = contactWith({ displayName: 'Ada', typedPhones: {} });
    const batch = await list.add(ada);
    await undo(await list.edit(ada.id, { organization: 'Harbour' }));
    await undo(batch);
    expect(await list.names()).toEqual([]);
  });

  it('gives each field back where it still says what the act made of it', async () => {
    const ada = contactWith({ displayName: 'Ada', email: 'ada@old.test', organization: 'Old' });
    await list.add(ada);
    const batch = await list.edit(ada.id, {
      displayName: 'Ada L',
      email: 'ada@new.test',
      organization: 'New',
    });
    await list.edit(ada.id, { email: 'ada@newer.test', homePhone: '+33140205050' });
    const answer = await undo(batch);
    expect(answer.headers['location']).toBe(`/personal-contacts/${ada.id}`);
    expect((await said(answer)).text).toContain(
      '“Ada” is as it was before. Left as it is: Ada (e-mail: changed since).',
    );
    expect(await list.contact(ada.id)).toMatchObject({
      ...{ displayName: 'Ada', email: 'ada@newer.test', organization: 'Old', homePhone: '+33140205050' },
    });
  });

  it('gives what was typed back beside its number alone', async () => {
    const ada = contactWith({ mobilePhone: '+33612345678', typedPhones: { mobilePhone: '06 12 34 56 78' } });
    await list.add(ada);
    const batch = await list.edit(ada.id, {
      ...{ mobilePhone: '+33698765432', workPhone: '+33140205050' },
      typedPhones: { mobilePhone: '06 98 76 54 32', workPhone: '01 40 20 50 50' },
    });
    await list.edit(ada.id, {
      ...{
        workPhone: '+33140205051',
        typedPhones: { mobilePhone: '06 98 76 54 32', workPhone: '01 40 20 50 51' },
      },
    });
    await undo(batch);
    expect(await list.contact(ada.id)).toMatchObject({
      ...{ mobilePhone: '+33612345678', workPhone: '+33140205051' },
      typedPhones: { mobilePhone: '06 12 34 56 78', workPhone: '01 40 20 50 51' },
    });
  });

  it('restores what was deleted with all it said', async () => {
    const group = await list.group('Clients');
    const contacts = [
      contactWith({ groupIds: [group], starred: true, extra: [text('note', 'Knows everybody')] }),
      contactWith({ displayName: 'Grace' }),
    ];
    await list.add(...contacts);
    const before = await list.whole();
    const batch = await list.remove(...contacts.map(({ id }) => id));
    expect((await said(await undo(batch))).text).toContain('2 contacts are back.');
    expect(await list.whole()).toEqual(before);
  });

  it('does not restore what was deleted again by another act', async () => {
    const ada = contactWith({ displayName: 'Ada' });
    await list.add(ada);
    const batch = await list.remove(ada.id);
    await list.act('contacts.restore', (database, act) => restoreContacts(database, act, [ada.id]));
    await list.remove(ada.id);
    expect((await said(await undo(batch))).text).toContain(
      'Nothing was undone. Left as it is: Ada (in the bin since).',
    );
    expect(await list.names()).toEqual([]);
  });

  it('of hundreds at once reads what was done with them, not what else was done', async () => {
    const [first, second] = [newId(), newId()];
    const { accountId } = list.owner;
    const ids = Array.from({ length: 6_000 }, () => newId());
    await app.database.query(
      'INSERT INTO journal_batches (id, accountId, actorId, kind, at) VALUES (?), (?)',
      [first, second].map((id) => [id, accountId, list.owner.id, 'contacts.delete', new Date()]),
    );
    await app.database.query(
      'INSERT INTO journal_entries (batchId, subjectId, accountId, subjectType, action) VALUES ?',
      [ids.map((id, index) => [index % 2 ? first : second, id, accountId, 'personal-contact', 'removed'])],
    );
    const runner = app.database.createQueryRunner();
    const reads = async () => {
      const rows = (await runner.query(`SHOW SESSION STATUS LIKE 'Handler_read%'`)) as { Value: string }[];
      return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
    };
    try {
      const before = await reads();
      const standing = await standingRemovals(runner, ids.slice(0, 500), first);
      expect(standing.size).toBe(250);
      expect((await reads()) - before).toBeLessThan(3_500);
    } finally {
      await runner.release();
    }
  });

  it('puts what was restored back into the bin, unless it was edited since', async () => {
    const [ada, grace] = [contactWith({ displayName: 'Ada' }), contactWith({ displayName: 'Grace' })];
    await list.add(ada, grace);
    await list.remove(ada.id, grace.id);
    const batch = await list.act('contacts.restore', (database, act) =>
      restoreContacts(database, act, [ada.id, grace.id]),
    );
    await list.edit(ada.id, { organization: 'Harbour' });
    await list.edit(grace.id, { organization: 'Harbour' });
    await list.edit(grace.id, { organization: null });
    expect((await said(await undo(batch))).text).toContain('Ada (company: changed since)');
    expect(await list.names()).toEqual(['Ada']);
  });

  it('says what is gone for good', async () => {
    const ada = contactWith();
    await list.add(ada);
    const batch = await list.remove(ada.id);
    await eraseContacts(app.database, list.owner.id, [ada.id]);
    expect((await said(await undo(batch))).text).toContain('one contact (deleted for good)');
  });

  it('moves a contact back and keeps the groups it came into since', async () => {
    const [clients, friends, chess] = [
      await list.group('Clients'),
      await list.group('Friends'),
      await list.group('Chess'),
    ];
    const [ada, grace] = [contactWith({ groupIds: [clients] }), contactWith({ groupIds: [clients] })];
    await list.add(ada, grace);
    const batch = await list.act('contacts.move', async (database, act) => {
      const stored = await storedContacts(database, act.ownerId, { lock: true });
      await changeContacts(
        database,
        act,
        [...stored.values()].map((before) => ({ before, after: { ...before, groupIds: [friends] } })),
      );
    });
    await list.edit(ada.id, { groupIds: [friends, chess] });
    await list.edit(grace.id, { groupIds: [chess] });
    await undo(batch);
    expect((await list.contact(ada.id))?.groupIds).toEqual([clients, chess].sort());
    expect((await list.contact(grace.id))?.groupIds).toEqual([chess]);
  });

  it('brings a deleted group back with its members, under another name where it was taken', async () => {
    const id = await list.group('Clients');
    const ada = contactWith({ groupIds: [id] });
    await list.add(ada);
    const batch = await list.act('contact-groups.delete', (database, act) =>
      removeGroups(database, act, [id]),
    );
    await list.group('Clients');
    expect((await said(await undo(batch))).text).toContain(
      'Its name was taken meanwhile: “Clients” is now “Clients (2)”.',
    );
    expect((await list.contact(ada.id))?.groupIds).toEqual([id]);
    expect(await list.groupNames()).toEqual(['Clients', 'Clients (2)']);
  });

  it('names a group as before, unless it was named again', async () => {
    const [clients, friends] = [await list.group('Clients'), await list.group('Friends')];
    const rename = (id: Id, name: string) =>
      list.act('contact-groups.rename', async (database, act) => {
        const before = (await storedGroups(database, act.ownerId, { ids: [id], lock: true })).get(id)!;
        await renameGroups(database, act, [{ before, name }]);
      });
    const [one, other] = [await rename(clients, 'CLIENTS'), await rename(friends, 'Pals')];
    await rename(friends, 'Mates');
    await undo(one);
    expect((await said(await undo(other))).text).toContain('Left as it is: Mates (name: changed since).');
    expect(await list.groupNames()).toEqual(['Clients', 'Mates']);
  });

  it('deletes a group it made once nobody is in it', async () => {
    const [ada, grace] = [contactWith({ displayName: 'Ada' }), contactWith({ displayName: 'Grace' })];
    const batch = await list.act('contacts.add', async (database, act) => {
      const groups = await ensureGroups(database, act, ['Clients', 'Chess']);
      await insertContacts(database, act, [
        { ...ada, groupIds: [groups.get('clients')!.id] },
        { ...grace, groupIds: [groups.get('chess')!.id] },
      ]);
    });
    await list.edit(grace.id, { organization: 'Navy' });
    expect((await said(await undo(batch))).text).toContain('Chess (the group has contacts in it)');
    expect(await list.groupNames()).toEqual(['Chess']);
  });

  it('happens once when the button is pressed twice', async () => {
    const ada = contactWith({ displayName: 'Ada' });
    const batch = await list.add(ada);
    const answers = await Promise.all([undo(batch), undo(batch)]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    const [{ undone }] = await app.database.query<[{ undone: number }]>(
      'SELECT COUNT(*) AS undone FROM journal_batches WHERE undoes = ?',
      [batch],
    );
    expect(Number(undone)).toBe(1);
    expect((await said(await undo(batch))).text).toContain('This has been undone already.');
  });

  it('is nobody else’s: another’s act, an import and a made-up id are not found', async () => {
    const { user, account } = await app.signedIn();
    const others = new ListOf(app, user);
    const theirs = await others.add(contactWith());
    const { browser: admin } = await app.signedIn({ account, role: 'owner' });
    const imported = await list.act('contacts.import', () => Promise.resolve());
    await app.database.query('UPDATE journal_batches SET importId = ? WHERE id = ?', [newId(), imported]);
    const ofUsers = await list.act('users.edit', () => Promise.resolve());
    for (const id of [theirs, imported, ofUsers, newId(), 'x']) expect((await undo(id)).status).toBe(404);
    expect((await admin.post(`/personal-contacts/acts/${theirs}/undo`)).status).toBe(404);
    expect(await others.names()).toEqual(['Ada Lovelace']);
  });

  it('says after 30 days that it can no longer be undone', async () => {
    const batch = await list.add(contactWith());
    await app.database.query('UPDATE journal_batches SET at = ? WHERE id = ?', [
      ...[new Date(Date.now() - 31 * 86_400_000), batch],
    ]);
    const answer = await undo(batch);
    expect(answer.status).toBe(422);
    expect(visibleText(answer)).toContain('This can no longer be undone: more than 30 days have passed.');
    expect(await list.names()).toHaveLength(1);
  });

  it('leads to a page of one’s contacts alone, and to the list instead of a contact in the bin', async () => {
    const ada = contactWith();
    const cases: [string, string][] = [
      ['?to=/personal-contacts%3Fq%3Dada', '/personal-contacts?q=ada'],
      ['?to=https://elsewhere.example/', '/personal-contacts'],
      ['?to=/personal-contacts/../users', '/personal-contacts'],
      ['?to=/personal-contactsx', '/personal-contacts'],
      [`?to=/personal-contacts/${ada.id}`, '/personal-contacts'],
      ['?to=/personal-contacts&to=/users', '/personal-contacts'],
    ];
    for (const [to, location] of cases) {
      const batch = await list.add(contactWith({ ...ada, id: to.includes(ada.id) ? ada.id : newId() }));
      expect((await undo(batch, to)).headers['location']).toBe(location);
    }
  });

  it('names five of many that were left', async () => {
    const contacts = Array.from({ length: 8 }, (_, index) =>
      contactWith({ displayName: `Contact ${index}` }),
    );
    const batch = await list.add(...contacts);
    for (const { id } of contacts.slice(1)) await list.edit(id, { starred: true });
    const { text: page } = await said(await undo(batch));
    expect(page).toContain('Contact 5 (star: changed since) and 2 more.');
    expect(page).not.toContain('Contact 6 (star');
  });

  it('in steps goes on where it was interrupted, and finds nothing more when repeated', async () => {
    const contacts = Array.from({ length: 300 }, (_, index) =>
      contactWith({ displayName: `Contact ${index}` }),
    );
    const batch = await list.add(...contacts);
    await list.act('contacts.undo', async (database, act) => {
      const first = await undoStep(database, act, batch, null);
      expect([first.done, first.removed.length, first.next]).toEqual([250, 250, contacts[249].id]);
      expect((await undoStep(database, act, batch, null)).removed).toEqual([]);
      const second = await undoStep(database, act, batch, first.next);
      expect([second.done, second.removed.length, second.next, second.kept]).toEqual([50, 50, null, []]);
      await undoLast(database, act, batch);
    });
    expect(await list.names()).toEqual([]);
  });

  it('knows a deletion that was undone and done again for the same', async () => {
    const ada = contactWith();
    await list.add(ada);
    const removal = await list.remove(ada.id);
    const undoneBy = (undoes: Id) =>
      list.act('contacts.undo', async (database, act) => {
        await database.query('UPDATE journal_batches SET undoes = ? WHERE id = ?', [undoes, act.batchId]);
        await undoBatch(database, act, undoes);
      });
    await undoneBy(await undoneBy(removal));
    expect(await list.names()).toEqual([]);
    await undoneBy(removal);
    expect(await list.names()).toEqual(['Ada Lovelace']);
  });
});
