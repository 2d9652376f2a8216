import { type User } from '../../src/accounts/user.entity.js';
import { newId, type Id } from '../../src/database/id.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText, type Answer, type Browser } from '../support/browser.js';
import { contactWith, ListOf } from './list-of.js';

let app: TestApp;
let user: User;
let browser: Browser;
let list: ListOf;

beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  ({ user, browser } = await app.signedIn());
  list = new ListOf(app, user);
});
afterAll(() => app.close());

const LIST = '/personal-contacts';
const SELECTION = `${LIST}/selection`;
const REGROUP = `${SELECTION}/groups`;

interface Said {
  status: number;
  text: string;
  undo: string | undefined;
}

/** What the page an answer leads to says. */
async function said(answer: Answer): Promise<Said> {
  const page = await browser.follow(answer);
  const text = visibleText(page);
  return {
    status: answer.status,
    text:
      /message__body">([\s\S]*?)<\/p>/
        .exec(page.text)?.[1]
        .replace(/<[^>]+>/g, '')
        .trim() ?? text.slice(0, 500),
    undo: /action="(\/personal-contacts\/acts\/[^"]+)"/.exec(page.text)?.[1],
  };
}

async function three(): Promise<Id[]> {
  const contacts = ['Ada', 'Bea', 'Cem'].map((displayName) => contactWith({ displayName }));
  await list.add(...contacts);
  return contacts.map(({ id }) => id);
}

const groupsOf = async (id: Id) => (await list.contact(id))?.groupIds;
const starsOf = (ids: readonly Id[]) => Promise.all(ids.map(async (id) => (await list.contact(id))?.starred));

