import { newAccountFeatures } from '../../src/accounts/features.js';
import { limits } from '../../src/config/limits.js';
import { type Id } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { removeContacts, storedContacts } from '../../src/personal-contacts/contact-writes.js';
import { eraseContacts } from '../../src/personal-contacts/erase-contacts.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText, type Answer, type Browser } from '../support/browser.js';
import { lockWaits } from '../support/locks.js';
import { act, binned, changed, kept } from './keeping.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const LIST = '/personal-contacts';
const TRASH = `${LIST}/trash`;
const living = async (ownerId: Id) =>
  [...(await storedContacts(app.database, ownerId)).values()].map(({ displayName }) => displayName).sort();
const rows = async (ownerId: Id) =>
  (await app.database.query<{ id: Id }[]>('SELECT id FROM personal_contacts WHERE ownerId = ?', [ownerId]))
    .length;
const undoOf = (answer: Answer): string =>
  (/action="(\/personal-contacts\/acts\/[^"]+)"/.exec(answer.text)?.[1] ?? '').replaceAll('&#x3D;', '=');
const listed = async (browser: Browser, path = TRASH) =>
  [...(await browser.get(path)).text.matchAll(/class="table__link" href="[^"]+">([^<]+)</g)].map(
    ([, name]) => name,
  );

/** Somebody with these contacts in the bin. */
async function keeper(...names: string[]) {
  const { user, browser } = await app.signedIn();
  const ids = await kept(
    app,
    user,
    names.map((displayName) => ({ displayName })),
  );
  await binned(app, user, ids);
  return { user, browser, ids };
}

describe('a deleted contact', () => {
  it('is gone at once, and back by Undo with its groups', async () => {
    const { user, browser } = await app.signedIn();
    const [id] = await kept(app, user, [{ displayName: 'Ada' }], { group: 'Club' });
    const answer = await browser.post(`${LIST}/${id}/deletion`);
    expect(answer.headers['location']).toBe(LIST);
    expect(await living(user.id)).toEqual([]);
    await browser.post(undoOf(await browser.follow(answer)));
    expect((await storedContacts(app.database, user.id)).get(id)?.groupIds).toHaveLength(1);
    // The same button in another window, after the fact.
    await browser.post(`${LIST}/${id}/deletion`);
    expect((await browser.post(`${LIST}/${id}/deletion`)).status).toBe(303);
  });

  it('that was erased at the very moment it is restored is said to be gone', async () => {
    const { browser, ids } = await keeper('Ada');
    let asked: Promise<Answer> | undefined;
    await inTransaction(app.database, async (manager) => {
      const [{ ownerId }] = await manager.query<{ ownerId: Id }[]>(
        'SELECT ownerId FROM personal_contacts WHERE id = ?',
        [ids[0]],
      );
      await eraseContacts(manager, ownerId, ids);
      asked = browser.post(`${LIST}/${ids[0]}/restoration`);
      await lockWaits(app.database, 1);
    });
    const answer = await asked;
    if (!answer) throw new Error('Nobody asked');
    expect(answer.headers['location']).toBe(LIST);
    const text = visibleText(await browser.follow(answer));
    expect(text).toContain('Ada was deleted for good in the meantime');
    expect(text).not.toContain('is back');
  });

  it('whose 30 days are over is not said to be back', async () => {
    const { user, browser, ids } = await keeper('Ada');
    await app.database.query(
      'UPDATE personal_contacts SET deletedAt = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 31 DAY) WHERE id = ?',
      [ids[0]],
    );
    expect((await browser.post(`${LIST}/${ids[0]}/restoration`)).status).toBe(404);
    expect(await living(user.id)).toEqual([]);
  });

  it('that was restored in another window already is back', async () => {
    const { browser, ids } = await keeper('Bea');
    const path = `${LIST}/${ids[0]}`;
    await browser.post(`${path}/restoration`);
    const second = await browser.follow(await browser.post(`${path}/restoration`));
    expect(visibleText(second)).toContain('Bea is back');
  });

  it('and a new one do not both take the last place', async () => {
    const { user, browser, ids } = await keeper('Ada');
    const most = limits.personalContactsPerUser;
    await app.database.query(
      `INSERT INTO personal_contacts (id, accountId, ownerId, displayName, typedPhones, extra, starred, searchKey, sortKey, foldVersion, createdByBatch, createdAt, updatedAt)
       SELECT UUID(), ?, ?, 'Filler', '{}', '[]', 0, 'filler', 'filler', 1, UUID(), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)
       FROM seq_1_to_${most - 1}`,
      [user.accountId, user.id],
    );
    let asked: Promise<Answer>[] = [];
    await inTransaction(app.database, async (manager) => {
      // Where the acts of one person meet.
      await manager.query('SELECT revision FROM personal_contact_lists WHERE ownerId = ? FOR UPDATE', [
        user.id,
      ]);
      const other = await app.browserOf(user);
      asked = [
        other.post(LIST, { displayName: 'Dee' }),
        browser.post(`${LIST}/${ids[0]}/restoration`),
        browser.post(LIST, { displayName: 'Eve' }),
      ];
      await lockWaits(app.database, 3);
    });
    const [dee, , eve] = await Promise.all(asked);
    const names = (await living(user.id)).filter((name) => name !== 'Filler');
    expect(names).toHaveLength(1);
    for (const [name, answer] of [['Dee', dee] as const, ['Eve', eve] as const]) {
      expect(answer.status).toBe(names.includes(name) ? 303 : 422);
      if (answer.status === 422) expect(visibleText(answer)).toContain('There is no room left');
    }
  });

  it('stays in the bin while there is no room for it, and the page says so', async () => {
    const { user, browser, ids } = await keeper('Ada', 'Bea');
    const [cem] = await kept(app, user, [{ displayName: 'Cem' }]);
    const most = limits.personalContactsPerUser;
    Object.assign(limits, { personalContactsPerUser: 1 });
    try {
      const one = await browser.post(`${LIST}/${ids[0]}/restoration`);
      expect(one.headers['location']).toBe(`${LIST}/${ids[0]}`);
      expect(visibleText(await browser.follow(one))).toContain(
        'There is no room left: 1 contacts is the most',
      );
      const both = await browser.post(`${TRASH}/restoration`, { ids });
      expect(both.headers['location']).toBe(TRASH);
      expect(visibleText(await browser.follow(both))).toContain('There is no room left');
      const more = await browser.post(LIST, { displayName: 'Dee' });
      expect([more.status, field(more, 'displayName').value]).toEqual([422, 'Dee']);
      expect(await living(user.id)).toEqual(['Cem']);
      // Nor does Undo bring back more than there may be.
      const deleted = await browser.follow(await browser.post(`${LIST}/${cem}/deletion`));
      await kept(app, user, [{ displayName: 'Eve' }]);
      const undone = await browser.post(undoOf(deleted));
      expect(visibleText(await browser.follow(undone))).toContain('There is no room left');
      expect(await living(user.id)).toEqual(['Eve']);
    } finally {
      Object.assign(limits, { personalContactsPerUser: most });
    }
  });

  it('says so at its address, and is restored from there', async () => {
    const { user, browser, ids } = await keeper('Ada');
    const text = visibleText(await browser.get(`${LIST}/${ids[0]}`));
    expect(text).toContain('This contact was deleted on');
    expect(text).toContain('Deleted by you');
    expect((await browser.get(`${LIST}/${ids[0]}/edit`)).headers['location']).toBe(`${LIST}/${ids[0]}`);
    const answer = await browser.post(`${LIST}/${ids[0]}/restoration`);
    expect(answer.headers['location']).toBe(`${LIST}/${ids[0]}`);
    expect(await living(user.id)).toEqual(['Ada']);
  });

  it('is found nowhere once its 30 days are over', async () => {
    const { user, browser } = await app.signedIn();
    const ids = await kept(app, user, [{ displayName: 'Old' }]);
    await binned(app, user, ids, 31);
    expect((await browser.get(`${LIST}/${ids[0]}`)).status).toBe(404);
    expect(await listed(browser)).toEqual([]);
    expect(visibleText(await browser.follow(await browser.post(`${TRASH}/restoration`, { ids })))).toContain(
      'no longer in the bin',
    );
    expect(await living(user.id)).toEqual([]);
  });
});

