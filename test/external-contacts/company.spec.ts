import { defaultOutsiderFields } from '../../src/accounts/outsider-fields.js';
import { newId, type Id } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { AuditEntry } from '../../src/journal/journal.entities.js';
import { Notification } from '../../src/notifications/notification.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';
import { type Somebody, twoCompanies } from './two-companies.js';

const LIST = '/company/external-contacts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** Two companies, an administrator in the first, and a colleague of Ada's. */
async function company() {
  const both = await twoCompanies(app);
  const { atelier, harbour } = both;
  const admin: Somebody = await app.signedIn({
    account: atelier,
    role: 'admin',
    givenName: 'Camille',
    familyName: 'Lefèvre',
  });
  const colleague: Somebody = await app.signedIn({
    account: atelier,
    givenName: 'Grace',
    familyName: 'Hopper',
  });
  const carl: Somebody = await app.signedIn({ account: harbour, givenName: 'Carl', familyName: 'Čapek' });
  return { ...both, admin, colleague, carl };
}

const list = async (browser: Browser, query = '') => visibleText(await browser.get(`${LIST}${query}`));
const audits = (accountId: Id, action: string) =>
  app.database.getRepository(AuditEntry).find({ where: { accountId, action }, order: { at: 'ASC' } });
const news = (userId: Id) =>
  app.database.getRepository(Notification).find({ where: { userId }, order: { at: 'ASC' } });
const undoPath = ({ text }: Answer) =>
  /action="(\/company\/external-contacts\/removals\/[^"]+\/undo)"/.exec(text)?.[1] ?? '';
const hidden = ({ text }: Answer, name: string) =>
  [...text.matchAll(new RegExp(`<input type="hidden" name="${name}" value="([^"]*)"`, 'g'))].map(
    ([, value]) => value.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&'),
  );

/** Asks and agrees, as the page has it. @param query of the question */
async function end(browser: Browser, query: string): Promise<Answer> {
  const asked = await browser.get(`${LIST}/removal?${query}`);
  return browser.post(`${LIST}/removals`, {
    ids: hidden(asked, 'ids'),
    ...Object.fromEntries(['all', 'list', 'counted'].map((name) => [name, hidden(asked, name)[0] ?? ''])),
    confirmed: 'on',
  });
}