describe('Ticked contacts', () => {
  it('are starred and lose their stars, those alone that differ', async () => {
    const [ada, bea, cem] = await three();
    expect((await said(await browser.post(SELECTION, { act: 'star', ids: [ada] }))).text).toBe(
      '1 contact starred.',
    );
    const answer = await said(await browser.post(SELECTION, { act: 'star', ids: [ada, bea] }));
    expect(answer.text).toBe('1 contact starred. 1 was so already.');
    expect(await starsOf([ada, bea, cem])).toEqual([true, true, false]);
    await browser.post(answer.undo!);
    expect(await starsOf([ada, bea, cem])).toEqual([true, false, false]);
    await browser.post(SELECTION, { act: 'unstar', ids: [ada, cem] });
    expect(await starsOf([ada, bea, cem])).toEqual([false, false, false]);
  });

  it('are deleted at once and come back', async () => {
    const [ada, bea] = await three();
    const answer = await said(await browser.post(SELECTION, { act: 'delete', ids: [ada, bea] }));
    expect(answer.text).toBe('2 contacts deleted.');
    expect(await list.names()).toEqual(['Cem']);
    await browser.post(answer.undo!);
    expect(await list.names()).toEqual(['Ada', 'Bea', 'Cem']);
  });

  it('lead back to the page of the list they were on', async () => {
    const [ada] = await three();
    const from = `${LIST}?q=ad&sort=recent`;
    const answer = await browser.post(SELECTION, { act: 'star', ids: [ada], list: from });
    expect(answer.headers['location']).toBe(from);
    const away = await browser.post(SELECTION, { act: 'unstar', ids: [ada], list: 'https://evil.example/' });
    expect(away.headers['location']).toBe(LIST);
  });

  it('that are gone meanwhile are told, the others done', async () => {
    const [ada, bea, cem] = await three();
    await list.remove(ada);
    const answer = await said(await browser.post(SELECTION, { act: 'delete', ids: [ada, bea] }));
    expect(answer.text).toBe('1 contact deleted. 1 was not in your list any more.');
    const none = await said(await browser.post(SELECTION, { act: 'star', ids: [ada, bea] }));
    expect(none.text).toBe('These 2 contacts are not in your list any more. Nothing was changed.');
    expect(none.undo).toBeUndefined();
    // Nor is a group made for nobody.
    await browser.post(REGROUP, { ids: [ada, bea], newGroup: 'Empty', how: 'add' });
    expect(await list.groupNames()).toEqual([]);
    expect(await list.contact(cem)).toMatchObject({ starred: false });
  });

  it('of somebody else count as gone, and nothing touches them', async () => {
    const [ada] = await three();
    const { user: other, browser: theirs } = await app.signedIn({ accountId: user.accountId, role: 'owner' });
    const own = new ListOf(app, other);
    const dora = contactWith({ displayName: 'Dora' });
    await own.add(dora);
    const group = await own.group('Ours');
    const before = await list.whole();
    for (const act of ['star', 'delete', 'unstar'])
      expect((await theirs.post(SELECTION, { act, ids: [ada] })).status).toBe(303);
    await theirs.post(REGROUP, { ids: [ada, dora.id], groupIds: [group], how: 'add' });
    expect(await list.whole()).toEqual(before);
    expect(await own.contact(dora.id)).toMatchObject({ groupIds: [group] });
    const [{ members }] = await app.database.query<[{ members: string }]>(
      'SELECT COUNT(*) AS members FROM personal_contact_group_members WHERE groupId = ?',
      [group],
    );
    expect(Number(members)).toBe(1);
    // Nothing of the refused acts is left behind in the journal.
    const batches = await app.database.query<{ kind: string }[]>(
      'SELECT kind FROM journal_batches WHERE actorId = ? ORDER BY id',
      [other.id],
    );
    expect(batches.map(({ kind }) => kind)).toEqual([
      'contacts.add',
      'contact-groups.create',
      'contacts.move',
    ]);
  });

  it('may be none, nonsense or twice the same', async () => {
    const [ada] = await three();
    expect((await said(await browser.post(SELECTION, { act: 'delete' }))).text).toBe(
      'Tick at least one contact first.',
    );
    expect((await browser.post(SELECTION, { act: 'delete', ids: ['x', '%'] })).status).toBe(303);
    expect((await browser.post(SELECTION, { act: 'nonsense', ids: [ada] })).status).toBe(400);
    expect((await browser.post(SELECTION, { act: 'leave', ids: [ada] })).status).toBe(400);
    expect(await list.names()).toEqual(['Ada', 'Bea', 'Cem']);
    const answer = await said(await browser.post(SELECTION, { act: 'star', ids: [ada, ada] }));
    expect(answer.text).toBe('1 contact starred.');
  });

  it('deleted in two windows at once are deleted once', async () => {
    const ids = await three();
    await browser.formToken();
    const answers = await Promise.all([1, 2].map(() => browser.post(SELECTION, { act: 'delete', ids })));
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    const entries = await app.database.query<unknown[]>(
      `SELECT 1 FROM journal_entries WHERE subjectId IN (?) AND action = 'removed'`,
      [ids],
    );
    expect(entries).toHaveLength(3);
  });

  it('go on to the export of these', async () => {
    const [ada, bea] = await three();
    const answer = await browser.post(SELECTION, { act: 'export', ids: [ada, bea], list: `${LIST}?q=a` });
    expect(answer.headers['location']).toBe(`${LIST}/export?ids=${ada}%2C${bea}`);
    const all = await browser.post(SELECTION, {
      act: 'export',
      all: 'matching',
      list: `${LIST}?q=a&starred=1`,
    });
    expect(all.headers['location']).toBe(`${LIST}/export?q=a&starred=1`);
  });
});