describe('the bin', () => {
  it('lists who was deleted and how, and finds them by name and number', async () => {
    const { user, browser } = await keeper('Ada', 'Grace');
    const [one, into, phone] = await kept(app, user, [
      { displayName: 'A. Lovelace' },
      { displayName: 'Ada Lovelace' },
      { displayName: 'Phone', mobilePhone: '+33612345678' },
    ]);
    await act(app, user, 'contacts.merge', (manager, own) =>
      removeContacts(manager, own, [one], { mergedInto: into }),
    );
    await binned(app, user, [phone]);
    expect((await listed(browser)).sort()).toEqual(['A. Lovelace', 'Ada', 'Grace', 'Phone']);
    const answer = await browser.get(TRASH);
    expect(visibleText(answer)).toContain('Merged into Ada Lovelace');
    expect(visibleText(answer)).toContain('4 deleted contacts');
    expect(await listed(browser, `${TRASH}?q=gr%C3%A0ce`)).toEqual(['Grace']);
    expect(await listed(browser, `${TRASH}?q=06+12+34`)).toEqual(['Phone']);
    expect(await listed(browser, `${TRASH}?q=nobody`)).toEqual([]);
  });

  it('gives back those that are ticked, and Undo puts them in again', async () => {
    const { user, browser, ids } = await keeper('Ada', 'Grace', 'Alan');
    const answer = await browser.follow(await browser.post(`${TRASH}/restoration`, { ids: ids.slice(0, 2) }));
    expect(visibleText(answer)).toContain('2 contacts are back.');
    expect(await living(user.id)).toEqual(['Ada', 'Grace']);
    await browser.post(undoOf(answer));
    expect(await living(user.id)).toEqual([]);
    const none = await browser.follow(await browser.post(`${TRASH}/restoration`));
    expect(visibleText(none)).toContain('Tick at least one contact first.');
  });

  it('has 50 to a page', async () => {
    const { browser } = await keeper(...Array.from({ length: 51 }, (_, place) => `Nr ${place}`));
    const first = await browser.get(TRASH);
    expect(await listed(browser)).toHaveLength(50);
    const next = /href="([^"]+)" rel="next"/
      .exec(first.text)?.[1]
      .replaceAll('&amp;', '&')
      .replaceAll('&#x3D;', '=');
    expect(await listed(browser, next)).toHaveLength(1);
  });
});