describe('The external contacts of a company', () => {
  it('are shown to its administrators alone', async () => {
    const { admin, ada, bob, connect } = await company();
    await connect(ada, bob);
    expect(await list(admin.browser)).toContain('Bob Cole');
    for (const path of [
      LIST,
      `${LIST}/requests`,
      `${LIST}/removals`,
      `${LIST}/export.csv`,
      `${LIST}/removal?ids=${newId()}`,
    ])
      expect((await ada.browser.get(path)).status).toBe(403);
    for (const path of [
      `${LIST}/removals`,
      `${LIST}/selection`,
      `${LIST}/requests/acts`,
      `${LIST}/removals/${newId()}/undo`,
    ])
      expect((await ada.browser.post(path, {})).status).toBe(403);
    const personal = await app.anAccount({ kind: 'personal' });
    const alone = await app.signedIn({ account: personal, role: 'owner' });
    expect((await alone.browser.get(LIST)).status).toBe(403);
    const elsewhere = await app.signedIn({ role: 'owner' });
    expect(await list(elsewhere.browser)).not.toContain('Bob Cole');
  });

  it('say who has whom, since when and who asked', async () => {
    const { admin, ada, bob, carl, connect } = await company();
    await connect(ada, bob);
    await connect(carl, ada);
    const text = await list(admin.browser, `?person=${ada.user.id}`);
    expect(text).toContain('Your person: Ada Lovelace');
    expect(text).toContain(bob.user.email);
    expect(text).toMatch(/Bob Cole.*Harbour & Pine.*Ada Lovelace.*Your person/s);
    expect(text).toMatch(/Carl Čapek.*Ada Lovelace.*The other side/s);
  });

  it('never show what people keep of each other or wrote', async () => {
    const { admin, ada, bob, carl, connect, request } = await company();
    const { card } = await connect(ada, bob);
    await app.database.query('UPDATE external_contacts SET note = ?, starred = 1 WHERE id = ?', [
      'my secret note',
      card.id,
    ]);
    const folder = newId();
    await app.database.query(
      `INSERT INTO external_folders (id, accountId, ownerId, name, nameKey, createdAt) VALUES (?, ?, ?, 'Secret folder', 'secret folder', UTC_TIMESTAMP(3))`,
      [folder, ada.user.accountId, ada.user.id],
    );
    await app.database.query(
      'INSERT INTO external_folder_members (folderId, contactId, accountId, ownerId) VALUES (?, ?, ?, ?)',
      [...[folder, card.id, ada.user.accountId, ada.user.id]],
    );
    await request(ada, carl, { message: 'my secret message' });
    const { browser } = admin;
    const pages = await Promise.all(
      [
        LIST,
        `${LIST}?q=secret`,
        `${LIST}/export.csv`,
        `${LIST}/removal?ids=${card.id}`,
        `${LIST}/requests`,
        `${LIST}/requests?q=secret`,
        `/users/${ada.user.id}`,
      ].map((path) => browser.get(path)),
    );
    for (const { status, text } of pages) {
      expect(status).toBe(200);
      expect(text).not.toMatch(/my secret|Secret folder/);
    }
    expect(pages[4].text).toContain(carl.user.email);
    expect(visibleText(pages[1])).toContain('No match');
  });

  it('are found by address, name, company and domain outside, by person and by group', async () => {
    const { admin, atelier, ada, bob, colleague, connect } = await company();
    await connect(ada, bob);
    const { card: other } = await connect(
      colleague,
      await app.signedIn({
        account: await app.anAccount({ name: 'Brücke AG' }),
        givenName: 'Zoé',
        familyName: 'Müller',
        email: 'zoe@mail.bruecke.example',
      }),
    );
    const { browser } = admin;
    const found = async (query: string) => {
      const text = await list(browser, query);
      return [text.includes('Bob Cole'), text.includes('Zoé Müller')];
    };
    expect(await found('')).toEqual([true, true]);
    expect(await found(`?q=${encodeURIComponent(bob.user.email)}`)).toEqual([true, false]);
    expect(await found('?q=MULLER')).toEqual([false, true]);
    expect(await found('?q=brucke')).toEqual([false, true]);
    expect(await found('?q=grace')).toEqual([false, true]);
    expect(await found('?q=grace+bob')).toEqual([false, false]);
    expect(await found('?domain=bruecke.example')).toEqual([false, true]);
    expect(await found('?domain=ruecke.example')).toEqual([false, false]);
    expect(await found('?domain=no+domain')).toEqual([false, false]);
    expect(await found(`?ids=${other.id}`)).toEqual([false, true]);
    const group = newId();
    await app.database.query(
      `INSERT INTO user_groups (id, accountId, name, nameKey, createdAt) VALUES (?, ?, 'Sales', 'sales', UTC_TIMESTAMP(3))`,
      [group, atelier.id],
    );
    await app.database.query('INSERT INTO user_group_members (groupId, userId, accountId) VALUES (?, ?, ?)', [
      group,
      ada.user.id,
      atelier.id,
    ]);
    expect(await found(`?group=${group}`)).toEqual([true, false]);
    expect(await found('?group=Sales')).toEqual([true, false]);
    expect(await found('?sort=contact')).toEqual([true, true]);
    expect(await found('?sort=-person&q=a')).toEqual([true, true]);
  });

  it('hide and do not find the address of whoever is paused or gone, as their own contacts see it', async () => {
    const { admin, ada, bob, carl, harbour, connect } = await company();
    await connect(ada, bob);
    await connect(ada, carl);
    await app.database.query(`UPDATE users SET features = '{"external-contacts":false}' WHERE id = ?`, [
      bob.user.id,
    ]);
    await app.database.query(`UPDATE users SET status = 'deactivated' WHERE id = ?`, [carl.user.id]);
    const { browser } = admin;
    expect(await list(browser)).toMatch(/Carl Čapek.*No longer there.*Bob Cole.*Switched off there/s);
    for (const { user } of [bob, carl]) {
      expect((await browser.get(LIST)).text).not.toContain(user.email);
      expect(await list(browser, `?q=${encodeURIComponent(user.email)}`)).toContain('No match');
    }
    const domain = bob.user.email.split('@')[1];
    expect(await list(browser, `?domain=${domain}`)).toContain('No match');
    expect(await list(browser, '?standing=paused')).toMatch(/Bob Cole/);
    expect(await list(browser, '?standing=paused')).not.toMatch(/Carl/);
    expect(await list(browser, '?standing=gone')).toMatch(/Carl/);
    expect(await list(browser, '?standing=here')).toContain('No match');
    await app.database.query('UPDATE accounts SET closedAt = UTC_TIMESTAMP(3) WHERE id = ?', [harbour.id]);
    expect(await list(browser, '?standing=gone')).toMatch(/Bob Cole/);
  });

  it('stay listed, as such, of somebody who is deactivated', async () => {
    const { admin, ada, bob, connect } = await company();
    await connect(ada, bob);
    expect(await list(admin.browser, '?standing=left')).toContain('No match');
    for (const act of ['deactivation', 'erasure'])
      expect(visibleText(await admin.browser.get(`/users/${ada.user.id}/${act}`))).toContain(
        'External contacts see only name and company from then on',
      );
    await app.database.query(`UPDATE users SET status = 'deactivated' WHERE id = ?`, [ada.user.id]);
    expect(await list(admin.browser, '?standing=left')).toMatch(/Bob Cole.*Ada Lovelace.*Deactivated/s);
    const { text } = await admin.browser.get(`${LIST}?standing=left`);
    const [, question] = /href="([^"]*\/removal\?ids[^"]*)"/.exec(text) ?? ['', ''];
    const asked = await admin.browser.get(question.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&'));
    expect(hidden(asked, 'list')).toEqual([`${LIST}?standing=left`]);
  });

  it('go page by page, each once', async () => {
    const { admin, ada, harbour, atelier } = await company();
    await aCrowd(atelier.id, ada.user.id, harbour.id, 60);
    for (const sort of ['recent', 'contact', '-person']) {
      const first = await admin.browser.get(`${LIST}?sort=${sort}`);
      const next =
        /href="([^"]*after[^"]*)" rel="next"/
          .exec(first.text)?.[1]
          .replaceAll('&amp;', '&')
          .replaceAll('&#x3D;', '=') ?? '';
      const second = await admin.browser.get(next);
      const names = [...`${first.text}${second.text}`.matchAll(/name="ids" value="([^"]+)"/g)].map(
        ([, id]) => id,
      );
      expect(names).toHaveLength(60);
      expect(new Set(names).size).toBe(60);
    }
    expect(visibleText(await admin.browser.get(LIST))).toContain('50 of 60 contacts');
  });

  it('are exported as they are shown, safe for spreadsheets, and the log says so', async () => {
    const { admin, ada, bob, carl, connect } = await company();
    await connect(ada, bob);
    await connect(ada, carl);
    await app.database.query(`UPDATE users SET givenName = '=1+1' WHERE id = ?`, [bob.user.id]);
    const plain = await admin.browser.get(`${LIST}/export.csv?q=cole`);
    expect(plain.text).toContain(`'=1+1 Cole,${bob.user.email},Harbour & Pine,Can be reached`);
    expect(plain.text).not.toContain('Carl');
    const excel = await admin.browser.get(`${LIST}/export.csv?form=excel`);
    expect(excel.text.trim().split('\r\n')).toHaveLength(3);
    const [first, second] = await audits(admin.user.accountId, 'external-contacts.export');
    expect(first.details).toEqual({ form: 'plain', contacts: 1, searched: true });
    expect(second.details).toEqual({ form: 'excel', contacts: 2 });
    expect(visibleText(await admin.browser.get('/audit-log'))).toContain(
      'List of external contacts exported',
    );
  });
});

