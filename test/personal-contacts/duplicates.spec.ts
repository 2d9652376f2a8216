import { type Account } from '../../src/accounts/account.entity.js';
import { newId } from '../../src/database/id.js';
import { type KeptContact } from '../../src/personal-contacts/contact-row.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';
import { contactWith, ListOf, text } from './list-of.js';

let app: TestApp;
let account: Account;
let browser: Browser;
let list: ListOf;

beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  const signedIn = await app.signedIn();
  ({ account, browser } = signedIn);
  list = new ListOf(app, signedIn.user);
});
afterAll(() => app.close());

const PAGE = '/personal-contacts/duplicates';
const idsOf = (...contacts: KeptContact[]) => contacts.map(({ id }) => id).join(',');
const seen = async (...contacts: KeptContact[]) => {
  const states = await Promise.all(
    contacts.map(async ({ id }) => `${id}.${(await list.contact(id))?.revision ?? 1}`),
  );
  return states.join(' ');
};
const undoIn = (answer: Answer) =>
  /action="(\/personal-contacts\/[^"]+)"[^>]*>(?:(?!<\/form>)[\s\S])*message__undo/
    .exec(answer.text)?.[1]
    .replaceAll(...(['&#x3D;', '='] as const)) ?? '';
const digestIn = (answer: Answer) =>
  /name="digest" value="([^"]*)"/.exec(answer.text)?.[1].replaceAll('&#x3D;', '=');

async function added(...contacts: Partial<KeptContact>[]): Promise<KeptContact[]> {
  const made = contacts.map((fields) => contactWith(fields));
  for (const contact of made) await list.add(contact);
  return made;
}

describe('The duplicates', () => {
  it('are listed by how sure it is that they are one person', async () => {
    await added(
      { displayName: 'Ada', email: 'ada@x.test' },
      { displayName: 'ada', email: 'ada@x.test' },
      { displayName: 'Grace Hopper', mobilePhone: '+33612345678' },
      { displayName: 'G. Hopper', mainPhone: '+33612345678' },
      { displayName: 'Jean Martin' },
      { displayName: 'Jean Martin' },
      { displayName: 'Alone' },
    );
    const safe = visibleText(await browser.get(PAGE));
    expect(safe).toContain('Safe to merge 1 To decide 1 Same name only 1');
    expect(safe).toContain('Ada · ada All or some have: ada@x.test');
    const decide = visibleText(await browser.get(`${PAGE}?list=decide`));
    expect(decide).toContain('Grace Hopper · G. Hopper');
    expect(decide).toContain('All or some have: +33 6 12 34 56 78');
    expect(visibleText(await browser.get(`${PAGE}?list=name`))).toContain('Jean Martin Same name');
    for (const page of [safe, decide]) expect(page).not.toContain('Alone');
  });

  it('are said to be none where there are none, on odd addresses too', async () => {
    for (const query of ['', '?list=decide', '?list=name', '?list=apart', '?list=x&page=-1', '?page=9999'])
      expect((await browser.get(`${PAGE}${query}`)).status).toBe(200);
    expect(visibleText(await browser.get(PAGE))).toContain('Nothing to merge safely');
  });

  it('are one’s own alone', async () => {
    const other = new ListOf(app, (await app.signedIn({ account })).user);
    const [theirs] = [contactWith({ email: 'ada@x.test' })];
    await other.add(theirs);
    const [mine] = await added({ email: 'ada@x.test' });
    expect(visibleText(await browser.get(PAGE))).toContain('Nothing to merge safely');
    const both = `${mine.id}.1 ${theirs.id}.1`;
    expect((await browser.get(`${PAGE}/compare?ids=${mine.id},${theirs.id}`)).status).toBe(404);
    expect((await browser.post(`${PAGE}/safe/one`, { seen: both })).status).toBe(404);
    expect((await browser.post(`${PAGE}/merges`, { shown: both, contacts: both.split(' ') })).status).toBe(
      404,
    );
    expect((await browser.post(`${PAGE}/distinctions`, { seen: both })).status).toBe(404);
    expect(await other.names()).toEqual(['Ada Lovelace']);
  });

  it('are shown fifty groups a page', async () => {
    const contacts = Array.from({ length: 102 }, (_, index) =>
      contactWith({ displayName: `Pair ${100 + (index >> 1)}`, email: `pair${index >> 1}@x.test` }),
    );
    await list.add(...contacts);
    const first = visibleText(await browser.get(PAGE));
    expect(first).toContain('Merge all 51');
    expect(first).toContain('1–50 of 51');
    expect(first).not.toContain('Pair 150');
    expect(visibleText(await browser.get(`${PAGE}?page=2`))).toContain('Pair 150');
    expect(visibleText(await browser.get(`${PAGE}?page=3`))).toContain('51–51 of 51');
  });
});

