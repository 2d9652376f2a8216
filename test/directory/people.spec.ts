import { type Account } from '../../src/accounts/account.entity.js';
import { AccountSettings } from '../../src/accounts/account-settings.entity.js';
import { AccountEvents } from '../../src/accounts/events.js';
import { PersonRecords, recordKinds, type RecordRef } from '../../src/accounts/person-records.js';
import { type SignedIn } from '../../src/web/signed-in.js';
import { type User } from '../../src/accounts/user.entity.js';
import { newId, type Id } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { KeptLinks } from '../../src/directory/people/kept-links.service.js';
import { PersonActs } from '../../src/directory/people/person-acts.service.js';
import { PersonLinks } from '../../src/directory/people/person-links.service.js';
import { Persons } from '../../src/directory/people/persons.service.js';
import { sortKeyOf } from '../../src/text/fold.js';
import { betweenPeople } from '../external-contacts/two-companies.js';
import { aMailbox } from '../integrations/a-mailbox.js';
import { binned, kept } from '../personal-contacts/keeping.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';
import { aChatGroup } from './listed.js';

let app: TestApp;
let account: Account;
let reader: User;
let browser: Browser;
let grace: User;

const MOBILE = '+33612345678';
const card = ({ kind, id }: RecordRef) => `/people/${kind}/${id}`;
const personal = async (fields: Parameters<typeof kept>[2][number], owner = reader): Promise<RecordRef> => ({
  kind: 'personal',
  id: (await kept(app, owner, [fields]))[0],
});
const cloud = async (
  displayName: string,
  fields: { email?: string; mobilePhone?: string } = {},
): Promise<RecordRef & { mailbox: Id }> => {
  const mailbox = await aMailbox(app, reader, { contacts: [displayName], mailboxId: newId() });
  const [id] = mailbox.contacts;
  await app.database.query('UPDATE cloud_contacts SET email = ?, mobilePhone = ?, sortKey = ? WHERE id = ?', [
    ...[fields.email ?? null, fields.mobilePhone ?? null, sortKeyOf('', displayName), id],
  ]);
  return { kind: 'cloud', id, mailbox: mailbox.id };
};
const link = (one: RecordRef, other: RecordRef, by = browser) =>
  by.post(`${card(one)}/links`, { ...refOf(other) });
const separate = (one: RecordRef, other: RecordRef, by = browser) =>
  by.post(`${card(one)}/distinctions`, { ...refOf(other) });
const refOf = ({ kind, id }: RecordRef) => ({ kind, id });
/** The kinds of a person's entries, as the card lists them. */
const entriesOn = (answer: Answer): string[] => {
  const list = /id="entries"[\s\S]*?<\/ul>/.exec(answer.text)?.[0] ?? '';
  return [...list.matchAll(/class="badge"[^>]*>(?:<svg[\s\S]*?<\/svg>)?([^<]+)</g)].map(([, text]) =>
    text.trim(),
  );
};
const entries = async (ref: RecordRef, by = browser) => entriesOn(await by.get(card(ref)));
const plain = (text: string) => text.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
const undoOf = (answer: Answer) => plain(/action="(\/people\/acts\/[^"]+)"/.exec(answer.text)?.[1] ?? '');
const partOf = (answer: Answer, id: string) =>
  new RegExp(`id="${id}"[\\s\\S]*?</section>`).exec(answer.text)?.[0] ?? '';

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  ({ user: reader, account, browser } = await app.signedIn({ givenName: 'Rita', familyName: 'Reader' }));
  grace = await app.aUser({ account, givenName: 'Grace', familyName: 'Hopper', jobTitle: 'Admiral' });
});