describe('Contacts that administrators end', () => {
  it('are asked about first, and end only with the tick and the number that was shown', async () => {
    const { admin, ada, bob, carl, connect, cardOf } = await company();
    const { card } = await connect(ada, bob);
    await connect(ada, carl);
    const { browser } = admin;
    const asked = await browser.get(`${LIST}/removal?ids=${card.id}`);
    expect(visibleText(asked)).toContain(`Bob Cole (${bob.user.email}) and Ada Lovelace`);
    const unticked = await browser.post(`${LIST}/removals`, { ids: [card.id], list: LIST, counted: '1' });
    expect(unticked.status).toBe(422);
    const other = await browser.post(`${LIST}/removals`, {
      all: 'matching',
      list: LIST,
      counted: '1',
      confirmed: 'on',
    });
    expect(other.status).toBe(422);
    expect(visibleText(other)).toContain('They are 2 contacts now');
    const nowhere = await browser.post(`${LIST}/removals`, {
      all: 'matching',
      list: '/users',
      counted: '2',
      confirmed: 'on',
    });
    expect(nowhere.status).toBe(400);
    expect(await cardOf(ada, bob)).not.toBeNull();
    expect(await cardOf(ada, carl)).not.toBeNull();
  });

  it('end for both sides, told to the own person, in log and history, and come back with what was kept', async () => {
    const { admin, ada, bob, connect, cardOf, linkOf } = await company();
    const { card } = await connect(ada, bob);
    await app.database.query(`UPDATE external_contacts SET note = 'from the fair' WHERE id = ?`, [card.id]);
    const { browser } = admin;
    const done = await browser.follow(await end(browser, `ids=${card.id}`));
    expect(visibleText(done)).toContain('1 external contact ended.');
    expect(await linkOf(ada, bob)).toMatchObject({ state: 'apart', endedFor: 'company', endedBy: null });
    expect([await cardOf(ada, bob), await cardOf(bob, ada)]).toEqual([null, null]);
    expect(await news(ada.user.id)).toMatchObject([
      { kind: 'external.removed-by-company', values: { name: 'Bob Cole', address: bob.user.email } },
    ]);
    expect(visibleText(await ada.browser.get('/notifications'))).toContain(
      `ended your external contact with Bob Cole (${bob.user.email})`,
    );
    expect(await news(bob.user.id)).toEqual([]);
    const [entry] = await audits(admin.user.accountId, 'external-contacts.remove');
    expect(entry).toMatchObject({
      targetName: 'Ada Lovelace',
      details: { contacts: 1, contact: `Bob Cole (${bob.user.email})` },
    });
    expect(visibleText(await browser.get('/audit-log?action=external-contacts'))).toContain(
      'External contacts ended',
    );
    expect(visibleText(await browser.get(`/audit-log/${entry.id}`))).toContain(
      `Bob Cole (${bob.user.email})`,
    );
    expect(visibleText(await browser.get(`/users/${ada.user.id}`))).toMatch(
      /External contacts ended by an administrator.*Bob Cole/s,
    );
    expect(await audits(bob.user.accountId, 'external-contacts.remove')).toEqual([]);

    const back = await browser.follow(await browser.post(undoPath(done)));
    expect(visibleText(back)).toContain('1 contact is back, for both sides.');
    expect(await cardOf(ada, bob)).toMatchObject({ note: 'from the fair', connectedAt: card.connectedAt });
    expect(await cardOf(bob, ada)).not.toBeNull();
    expect(await news(ada.user.id)).toEqual([]);
    expect(visibleText(back)).toContain('brought back on');
    const [undone] = await audits(admin.user.accountId, 'external-contacts.remove.undo');
    const said = visibleText(await browser.get(`/audit-log/${undone.id}`));
    expect(said).toMatch(/Ada Lovelace.*External contacts.*After.*Bob Cole/s);
    expect(said).not.toContain('erased for good');
    expect(visibleText(await browser.follow(await browser.post(undoPath(done))))).toContain(
      'taken back already',
    );
  });

  it('end by the hundred with all that match, one piece of news a person, and come back', async () => {
    const { admin, ada, colleague, bob, harbour, atelier, connect, cardOf } = await company();
    await aCrowd(atelier.id, ada.user.id, harbour.id, 120);
    await connect(colleague, bob);
    const { browser } = admin;
    const done = await browser.follow(await end(browser, 'all=matching'));
    expect(visibleText(done)).toContain('121 external contacts of 2 people ended.');
    expect(visibleText(done)).toContain('Nobody has external contacts yet');
    expect(await news(ada.user.id)).toMatchObject([
      { kind: 'external.removed-by-company-many', values: { count: 120 } },
    ]);
    expect(await news(colleague.user.id)).toHaveLength(1);
    expect(visibleText(await browser.get(`${LIST}/removals`))).toContain('121 contacts of 2 people');
    const back = await browser.follow(await browser.post(undoPath(done)));
    expect(visibleText(back)).toContain('121 contacts are back');
    expect(await cardOf(bob, colleague)).not.toBeNull();
    expect(visibleText(await browser.get(LIST))).toContain('50 of 121 contacts');
  });

  it('come back only where nobody has blocked, met again or no room meanwhile', async () => {
    const { admin, ada, bob, carl, connect, cardOf, linkOf } = await company();
    await connect(ada, bob);
    await connect(ada, carl);
    const { browser } = admin;
    const done = await browser.follow(await end(browser, 'all=matching'));
    await app.database.query(
      `INSERT INTO external_blocks (id, accountId, ownerId, blockedUserId, name, address, createdAt) VALUES (?, ?, ?, ?, 'Ada', 'x', UTC_TIMESTAMP(3))`,
      [newId(), bob.user.accountId, bob.user.id, ada.user.id],
    );
    // The two meet again, and the other company ends it: its word stands.
    await connect(ada, carl);
    const theirs = await app.signedIn({ account: carl.account, role: 'admin' });
    await end(theirs.browser, 'all=matching');
    const back = await browser.follow(await browser.post(undoPath(done)));
    expect(visibleText(back)).toContain('No contact could be brought back');
    expect(await cardOf(ada, bob)).toBeNull();
    expect(await linkOf(ada, carl)).toMatchObject({ state: 'apart' });
  });

  it('are ended once by two at the same moment, and taken back once', async () => {
    const { admin, ada, bob, connect, cardOf } = await company();
    const { card } = await connect(ada, bob);
    const other = await app.signedIn({ account: admin.account, role: 'admin' });
    await Promise.all([admin, other].map(({ browser }) => end(browser, `ids=${card.id}`)));
    expect(await audits(admin.user.accountId, 'external-contacts.remove')).toHaveLength(1);
    const path = undoPath(await admin.browser.get(`${LIST}/removals`));
    await Promise.all([admin, other].map(({ browser }) => browser.post(path)));
    expect(await audits(admin.user.accountId, 'external-contacts.remove.undo')).toHaveLength(1);
    expect(await cardOf(ada, bob)).not.toBeNull();
  });

  it('are never those of another company, nor its removals taken back', async () => {
    const { admin, ada, bob, connect, cardOf } = await company();
    const { card, otherCard } = await connect(ada, bob);
    const { browser } = await app.signedIn({ role: 'owner' });
    const asked = await browser.post(`${LIST}/removals`, {
      ids: [card.id, otherCard.id],
      list: LIST,
      counted: '2',
      confirmed: 'on',
    });
    expect(visibleText(await browser.follow(asked))).toContain('Nothing to end');
    // Not by the card of the other side either.
    await admin.browser.post(`${LIST}/removals`, {
      ids: [otherCard.id],
      list: LIST,
      counted: '1',
      confirmed: 'on',
    });
    expect(await cardOf(ada, bob)).not.toBeNull();
    const done = await admin.browser.follow(await end(admin.browser, `ids=${card.id}`));
    expect((await browser.post(undoPath(done))).status).toBe(404);
    expect(await cardOf(ada, bob)).toBeNull();
  });
});

