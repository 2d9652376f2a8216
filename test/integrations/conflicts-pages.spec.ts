import { type Answer, type Browser, visibleText } from '../support/browser.js';
import { type TestApp } from '../support/app.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { connectedTo, startWithExchange } from './connected.js';
import { InStep } from './in-step.js';

const PAGE = '/cloud-contacts/conflicts';
const logins = Array.from({ length: 12 }, (_, place) => `chooser${place}`);

let app: TestApp;
let fake: FakeExchange;
let next = 0;

beforeAll(async () => {
  ({ app, fake } = await startWithExchange(logins));
});
afterAll(async () => {
  await app.close();
  await fake.close();
});

async function connected(...names: string[]) {
  const person = await connectedTo(app, fake, logins[next++]);
  const box = new InStep(app, person);
  for (const name of names) box.addThere(name);
  await box.sync();
  return { box, browser: person.browser };
}

/** E-mail and company of Ana were changed on both sides. */
async function disputed() {
  const { box, browser } = await connected('Ana');
  await box.edit('Ana', { email: 'here@new.example', organization: 'Here & Co' });
  box.mailbox.edit(box.mailbox.named('Ana'), {
    emails: { EmailAddress1: 'there@new.example' },
    CompanyName: 'There Ltd',
  });
  await box.sync();
  return { box, browser };
}

/** What pressing a button of the first card sends. */
function click(browser: Browser, shown: Answer, choice: string): Promise<Answer> {
  const action = /action="([^"]+\/choice)"/.exec(shown.text)?.[1] ?? '';
  const revision = /name="revision" value="(\d+)"/.exec(shown.text)?.[1] ?? '';
  return browser.post(action, { revision, choice });
}

const countInNavigation = (answer: Answer) =>
  /href="\/cloud-contacts"[^>]*>[\s\S]*?<\/a>/.exec(answer.text)?.[0].replace(/<[^>]+>/g, ' ') ?? '';

