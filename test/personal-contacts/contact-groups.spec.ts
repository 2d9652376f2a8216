import { type User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText, type Answer, type Browser } from '../support/browser.js';
import { checkContacts, contactFile } from './importing.js';
import { removeGroups } from '../../src/personal-contacts/group-writes.js';
import { contactWith, ListOf } from './list-of.js';
import { checkReplacement } from './replacing.js';

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
const GROUPS = `${LIST}/groups`;

/** Presses Undo in the message of the page an answer leads to. */
async function undo(answer: Answer): Promise<Answer> {
  const page = await browser.follow(answer);
  const path = /action="(\/personal-contacts\/acts\/[^"]+)"/.exec(page.text)?.[1]?.replaceAll('&#x3D;', '=');
  return browser.post(path ?? '/no-undo-offered');
}

const digits = (name: string) =>
  `(${[...'0123456789'].map((digit) => `SELECT ${digit} AS n`).join(' UNION ALL ')}) ${name}`;

describe('A group of personal contacts', () => {
  it('is made by name, shown at once, and audited for nobody', async () => {
    const answer = await browser.post(GROUPS, { name: '  Clients  de Lyon ' });
    expect(answer.status).toBe(303);
    expect(visibleText(await browser.follow(answer))).toContain('Group Clients de Lyon created.');
    expect(await list.groupNames()).toEqual(['Clients de Lyon']);
    expect(await app.database.query('SELECT * FROM audit_entries WHERE actorId = ?', [user.id])).toEqual([]);
    const [batch] = await app.database.query<{ kind: string }[]>(
      'SELECT kind FROM journal_batches WHERE actorId = ?',
      [user.id],
    );
    expect(batch.kind).toBe('contact-groups.create');
  });

  it('is not made, by any form or file, once one has as many as a list can show', async () => {
    await app.database.query(
      `INSERT INTO personal_contact_groups (id, accountId, ownerId, name, nameKey, createdByBatch, createdAt)
       SELECT UUID(), ?, ?, CONCAT('G', seq), CONCAT('g', seq), ?, NOW(3)
       FROM (SELECT a.n + 10 * b.n + 100 * c.n AS seq FROM ${['a', 'b', 'c'].map(digits).join(',')}) numbers`,
      [user.accountId, user.id, newId()],
    );
    const told = 'One person can have 1,000 groups';
    const asked = await browser.post(GROUPS, { name: 'One more' });
    expect(asked.status).toBe(422);
    expect(field(asked, 'name')).toMatchObject({ error: expect.stringContaining(told) as string });
    const added = await browser.post(LIST, { displayName: 'Ada', newGroup: 'One more' });
    expect(added.status).toBe(422);
    expect(visibleText(added)).toContain(told);
    const ada = await browser.post(LIST, { displayName: 'Ada', newGroup: 'G999' });
    const id = ada.headers['location']?.split('/').at(-1) ?? '';
    const moved = await browser.post(`${LIST}/selection/groups`, {
      ids: id,
      how: 'add',
      newGroup: 'One more',
      list: LIST,
    });
    expect(moved.status).toBe(422);
    expect(visibleText(moved)).toContain(told);
    const { page } = await checkContacts(app, browser, contactFile('Alan'), { groupName: 'One more' });
    expect(page).toContain('This file makes one group; you have 1,000 already');
    const many = Array.from({ length: 30_000 }, (_, number) => number);
    const cards = [0, 1, 2]
      .map((part) => many.slice(part * 10_000, (part + 1) * 10_000))
      .map((numbers) => `BEGIN:VCARD\nVERSION:3.0\nFN:Many\nCATEGORIES:${numbers.join(',')}\nEND:VCARD\n`);
    for (const check of [checkContacts, checkReplacement]) {
      const { page, summary } = await check(app, browser, cards.join(''));
      expect(page).toContain('makes 30,000 groups');
      expect(JSON.stringify(summary).length).toBeLessThan(200_000);
    }
    expect(await list.groupNames()).toHaveLength(1_000);
  });

  it('is one group when its form is sent twice', async () => {
    const form = { name: 'Clients', _once: newId() };
    await browser.formToken();
    const answers = await Promise.all([browser.post(GROUPS, form), browser.post(GROUPS, form)]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(new Set(answers.map(({ headers }) => headers['location'] as string)).size).toBe(1);
    expect(await list.groupNames()).toEqual(['Clients']);
  });

  it('of a name there is, accents and case aside, is refused with the way to that one', async () => {
    const id = await list.group('Café');
    const answer = await browser.post(GROUPS, { name: 'CAFE' });
    expect(answer.status).toBe(409);
    expect(field(answer, 'name')).toMatchObject({
      value: 'CAFE',
      error: expect.stringContaining('“Café”') as string,
    });
    expect(answer.text.replaceAll('&#x3D;', '=')).toContain(`href="${LIST}?group=${id}"`);
    expect(await list.groupNames()).toEqual(['Café']);
  });

  it('is had by one of two at once who give it this name', async () => {
    await browser.formToken();
    const answers = await Promise.all([1, 2, 3].map(() => browser.post(GROUPS, { name: 'Once' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409]);
    expect(await list.groupNames()).toEqual(['Once']);
  });

  it.each([
    ['', /./],
    ['x'.repeat(256), /255/],
    ['a\u0007b', /./],
    ['A;B', /semicolon/],
  ])('is not called %j', async (name, error) => {
    const answer = await browser.post(GROUPS, { name });
    expect(answer.status).toBe(422);
    expect(field(answer, 'name').error).toMatch(error);
    const id = await list.group('Before');
    expect((await browser.post(`${GROUPS}/${id}`, { name })).status).toBe(422);
    expect(await list.groupNames()).toEqual(['Before']);
  });

  it.each(['田中', 'عملاء', '😀 Friends', 'x'.repeat(255)])('may be called %s', async (name) => {
    expect((await browser.post(GROUPS, { name })).status).toBe(303);
    expect(await list.groupNames()).toEqual([name]);
  });

  it('gets another name, also the same one written otherwise', async () => {
    const id = await list.group('clients');
    await browser.post(`${GROUPS}/${id}`, { name: 'Clients', revision: '1' });
    expect(visibleText(await browser.get(`${LIST}?group=${id}`))).toContain(
      'The group is called Clients now.',
    );
    expect(await list.groupNames()).toEqual(['Clients']);
    const undone = await undo(await browser.post(`${GROUPS}/${id}`, { name: 'Customers', revision: '2' }));
    expect(undone.headers['location']).toBe(`${LIST}?group=${id}`);
    expect(visibleText(await browser.follow(undone))).toContain('The group “Clients” is as it was before.');
    expect(await list.groupNames()).toEqual(['Clients']);
  });

  it('renamed in two windows shows the second both names', async () => {
    const id = await list.group('Clients');
    await browser.post(`${GROUPS}/${id}`, { name: 'Customers', revision: '1' });
    const second = await browser.post(`${GROUPS}/${id}`, { name: 'Kunden', revision: '1' });
    expect(second.status).toBe(409);
    expect(field(second, 'name')).toMatchObject({
      value: 'Kunden',
      error: expect.stringMatching(/“Customers” now.*“Kunden”/) as string,
    });
    const again = await browser.post(`${GROUPS}/${id}`, {
      name: 'Kunden',
      revision: field(second, 'revision').value ?? '',
    });
    expect(again.status).toBe(303);
    expect(await list.groupNames()).toEqual(['Kunden']);
  });

  it('does not take the name of another', async () => {
    const id = await list.group('Clients');
    await list.group('Presse');
    const answer = await browser.post(`${GROUPS}/${id}`, { name: 'presse', revision: '1' });
    expect(answer.status).toBe(409);
    expect(field(answer, 'name').error).toContain('“Presse”');
    expect(await list.groupNames()).toEqual(['Clients', 'Presse']);
  });

  it('is deleted without its contacts, and comes back with them', async () => {
    const id = await list.group('Clients');
    const ada = contactWith({ displayName: 'Ada', groupIds: [id] });
    await list.add(ada);
    const answer = await browser.post(`${GROUPS}/${id}/deletion`);
    expect(await list.groupNames()).toEqual([]);
    expect(await list.contact(ada.id)).toMatchObject({ displayName: 'Ada', groupIds: [] });
    await undo(answer);
    expect(await list.groupNames()).toEqual(['Clients']);
    expect(await list.contact(ada.id)).toMatchObject({ groupIds: [id] });
  });

  it('can be restored from the page of groups too, until 30 days have passed', async () => {
    const [id, old] = [await list.group('Clients'), await list.group('Old')];
    await browser.post(`${GROUPS}/${id}/deletion`);
    await browser.post(`${GROUPS}/${old}/deletion`);
    await app.database.query(
      'UPDATE personal_contact_groups SET deletedAt = DATE_SUB(deletedAt, INTERVAL 31 DAY) WHERE id = ?',
      [old],
    );
    // The first page shows the message of the deletion too.
    await browser.get(GROUPS);
    const page = await browser.get(GROUPS);
    const offered = [...page.text.matchAll(/action="(\/personal-contacts\/acts\/[^"]+)"/g)].map(
      ([, path]) => path,
    );
    expect(offered).toHaveLength(1);
    expect(visibleText(page)).not.toContain('Old');
    await browser.post(offered[0]);
    expect(await list.groupNames()).toEqual(['Clients']);
    // Deleted from that page, one stays there, also when it is taken back.
    const deleted = await browser.post(`${GROUPS}/${id}/deletion`, { from: GROUPS });
    expect(deleted.headers['location']).toBe(GROUPS);
    expect((await undo(deleted)).headers['location']).toBe(GROUPS);
    expect(visibleText(await browser.get(GROUPS))).not.toContain('Deleted groups');
  });

  it('whose deletion was undone, redone and undone again is among the deleted once', async () => {
    const id = await list.group('Clients');
    const deleted = await browser.post(`${GROUPS}/${id}/deletion`);
    // Taken back, deleted again, taken back and deleted once more.
    let answer = deleted;
    for (let times = 0; times < 4; times += 1) answer = await undo(answer);
    await browser.follow(answer);
    const page = visibleText(await browser.get(GROUPS));
    expect(page.split('Clients')).toHaveLength(2);
    expect(page).toContain('Deleted groups');
  });

  it('is found by a part of its name, a page of 50 at a time', async () => {
    const id = await list.group('Presse été');
    const binned = contactWith({ groupIds: [id] });
    await list.add(contactWith({ groupIds: [id] }), binned);
    await list.remove(binned.id);
    for (let number = 1; number <= 51; number += 1) await list.group(`Salon ${number}`);
    const page = await browser.get(GROUPS);
    expect(page.text.match(/<th scope="row"/g)).toHaveLength(50);
    expect(visibleText(page)).toContain('52 groups');
    const next = /href="([^"]+)" rel="next"/.exec(page.text)?.[1].replaceAll('&#x3D;', '=') ?? '';
    expect((await browser.get(next)).text.match(/<th scope="row"/g)).toHaveLength(2);
    const found = await browser.get(`${GROUPS}?q=ETE`);
    expect(found.text.match(/<th scope="row"/g)).toHaveLength(1);
    expect(visibleText(found)).toMatch(/Presse été 1 /);
    expect(visibleText(await browser.get(`${GROUPS}?q=nobody`))).toContain('Nothing found');
  });

  it('merged into another gives it its contacts, each once, and that is undone', async () => {
    const [from, into] = [await list.group('Customers'), await list.group('Clients')];
    const [ada, bea, cem] = [
      contactWith({ displayName: 'Ada', groupIds: [from] }),
      contactWith({ displayName: 'Bea', groupIds: [from, into].sort() }),
      contactWith({ displayName: 'Cem', groupIds: [into] }),
    ];
    await list.add(ada, bea, cem);
    const before = await list.whole();
    expect(visibleText(await browser.get(`${GROUPS}/${from}/merge`))).toContain('2 contacts of Customers');
    const answer = await browser.post(`${GROUPS}/${from}/merge`, { into });
    expect(answer.status).toBe(303);
    expect(await list.groupNames()).toEqual(['Clients']);
    for (const { id } of [ada, bea, cem]) expect(await list.contact(id)).toMatchObject({ groupIds: [into] });
    const undone = await undo(answer);
    expect(await list.whole()).toEqual(before);
    expect(undone.headers['location']).toBe(`${LIST}?group=${into}`);
    expect(visibleText(await browser.follow(undone))).toContain('The group “Customers” is as it was before.');
    // A group that is gone is no page to come back to.
    const edit = await list.edit(ada.id, { organization: 'Harbour' });
    await list.act('contact-groups.delete', (database, act) => removeGroups(database, act, [into]));
    const to = encodeURIComponent(`${LIST}?group=${into}`);
    const last = await browser.post(`${LIST}/acts/${edit}/undo?to=${to}`);
    expect(last.headers['location']).toBe(LIST);
  });

  it('is merged into no other person’s group, not into itself, and not into none', async () => {
    const id = await list.group('Clients');
    const ada = contactWith({ groupIds: [id] });
    await list.add(ada);
    const { user: other } = await app.signedIn({ accountId: user.accountId });
    const theirs = await new ListOf(app, other).group('Theirs');
    await list.group('Second');
    expect((await browser.post(`${GROUPS}/${id}/merge`, { into: theirs })).status).toBe(404);
    expect((await browser.post(`${GROUPS}/${id}/merge`, { into: id })).status).toBe(404);
    expect((await browser.post(`${GROUPS}/${id}/merge`, { into: 'nonsense' })).status).toBe(404);
    const none = await browser.post(`${GROUPS}/${id}/merge`, { into: '' });
    expect([none.status, field(none, 'into').error]).toEqual([422, 'Choose a group']);
    expect(await list.contact(ada.id)).toMatchObject({ groupIds: [id] });
  });

  it('is typed where there are too many for a menu, in a merge and an export', async () => {
    const [from, into] = [await list.group('Customers'), await list.group('Clients Été')];
    await list.add(contactWith({ groupIds: [from] }));
    await app.database.query(
      `INSERT INTO personal_contact_groups (id, accountId, ownerId, name, nameKey, liveKey, revision, createdByBatch, createdAt)
       SELECT UUID(), accountId, ownerId, CONCAT('Many ', seq), CONCAT('many ', seq), 1, 1, createdByBatch, createdAt
       FROM personal_contact_groups, seq_1_to_50 WHERE id = ?`,
      [from],
    );
    const path = `${GROUPS}/${from}/merge`;
    const page = await browser.get(path);
    expect(page.text).not.toContain('<select');
    expect(page.text).toMatch(/<option value="Clients Été">Clients Été \(0\)/);
    const unknown = await browser.post(path, { intoName: 'Clientele' });
    expect([unknown.status, field(unknown, 'intoName')]).toEqual([
      422,
      { value: 'Clientele', error: expect.stringContaining('There is no group “Clientele” to choose') },
    ]);
    expect(field(await browser.post(path, { intoName: 'customers' }), 'intoName').error).toContain(
      'There is no group',
    );
    expect(field(await browser.post(path, { intoName: '' }), 'intoName').error).toBe('Choose a group');

    const exporting = await browser.get(`${LIST}/export?q=a`);
    expect(exporting.text).not.toContain('<select');
    const chosen = await browser.get(`${LIST}/export?q=a&groupName=clients%20ete`);
    expect(chosen.headers['location']).toBe(`${LIST}/export?q=a&group=${into}`);
    const none = await browser.get(`${LIST}/export?groupName=In%20no%20group`);
    expect(none.headers['location']).toBe(`${LIST}/export?group=none`);
    expect(field(await browser.follow(none), 'groupName').value).toBe('In no group');
    const lost = await browser.get(`${LIST}/export?groupName=Nobody`);
    expect([lost.status, field(lost, 'groupName').value]).toEqual([422, 'Nobody']);

    const merged = await browser.post(path, { intoName: ' clients ete ' });
    expect(merged.headers['location']).toBe(`${LIST}?group=${into}`);
  });

  it('merged both ways at once leaves one of the two with everybody', async () => {
    const [one, other] = [await list.group('One'), await list.group('Other')];
    const contacts = [contactWith({ groupIds: [one] }), contactWith({ groupIds: [other] })];
    await list.add(...contacts);
    await browser.formToken();
    const answers = await Promise.all([
      browser.post(`${GROUPS}/${one}/merge`, { into: other }),
      browser.post(`${GROUPS}/${other}/merge`, { into: one }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 404]);
    expect(await list.groupNames()).toHaveLength(1);
    const groups = await Promise.all(contacts.map(async ({ id }) => (await list.contact(id))?.groupIds));
    expect(groups[0]).toHaveLength(1);
    expect(groups[1]).toEqual(groups[0]);
  });

  it('of somebody else is not there, whatever is asked of it', async () => {
    const { browser: other } = await app.signedIn({ accountId: user.accountId, role: 'owner' });
    const id = await list.group('Clients');
    for (const path of ['/edit', '/merge'])
      expect((await other.get(`${GROUPS}/${id}${path}`)).status).toBe(404);
    for (const path of ['', '/deletion', '/merge'])
      expect((await other.post(`${GROUPS}/${id}${path}`, { name: 'Taken', into: newId() })).status).toBe(404);
    expect((await other.get(GROUPS)).text).not.toContain('Clients');
    expect((await browser.get(`${GROUPS}/nonsense/edit`)).status).toBe(404);
    // Nor is their id free for a form that carries it.
    expect((await other.post(GROUPS, { name: 'Mine', _once: id })).status).toBe(404);
    expect(await list.groupNames()).toEqual(['Clients']);
  });

  it('deleted in two windows is gone for the second', async () => {
    const id = await list.group('Clients');
    await browser.formToken();
    const answers = await Promise.all([1, 2].map(() => browser.post(`${GROUPS}/${id}/deletion`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 404]);
    expect((await browser.get(`${GROUPS}/${id}/edit`)).status).toBe(404);
  });
});