describe('Groups for ticked contacts', () => {
  it('are asked for on a page of their own', async () => {
    const [ada, bea] = await three();
    await list.group('Clients');
    const page = await browser.follow(await browser.post(SELECTION, { act: 'groups', ids: [ada, bea] }));
    expect(visibleText(page)).toContain('Groups for 2 contacts');
    expect(visibleText(page)).toContain('Clients (0)');
  });

  it('are added to those they have, a new one made with them, and all undone', async () => {
    const [ada, bea] = await three();
    const [clients, press] = [await list.group('Clients'), await list.group('Presse')];
    await list.edit(ada, { groupIds: [clients] });
    const before = await list.whole();
    const answer = await said(
      await browser.post(REGROUP, { ids: [ada, bea], groupIds: [press], newGroup: 'Équipe', how: 'add' }),
    );
    expect(answer.text).toBe('The groups of 2 contacts are changed.');
    expect(await list.groupNames()).toEqual(['Clients', 'Équipe', 'Presse']);
    expect(await groupsOf(ada)).toHaveLength(3);
    expect(await groupsOf(bea)).toHaveLength(2);
    await browser.post(answer.undo!);
    expect(await list.whole()).toEqual(before);
  });

  it('of a name there is already are that group', async () => {
    const [ada] = await three();
    const clients = await list.group('Clients');
    await browser.post(REGROUP, { ids: [ada], newGroup: 'CLIENTS', how: 'add' });
    expect(await groupsOf(ada)).toEqual([clients]);
    expect(await list.groupNames()).toEqual(['Clients']);
  });

  it('take the place of the group of the list when they move, elsewhere of all others', async () => {
    const [ada] = await three();
    const ids = [await list.group('Clients'), await list.group('Presse'), await list.group('Équipe')];
    const [clients, press, team] = ids;
    await list.edit(ada, { groupIds: [clients, press].sort() });
    await browser.post(REGROUP, {
      ids: [ada],
      groupIds: [team],
      how: 'move',
      list: `${LIST}?group=${clients}`,
    });
    expect(await groupsOf(ada)).toEqual([press, team].sort());
    await browser.post(REGROUP, { ids: [ada], groupIds: [clients], how: 'move', list: LIST });
    expect(await groupsOf(ada)).toEqual([clients]);
  });

  it('are left, and no other', async () => {
    const [ada, bea] = await three();
    const [clients, press] = [await list.group('Clients'), await list.group('Presse')];
    await list.edit(ada, { groupIds: [clients, press].sort() });
    const answer = await said(
      await browser.post(SELECTION, { act: 'leave', ids: [ada, bea], list: `${LIST}?group=${clients}` }),
    );
    expect(answer.text).toBe('1 contact removed from the group.');
    expect(await groupsOf(ada)).toEqual([press]);
    await browser.post(answer.undo!);
    expect(await groupsOf(ada)).toEqual([clients, press].sort());
  });

  it('are chosen, or the form says so and keeps what was typed', async () => {
    const [ada] = await three();
    const group = await list.group('Clients');
    const none = await browser.post(REGROUP, { ids: [ada], how: 'move' });
    expect(none.status).toBe(422);
    expect(visibleText(none)).toContain('Choose a group, or write the name of a new one');
    const wrong = await browser.post(REGROUP, { ids: [ada], groupIds: [group], newGroup: 'a;b', how: 'add' });
    expect([wrong.status, field(wrong, 'newGroup').value]).toEqual([422, 'a;b']);
    expect(wrong.text).toMatch(new RegExp(`value="${group}" checked`));
    expect((await browser.post(REGROUP, { ids: [ada], groupIds: [group], how: 'x' })).status).toBe(422);
    expect(await groupsOf(ada)).toEqual([]);
  });

  it('that are gone or another person’s are not given, and nothing else is', async () => {
    const [ada] = await three();
    const { user: other } = await app.signedIn({ accountId: user.accountId });
    const theirs = await new ListOf(app, other).group('Theirs');
    const [mine, gone] = [await list.group('Mine'), await list.group('Gone')];
    await browser.post(`${LIST}/groups/${gone}/deletion`);
    for (const wrong of [theirs, gone, newId(), 'nonsense']) {
      const answer = await browser.post(REGROUP, {
        ids: [ada],
        groupIds: [mine, wrong],
        newGroup: 'New',
        how: 'add',
      });
      expect(answer.status).toBe(404);
    }
    expect(await groupsOf(ada)).toEqual([]);
    expect(await list.groupNames()).toEqual(['Mine']);
  });
});

