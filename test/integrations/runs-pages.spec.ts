import { newId } from '../../src/database/id.js';
import { type Answer, type Browser, visibleText } from '../support/browser.js';
import { type TestApp } from '../support/app.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { connectedTo, startWithExchange } from './connected.js';
import { InStep } from './in-step.js';

const RUNS = '/integrations/runs';
const logins = Array.from({ length: 12 }, (_, place) => `runner${place}`);

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
afterEach(() => fake.heal());

async function connected(...names: string[]) {
  const person = await connectedTo(app, fake, logins[next++]);
  const box = new InStep(app, person);
  for (const name of names) box.addThere(name);
  await box.sync();
  return { box, browser: person.browser };
}

/** A run that added, changed and deleted something here. */
async function changed() {
  const { box, browser } = await connected('Ana', 'Bo', 'Cy');
  box.editThere('Ana', 'ana@new.example');
  box.mailbox.remove(box.mailbox.named('Bo'));
  box.addThere('Dee');
  await box.sync();
  const run = (await box.runs()).at(-1)?.id ?? '';
  return { box, browser, run };
}

const follow = async (browser: Browser, answer: Answer) => visibleText(await browser.follow(answer));

describe('The history of connections', () => {
  it('says when, why, what was done and how it ended, newest first', async () => {
    const { browser } = await changed();
    const text = visibleText(await browser.get(RUNS));
    expect(text).toMatch(
      /Asked for by you .* Here: 1 added, 1 changed,? and 1 deleted .*Done.*First reading of the mailbox .*Here: 3 added .*Done/,
    );
  });

  it('names a problem with its remedy, and narrows to changes, problems and one mailbox', async () => {
    const { box, browser } = await changed();
    fake.trouble({ kind: 'http', status: 503, times: 1 });
    await box.sync();
    const problem = 'busy or does not answer properly. Carnet tries again by itself';
    expect(visibleText(await browser.get(RUNS))).toMatch(new RegExp(`${problem}.*Failed`));
    expect(visibleText(await browser.get(`${RUNS}?only=changes`))).not.toContain(problem);
    const failures = visibleText(await browser.get(`${RUNS}?only=failures`));
    expect(failures).toContain(problem);
    expect(failures).not.toContain('First reading');
    for (const query of [`connection=${box.connectionId}`, 'connection=none&only=all&after=%00'])
      expect(visibleText(await browser.get(`${RUNS}?${query}`))).toContain('First reading');
  });

  it('comes page by page, each run once, and is empty for everybody else', async () => {
    const { box, browser, run } = await changed();
    const { id: ownerId, accountId } = box.person.user;
    const rows = Array.from({ length: 52 }, (_, place) => [
      ...[newId(), accountId, ownerId, box.connectionId, 'push', 'done', `{"addedThere":${place + 100}}`],
      new Date(Date.now() - place * 60_000),
    ]);
    await app.database.query(
      'INSERT INTO sync_runs (id, accountId, ownerId, connectionId, kind, outcome, counts, startedAt) VALUES ?',
      [rows],
    );
    const first = await browser.get(RUNS);
    const after = /href="([^"]*after[^"]*)" rel="next"/.exec(first.text)?.[1] ?? '';
    const second = await browser.get(after.replaceAll('&#x3D;', '='));
    const found = `${first.text}${second.text}`.match(/In Exchange: (\d+) added/g);
    expect(new Set(found).size).toBe(52);
    expect(found).toHaveLength(52);

    const { browser: other } = await app.signedIn({ account: box.person.account, role: 'owner' });
    expect(visibleText(await other.get(RUNS))).toContain('No synchronization yet');
    for (const path of [run, `${run}/undo`, 'none', 'none/undo'])
      expect([path, (await other.get(`${RUNS}/${path}`)).status]).toEqual([path, 404]);
    expect((await other.post(`${RUNS}/${run}/undo`)).status).toBe(404);
  });
});