describe('Waiting requests of the company’s people', () => {
  it('are withdrawn by administrators, told to the sender and audited; the receiver no longer sees them', async () => {
    const { admin, ada, bob, request, sentRow, receivedRow } = await company();
    const { sentId, receivedId } = await request(ada, bob, { message: 'hello' });
    const answer = await admin.browser.follow(
      await admin.browser.post(`${LIST}/requests/acts`, { act: 'withdraw', ids: [sentId] }),
    );
    expect(visibleText(answer)).toContain('Request withdrawn.');
    await app.get(JobsWorker).runDue();
    expect((await sentRow(sentId)).state).toBe('withdrawn');
    expect((await receivedRow(receivedId)).state).toBe('withdrawn');
    expect(await news(ada.user.id)).toMatchObject([
      { kind: 'external.withdrawn-by-company', values: { address: bob.user.email } },
    ]);
    const [entry] = await audits(admin.user.accountId, 'external-contacts.withdraw');
    expect(entry).toMatchObject({ targetName: 'Ada Lovelace', details: { addresses: [bob.user.email] } });
    expect(JSON.stringify(entry)).not.toContain('hello');
    const again = await admin.browser.follow(
      await admin.browser.post(`${LIST}/requests/${sentId}/withdrawal`),
    );
    expect(visibleText(again)).toContain('Nothing to withdraw');
  });

  it('are withdrawn while their sender’s own row is held, which comes first where they ask', async () => {
    const { admin, ada, bob, request, sentRow } = await company();
    const { sentId } = await request(ada, bob);
    await inTransaction(app.database, async (asking) => {
      await asking.query('SELECT id FROM users WHERE id = ? FOR UPDATE', [ada.user.id]);
      await admin.browser.post(`${LIST}/requests/${sentId}/withdrawal`);
    });
    expect((await sentRow(sentId)).state).toBe('withdrawn');
  });

  it('are not those of another company', async () => {
    const { ada, bob, request, sentRow } = await company();
    const { sentId } = await request(ada, bob);
    const theirs = await app.signedIn({ account: bob.account, role: 'owner' });
    expect(visibleText(await theirs.browser.get(`${LIST}/requests`))).not.toContain(bob.user.email);
    expect((await theirs.browser.post(`${LIST}/requests/${sentId}/withdrawal`)).status).toBe(404);
    expect((await sentRow(sentId)).state).toBe('waiting');
  });
});