describe('the card of a person', () => {
  it('shows each field once, with who says it, and every entry leads to it', async () => {
    const { id } = await personal({
      displayName: 'Amazing Grace',
      email: grace.email,
      mobilePhone: MOBILE as never,
    });
    const mine: RecordRef = { kind: 'personal', id };
    const theirs = await cloud('Grace Hopper', { email: grace.email });
    const colleague: RecordRef = { kind: 'colleague', id: grace.id };
    for (const ref of [mine, theirs, colleague]) {
      const answer = await browser.get(card(ref));
      expect(answer.status).toBe(200);
      expect(answer.text).toContain('<h1>Grace Hopper</h1>');
      expect(entriesOn(answer)).toEqual(['Colleague', 'Exchange', 'Personal contact']);
    }
    const { text } = await browser.get(card(mine));
    expect(text.split(`href="mailto:${grace.email}"`).length - 1).toBe(2); // The button, and the one field.
    expect(text).toContain('+33 6 12 34 56 78');
    expect(text).toContain('Amazing Grace');
    expect(text).toContain('Admiral');
    const edit = /href="([^"]+)" aria-label="Edit Personal contact Amazing Grace"/.exec(text)?.[1] ?? '';
    expect(plain(edit)).toBe(`/personal-contacts/${id}/edit?next=${encodeURIComponent(card(mine))}`);
  });

  it('is that of an external contact too, by the address they sign in with', async () => {
    const people = betweenPeople(app);
    const bob = await app.signedIn({ givenName: 'Bob', familyName: 'Cole' });
    await people.connect({ user: reader, account, browser }, bob);
    const contact = await people.cardOf({ user: reader, account, browser }, bob);
    const mine = await personal({ displayName: 'Bobby', email: bob.user.email });
    expect(await entries(mine)).toEqual(['External contact', 'Personal contact']);
    expect(await entries({ kind: 'external', id: contact!.id })).toEqual([
      'External contact',
      'Personal contact',
    ]);
  });

  it('leads to the form of the entry that says something, and back from it', async () => {
    const mine = await personal({ displayName: 'Grace', email: grace.email });
    const form = await browser.get(`/personal-contacts/${mine.id}/edit?next=${card(mine)}`);
    expect(form.text).toContain(`name="next" value="${card(mine)}"`);
    const to = `/personal-contacts/${mine.id}`;
    const refused = await browser.post(to, { displayName: '', next: card(mine) });
    expect([refused.status, refused.text.includes(`name="next" value="${card(mine)}"`)]).toEqual([422, true]);
    const stale = await browser.post(to, { displayName: 'Gracie', revision: '0', next: card(mine) });
    expect([stale.status, stale.text.includes(`name="next" value="${card(mine)}"`)]).toEqual([409, true]);
    const saved = await browser.post(to, { displayName: 'Gracie', next: card(mine) });
    expect(saved.headers['location']).toBe(card(mine));
    const away = await browser.post(to, { displayName: 'Grace', next: '//elsewhere.example' });
    expect(away.headers['location']).toBe(to);
  });

  it('is nobody’s who does not see the entry, and of no kind that is none', async () => {
    const mine = await personal({ displayName: 'Mine' });
    const other = await app.browserOf(await app.aUser({ account }));
    const stranger = (await app.signedIn()).browser;
    for (const by of [other, stranger]) {
      expect((await by.get(card(mine))).status).toBe(404);
      expect((await link(mine, { kind: 'colleague', id: grace.id }, by)).status).toBe(404);
      expect((await link({ kind: 'colleague', id: grace.id }, mine, by)).status).toBe(404);
      expect((await separate({ kind: 'colleague', id: grace.id }, mine, by)).status).toBe(404);
    }
    expect((await stranger.get(`/people/colleague/${grace.id}`)).status).toBe(404);
    for (const path of [
      `cloud/${mine.id}`,
      `nobody/${mine.id}`,
      `personal/${newId()}`,
      'personal/x',
      'constructor/x',
    ])
      expect((await browser.get(`/people/${path}`)).status).toBe(404);
  });
});