describe('Merging', () => {
  it('all that is safe is one act, undone as a whole', async () => {
    const group = await list.group('Clients');
    await added(
      { displayName: 'Ada', email: 'ada@x.test', starred: true },
      { displayName: 'Ada', email: 'ada@x.test', workPhone: '+33140205050', groupIds: [group] },
      { displayName: 'Bob', homePhone: '+33140205051', extra: [text('note', 'One')] },
      { displayName: 'BOB', mainPhone: '+33140205051', extra: [text('note', 'Two')] },
      { displayName: 'bob', mainPhone: '+33140205051' },
    );
    const before = await list.whole();
    const answer = await browser.post(`${PAGE}/safe`, { digest: digestIn(await browser.get(PAGE)) });
    const done = await browser.follow(answer);
    expect(visibleText(done)).toContain('2 merges done: 5 contacts became 2.');
    expect(await list.names()).toEqual(['Ada', 'Bob']);
    const undone = await browser.post(undoIn(done));
    expect(undone.headers['location']).toBe(PAGE);
    expect(await list.whole()).toEqual(before);
    const redo = await browser.post(undoIn(await browser.follow(undone)));
    expect(redo.status).toBe(303);
    expect(await list.names()).toEqual(['Ada', 'Bob']);
  });

  it('all does nothing when the list is no longer the one that was shown', async () => {
    const [ada] = await added(
      { email: 'ada@x.test' },
      { email: 'ada@x.test' },
      { email: 'b@x.test' },
      { email: 'b@x.test' },
    );
    const digest = digestIn(await browser.get(PAGE));
    await list.edit(ada.id, { homePhone: '+33140205050' });
    const answer = await browser.follow(await browser.post(`${PAGE}/safe`, { digest }));
    expect(visibleText(answer)).toContain('The list changed in the meantime, so nothing was merged.');
    expect(await list.names()).toHaveLength(4);
    expect((await browser.post(`${PAGE}/safe`, { digest: '' })).status).toBe(303);
    expect(await list.names()).toHaveLength(4);
  });

  it('one safe group keeps id and history of the oldest and puts the others into the bin', async () => {
    const [old, young] = await added(
      { email: 'ada@x.test' },
      { email: 'ada@x.test', organization: 'Analytical', photoHash: null },
    );
    const answer = await browser.follow(
      await browser.post(`${PAGE}/safe/one`, { seen: await seen(old, young) }),
    );
    expect(visibleText(answer)).toContain('2 contacts are now one: Ada Lovelace.');
    expect(await list.contact(old.id)).toMatchObject({ organization: 'Analytical' });
    const [bin] = await app.database.query<[{ mergedInto: string }]>(
      'SELECT mergedInto FROM personal_contacts WHERE id = ?',
      [young.id],
    );
    expect(bin.mergedInto).toBe(old.id);
  });

  it('field by field takes what was chosen and keeps the rest as further values', async () => {
    const [one, other] = await added(
      { displayName: 'Grace', email: 'g@x.test', mobilePhone: '+33612345678', organization: 'Navy' },
      { displayName: 'Grace Hopper', email: 'g@y.test', mobilePhone: '+33612345678', organization: 'Yale' },
    );
    const before = await list.whole();
    const page = await browser.get(`${PAGE}/compare?list=decide&ids=${idsOf(one, other)}`);
    for (const field of ['displayName', 'email', 'organization'])
      expect(page.text).toMatch(new RegExp(`type="radio"[^>]*name="${field}"`));
    expect(page.text).not.toMatch(/type="radio"[^>]*name="mobilePhone"/);
    const answer = await browser.post(`${PAGE}/merges`, {
      ...{ list: 'decide', shown: await seen(one, other), contacts: (await seen(one, other)).split(' ') },
      ...{ displayName: other.id, email: other.id, organization: one.id, aside: ['email'] },
    });
    expect(answer.headers['location']).toBe(`${PAGE}?list=decide`);
    expect(await list.contact(one.id)).toMatchObject({
      ...{ displayName: 'Grace Hopper', email: 'g@y.test', organization: 'Navy' },
      extra: [text('email', 'g@x.test')],
    });
    expect(await list.names()).toEqual(['Grace Hopper']);
    await browser.post(undoIn(await browser.follow(answer)));
    expect(await list.whole()).toEqual(before);
  });

  it('undone leaves what was edited since, and brings the other back', async () => {
    const [one, other] = await added({ email: 'a@x.test' }, { email: 'a@x.test', workPhone: '+33140205050' });
    const done = await browser.follow(
      await browser.post(`${PAGE}/safe/one`, { seen: await seen(one, other) }),
    );
    await list.edit(one.id, { workPhone: '+33140205059' });
    const undone = await browser.follow(await browser.post(undoIn(done)));
    expect(visibleText(undone)).toContain('Left as it is: Ada Lovelace (office: changed since).');
    expect(await list.contact(other.id)).toMatchObject({ workPhone: '+33140205050' });
    expect(await list.contact(one.id)).toMatchObject({ workPhone: '+33140205059' });
  });

  it('takes only those who were ticked', async () => {
    const three = await added(
      { displayName: 'Jean Martin' },
      { displayName: 'Jean Martin' },
      { displayName: 'Jean Martin' },
    );
    const page = await browser.get(`${PAGE}/compare?list=name&ids=${idsOf(...three)}`);
    expect(page.text).not.toMatch(/name="contacts"[^>]*checked/);
    const shown = await seen(...three);
    const refused = await browser.post(`${PAGE}/merges`, {
      list: 'name',
      shown,
      contacts: [shown.split(' ')[0]],
    });
    expect(refused.status).toBe(422);
    expect(visibleText(refused)).toContain('Tick at least two contacts that are the same person');
    expect(refused.text).toMatch(/id="contact-1"[^>]*checked/);
    await browser.post(`${PAGE}/merges`, { list: 'name', shown, contacts: shown.split(' ').slice(0, 2) });
    expect(await list.names()).toEqual(['Jean Martin', 'Jean Martin']);
    expect(await list.contact(three[2].id)).toBeDefined();
  });

  it('shows a contact that was edited meanwhile instead of merging it', async () => {
    const [one, other] = await added(
      { displayName: 'Ada', email: 'a@x.test' },
      { displayName: 'Ada K', email: 'a@x.test' },
    );
    const shown = await seen(one, other);
    await list.edit(other.id, { organization: 'Brand new' });
    const answer = await browser.post(`${PAGE}/merges`, {
      shown,
      contacts: shown.split(' '),
      displayName: other.id,
    });
    expect(answer.status).toBe(409);
    expect(visibleText(answer)).toContain('so nothing was merged. This is how they are now.');
    expect(visibleText(answer)).toContain('Brand new');
    expect(answer.text).toMatch(new RegExp(`name="displayName" value="${other.id}" checked`));
    expect(await list.names()).toHaveLength(2);
    const safe = await browser.post(`${PAGE}/safe/one`, { seen: shown });
    expect(safe.headers['location']).toContain(`${PAGE}/compare?`);
  });

  it('says so when one was deleted meanwhile', async () => {
    const [one, other] = await added({ email: 'a@x.test' }, { email: 'a@x.test' });
    const shown = await seen(one, other);
    await list.remove(other.id);
    for (const ask of [
      () => browser.post(`${PAGE}/merges`, { shown, contacts: shown.split(' ') }),
      () => browser.post(`${PAGE}/safe/one`, { seen: shown }),
      () => browser.get(`${PAGE}/compare?ids=${idsOf(one, other)}`),
    ]) {
      const answer = await ask();
      expect(answer.status).toBe(303);
      expect(visibleText(await browser.follow(answer))).toContain('merged or deleted in the meantime');
    }
    expect(await list.names()).toHaveLength(1);
  });

  it('in two windows at once happens once', async () => {
    const pair = await added({ email: 'a@x.test' }, { email: 'a@x.test' });
    const shown = await seen(...pair);
    const answers = await Promise.all([1, 2].map(() => browser.post(`${PAGE}/safe/one`, { seen: shown })));
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    const [{ merges }] = await app.database.query<[{ merges: number }]>(
      `SELECT COUNT(*) AS merges FROM journal_batches WHERE actorId = ? AND kind = 'contacts.merge'`,
      [list.owner.id],
    );
    expect(Number(merges)).toBe(1);
    expect(await list.names()).toHaveLength(1);
  });

  it('answers what no page of ours sends', async () => {
    const [one] = await added({});
    for (const ids of ['', one.id, `${one.id},${newId()}`, 'x,y', `${one.id},${one.id}`])
      expect((await browser.get(`${PAGE}/compare?ids=${ids}`)).status).toBe(404);
    expect((await browser.post(`${PAGE}/safe/one`, { seen: 'x' })).status).toBe(400);
    expect((await browser.post(`${PAGE}/merges`, { contacts: ['x'] })).status).toBe(404);
    expect((await browser.post(`${PAGE}/distinctions`, { seen: '' })).status).toBe(400);
    expect((await browser.post(`${PAGE}/distinctions/x/deletion`)).status).toBe(404);
  });
});