describe('What outsiders see', () => {
  const save = (browser: Browser, fields: Record<string, string | string[]>) =>
    browser.post('/settings/external-contacts', fields);

  it('is what the company ticks, from the next view on, and as before once it is undone', async () => {
    const { admin, ada, bob, connect } = await company();
    const { otherCard } = await connect(ada, bob);
    await app.database.query(`UPDATE users SET jobTitle = 'Countess', department = 'Engines' WHERE id = ?`, [
      ada.user.id,
    ]);
    const seen = async () => visibleText(await bob.browser.get(`/external-contacts/${otherCard.id}`));
    expect(await seen()).toMatch(/Countess/);
    expect(await seen()).not.toMatch(/Engines/);
    const saved = await admin.browser.follow(
      await save(admin.browser, { outsiderFields: ['', 'department'] }),
    );
    expect(await seen()).toMatch(/Engines/);
    expect(await seen()).not.toMatch(/Countess/);
    const [entry] = await audits(admin.user.accountId, 'settings.save');
    expect(entry.details).toEqual({ section: 'external-contacts', fields: ['outsiderFields'] });
    expect(visibleText(await admin.browser.get(`/audit-log/${entry.id}`))).toMatch(
      /What outsiders see.*job title, photo,? and office number.*department/s,
    );
    await admin.browser.post(/action="(\/settings\/saves\/[^"]+)"/.exec(saved.text)?.[1] ?? '');
    expect(await seen()).toMatch(/Countess/);
  });

  it('is nothing more when every box is empty, and stays when the form says nothing of it', async () => {
    const { admin, ada, bob, connect } = await company();
    const { otherCard } = await connect(ada, bob);
    await app.database.query(`UPDATE users SET jobTitle = 'Countess' WHERE id = ?`, [ada.user.id]);
    const seen = async () => visibleText(await bob.browser.get(`/external-contacts/${otherCard.id}`));
    await save(admin.browser, { allowedDomains: '' });
    expect(await seen()).toMatch(/Countess/);
    await save(admin.browser, { outsiderFields: '' });
    expect(await seen()).not.toMatch(/Countess/);
    expect(await seen()).toContain(ada.user.email);
    await save(admin.browser, { outsiderFields: [...defaultOutsiderFields] });
    expect(await seen()).toMatch(/Countess/);
    expect((await save(admin.browser, { outsiderFields: ['password'] })).status).toBe(422);
  });

  it('is shown in both versions when two save at the same time', async () => {
    const { admin } = await company();
    const form = await admin.browser.get('/settings');
    const revision = hidden(form, 'revision')[0];
    await save(admin.browser, { revision, outsiderFields: ['', 'mobilePhone'] });
    const other = await save(admin.browser, { revision, outsiderFields: ['', 'location', 'photo'] });
    expect(other.status).toBe(409);
    expect(visibleText(other)).toMatch(/Mobile number.*Photo and Location/s);
    expect(other.text).toContain('value="photo,location"');
    const chosen = await save(admin.browser, {
      revision: hidden(other, 'revision')[0],
      outsiderFields: 'photo,location',
    });
    expect(chosen.status).toBe(303);
    const after = await admin.browser.get('/settings');
    expect(
      [...after.text.matchAll(/name="outsiderFields" value="(\w+)" checked/g)].map(([, field]) => field),
    ).toEqual(['photo', 'location']);
  });
});