describe('what is said by hand', () => {
  it('takes an entry out, and is taken back, and that too', async () => {
    const mine = await personal({ displayName: 'Grace Hopper', email: grace.email });
    const colleague: RecordRef = { kind: 'colleague', id: grace.id };
    const page = await browser.follow(await separate(colleague, mine));
    expect(visibleText(page)).toContain('The entry Grace Hopper is on its own now.');
    expect(entriesOn(page)).toEqual(['Colleague']);
    expect(await entries(mine)).toEqual(['Personal contact']);
    const undone = await browser.follow(await browser.post(undoOf(page)));
    expect(visibleText(undone)).toContain('As it was before.');
    expect(entriesOn(undone)).toEqual(['Colleague', 'Personal contact']);
    const again = await browser.follow(await browser.post(undoOf(undone)));
    expect(entriesOn(again)).toEqual(['Colleague']);
    expect(visibleText(again)).toContain('Taken back by you');
    expect(visibleText(await browser.follow(await browser.post(undoOf(page))))).not.toContain('went wrong');
  });

  it('is taken back only where nothing else was said since, and for 30 days', async () => {
    const mum = await personal({ displayName: 'Mum' });
    const colleague: RecordRef = { kind: 'colleague', id: grace.id };
    const apart = await browser.follow(await separate(colleague, mum));
    const linked = await browser.follow(await link(colleague, mum));
    await browser.post(undoOf(apart));
    expect(await entries(mum)).toEqual(['Colleague', 'Personal contact']);
    await app.database.query(
      'UPDATE journal_batches SET at = DATE_SUB(at, INTERVAL 31 DAY) WHERE actorId = ?',
      [reader.id],
    );
    const late = await browser.follow(await browser.post(undoOf(linked)));
    expect(visibleText(late)).toContain('30 days');
    expect(await entries(mum)).toEqual(['Colleague', 'Personal contact']);
  });

  it('links whom a search finds, whatever they are called, and goes before what said otherwise', async () => {
    const mine = await personal({ displayName: 'Mum' });
    const colleague: RecordRef = { kind: 'colleague', id: grace.id };
    const found = await browser.get(`${card(mine)}?q=grac`);
    expect(partOf(found, 'link')).toContain('Link Grace Hopper');
    await Promise.all(
      Array.from({ length: 11 }, (_, place) =>
        app.aUser({ account, givenName: 'Anna', familyName: `Nann${place}` }),
      ),
    );
    const nan = await personal({ displayName: 'Nan' });
    expect(partOf(await browser.get(`${card(mine)}?q=nan`), 'link')).toMatch(
      new RegExp(`Link Nan</|Link Nan"|${nan.id}`),
    );
    const linked = await browser.follow(await link(mine, colleague));
    expect(visibleText(linked)).toContain('Mum and Grace Hopper are one person now.');
    expect(entriesOn(linked)).toEqual(['Colleague', 'Personal contact']);
    await separate(mine, colleague);
    expect(await entries(mine)).toEqual(['Personal contact']);
    await link(mine, colleague);
    expect(await entries(mine)).toEqual(['Colleague', 'Personal contact']);
    expect(visibleText(await browser.follow(await link(mine, colleague)))).toContain(
      'are one person already',
    );
  });

  it('holds along chains: who is in the middle stays with the stronger reason', async () => {
    const middle = await cloud('Grace Hopper', { email: grace.email, mobilePhone: MOBILE });
    const end = await personal({ displayName: 'Grace Hopper', mobilePhone: MOBILE as never });
    expect(await entries(end)).toEqual(['Colleague', 'Exchange', 'Personal contact']);
    await separate(end, { kind: 'colleague', id: grace.id });
    expect(await entries(end)).toEqual(['Exchange', 'Personal contact']);
    await separate(middle, end);
    expect(await entries(middle)).toEqual(['Colleague', 'Exchange'].slice(1));
  });

  it('proposes namesakes until one says who they are', async () => {
    const mine = await personal({ displayName: 'Hopper, Grace' });
    const proposed = await browser.get(card(mine));
    expect(partOf(proposed, 'proposals')).toContain('Same name.');
    expect(partOf(await browser.get(`/people/colleague/${grace.id}`), 'proposals')).toContain(
      'Hopper, Grace',
    );
    const apart = await browser.follow(await separate(mine, { kind: 'colleague', id: grace.id }));
    expect(visibleText(apart)).toContain('Grace Hopper is somebody else, and is proposed no more.');
    expect(partOf(apart, 'proposals')).toBe('');
    expect(partOf(await browser.get(`/people/colleague/${grace.id}`), 'proposals')).toBe('');
    const back = await browser.follow(await browser.post(undoOf(apart)));
    expect(partOf(back, 'proposals')).toContain('Grace Hopper');
    await link(mine, { kind: 'colleague', id: grace.id });
    expect(await entries(mine)).toEqual(['Colleague', 'Personal contact']);
  });

  it('is one’s own: others neither see nor undo it, and no audit log tells of it', async () => {
    const mine = await personal({ displayName: 'Grace Hopper', email: grace.email });
    const page = await browser.follow(await separate({ kind: 'colleague', id: grace.id }, mine));
    const other = await app.aUser({ account, role: 'owner' });
    const theirs = await personal({ displayName: 'Grace Hopper', email: grace.email }, other);
    const owner = await app.browserOf(other);
    expect(await entries(theirs, owner)).toEqual(['Colleague', 'Personal contact']);
    expect((await owner.post(undoOf(page))).status).toBe(404);
    expect((await owner.get('/audit-log')).text).not.toContain('person-links');
    expect(await entries(mine)).toEqual(['Personal contact']);
  });

  it('said in two windows at once is said once, and the last word stands', async () => {
    const mine = await personal({ displayName: 'Grace Hopper', email: grace.email });
    const colleague: RecordRef = { kind: 'colleague', id: grace.id };
    await Promise.all([separate(colleague, mine), separate(mine, colleague), separate(colleague, mine)]);
    const acts = () =>
      app.database.query<object[]>(
        `SELECT id FROM journal_batches WHERE actorId = ? AND kind LIKE 'person-links.%'`,
        [reader.id],
      );
    expect(await acts()).toHaveLength(1);
    const answers = await Promise.all([link(colleague, mine), link(mine, colleague)]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(await acts()).toHaveLength(2);
    expect(await entries(mine)).toEqual(['Colleague', 'Personal contact']);
  });

  it('of the same entries in many windows at once is said one after the other', async () => {
    const twenty = () => Array.from({ length: 20 }, (): RecordRef => ({ kind: 'personal', id: newId() }));
    const [some, others] = [twenty(), twenty()];
    const links = app.get(PersonLinks);
    const say = (turn: number) =>
      links.say(
        reader,
        'person-links.link',
        some.flatMap((one, row) =>
          others
            .filter((_, column) => (row + column + turn) % 3 > 0)
            .map((other) => ({ one, other, verdict: turn % 2 ? 'same' : 'different' }) as const),
        ),
      );
    const acts = [await say(1), await say(2)];
    const undone = acts.map((act) => app.get(PersonActs).undo(reader, act!));
    const said = Array.from({ length: 14 }, (_, turn) => say(turn));
    await expect(Promise.all([...undone, ...said])).resolves.toHaveLength(16);
  });
});

describe('entries that end', () => {
  it('leave the card, and what was said of them is there when they come back', async () => {
    const mine = await personal({ displayName: 'Mum' });
    const theirs = await cloud('Nanny');
    const colleague: RecordRef = { kind: 'colleague', id: grace.id };
    await link(colleague, mine);
    await link(colleague, theirs);
    const all = ['Colleague', 'Exchange', 'Personal contact'];
    expect(await entries(colleague)).toEqual(all);
    await binned(app, reader, [mine.id]);
    expect(await entries(colleague)).toEqual(all.slice(0, 2));
    expect((await browser.get(card(mine))).status).toBe(404);
    await browser.post(`/personal-contacts/${mine.id}/restoration`);
    expect(await entries(colleague)).toEqual(all);
    await app.database.query(`UPDATE connections SET state = 'ended' WHERE id = ?`, [theirs.mailbox]);
    expect(await entries(colleague)).toEqual(['Colleague', 'Personal contact']);
    await app.database.query(`UPDATE connections SET state = 'connected' WHERE id = ?`, [theirs.mailbox]);
    await app.database.query(`UPDATE users SET status = 'deactivated' WHERE id = ?`, [grace.id]);
    // The two that were said to be the same person as her are still one.
    expect(await entries(mine)).toEqual(all.slice(1));
    expect((await browser.get(card(colleague))).status).toBe(404);
    await app.database.query(`UPDATE users SET status = 'active' WHERE id = ?`, [grace.id]);
    expect(await entries(mine)).toEqual(all);
  });

  it('never show somebody whom the reader does not find', async () => {
    const hugo = await app.aUser({
      account,
      givenName: 'Hugo',
      familyName: 'Hidden',
      mobilePhone: MOBILE as never,
    });
    const mine = await personal({ displayName: 'A friend', email: hugo.email });
    expect(await entries(mine)).toEqual(['Colleague', 'Personal contact']);
    await aChatGroup(app, account.id, { name: 'Secret', kind: 'restricted', members: [hugo] });
    const answer = await browser.get(card(mine));
    expect(entriesOn(answer)).toEqual(['Personal contact']);
    expect(answer.text).not.toMatch(/Hugo|\+33 6 12/);
    expect((await browser.get(`/people/colleague/${hugo.id}`)).status).toBe(404);
    expect((await link(mine, { kind: 'colleague', id: hugo.id })).status).toBe(404);
  });

  it('are told on the page of each source', async () => {
    const mine = await personal({ displayName: 'Grace', email: grace.email });
    const page = await browser.get(`/personal-contacts/${mine.id}`);
    expect(visibleText(page)).toContain('Also kept as Colleague.');
    expect(page.text).toContain(`href="${card(mine)}"`);
    expect(visibleText(await browser.get(`/contacts/${grace.id}`))).toContain(
      'Also kept as Personal contact.',
    );
    const alone = await personal({ displayName: 'Alone' });
    expect((await browser.get(`/personal-contacts/${alone.id}`)).text).toContain(
      `href="${card(alone)}#link"`,
    );
    const theirs = await cloud('Grace', { email: grace.email });
    expect(visibleText(await browser.get(`/cloud-contacts/${theirs.id}`))).toContain(
      'Also kept as Colleague and Personal contact.',
    );
  });

  it('are asked about on the page of each source, where somebody may be the same person', async () => {
    const one = await personal({ displayName: 'Mary Ann', email: 'mary@family.example' });
    const other = await personal({ displayName: 'Auntie', email: 'mary@family.example' });
    const page = await browser.get(`/personal-contacts/${one.id}`);
    expect(visibleText(page)).toContain('Perhaps the same person: Auntie. Compare');
    expect(page.text).toContain(`href="${card(one)}#proposals"`);
    await separate(one, other);
    expect(visibleText(await browser.get(`/personal-contacts/${one.id}`))).not.toContain('Perhaps');
  });

  it('lead to the calls with them, for who has calls', async () => {
    const mine = await personal({ displayName: 'Grace', mobilePhone: MOBILE });
    const pages = [`/personal-contacts/${mine.id}`, card(mine)];
    const withThem = `href="/calls?with=${encodeURIComponent(MOBILE)}"`;
    for (const path of pages) expect((await browser.get(path)).text).not.toContain(withThem);
    await app.database.query(`UPDATE users SET type = 'licensed', features = '{"phone":true}' WHERE id = ?`, [
      reader.id,
    ]);
    for (const path of pages)
      expect((await browser.get(path)).text.replaceAll('&#x3D;', '=')).toContain(withThem);
  });
});

describe('what was said by hand', () => {
  const pairs = (ownerId: Id) =>
    app.database.query<{ id: Id; accountId: Id }[]>(
      'SELECT id, accountId FROM person_links WHERE ownerId = ?',
      [ownerId],
    );

  it('is among what one may take along, without whom one does not see', async () => {
    const mine = await personal({ displayName: 'Mum' });
    await link(mine, { kind: 'colleague', id: grace.id });
    const file = async () => (await browser.get('/profile/my-data.json')).text;
    expect(JSON.parse(await file())).toMatchObject({
      personLinks: [
        { verdict: 'same', entries: expect.arrayContaining([expect.objectContaining({ name: 'Mum' })]) },
      ],
    });
    await app.database.query(`UPDATE users SET status = 'deactivated' WHERE id = ?`, [grace.id]);
    expect(await file()).not.toContain('Grace');
  });

  it('moves with its owner, and ends with them', async () => {
    const mine = await personal({ displayName: 'Mum' });
    const other = await personal({ displayName: 'Mother' });
    await link(mine, other);
    const events = app.get(AccountEvents);
    const there = await app.aUser();
    await inTransaction(app.database, (manager) =>
      events.moved.tell({
        manager,
        from: { accountId: reader.accountId, userId: reader.id },
        to: { accountId: there.accountId, userId: there.id },
      }),
    );
    const [pair] = await pairs(there.id);
    expect(pair.accountId).toBe(there.accountId);
    expect(await pairs(reader.id)).toEqual([]);
    expect(await entries(mine, await app.browserOf(there))).toEqual(['Personal contact', 'Personal contact']);
    await inTransaction(app.database, (manager) =>
      events.erased.tell({ manager, accountId: there.accountId, userIds: [there.id] }),
    );
    expect(await pairs(there.id)).toEqual([]);
  });

  it('ends with an entry that is gone for good', async () => {
    const [mine, other, third] = await Promise.all(
      ['Mum', 'Mother', 'Ma'].map((displayName) => personal({ displayName })),
    );
    await link(mine, other);
    await link(mine, third);
    // Whichever of the three goes, the two others stay one.
    for (const gone of [other, third]) {
      await binned(app, reader, [gone.id]);
      expect(await entries(mine)).toHaveLength(2);
      await browser.post(`/personal-contacts/${gone.id}/restoration`);
    }
    await binned(app, reader, [other.id]);
    await app.get(KeptLinks).sweep();
    expect(await pairs(reader.id)).toHaveLength(3);
    await app.database.query('DELETE FROM personal_contacts WHERE id = ?', [other.id]);
    await app.get(KeptLinks).sweep();
    expect(await pairs(reader.id)).toHaveLength(1);
    expect(await entries(mine)).toHaveLength(2);
  });
});

describe('what was said of an entry', () => {
  const merged = async (...refs: RecordRef[]) => {
    const shown = refs.map(({ id }) => `${id}.1`).join(' ');
    const answer = await browser.post('/personal-contacts/duplicates/merges', {
      ...{ list: 'decide', shown, contacts: shown.split(' ') },
    });
    return browser.follow(answer);
  };
  const undo = (answer: Answer) =>
    plain(/action="(\/(?:personal-contacts|cloud-contacts)\/acts\/[^"]+)"/.exec(answer.text)?.[1] ?? '');

  it('goes on with the one it is merged into, back with the undo, and over again with its undo', async () => {
    const colleague: RecordRef = { kind: 'colleague', id: grace.id };
    const elder = await personal({ displayName: 'Amazing' });
    const younger = await personal({ displayName: 'Amazing' });
    const other = await personal({ displayName: 'Hopper, Grace' });
    await link(younger, colleague);
    await separate(younger, other);
    const page = await merged(elder, younger);
    expect(await entries(elder)).toEqual(['Colleague', 'Personal contact']);
    expect(partOf(await browser.get(card(elder)), 'proposals')).toBe('');
    expect((await browser.get(card(elder))).text).not.toContain('contacts.merge');
    const back = await browser.follow(await browser.post(undo(page)));
    expect(await entries(elder)).toEqual(['Personal contact']);
    expect(await entries(younger)).toEqual(['Colleague', 'Personal contact']);
    await browser.post(undo(back));
    expect(await entries(elder)).toEqual(['Colleague', 'Personal contact']);
  });

  it('of one that goes on stands, whatever was said of the other', async () => {
    const colleague: RecordRef = { kind: 'colleague', id: grace.id };
    const elder = await personal({ displayName: 'Amazing' });
    const younger = await personal({ displayName: 'Amazing' });
    await link(elder, colleague);
    await separate(elder, colleague);
    await link(younger, colleague);
    await merged(elder, younger);
    expect(await entries(elder)).toEqual(['Personal contact']);
    expect(await entries(colleague)).toEqual(['Colleague']);
  });

  it('goes on with a contact that is moved to another mailbox, and back', async () => {
    const colleague: RecordRef = { kind: 'colleague', id: grace.id };
    const theirs = await cloud('Amazing');
    await app.database.manager.insert(AccountSettings, {
      ...{ accountId: account.id, allowedDomains: [], blockedDomains: [], severalConnections: true },
    });
    const folder = (
      await aMailbox(app, reader, { contacts: ['Other'], mailboxId: newId(), provider: 'google' })
    ).folder;
    await link(theirs, colleague);
    const moved = await browser.follow(
      await browser.post('/cloud-contacts/selection/folder', {
        ...{ ids: theirs.id, folderId: folder },
      }),
    );
    expect(await entries(colleague)).toEqual(['Colleague', 'Google']);
    expect((await browser.get(`/people/colleague/${grace.id}`)).text).not.toContain(theirs.id);
    await browser.post(undo(moved));
    expect(await entries(theirs)).toEqual(['Colleague', 'Exchange']);
  });
});

