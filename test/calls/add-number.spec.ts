import { type User } from '../../src/accounts/user.entity.js';
import { type Id } from '../../src/database/new-id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { emptyEdit } from '../../src/personal-contacts/contact/edited.js';
import { PersonalContacts } from '../../src/personal-contacts/contact/contacts.service.js';
import { type CallReport } from '../../src/calls/record/call-report.js';
import { type E164 } from '../../src/phone/e164.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { startWithExchange } from '../integrations/connected.js';
import { Syncing } from '../integrations/syncing.js';
import { type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';
import { aReport, caller, report } from './reported.js';

let app: TestApp;
let fake: FakeExchange;
const logins = Array.from({ length: 8 }, (_, place) => `user${place}`);
const MOBILE: E164 = '+33612345678';
const OFFICE: E164 = '+33140205050';

beforeAll(async () => {
  ({ app, fake } = await startWithExchange(logins));
});
afterEach(() => fake.heal());
afterAll(async () => {
  await app.close();
  await fake.close();
});

async function aCall(user: User, fields: Partial<CallReport> = {}): Promise<Id> {
  const [answer] = await report(app, user.accountId, aReport(user, { number: MOBILE, ...fields }));
  if (answer.result === 'refused') throw new Error(answer.reason);
  return answer.id;
}
const aContact = (user: User, displayName: string, phones: Partial<Record<string, E164>> = {}) =>
  app.get(PersonalContacts).add(
    user,
    {
      ...emptyEdit,
      fields: { displayName },
      phones: Object.fromEntries(
        Object.entries(phones).map(([field, number]) => [field, { number: number!, typed: null }]),
      ),
    },
    { newGroup: null },
    null,
  );
const contact = (user: User, id: Id) =>
  inTransaction(app.database, (manager) => app.get(PersonalContacts).find(manager, user, id));
/** An attribute as a browser reads it. */
const plain = (text: string) => text.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
const undoIn = (answer: Answer) => plain(/action="([^"]*\/undo[^"]*)"/.exec(answer.text)?.[1] ?? '');
/** What is below the header, whose forms are on every page. */
const main = (answer: Answer) => answer.text.slice(answer.text.indexOf('<main'));
const hidden = (answer: Answer, name: string) =>
  plain(new RegExp(`name="${name}" value="([^"]*)"`).exec(main(answer))?.[1] ?? '');

let ada: User;
let browser: Browser;
beforeEach(async () => {
  ({ user: ada, browser } = await app.signedIn(caller));
});

describe('An unknown number', () => {
  it('offers a new contact with what is known filled in, which leads back to the call', async () => {
    const id = await aCall(ada, { name: 'Marie  CURIE' });
    const call = await browser.get(`/calls/${id}`);
    const [, href] = /href="(\/personal-contacts\/new\?[^"]*)"/.exec(call.text) ?? [];
    const form = await browser.get(plain(href));
    expect(form.text).toMatch(/name="mobilePhone"[^>]*value="\+33612345678"/);
    expect(form.text).toMatch(/name="displayName"[^>]*value="Marie CURIE"/);
    expect(hidden(form, 'next')).toBe(`/calls/${id}`);
    const fields = { displayName: 'Marie Curie', mobilePhone: '+33 6 12 34 56 78', next: `/calls/${id}` };
    const added = await browser.post('/personal-contacts', fields);
    expect(added.headers['location']).toBe(`/calls/${id}`);
    const again = visibleText(await browser.follow(added));
    expect(again).toContain('Marie Curie');
    expect(again).not.toContain('Create personal contact');
  });

  it('is an office number where it is not a mobile one, and keeps where it came from when the form is refused', async () => {
    const id = await aCall(ada, { number: OFFICE });
    expect((await browser.get(`/calls/${id}`)).text).toContain(
      `/personal-contacts/new?workPhone&#x3D;%2B33140205050`,
    );
    const refused = await browser.post('/personal-contacts', { displayName: '', next: `/calls/${id}` });
    expect(refused.status).toBe(422);
    expect(hidden(refused, 'next')).toBe(`/calls/${id}`);
  });

  it('does not lead out of here', async () => {
    const fields = { displayName: 'Marie Curie', next: 'https://evil.example/' };
    expect((await browser.post('/personal-contacts', fields)).headers['location']).toMatch(
      /^\/personal-contacts\//,
    );
    expect(main(await browser.get('/personal-contacts/new?next=//evil.example'))).not.toContain('evil');
  });

  it('offers neither when it was withheld', async () => {
    const id = await aCall(ada, { number: 'anonymous' });
    const text = visibleText(await browser.get(`/calls/${id}`));
    expect(text).not.toMatch(/Create personal contact|Add to a contact/);
    const answer = await browser.get(`/calls/${id}/add-number`);
    expect(answer.headers['location']).toBe(`/calls/${id}`);
    expect(visibleText(await browser.follow(answer))).toContain('withheld');
  });
});