describe('Lists of domains', () => {
  it('leave present contacts, say how many there are before and after, and lead to them', async () => {
    const { admin, ada, bob, carl, connect, cardOf } = await company();
    await connect(ada, bob);
    await connect(ada, carl);
    await app.database.query(`UPDATE users SET email = 'bob@mail.rival.example' WHERE id = ?`, [bob.user.id]);
    const { browser } = admin;
    const asked = await browser.post('/settings/external-contacts', { blockedDomains: 'rival.example' });
    expect(asked.status).toBe(200);
    expect(visibleText(asked)).toContain(
      '1 present contact of your people is at a domain that is no longer allowed.',
    );
    expect(visibleText(await browser.get('/settings'))).not.toContain('these lists do not allow');
    await browser.post('/settings/external-contacts', {
      ...{ blockedDomains: 'rival.example', confirmed: 'on' },
      ...{ revision: hidden(asked, 'revision')[0], counted: hidden(asked, 'counted')[0] },
    });
    expect(visibleText(await browser.get('/settings'))).toContain(
      '1 contact of your people is at a domain that these lists do not allow.',
    );
    const shown = await list(browser, '?standing=not-allowed');
    expect(shown).toContain('Bob Cole');
    expect(shown).not.toContain('Carl');
    expect(await cardOf(ada, bob)).not.toBeNull();
    const done = await browser.follow(await end(browser, 'all=matching&standing=not-allowed'));
    expect(visibleText(done)).toContain('1 external contact ended.');
    expect(await cardOf(ada, bob)).toBeNull();
    expect(await cardOf(ada, carl)).not.toBeNull();
    expect(visibleText(await browser.get('/settings'))).not.toContain('these lists do not allow');
  });

  it('of what alone is allowed forbid everything else', async () => {
    const { admin, ada, bob, carl, connect } = await company();
    await connect(ada, bob);
    await connect(ada, carl);
    await app.database.query(`UPDATE users SET email = 'bob@a.friend.example' WHERE id = ?`, [bob.user.id]);
    const asked = await admin.browser.post('/settings/external-contacts', {
      allowedDomains: 'friend.example',
    });
    expect(visibleText(asked)).toContain('1 present contact of your people is');
  });
});

