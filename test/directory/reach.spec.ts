import { type Account } from '../../src/accounts/account.entity.js';
import { newAccountFeatures } from '../../src/accounts/features.js';
import { type User } from '../../src/accounts/user.entity.js';
import { AuditEntry } from '../../src/journal/journal.entities.js';
import { twoCompanies } from '../external-contacts/two-companies.js';
import { MailboxOf } from '../integrations/mailbox-of.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText, type Answer, type Browser } from '../support/browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const SECTION = '/settings/reach';
const chosen = {
  callPattern: 'sip:{number}@pbx.nord.example',
  chatPattern: 'https://matrix.to/#/@{user}:nord.example',
  meetPattern: 'https://meet.nord.example/{email}',
};

/** A company whose people may call. */
async function calling(fields: Partial<Account> = {}): Promise<Account> {
  const features = newAccountFeatures();
  features.phone.on = true;
  return app.anAccount({ features, ...fields });
}
const read = ({ id }: Account) =>
  app.database.getRepository('accounts').findOneByOrFail({ id }) as Promise<Account>;
const hrefs = ({ text }: Answer) =>
  [...text.matchAll(/<a class="(?:button|reach__way)[^"]*" href="((?:tel|sip|mailto|https):[^"]*)"/g)].map(
    ([, href]) => href.replaceAll('&#x3D;', '='),
  );
const revisionOf = (answer: Answer) => /name="revision" value="(\d+)"/.exec(answer.text)?.[1] ?? '';

describe('what calling, chatting and meeting lead to', () => {
  let account: Account;
  let browser: Browser;
  let admin: User;
  beforeEach(async () => {
    account = await calling();
    ({ browser, user: admin } = await app.signedIn({
      ...{ account, role: 'admin', workPhone: '+33140205040' },
    }));
  });

  it('is saved with a line of the audit log, holds at once, and is as before once undone', async () => {
    const grace = await app.aUser({ account, workPhone: '+33140205050' });
    const saved = await browser.post(SECTION, chosen);
    expect(saved.status).toBe(303);
    expect(await read(account)).toMatchObject({ ...chosen, settingsRevision: 1 });
    const [entry] = await app.database.getRepository(AuditEntry).findBy({ accountId: account.id });
    expect(entry).toMatchObject({
      ...{ action: 'settings.save', actorId: admin.id },
      details: { section: 'reach', fields: ['callPattern', 'chatPattern', 'meetPattern'] },
    });
    const card = () => browser.get(`/contacts/${grace.id}`);
    const told = await browser.follow(saved);
    expect(visibleText(told)).toContain('Settings saved.');
    expect((await card()).text).toContain(`href="https://meet.nord.example/${grace.email}"`);
    expect(visibleText(await browser.get('/audit-log'))).toContain('Chat');
    const undo = /action="(\/settings\/saves\/[^"]+)"/.exec(told.text)?.[1] ?? '';
    expect((await browser.post(undo, {})).status).toBe(303);
    expect(await read(account)).toMatchObject({ callPattern: null, chatPattern: null, meetPattern: null });
    expect((await card()).text).not.toContain('meet.nord.example');
  });

  it.each([
    ['callPattern', 'javascript:alert(1)//{number}', 'Begin with one of these: https: tel:'],
    ['callPattern', 'http://pbx.nord.example/{number}', 'Begin with one of these'],
    ['callPattern', 'sip:{number}@{name}', 'Write the server out'],
    ['chatPattern', 'https://{email}/', 'Write the server out'],
    ['chatPattern', 'https://chat.nord.example/', 'Put {number}, {email} or {user}'],
    ['meetPattern', 'https://meet.nord.example/{room}', 'Use only {number}, {email}, {name} and {user}'],
    ['meetPattern', 'https://meet.nord.example/\r\n{email}', 'no line breaks'],
    ['meetPattern', 'https://meet.example.com/{email}', 'Put your own server in place of the example'],
  ])('is refused in %s: %j', async (name, pattern, said) => {
    const answer = await browser.post(SECTION, { [name]: pattern });
    expect(answer.status).toBe(422);
    expect(field(answer, name).error).toContain(said);
    expect(answer.text).not.toContain('href="javascript');
    expect(await read(account)).toMatchObject({ [name]: null, settingsRevision: 0 });
  });

  it('shows both versions where somebody else has saved it meanwhile, and a new section of theirs stays', async () => {
    const other = await app.signedIn({ account, role: 'admin' });
    const revision = revisionOf(await browser.get('/settings'));
    await other.browser.post(SECTION, { ...chosen, revision });
    expect((await browser.post('/settings/company', { revision, name: 'Nord & Co' })).status).toBe(303);
    const mine = { ...chosen, chatPattern: 'xmpp:{email}', revision };
    const answer = await browser.post(SECTION, mine);
    expect(answer.status).toBe(409);
    const text = visibleText(answer);
    for (const version of [chosen.chatPattern, 'xmpp:{email}']) expect(text).toContain(version);
    expect((await read(account)).chatPattern).toBe(chosen.chatPattern);
    const decided = { ...mine, revision: revisionOf(answer) };
    expect((await browser.post(SECTION, decided)).status).toBe(303);
    expect((await read(account)).chatPattern).toBe('xmpp:{email}');
  });

  it('is filled in for a program, unsaved, beside what is saved', async () => {
    await browser.post(SECTION, chosen);
    const answer = await browser.get('/settings?preset=rocket-chat');
    expect(field(answer, 'chatPattern').value).toBe('https://chat.example.com/direct/{user}');
    expect(field(answer, 'callPattern').value).toBe(chosen.callPattern);
    expect(visibleText(answer)).toContain('Filled in, not saved yet.');
    expect(field(await browser.get('/settings?preset=constructor'), 'chatPattern').value).toBe(
      chosen.chatPattern,
    );
    expect((await read(account)).chatPattern).toBe(chosen.chatPattern);
  });

  it('is looked at with one’s own data, and nothing is saved', async () => {
    const answer = await browser.post(`${SECTION}/preview`, chosen);
    expect(answer.status).toBe(200);
    for (const href of [
      'sip:+33140205040@pbx.nord.example',
      `https://matrix.to/#/@${admin.email.split('@')[0]}:nord.example`,
      `https://meet.nord.example/${admin.email}`,
    ])
      expect(answer.text).toContain(`<a href="${href}">${href}</a>`);
    const wrong = await browser.post(`${SECTION}/preview`, { callPattern: 'data:text/html,{number}' });
    expect(wrong.status).toBe(200);
    expect(field(wrong, 'callPattern').error).toContain('Begin with one of these');
    expect(wrong.text).not.toContain('href="data:');
    expect(await read(account)).toMatchObject({ callPattern: null, settingsRevision: 0 });
  });

  it('is nothing a member may choose', async () => {
    const member = await app.signedIn({ account });
    for (const path of [SECTION, `${SECTION}/preview`])
      expect((await member.browser.post(path, chosen)).status).toBe(403);
    expect((await read(account)).settingsRevision).toBe(0);
  });
});

