import { limits } from '../../src/config/limits.js';
import { newId, type Id } from '../../src/database/id.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, type Answer, visibleText } from '../support/browser.js';
import { twoCompanies, type Somebody } from './two-companies.js';

const FOLDERS = '/external-contacts/folders';

describe('Folders of external contacts, and what is done to many', () => {
  let app: TestApp;
  let all: Awaited<ReturnType<typeof twoCompanies>>;
  let ada: Somebody;
  let bob: Somebody;
  let ids: Id[];
  let others: Somebody[];

  beforeAll(async () => {
    app = await startApp();
    all = await twoCompanies(app);
    ({ ada, bob } = all);
    const people = await Promise.all(
      ['Uma', 'Vic', 'Wim'].map((givenName) =>
        app.aUser({ account: all.harbour, givenName, familyName: 'Kay' }),
      ),
    );
    others = people.map((user) => ({ user, account: all.harbour, browser: app.browser() }));
  });

  beforeEach(async () => {
    ids = [];
    for (const other of others) ids.push((await all.connect(ada, other)).card.id);
    await app.database.query('DELETE FROM external_folder_members');
    await app.database.query('DELETE FROM external_folders');
    await app.database.query('UPDATE external_contacts SET starred = 0');
  });

  afterAll(() => app.close());

  const list = (query = '') => ada.browser.get(`/external-contacts${query}`);
  const create = async (name: string, who = ada): Promise<Id> => {
    await who.browser.post(FOLDERS, { name });
    const [folder] = await app.database.query<{ id: Id }[]>(
      'SELECT id FROM external_folders WHERE ownerId = ? AND name = ? AND liveKey = 1',
      [who.user.id, name],
    );
    return folder.id;
  };
  const act = (act: string, fields: Record<string, string | string[]>) =>
    ada.browser.post('/external-contacts/selection', { act, list: '/external-contacts', ...fields });
  const put = (folderIds: string[], who: string[], more = {}) =>
    ada.browser.post('/external-contacts/selection/folders', {
      ...{ folderIds, ids: who, list: '/external-contacts', how: 'add', ...more },
    });

  it('are made, renamed and deleted, and the contacts stay', async () => {
    const id = await create('Clients');
    await put([id], ids.slice(0, 2));
    expect(namesIn(await list(`?folder=${id}`))).toEqual(['Uma Kay', 'Vic Kay']);
    const renamed = await ada.browser.post(`${FOLDERS}/${id}`, { name: 'Kunden' });
    expect(visibleText(await ada.browser.follow(renamed))).toContain('The folder is called Kunden now.');
    const deleted = await ada.browser.follow(await ada.browser.post(`${FOLDERS}/${id}/deletion`));
    expect(namesIn(deleted)).toHaveLength(3);
    expect((await list(`?folder=${id}`)).status).toBe(404);
    await ada.browser.post(undoIn(deleted));
    expect(namesIn(await list(`?folder=${id}`))).toEqual(['Uma Kay', 'Vic Kay']);
  });

  it('are brought back from their page for 30 days, under another name where theirs is taken', async () => {
    const id = await create('Clients');
    await put([id], [ids[0]]);
    await ada.browser.post(`${FOLDERS}/${id}/deletion`);
    await create('clients');
    const page = await ada.browser.get(FOLDERS);
    expect(visibleText(page)).toContain('Deleted folders');
    await ada.browser.post(undoIn(page));
    expect(visibleText(await ada.browser.get(FOLDERS))).toContain('Clients (2)');
    expect(namesIn(await list(`?folder=${id}`))).toEqual(['Uma Kay']);
  });

  it('have one name each, whatever its accents', async () => {
    await create('Café');
    const answer = await ada.browser.post(FOLDERS, { name: 'CAFE' });
    expect(answer.status).toBe(409);
    expect(field(answer, 'name').error).toContain('There is a folder “Café” already');
    await create('Café', bob);
  });

  it('are made once by a form sent twice', async () => {
    const once = newId();
    await Promise.all([1, 2].map(() => ada.browser.post(FOLDERS, { name: 'Twice', _once: once })));
    const made = await app.database.query<object[]>("SELECT 1 FROM external_folders WHERE name = 'Twice'");
    expect(made).toHaveLength(1);
  });

  it('say what another window made of the name', async () => {
    const id = await create('One');
    await ada.browser.post(`${FOLDERS}/${id}`, { name: 'Two', revision: 1 });
    const answer = await ada.browser.post(`${FOLDERS}/${id}`, { name: 'Three', revision: 1 });
    expect(answer.status).toBe(409);
    expect(field(answer, 'name')).toMatchObject({ value: 'Three', error: /it is “Two” now/ });
  });

  it('refuse an empty name and one too many', async () => {
    expect((await ada.browser.post(FOLDERS, { name: '  ' })).status).toBe(422);
    await app.database.query(
      'INSERT INTO external_folders (id, accountId, ownerId, name, nameKey, liveKey, createdAt) VALUES ?',
      [
        Array.from({ length: limits.externalFolders }, (_, number) => [
          ...[
            newId(),
            ada.user.accountId,
            ada.user.id,
            `Folder ${number}`,
            `folder ${number}`,
            1,
            new Date(),
          ],
        ]),
      ],
    );
    const answer = await ada.browser.post(FOLDERS, { name: 'One more' });
    expect(answer.status).toBe(422);
    expect(field(answer, 'name').error).toContain('One person can have 100 folders');
    expect((await put([], [ids[0]], { newFolder: 'One more' })).status).toBe(422);
    const page = await ada.browser.get(FOLDERS);
    expect(namesIn(page)).toHaveLength(limits.page);
    expect(namesIn(await ada.browser.get(`${FOLDERS}?page=2`))[0]).toBe('Folder 50');
  });

  it('made at once are no more than there may be', async () => {
    const { browser, user } = await app.signedIn();
    const filling = Array.from({ length: limits.externalFolders - 1 }, (_, number) => [
      ...[newId(), user.accountId, user.id, `Folder ${number}`, `folder ${number}`, 1, new Date()],
    ]);
    await app.database.query(
      'INSERT INTO external_folders (id, accountId, ownerId, name, nameKey, liveKey, createdAt) VALUES ?',
      [filling],
    );
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, number) => browser.post(FOLDERS, { name: `More ${number}` })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array<number>(7).fill(422)]);
  });

  it('are nobody else’s', async () => {
    const id = await create('Mine');
    for (const path of [`/external-contacts?folder=${id}`, `${FOLDERS}/${id}/edit`])
      expect((await bob.browser.get(path)).status).toBe(404);
    for (const path of [`${FOLDERS}/${id}`, `${FOLDERS}/${id}/deletion`])
      expect((await bob.browser.post(path, { name: 'Stolen' })).status).toBe(404);
    const { card } = await all.connect(bob, ada);
    const answer = await bob.browser.post('/external-contacts/selection/folders', {
      ...{ folderIds: [id], ids: [card.id], list: '/external-contacts', how: 'add' },
    });
    expect(answer.status).toBe(404);
  });

  it('take ticked contacts in, also into a new one, and let them leave the others', async () => {
    const [one, two] = [await create('One'), await create('Two')];
    await put([one], ids);
    const moved = await ada.browser.follow(await put([two], [ids[0]], { how: 'move', newFolder: 'Three' }));
    expect(visibleText(moved)).toContain('The folders of 1 contact are changed.');
    expect(namesIn(await list(`?folder=${one}`))).toEqual(['Vic Kay', 'Wim Kay']);
    expect(namesIn(await list(`?folder=${two}`))).toEqual(['Uma Kay']);
    expect(visibleText(await list())).toContain('Three');
    const undone = await ada.browser.follow(await ada.browser.post(undoIn(moved)));
    expect(namesIn(await list(`?folder=${one}`))).toHaveLength(3);
    expect(visibleText(undone)).not.toContain('Three');
  });

  it('ask for a choice, and for ticks first', async () => {
    expect((await put([], ids)).status).toBe(422);
    const answer = await act('folders', { ids: [] });
    expect(visibleText(await ada.browser.follow(answer))).toContain('Tick at least one contact first.');
  });

  it('leads from the bar to the folders and to files', async () => {
    const asked = await act('folders', { ids: ids.slice(0, 2) });
    expect(visibleText(await ada.browser.follow(asked))).toContain('Folders for 2 contacts');
    const csv = await act('csv', { ids: [ids[0]] });
    const file = (await ada.browser.download(csv.headers['location'] as string)).body.toString('utf8');
    expect(file).toContain('Uma Kay');
    expect(file).not.toContain('Vic Kay');
  });

  it('stars and unstars ticked contacts, and takes that back', async () => {
    const message = await ada.browser.follow(await act('star', { ids: ids.slice(0, 2) }));
    expect(visibleText(message)).toContain('2 contacts starred.');
    expect(namesIn(await list('?starred=1'))).toEqual(['Uma Kay', 'Vic Kay']);
    await act('star', { ids });
    await ada.browser.post(undoIn(message));
    expect(namesIn(await list('?starred=1'))).toEqual(['Wim Kay']);
  });

  it('removes all that match for both sides, tells the others, and takes it back', async () => {
    const message = await ada.browser.follow(
      await act('remove', { all: 'matching', list: '/external-contacts?q=kay' }),
    );
    expect(visibleText(message)).toContain('3 contacts removed.');
    expect(namesIn(await list('?q=kay'))).toEqual([]);
    for (const other of others) {
      expect(await all.cardOf(other, ada)).toBeNull();
      const news = await app.database.query<{ values: string }[]>(
        "SELECT `values` FROM notifications WHERE userId = ? AND kind = 'external.removed'",
        [other.user.id],
      );
      expect(news.map(({ values }) => JSON.parse(values) as unknown)).toContainEqual({
        ...{ name: 'Ada Lovelace', address: ada.user.email },
      });
    }
    const back = await ada.browser.follow(await ada.browser.post(undoIn(message)));
    expect(visibleText(back)).toContain('You are in contact with 3 people again.');
    expect(namesIn(await list('?q=kay'))).toHaveLength(3);
    await ada.browser.post(undoIn(back));
    expect(namesIn(await list('?q=kay'))).toEqual([]);
  });

  it('does nothing to contacts of others', async () => {
    const { card } = await all.connect(bob, { ...ada });
    const answer = await act('remove', { ids: [card.id] });
    expect(visibleText(await ada.browser.follow(answer))).toContain('not in your list any more');
    expect(await all.cardOf(bob, ada)).not.toBeNull();
  });

  it('refuses to take an unknown list for the whole one', async () => {
    for (const path of ['/personal-contacts', '/external-contacts?former=1'])
      expect((await act('remove', { all: 'matching', list: path })).status).toBe(400);
  });
});

/** Where the first button that undoes something posts to. */
function undoIn(answer: Answer): string {
  const [, action = ''] = /action="([^"]*\/acts\/[^"]*undo[^"]*)"/.exec(answer.text) ?? [];
  return action.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
}

function namesIn(answer: Answer): string[] {
  expect(answer.status).toBe(200);
  return [...answer.text.matchAll(/class="table__link" href="[^"]+">([^<]+)</g)].map(([, name]) => name);
}