describe('External contacts switched off', () => {
  it('for a group, a person or everybody are counted before, act on both sides at once, and delete nothing', async () => {
    const { admin, atelier, ada, bob, colleague, connect, cardOf } = await company();
    const { otherCard } = await connect(ada, bob);
    const { browser } = admin;
    const reaches = async () => ({
      own: (await ada.browser.get('/external-contacts')).status,
      address: (await bob.browser.get(`/external-contacts/${otherCard.id}`)).text.includes(ada.user.email),
      colleague: (await colleague.browser.get('/external-contacts')).status,
    });
    const [on, off] = [
      { own: 200, address: true, colleague: 200 },
      { own: 403, address: false, colleague: 200 },
    ];
    expect(await reaches()).toEqual(on);
    await app.database.query(`UPDATE users SET features = '{"external-contacts":false}' WHERE id = ?`, [
      ada.user.id,
    ]);
    expect(await reaches()).toEqual(off);
    await app.database.query('UPDATE users SET features = NULL WHERE id = ?', [ada.user.id]);
    const group = newId();
    await app.database.query(
      `INSERT INTO user_groups (id, accountId, name, nameKey, features, createdAt)
       VALUES (?, ?, 'Quiet', 'quiet', '{"external-contacts":{"on":false,"locked":true}}', UTC_TIMESTAMP(3))`,
      [group, atelier.id],
    );
    await app.database.query('INSERT INTO user_group_members (groupId, userId, accountId) VALUES (?, ?, ?)', [
      group,
      ada.user.id,
      atelier.id,
    ]);
    await app.database.query('UPDATE accounts SET groupFeatures = 1 WHERE id = ?', [atelier.id]);
    expect(await reaches()).toEqual(off);
    const asked = await browser.post('/settings/features', { 'external-contacts': 'none' });
    // Ada has it no more; the administrator and the colleague lose it.
    expect(visibleText(asked)).toContain('External contacts goes off for 2 people (of 3).');
    await browser.post('/settings/features', {
      ...{ 'external-contacts': 'none', confirmed: 'on' },
      ...{ revision: hidden(asked, 'revision')[0], counted: hidden(asked, 'counted')[0] },
    });
    expect(await reaches()).toEqual({ ...off, colleague: 403 });
    expect(await cardOf(ada, bob)).not.toBeNull();
    expect(await list(browser)).toContain('Bob Cole');
  });
});