describe('everybody is reached', () => {
  const workPhone = '+33140205050' as const;

  it('from each card and each list alike, as the company has chosen', async () => {
    const account = await calling(chosen);
    const { browser, user } = await app.signedIn({ account, type: 'licensed', role: 'admin' });
    const grace = await app.aUser({
      ...{ account, givenName: 'Grace', familyName: 'Hopper', managerId: user.id, workPhone },
    });
    const { email } = grace;
    const ways = [
      'sip:+33140205050@pbx.nord.example',
      `mailto:${email}`,
      `https://matrix.to/#/@${email.split('@')[0]}:nord.example`,
      `https://meet.nord.example/${email}`,
    ];
    expect(hrefs(await browser.get(`/contacts/${grace.id}`))).toEqual(ways);
    expect(hrefs(await browser.get(`/contacts/${user.id}`)).slice(-4)).toEqual(ways);
    expect(hrefs(await browser.get(`/users/${user.id}/directory/${grace.id}`))).toEqual(ways);
    await browser.post(`/contacts/${grace.id}/star`, { starred: 'on' });
    for (const path of ['/search?q=grace', '/']) {
      const { text } = await browser.get(path);
      for (const href of ways) expect(text.replaceAll('&#x3D;', '=')).toContain(`href="${href}"`);
    }
    const list = await browser.get('/contacts?q=grace');
    for (const href of ways) expect(list.text).toContain(`href="${href}"`);
    expect(list.text).toContain('<span class="unseen">Call Grace Hopper </span>+33 1 40 20 50 50</a>');
    expect(list.text).toContain('<span class="unseen">Chat with Grace Hopper</span>');

    // Of others' addresses the first part would be somebody else here.
    const others = ways.filter((href) => !href.includes('matrix'));
    await browser.post('/personal-contacts', { displayName: 'Grace Hopper', email, workPhone });
    const box = await MailboxOf.connect(app, user);
    const [cloud] = await box.add({ displayName: 'Grace Hopper', email, workPhone });
    const personal = await browser.get('/personal-contacts');
    const own = /href="(\/personal-contacts\/[0-9a-f-]{36})"/.exec(personal.text)?.[1] ?? '';
    for (const path of [own, `/cloud-contacts/${cloud}`])
      expect(hrefs(await browser.get(path))).toEqual(others);
    for (const answer of [personal, await browser.get('/cloud-contacts')])
      for (const href of others) expect(answer.text).toContain(`href="${href}"`);
  });

  it('by extension who has no number, and beside the number on the card alone', async () => {
    const account = await calling({ callPattern: 'sip:{number}@pbx.nord.example' });
    const { browser } = await app.signedIn({ account, type: 'licensed', role: 'admin' });
    const names = { account, givenName: 'Grace', familyName: 'Hopper' };
    const grace = await app.aUser({ ...names, extension: '204' });
    const inside = 'href="sip:204@pbx.nord.example"';
    await browser.post(`/contacts/${grace.id}/star`, { starred: 'on' });
    for (const path of [`/contacts/${grace.id}`, `/people/colleague/${grace.id}`]) {
      const { text } = await browser.get(path);
      expect(text.split(inside)).toHaveLength(3);
    }
    const rows = ['/contacts?q=hopper', '/search?q=hopper', '/'];
    for (const path of rows) expect((await browser.get(path)).text.split(inside)).toHaveLength(2);
    expect((await browser.get('/contacts?q=hopper')).text).toContain(
      '<span class="unseen">Call Grace Hopper </span>Extension 204</a>',
    );

    await app.database.getRepository('users').update({ id: grace.id }, { workPhone });
    for (const path of [`/contacts/${grace.id}`, `/people/colleague/${grace.id}`]) {
      const answer = await browser.get(path);
      expect(hrefs(answer)[0]).toBe('sip:+33140205050@pbx.nord.example');
      expect(answer.text.split(inside)).toHaveLength(2);
    }
    for (const path of rows) expect((await browser.get(path)).text).not.toContain(inside);
  });

  it('outside the company by what is seen of them', async () => {
    const all = await twoCompanies(app);
    const { ada, bob } = all;
    const { id } = (await all.connect(ada, bob)).card;
    await app.database.getRepository('accounts').update({ id: ada.user.accountId }, chosen);
    const meeting = `https://meet.nord.example/${bob.user.email}`;
    const card = await ada.browser.get(`/external-contacts/${id}`);
    expect(hrefs(card)).toEqual([`mailto:${bob.user.email}`, meeting]);
    const list = await ada.browser.get('/external-contacts');
    expect(list.text).toContain(`href="${meeting}"`);
    expect(list.text).not.toContain('matrix.to');
  });

  it('without a call where that is off, with the reason once, and by chat and meeting all the same', async () => {
    const account = await app.anAccount(chosen);
    const { browser } = await app.signedIn({ account });
    const grace = await app.aUser({ account, workPhone });
    for (const path of ['/contacts', `/contacts/${grace.id}`]) {
      const answer = await browser.get(path);
      expect(answer.text).not.toMatch(/href="(?:tel|sip):/);
      expect(answer.text).toContain(`href="https://meet.nord.example/${grace.email}"`);
      expect(visibleText(answer).split('Calling from here comes with a licensed account').length).toBe(2);
    }
  });

  it('by nothing that could not be saved, wherever it came from', async () => {
    const account = await calling({
      callPattern: 'javascript:alert(1)//{number}',
      chatPattern: 'data:,{email}',
    });
    const { browser } = await app.signedIn({ account, type: 'licensed' });
    const grace = await app.aUser({ account, workPhone });
    expect(hrefs(await browser.get(`/contacts/${grace.id}`))).toEqual([
      'tel:+33140205050',
      `mailto:${grace.email}`,
    ]);
  });
});