describe('Adding a number to a personal contact', () => {
  it('finds one by any words, begins with what the telephone system says, and names all calls of the number', async () => {
    const id = await aCall(ada, { name: 'Curie' });
    await aCall(ada, { callId: 'earlier', direction: 'outgoing' });
    const contactId = await aContact(ada, 'Marie Curie');
    await aContact(ada, 'Pierre Dupont');
    const first = await browser.get(`/calls/${id}/add-number`);
    expect(first.text).toContain(`/calls/${id}/add-number/personal/${contactId}`);
    expect(visibleText(first)).not.toContain('Dupont');
    expect(visibleText(await browser.get(`/calls/${id}/add-number?q=dup`))).toContain('Pierre Dupont');
    const choose = await browser.get(`/calls/${id}/add-number/personal/${contactId}`);
    expect(choose.text).toMatch(/value="mobilePhone" checked/);
    const added = await browser.post(`/calls/${id}/add-number/personal/${contactId}`, {
      ...{ field: 'mobilePhone', revision: hidden(choose, 'revision') },
    });
    expect(added.headers['location']).toBe(`/calls/${id}`);
    expect((await contact(ada, contactId)).mobilePhone).toBe(MOBILE);
    const said = await browser.follow(added);
    expect(visibleText(said)).toContain('The number was added to Marie Curie');
    expect(visibleText(await browser.get('/calls')).match(/Marie Curie/g)?.length).toBeGreaterThanOrEqual(2);
    const undone = await browser.post(undoIn(said));
    expect(undone.headers['location']).toBe(`/calls/${id}`);
    expect((await contact(ada, contactId)).mobilePhone).toBeNull();
  });

  it('shows what goes before it goes', async () => {
    const id = await aCall(ada);
    const contactId = await aContact(ada, 'Marie Curie', { mobilePhone: '+33698765432' });
    const path = `/calls/${id}/add-number/personal/${contactId}`;
    const choose = await browser.get(path);
    // The usual field is taken: the first free one is chosen instead.
    expect(choose.text).toMatch(/value="mainPhone" checked/);
    const asked = await browser.post(path, { field: 'mobilePhone', revision: hidden(choose, 'revision') });
    expect(asked.status).toBe(422);
    expect(visibleText(asked)).toMatch(/\+33 6 98 76 54 32 .*\+33 6 12 34 56 78/);
    expect((await contact(ada, contactId)).mobilePhone).toBe('+33698765432');
    const names = ['field', 'revision', 'replaces'];
    await browser.post(path, Object.fromEntries(names.map((name) => [name, hidden(asked, name)])));
    expect((await contact(ada, contactId)).mobilePhone).toBe(MOBILE);
  });

  it('does it once when the button is pressed twice', async () => {
    const id = await aCall(ada);
    const contactId = await aContact(ada, 'Marie Curie');
    const path = `/calls/${id}/add-number/personal/${contactId}`;
    const fields = { field: 'mobilePhone', revision: hidden(await browser.get(path), 'revision') };
    const answers = await Promise.all([browser.post(path, fields), browser.post(path, fields)]);
    expect(answers.map(({ headers }) => headers['location'] as string)).toEqual([
      `/calls/${id}`,
      `/calls/${id}`,
    ]);
    expect((await contact(ada, contactId)).revision).toBe(2);
  });

  it('asks again when the contact was changed in another window', async () => {
    const id = await aCall(ada);
    const contactId = await aContact(ada, 'Marie Curie');
    const path = `/calls/${id}/add-number/personal/${contactId}`;
    const revision = hidden(await browser.get(path), 'revision');
    await browser.post(`/personal-contacts/${contactId}`, { displayName: 'Marie Skłodowska' });
    const changed = await browser.post(path, { field: 'homePhone', revision });
    expect(changed.status).toBe(409);
    expect(visibleText(changed)).toContain('Marie Skłodowska was changed in the meantime');
    expect(changed.text).toMatch(/value="homePhone" checked/);
    await browser.post(path, { field: 'homePhone', revision: hidden(changed, 'revision') });
    expect((await contact(ada, contactId)).homePhone).toBe(MOBILE);
    const taken = await browser.post(path, { field: 'workPhone', revision: '1', replaces: '+33698765432' });
    expect(taken.status).toBe(409);
    expect((await contact(ada, contactId)).workPhone).toBeNull();
  });

  it('refuses a field that is none', async () => {
    const id = await aCall(ada);
    const contactId = await aContact(ada, 'Marie Curie');
    for (const field of [undefined, '', 'ownerId', 'displayName'])
      expect((await browser.post(`/calls/${id}/add-number/personal/${contactId}`, { field })).status).toBe(
        422,
      );
  });

  it('knows nobody else’s calls and contacts, nor those of a feature that is off', async () => {
    const id = await aCall(ada);
    const { user: bob, browser: theirs } = await app.signedIn(caller);
    const [hers, his] = [await aContact(ada, 'Marie Curie'), await aContact(bob, 'Paul Langevin')];
    const bobsCall = await aCall(bob);
    for (const path of [
      `/calls/${id}/add-number/personal/${his}`,
      `/calls/${bobsCall}/add-number/personal/${hers}`,
      `/calls/${id}/add-number/cloud/${hers}`,
      `/calls/${id}/add-number/colleague/${bob.id}`,
      `/calls/${id}/add-number/personal/none`,
    ]) {
      expect((await browser.get(path)).status).toBe(404);
      expect((await browser.post(path, { field: 'workPhone' })).status).toBe(404);
    }
    expect((await theirs.get(`/calls/${id}/add-number`)).status).toBe(404);
    await app.database.query('UPDATE users SET features = ? WHERE id = ?', [
      ...[JSON.stringify({ phone: true, 'personal-contacts': false }), ada.id],
    ]);
    expect((await browser.get(`/calls/${id}/add-number/personal/${hers}`)).status).toBe(404);
    expect((await browser.get(`/calls/${id}`)).text).not.toContain('/personal-contacts/new');
    await app.database.query("UPDATE users SET type = 'basic' WHERE id = ?", [ada.id]);
    expect((await browser.get(`/calls/${id}/add-number`)).status).toBe(403);
  });

  it('says so when the contact went into the bin', async () => {
    const id = await aCall(ada);
    const contactId = await aContact(ada, 'Marie Curie');
    await app.get(PersonalContacts).remove(ada, contactId);
    const path = `/calls/${id}/add-number/personal/${contactId}`;
    expect(visibleText(await browser.get(path))).toContain('Marie Curie is in the bin');
    expect((await browser.post(path, { field: 'workPhone' })).status).toBe(409);
  });
});