describe('many entries', () => {
  const signedIn = (): SignedIn =>
    ({
      ...{ id: reader.id, accountId: account.id, restricted: false },
      account: { kind: 'company', region: 'FR', restrictedGroups: 0 },
      features: { phone: true, 'external-contacts': true, integrations: true, 'personal-contacts': true },
    }) as never;

  it('of one address or number are nobody’s, and others of the same page are still put together', async () => {
    const ids = await kept(
      app,
      reader,
      Array.from({ length: 300 }, (_, index) => ({
        ...{ displayName: `Desk ${index}`, email: 'info@desk.example', mainPhone: '+33140205050' as never },
      })),
    );
    await personal({ displayName: 'Grace', email: grace.email });
    const persons = app.get(Persons);
    const records = await app
      .get(PersonRecords)
      .byRefs(signedIn(), [
        ...ids.slice(0, 40).map((id) => ({ kind: 'personal' as const, id })),
        { kind: 'colleague', id: grace.id },
      ]);
    expect(records).toHaveLength(41);
    const queries = jest.spyOn(app.database, 'query');
    const people = await persons.group(signedIn(), records);
    expect(queries.mock.calls.length).toBeLessThanOrEqual(3 * 4 * recordKinds.length);
    queries.mockRestore();
    expect(people).toHaveLength(41);
    expect(people.filter((each) => each.records.length > 1).map(({ name }) => name)).toEqual([
      'Grace Hopper',
    ]);
    const alone = await browser.get(`/people/personal/${ids[7]}`);
    expect(entriesOn(alone)).toEqual(['Personal contact']);
    expect(partOf(alone, 'proposals')).toBe('');
  });
});