describe('Contacts that are not the same person', () => {
  it('are not asked about again until that is taken back', async () => {
    const pair = await added(
      { displayName: 'Jean', homePhone: '+33140205050' },
      { displayName: 'Jeanne', homePhone: '+33140205050' },
    );
    const answer = await browser.post(`${PAGE}/distinctions?list=decide`, { seen: await seen(...pair) });
    expect(answer.headers['location']).toBe(`${PAGE}?list=decide`);
    const kept = await browser.follow(answer);
    expect(visibleText(kept)).toContain('These 2 contacts are no longer shown as duplicates of each other.');
    expect(visibleText(kept)).toContain('Nothing to decide');
    const apart = await browser.get(`${PAGE}?list=apart`);
    expect(visibleText(apart)).toContain('Jean · Jeanne');
    const [action] = /\/personal-contacts\/duplicates\/distinctions\/[0-9a-f-]+\/deletion/.exec(
      apart.text,
    ) ?? [''];
    const { browser: stranger } = await app.signedIn({ account });
    await stranger.post(action);
    expect(visibleText(await browser.get(PAGE))).toContain('To decide 0');
    await browser.post(action);
    expect(visibleText(await browser.get(PAGE))).toContain('To decide 1');
  });

  it('are kept apart again by two who say so twice', async () => {
    const pair = await added({ homePhone: '+33140205050' }, { homePhone: '+33140205050' });
    const shown = await seen(...pair);
    const answers = await Promise.all(
      [1, 2].map(() => browser.post(`${PAGE}/distinctions`, { seen: shown })),
    );
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(visibleText(await browser.get(PAGE))).toContain('Safe to merge 0');
  });
});