describe('All that match', () => {
  it('are chosen in a second step, with their number', async () => {
    await list.add(...Array.from({ length: 60 }, (_, place) => contactWith({ displayName: `Ada ${place}` })));
    await list.add(contactWith({ displayName: 'Bea' }));
    const first = await browser.get(`${LIST}?q=ada`);
    expect(first.text.replaceAll('&#x3D;', '=')).toContain(`href="${LIST}?q=ada&amp;all=matching"`);
    const second = await browser.get(`${LIST}?q=ada&all=matching`);
    expect(visibleText(second)).toContain('All 60 that match are selected');
    const answer = await said(
      await browser.post(SELECTION, { act: 'delete', all: 'matching', list: `${LIST}?q=ada` }),
    );
    expect(answer.text).toBe('60 contacts deleted.');
    expect(await list.names()).toEqual(['Bea']);
  });

  it('are those of the group, letter and star that are shown, and never everybody by mistake', async () => {
    const group = await list.group('Clients');
    await list.add(
      contactWith({ displayName: 'Ada', groupIds: [group], starred: true }),
      contactWith({ displayName: 'Bea', groupIds: [group], starred: true }),
      contactWith({ displayName: 'Aline', starred: true }),
      contactWith({ displayName: 'Anna', groupIds: [group] }),
    );
    await browser.post(SELECTION, {
      ...{ act: 'delete', all: 'matching' },
      list: `${LIST}?group=${group}&starred=1&letter=a`,
    });
    expect(await list.names()).toEqual(['Aline', 'Anna', 'Bea']);
    for (const path of ['', '/contacts', 'nonsense', `https://evil.example${LIST}`])
      expect((await browser.post(SELECTION, { act: 'delete', all: 'matching', list: path })).status).toBe(
        400,
      );
    await browser.post(SELECTION, { act: 'delete', all: 'matching', list: `${LIST}?group=nonsense` });
    expect(await list.names()).toEqual(['Aline', 'Anna', 'Bea']);
  });

  it('may be ten thousand: one act, one batch, all or nothing, undone', async () => {
    await tenThousand();
    const all = { all: 'matching', list: LIST };
    const starred = await said(await browser.post(SELECTION, { ...all, act: 'star' }));
    expect(starred.text).toBe('10,000 contacts starred.');
    const moved = await said(await browser.post(REGROUP, { ...all, newGroup: 'Everybody', how: 'add' }));
    expect(moved.text).toBe('The groups of 10,000 contacts are changed.');
    const deleted = await said(await browser.post(SELECTION, { ...all, act: 'delete' }));
    expect(deleted.text).toBe('10,000 contacts deleted.');
    expect(await living()).toBe(0);
    const batches = await app.database.query<{ kind: string; entries: string }[]>(
      `SELECT b.kind, COUNT(*) AS entries FROM journal_batches b JOIN journal_entries e ON e.batchId = b.id
       WHERE b.actorId = ? GROUP BY b.id, b.kind ORDER BY b.id`,
      [user.id],
    );
    expect(batches.map(({ kind, entries }) => [kind, Number(entries)])).toEqual([
      ['contacts.star', 10_000],
      // The group that was made is one of its subjects.
      ['contacts.move', 10_001],
      ['contacts.delete', 10_000],
    ]);
    await browser.post(deleted.undo!);
    expect(await living()).toBe(10_000);
  }, 60_000);

  async function living(): Promise<number> {
    const [{ there }] = await app.database.query<[{ there: string }]>(
      'SELECT COUNT(*) AS there FROM personal_contacts WHERE ownerId = ? AND deletedAt IS NULL',
      [user.id],
    );
    return Number(there);
  }

  /** Past the writers: quick, and without a batch. */
  async function tenThousand(): Promise<void> {
    const now = new Date();
    const rows = Array.from({ length: 10_000 }, (_, place) => {
      const name = `contact ${String(place).padStart(5, '0')}`;
      return [newId(), user.accountId, user.id, name, '{}', '[]', name, name, 1, newId(), now, now];
    });
    for (let from = 0; from < rows.length; from += 2_500)
      await app.database.query(
        `INSERT INTO personal_contacts (id, accountId, ownerId, displayName, typedPhones, extra, searchKey, sortKey,
           foldVersion, createdByBatch, createdAt, updatedAt) VALUES ?`,
        [rows.slice(from, from + 2_500)],
      );
  }
});