describe('A run', () => {
  it('shows what it changed here, contact by contact', async () => {
    const { browser, run } = await changed();
    const text = visibleText(await browser.get(`${RUNS}/${run}`));
    expect(text).toMatch(/Ana Changed E-mail .*ana@elsewhere\.example .*ana@new\.example/);
    expect(text).toMatch(/Bo Deleted/);
    expect(text).toMatch(/Dee Added E-mail dee@elsewhere\.example/);
  });

  it('is undone after a preview says what would be done and what is left, and this can be undone', async () => {
    const { box, browser, run } = await changed();
    await box.edit('Dee', { organization: 'Typed since' });
    await box.push();
    const asked = await browser.get(`${RUNS}/${run}/undo`);
    const text = visibleText(asked);
    expect(text).toContain('1 contact gets back what it said before.');
    expect(text).toContain('1 deleted contact comes back, here and in Exchange.');
    expect(text).toContain('1 contact stays as it is');
    expect(text).toMatch(/Ana Set back E-mail .*ana@new\.example .*ana@elsewhere\.example/);
    expect(text).toMatch(/Bo Comes back/);
    expect(text).toMatch(/Dee Left as it is .*company/);
    expect(await box.named('Ana')).toMatchObject({ email: 'ana@new.example' });

    const done = await browser.post(`${RUNS}/${run}/undo`);
    const result = await browser.follow(done);
    expect(visibleText(result)).toMatch(/Left as it is: Dee \(company: changed since\)/);
    expect(visibleText(result)).toContain('was undone on');
    await box.push();
    expect(box.there().map(({ name, email }) => `${name} ${email}`)).toEqual([
      ...['Ana ana@elsewhere.example', 'Bo bo@elsewhere.example'],
      ...['Cy cy@elsewhere.example', 'Dee dee@elsewhere.example'],
    ]);
    expect(await follow(browser, await browser.post(`${RUNS}/${run}/undo`))).toContain('already');
    expect(await follow(browser, await browser.get(`${RUNS}/${run}/undo`))).toContain('already');

    const undo = /action="(\/cloud-contacts\/acts\/[^"]+)"/.exec(result.text)?.[1] ?? '';
    const back = await browser.post(undo.replaceAll('&#x3D;', '='));
    expect(back.headers['location']).toBe(`${RUNS}/${run}`);
    await box.push();
    expect(box.there().map(({ name }) => name)).toEqual(['Ana', 'Cy', 'Dee']);
    expect(await box.named('Ana')).toMatchObject({ email: 'ana@new.example' });
  });

  it('is undone once by two clicks at the same moment', async () => {
    const { box, browser, run } = await changed();
    await Promise.all([1, 2].map(() => browser.post(`${RUNS}/${run}/undo`)));
    const acts = await app.database.query<unknown[]>('SELECT id FROM journal_batches WHERE undoes = ?', [
      (await box.runs()).at(-1)?.batchId,
    ]);
    expect(acts).toHaveLength(1);
  });

  it('is not undone when it was the first reading, or where the mailbox is only read', async () => {
    const { box, browser, run } = await changed();
    const first = (await box.runs())[0].id;
    expect(await follow(browser, await browser.get(`${RUNS}/${first}/undo`))).toContain('first reading');
    expect(await follow(browser, await browser.post(`${RUNS}/${first}/undo`))).toContain('first reading');
    await app.database.query("UPDATE connections SET contacts = 'read' WHERE id = ?", [box.connectionId]);
    const asked = visibleText(await browser.get(`${RUNS}/${run}/undo`));
    expect(asked).toContain('can only be looked at here');
    expect(asked).not.toContain('Undo this synchronization');
    expect(await follow(browser, await browser.post(`${RUNS}/${run}/undo`))).toContain(
      'can only be looked at',
    );
    expect(await box.named('Ana')).toMatchObject({ email: 'ana@new.example' });
  });
});