describe('deleting for good', () => {
  it('asks first, wants the tick, and then leaves nothing', async () => {
    const { user, browser } = await app.signedIn();
    const ids = await kept(app, user, [{ displayName: 'Ada' }, { displayName: 'Grace' }], {
      ...{ group: 'Club', photo: Buffer.from('picture') },
    });
    await changed(app, user, ids[0], { displayName: 'Ada King' });
    await binned(app, user, ids);
    const asked = await browser.post(`${TRASH}/erasure`, { ids: [ids[0]] });
    expect(visibleText(asked)).toContain('Delete this contact for good?');
    expect(visibleText(asked)).toContain('Ada King');
    const unticked = await browser.post(`${TRASH}/erasure`, { ids: [ids[0]], asked: 'on' });
    expect(unticked.status).toBe(422);
    expect(await rows(user.id)).toBe(2);
    const done = await browser.post(`${TRASH}/erasure`, { ids: [ids[0]], asked: 'on', confirmed: 'on' });
    expect(visibleText(await browser.follow(done))).toContain('1 contact deleted for good.');
    expect(await rows(user.id)).toBe(1);
    const left = await app.database.query<object[]>(
      'SELECT 1 FROM journal_entries WHERE subjectId = ? AND changes IS NOT NULL',
      [ids[0]],
    );
    expect(left).toEqual([]);
    const count = async (table: string) =>
      (await app.database.query<object[]>(`SELECT 1 FROM ${table} WHERE ownerId = ?`, [user.id])).length;
    // Grace has the same picture.
    expect([await count('personal_contact_group_members'), await count('personal_contact_photos')]).toEqual([
      1, 1,
    ]);
  });

  it('empties the whole bin, and nothing but the bin', async () => {
    const { user, browser } = await keeper('Ada', 'Grace');
    await kept(app, user, [{ displayName: 'Alan' }]);
    expect(visibleText(await browser.get(`${TRASH}/erasure`))).toContain('Delete all 2 contacts in the bin');
    await browser.post(`${TRASH}/erasure`, { all: 'on', asked: 'on', confirmed: 'on' });
    expect(await rows(user.id)).toBe(1);
    expect(await living(user.id)).toEqual(['Alan']);
    expect((await browser.get(`${TRASH}/erasure`)).headers['location']).toBe(TRASH);
  });

  it('passes over a contact that was restored meanwhile', async () => {
    const { user, browser, ids } = await keeper('Ada', 'Grace');
    await browser.post(`${LIST}/${ids[0]}/restoration`);
    await browser.post(`${TRASH}/erasure`, { ids, asked: 'on', confirmed: 'on' });
    expect(await living(user.id)).toEqual(['Ada']);
    expect(await rows(user.id)).toBe(1);
  });
});

it('keeps the bin of one person from everybody else', async () => {
  const account = await app.anAccount();
  const { user } = await app.signedIn({ account });
  const ids = await kept(app, user, [{ displayName: 'Secret' }]);
  await binned(app, user, ids);
  const other = await app.signedIn({ account, role: 'owner' });
  const own = await kept(app, other.user, [{ displayName: 'Own' }]);
  await binned(app, other.user, own);
  expect(await listed(other.browser)).toEqual(['Own']);
  const both = { ids: [...own, ...ids] };
  for (const path of ['restoration', 'erasure'])
    expect((await other.browser.post(`${TRASH}/${path}`, { ...both, confirmed: 'on' })).status).toBe(404);
  expect((await other.browser.post(`${TRASH}/erasure`, both)).status).toBe(404);
  expect(await living(other.user.id)).toEqual([]);
  expect([await rows(user.id), await rows(other.user.id)]).toEqual([1, 1]);
});

it('answers 403 while the feature is off, and keeps the bin', async () => {
  const features = newAccountFeatures();
  features['personal-contacts'].on = false;
  const { user, browser } = await app.signedIn({ account: await app.anAccount({ features }) });
  const ids = await kept(app, user, [{ displayName: 'Ada' }]);
  await binned(app, user, ids);
  const all = { all: 'on', asked: 'on', confirmed: 'on' };
  expect((await browser.post(`${TRASH}/erasure`, all)).status).toBe(403);
  expect((await browser.post(`${TRASH}/restoration`, { ids })).status).toBe(403);
  expect(await rows(user.id)).toBe(1);
});