describe('The page of a person', () => {
  it('names the external contacts they have, and leads to the list of them', async () => {
    const { admin, ada, bob, colleague, connect } = await company();
    await connect(ada, bob);
    const answer = await admin.browser.get(`/users/${ada.user.id}`);
    expect(visibleText(answer)).toMatch(/In contact with 1 person outside the company.*Bob Cole/s);
    expect(answer.text.replaceAll('&#x3D;', '=')).toContain(`href="${LIST}?person=${ada.user.id}"`);
    expect(visibleText(await admin.browser.get(`/users/${colleague.user.id}`))).toContain(
      'In contact with nobody outside the company.',
    );
  });
});

/** So many contacts of one person with people of an account, written at once. */
async function aCrowd(accountId: Id, ownerId: Id, otherAccountId: Id, count: number): Promise<void> {
  const template = await app.aUser({ account: { id: otherAccountId } as never });
  const people = Array.from({ length: count }, () => newId()).sort();
  const columns = (await app.database.query<{ Field: string }[]>('SHOW COLUMNS FROM users')).map(
    ({ Field }) => Field,
  );
  const own = new Set(['id', 'email', 'sortKey', 'searchKey']);
  const copied = columns
    .filter((column) => !own.has(column))
    .map((column) => `\`${column}\``)
    .join(', ');
  for (const [place, id] of people.entries())
    await app.database.query(
      `INSERT INTO users (id, email, sortKey, searchKey, ${copied}) SELECT ?, ?, ?, ?, ${copied} FROM users WHERE id = ?`,
      [id, `p${place}-${id}@crowd.example`, `person ${place}`, `person ${place}`, template.id],
    );
  const links = people.map((other) => {
    const [low, high] = [ownerId, other].sort();
    const mine = low === ownerId;
    return {
      id: newId(),
      other,
      low,
      high,
      lowAccount: mine ? accountId : otherAccountId,
      highAccount: mine ? otherAccountId : accountId,
    };
  });
  await app.database.query(
    `INSERT INTO external_links (id, lowUserId, highUserId, lowAccountId, highAccountId, state, askedBy, connectedAt) VALUES ?`,
    [
      links.map(({ id, low, high, lowAccount, highAccount }) => [
        id,
        low,
        high,
        lowAccount,
        highAccount,
        'connected',
        ownerId,
        new Date(),
      ]),
    ],
  );
  await app.database.query(
    `INSERT INTO external_contacts (id, accountId, ownerId, linkId, otherUserId, otherAccountId, connectedAt) VALUES ?`,
    [
      links.flatMap(({ id, other }) => [
        [newId(), accountId, ownerId, id, other, otherAccountId, new Date()],
        [newId(), otherAccountId, other, id, ownerId, accountId, new Date()],
      ]),
    ],
  );
}