describe('The question before many contacts are deleted', () => {
  const names = Array.from({ length: 60 }, (_, place) => `Person ${100 + place}`);

  async function braked() {
    const { box, browser } = await connected(...names);
    for (const name of names.slice(0, 55)) box.mailbox.remove(box.mailbox.named(name));
    await box.sync();
    return { box, browser, path: `/integrations/${box.connectionId}/brake` };
  }
  const answer = (browser: Browser, shown: Answer, decision: string) => {
    const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(shown.text)?.[1] ?? '';
    const action = /action="([^"]+\/brake)"/.exec(shown.text)?.[1] ?? '';
    return browser.post(action, { scope: hidden('scope'), seen: hidden('seen'), decision });
  };

  it('names the folder, how many of how many and who, a page at a time', async () => {
    const { browser, path, box } = await braked();
    const shown = await browser.get(path);
    const text = visibleText(shown);
    expect(text).toContain('55 of 60 contacts of the folder “Contacts” were deleted in Exchange');
    expect(text).toContain('They go to the trash here');
    expect(text).toContain('are made in Exchange again');
    expect(text).toContain('Person 100 Person 101');
    expect(text).not.toContain('Person 154');
    const after = /href="([^"]*after[^"]*)" rel="next"/.exec(shown.text)?.[1] ?? '';
    const second = await browser.get(after.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&'));
    expect(visibleText(second)).toMatch(/Person 150 .*Person 154/);
    expect(visibleText(second)).not.toContain('Person 155');
    const news = visibleText(await browser.get('/notifications'));
    expect(news).toMatch(/55 contacts were deleted at once in runner\d+@nord\.example/);
    const { browser: other } = await app.signedIn({ account: box.person.account, role: 'owner' });
    expect((await other.get(path)).status).toBe(404);
    expect((await answer(other, shown, 'delete')).status).toBe(404);
    expect((await answer(browser, shown, 'perhaps')).status).toBe(400);
    expect(await box.here()).toHaveLength(60);
    const card = visibleText(await browser.get('/integrations'));
    expect(card).toContain('Waits for your decision');
    expect(card.match(/Nothing (more )?is deleted/g)).toHaveLength(1);
    expect((await browser.get('/cloud-contacts')).text).toContain(`href="${path}">Decide`);
  });

  it('is answered once by two windows, and the other is shown how it stands', async () => {
    const { browser, path, box } = await braked();
    const shown = await browser.get(path);
    const answers = await Promise.all(['keep', 'delete'].map((choice) => answer(browser, shown, choice)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    expect(visibleText(await browser.get('/integrations'))).not.toMatch(/Nothing (more )?is deleted/);
    const [kept] = answers;
    await box.push();
    expect(await box.here()).toHaveLength(kept.status === 303 ? 60 : 5);
    expect(await box.here()).toEqual(box.there());
    expect(visibleText(await browser.get(path))).toContain('There is nothing to decide');
    expect(visibleText(await browser.get('/notifications'))).toContain('Unread (0)');
    const late = await answer(browser, shown, 'delete');
    expect([late.status, visibleText(late).includes('Your click did nothing')]).toEqual([409, true]);
  });

  it('asks the same of what was deleted here, which comes back when it was not meant', async () => {
    const { box, browser } = await connected(...names.slice(0, 40));
    await box.remove(...names.slice(0, 30));
    await box.push();
    const shown = await browser.get(`/integrations/${box.connectionId}/brake`);
    expect(visibleText(shown)).toContain('30 of 40 contacts of the folder “Contacts” were deleted here');
    expect(visibleText(await browser.get('/notifications'))).toContain('You deleted unusually many contacts');
    await answer(browser, shown, 'keep');
    expect(visibleText(await browser.get('/notifications'))).toContain('Unread (0)');
    await box.push();
    expect(await box.here()).toHaveLength(40);
    expect(box.there()).toHaveLength(40);
  });
});