describe('Adding a number to a cloud contact', () => {
  const start = (before?: Parameters<typeof Syncing.start>[3], options: object = {}) =>
    Syncing.start(app, fake, logins.shift() ?? '', before, { ...caller, ...options });

  it('tells its provider, which has what stood there back after an undo', async () => {
    const syncing = await start((mailbox) => {
      mailbox.addContact({ DisplayName: 'Grace Hopper', phones: { MobilePhone: '06 98 76 54 32' } });
    });
    const { user, browser: mine } = syncing.person;
    const grace = await syncing.named('Grace Hopper');
    const id = await aCall(user);
    const path = `/calls/${id}/add-number/cloud/${grace.id}`;
    expect((await mine.get(`/calls/${id}/add-number?q=hopper`)).text).toContain(path);
    const asked = await mine.post(path, { field: 'mobilePhone' });
    expect(asked.status).toBe(422);
    const names = ['field', 'revision', 'replaces'];
    const added = await mine.post(path, Object.fromEntries(names.map((name) => [name, hidden(asked, name)])));
    await syncing.push();
    expect(syncing.there('Grace Hopper')).toMatchObject({ phones: { MobilePhone: MOBILE } });
    const said = await mine.follow(added);
    expect(visibleText(said)).toContain('Grace Hopper');
    const undone = await mine.post(undoIn(said));
    expect(undone.headers['location']).toBe(`/calls/${id}`);
    await syncing.push();
    expect(syncing.there('Grace Hopper')).toMatchObject({ phones: { MobilePhone: '06 98 76 54 32' } });
  });

  it('makes a new one in a mailbox and leads back to the call', async () => {
    const syncing = await start();
    const { user, browser: mine } = syncing.person;
    const id = await aCall(user, { name: 'Ada' });
    const [, href] =
      /href="(\/cloud-contacts\/new\?[^"]*)"/.exec((await mine.get(`/calls/${id}`)).text) ?? [];
    const form = await mine.get(plain(href));
    expect(form.text).toMatch(/name="mobilePhone"[^>]*value="\+33612345678"/);
    const fields = { displayName: 'Ada Byron', mobilePhone: MOBILE, next: hidden(form, 'next') };
    expect((await mine.post('/cloud-contacts', fields)).headers['location']).toBe(`/calls/${id}`);
    await syncing.push();
    expect(syncing.there('Ada Byron')).toMatchObject({ phones: { MobilePhone: MOBILE } });
  });

  it('says so where contacts are only read, and where one is in conflict', async () => {
    const reading = await start((mailbox) => mailbox.addContact({ DisplayName: 'Grace Hopper' }), {
      permissions: { contacts: 'read' },
    });
    const { user, browser: mine } = reading.person;
    const grace = await reading.named('Grace Hopper');
    const path = `/calls/${await aCall(user)}/add-number/cloud/${grace.id}`;
    expect(visibleText(await mine.get(path))).toContain('can be read here, not changed');
    expect((await mine.post(path, { field: 'workPhone' })).status).toBe(409);

    const writing = await start((mailbox) => mailbox.addContact({ DisplayName: 'Alan Turing' }));
    const alan = await writing.named('Alan Turing');
    await writing.edit(alan.id, { organization: 'Bletchley' });
    writing.mailbox.edit(writing.there('Alan Turing'), { CompanyName: 'Manchester' });
    await writing.sync();
    const other = `/calls/${await aCall(writing.person.user)}/add-number/cloud/${alan.id}`;
    expect(visibleText(await writing.person.browser.get(other))).toContain(
      'Decide first which of the two stays',
    );
    expect((await writing.person.browser.post(other, { field: 'workPhone' })).status).toBe(409);
  });
});
