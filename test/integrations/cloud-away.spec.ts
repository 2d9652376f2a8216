import { type TestApp } from '../support/app.js';
import { visibleText, type Answer } from '../support/browser.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { startWithExchange } from './connected.js';
import { Syncing } from './syncing.js';

const CLOUD = '/cloud-contacts';
let app: TestApp;
let fake: FakeExchange;

beforeAll(async () => {
  ({ app, fake } = await startWithExchange(['ada']));
});
afterAll(async () => {
  await app.close();
  await fake.close();
});

it('Cloud contacts are listed, added, edited, moved and deleted while Exchange is away, which catches up after', async () => {
  const syncing = await Syncing.start(app, fake, 'ada', (mailbox) => {
    mailbox.addFolder('Clients');
    for (const name of ['Bea Both', 'Cem Gone', 'Dan Moved'])
      mailbox.addContact({ DisplayName: name, FileAs: name });
  });
  const { browser } = syncing.person;
  fake.trouble({ kind: 'http', status: 503 });
  fake.requests.length = 0;
  const [bea, cem, dan] = await Promise.all(
    ['Bea Both', 'Cem Gone', 'Dan Moved'].map(async (name) => (await syncing.named(name)).id),
  );
  const made = await browser.post(CLOUD, { displayName: 'Eva New', mobilePhone: '+33 6 12 34 56 78' });
  await browser.post(`${CLOUD}/${bea}`, { displayName: 'Bea Married' });
  await browser.post(`${CLOUD}/selection`, { act: 'delete', ids: [cem] });
  await browser.post(`${CLOUD}/selection/folder`, {
    ids: [dan],
    folderId: await syncing.folderId('Clients'),
  });
  for (const path of [CLOUD, `${CLOUD}/${bea}`, `${CLOUD}/${bea}/edit`, `${CLOUD}/new`, `${CLOUD}/trash`])
    expect((await browser.get(path)).status).toBe(200);
  // No page has asked Exchange anything.
  expect(fake.requests).toEqual([]);
  expect(waitingIn(await browser.get(CLOUD))).toBe(3);
  expect(visibleText(await browser.get(`${CLOUD}?state=waiting`))).toContain(
    '1 deletion waits to be sent, too',
  );
  await syncing.push();
  expect(visibleText(await browser.get(CLOUD))).toMatch(
    /Exchange \(ada@nord\.example\): .* What you change here is kept, and sent then\. Last in step on/,
  );
  expect(waitingIn(await browser.get(CLOUD))).toBe(3);
  fake.heal();
  await syncing.sync();
  const after = await browser.get(CLOUD);
  expect(waitingIn(after)).toBe(0);
  expect(visibleText(after)).not.toContain('Last in step on');
  expect(syncing.namesThere()).toEqual(['Bea Married', 'Dan Moved', 'Eva New']);
  expect(syncing.mailbox.contacts(syncing.mailbox.folderNamed('Clients').id)).toHaveLength(1);
  expect(visibleText(await browser.follow(made))).toContain('+33 6 12 34 56 78');
});

/** Rows that say they wait. */
function waitingIn(answer: Answer): number {
  return answer.text.match(/contact-standing--quiet/g)?.length ?? 0;
}