describe('The page of conflicts', () => {
  it('shows both versions of each field with what was agreed before, and counts in the navigation', async () => {
    const { browser } = await disputed();
    const shown = await browser.get(PAGE);
    const text = visibleText(shown);
    expect(text).toMatch(
      /E-mail Before: ana@elsewhere\.example Entered here here@new\.example .*In Exchange there@new\.example/,
    );
    expect(text).toMatch(/Company Before: .*Entered here Here & Co .*In Exchange There Ltd/);
    expect(text).toContain('Take all of mine');
    expect(countInNavigation(shown)).toContain('1');
    expect(visibleText(await browser.get('/cloud-contacts'))).toContain('Conflict: choose a version');
  });

  it('takes one side of one field with one click, which is sent, and can be undone', async () => {
    const { box, browser } = await disputed();
    const chosen = await click(browser, await browser.get(PAGE), 'here:email');
    expect(chosen.headers['location']).toMatch(/conflicts#conflict-/);
    expect(await box.named('Ana')).toMatchObject({
      ...{ email: 'here@new.example', organization: 'There Ltd', pending: 'change' },
    });
    await box.push();
    expect(box.there()).toMatchObject([{ email: 'here@new.example' }]);
    const left = await browser.get(PAGE);
    expect(visibleText(left)).toContain('1 field is left to decide');
    expect(visibleText(left)).not.toContain('here:email');
    const undo = /action="(\/cloud-contacts\/acts\/[^"]+)"/.exec(left.text)?.[1] ?? '';
    await browser.post(undo.replaceAll('&#x3D;', '='));
    expect(await box.named('Ana')).toMatchObject({ email: 'there@new.example' });
    expect(visibleText(await browser.get(PAGE))).toContain('Entered here here@new.example');
  });

  it('takes all of one side at once, after which nothing is left', async () => {
    const { box, browser } = await disputed();
    const shown = await browser.get(PAGE);
    await browser.follow(await click(browser, shown, 'here'));
    expect(await box.named('Ana')).toMatchObject({ email: 'here@new.example', organization: 'Here & Co' });
    const empty = await browser.get(PAGE);
    expect(visibleText(empty)).toContain('Nothing to decide');
    expect(countInNavigation(empty)).not.toMatch(/\d/);
    const late = await browser.follow(await click(browser, shown, 'there'));
    expect(visibleText(late)).toContain('Nothing was changed by your click');
    expect(await box.named('Ana')).toMatchObject({ email: 'here@new.example' });
  });

  it('takes one side of all contacts of the page at once, which is one act', async () => {
    const { box, browser } = await connected('Ana', 'Bo', 'Cy');
    for (const name of ['Ana', 'Bo', 'Cy']) {
      await box.edit(name, { email: `${name}@here.example` });
      box.editThere(name, `${name}@there.example`);
    }
    await box.sync();
    const shown = await browser.get(PAGE);
    const conflicts = [...shown.text.matchAll(/name="conflicts" value="([^"]+)"/g)].map(([, each]) => each);
    expect(conflicts).toHaveLength(3);
    await click(browser, shown, 'there');
    const done = await browser.post(`${PAGE}/choices`, { choice: 'here', conflicts });
    const told = await browser.follow(done);
    expect(visibleText(told)).toContain('Your versions of 2 contacts stand');
    expect(visibleText(told)).toContain('1 contact was left');
    await box.push();
    const emails = () => box.there().map(({ email }) => email?.split('@')[1]);
    expect(emails().sort()).toEqual(['here.example', 'here.example', 'there.example']);
    const undo = /action="(\/cloud-contacts\/acts\/[^"]+)"/.exec(told.text)?.[1] ?? '';
    await browser.post(undo.replaceAll('&#x3D;', '='));
    await box.push();
    expect(emails()).toEqual(['there.example', 'there.example', 'there.example']);
    expect(await box.openConflicts()).toHaveLength(2);
    const { browser: other } = await app.signedIn({ account: box.person.account });
    expect((await other.post(`${PAGE}/choices`, { choice: 'here', conflicts })).status).toBe(404);
    for (const bad of [
      { choice: 'both', conflicts },
      { choice: 'here', conflicts: ['x'] },
      { choice: 'here' },
    ])
      expect((await browser.post(`${PAGE}/choices`, bad)).status).toBe(400);
  });

  it('lets one of two browsers win that choose at the same moment', async () => {
    const { box, browser } = await disputed();
    const shown = await browser.get(PAGE);
    const answers = await Promise.all(['here', 'there'].map((choice) => click(browser, shown, choice)));
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    const acts = await app.database.query<unknown[]>(
      "SELECT id FROM journal_batches WHERE accountId = ? AND kind = 'cloud.conflict'",
      [box.person.account.id],
    );
    expect(acts).toHaveLength(1);
    const { email, organization } = await box.named('Ana');
    expect([
      ['here@new.example', 'Here & Co'],
      ['there@new.example', 'There Ltd'],
    ]).toContainEqual([email, organization]);
  });

  it('keeps or deletes what was deleted on one side and edited on the other', async () => {
    const { box, browser } = await connected('Ana', 'Bo');
    await box.edit('Ana', { organization: 'Nord' });
    box.mailbox.remove(box.mailbox.named('Ana'));
    await box.sync();
    const shown = await browser.get(PAGE);
    expect(visibleText(shown)).toContain('Deleted in Exchange after you had changed it here');
    expect((await click(browser, shown, 'here:email')).headers['location']).toBe(PAGE);
    await click(browser, await browser.get(PAGE), 'delete');
    await box.push();
    expect(box.there().map(({ name }) => name)).toEqual(['Bo']);
    expect(await box.named('Ana', { deleted: true })).toMatchObject({ organization: 'Nord' });

    await box.remove('Bo');
    box.editThere('Bo', 'bo@new.example');
    await box.sync();
    expect(visibleText(await browser.get(PAGE))).toContain('You deleted it here');
    await click(browser, await browser.get(PAGE), 'keep');
    expect(await box.named('Bo')).toMatchObject({ email: 'bo@new.example' });
    expect(await box.openConflicts()).toEqual([]);
  });

  it('offers what can be done where the mailbox is only read', async () => {
    const { box, browser } = await disputed();
    await app.database.query("UPDATE connections SET contacts = 'read' WHERE id = ?", [box.connectionId]);
    const shown = await browser.get(PAGE);
    expect(visibleText(shown)).not.toContain('Take mine');
    const refused = await browser.follow(await click(browser, shown, 'here'));
    expect(visibleText(refused)).toContain('can only be looked at here');
    await click(browser, shown, 'there');
    expect(await box.openConflicts()).toEqual([]);
  });

  it('is empty for everybody else, and their clicks find nothing', async () => {
    const { box, browser } = await disputed();
    const shown = await browser.get(PAGE);
    const { browser: other } = await app.signedIn({ account: box.person.account, role: 'owner' });
    expect(visibleText(await other.get(PAGE))).toContain('Nothing to decide');
    expect((await click(other, shown, 'there')).status).toBe(404);
    for (const choice of ['', 'everywhere', 'here:'])
      expect((await click(browser, shown, choice)).status).toBe(400);
    expect((await browser.post(`${PAGE}/none/choice`, { choice: 'here', revision: 1 })).status).toBe(404);
    expect(await box.openConflicts()).toHaveLength(1);
  });
});
