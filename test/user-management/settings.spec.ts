import { type Account } from '../../src/accounts/account.entity.js';
import { AccountSettings } from '../../src/accounts/account-settings.entity.js';
import { FeatureTallies, holdersOf, movesBetween } from '../../src/accounts/feature-tally.query.js';
import {
  features,
  newAccountFeatures,
  resolveFeatures,
  type AccountFeatures,
  type FeatureChoices,
  type GroupFeatures,
} from '../../src/accounts/features.js';
import { newId, type Id } from '../../src/database/id.js';
import { AuditEntry } from '../../src/journal/journal.entities.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText, type Answer, type Browser } from '../support/browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const admin = (fields: Partial<Account> = {}) =>
  app.anAccount(fields).then((account) => app.signedIn({ account, role: 'admin' }));
const anotherAdmin = (account: Account, givenName = 'Grace') =>
  app.signedIn({ account, role: 'admin', givenName, familyName: 'Hopper' });
const read = (account: Account) =>
  app.database.getRepository('accounts').findOneByOrFail({ id: account.id }) as Promise<Account>;
const stored = ({ id }: Account) =>
  app.database.getRepository(AccountSettings).findOneByOrFail({ accountId: id });
const audits = ({ id }: Account) =>
  app.database.getRepository(AuditEntry).find({ where: { accountId: id }, order: { at: 'ASC' } });
const hidden = (answer: Answer, name: string) =>
  new RegExp(`<input type="hidden" name="${name}" value="([^"]*)"`).exec(answer.text)?.[1] ?? '';
/** Sends a page's question back with yes. */
const confirm = (browser: Browser, path: string, asked: Answer, fields: Record<string, string>) =>
  browser.post(path, {
    ...fields,
    revision: hidden(asked, 'revision'),
    confirmed: 'on',
    counted: hidden(asked, 'counted').replaceAll('&#x3D;', '='),
  });
const undoPath = (answer: Answer) => /action="(\/settings\/saves\/[^"]+)"/.exec(answer.text)?.[1] ?? '';

async function aGroup(
  account: Account,
  said: GroupFeatures | null,
  members: Id[],
  name = newId(),
): Promise<Id> {
  const id = newId();
  await app.database.query(
    'INSERT INTO user_groups (id, accountId, name, nameKey, features, createdAt) VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3))',
    [id, account.id, name, name.toLowerCase(), said === null ? null : JSON.stringify(said)],
  );
  await app.database.query('UPDATE accounts SET groupFeatures = groupFeatures + 1 WHERE id = ?', [
    account.id,
  ]);
  for (const userId of members) {
    await app.database.query('INSERT INTO user_group_members (groupId, userId, accountId) VALUES (?, ?, ?)', [
      id,
      userId,
      account.id,
    ]);
  }
  return id;
}

describe('who may open the settings', () => {
  it('are the admins of a company, and nobody of a personal account', async () => {
    const { account, browser } = await admin();
    expect((await browser.get('/settings')).status).toBe(200);
    const member = await app.signedIn({ account });
    expect((await member.browser.get('/settings')).status).toBe(403);
    for (const section of [
      'company',
      'features',
      'external-contacts',
      'integrations',
      'retention',
      'mail-test',
    ])
      expect((await member.browser.post(`/settings/${section}`, { name: 'Mine' })).status).toBe(403);
    expect((await read(account)).name).toBe('Atelier Nord');
    const personal = await app.signedIn({
      account: await app.anAccount({ kind: 'personal' }),
      role: 'owner',
    });
    expect((await personal.browser.get('/settings')).status).toBe(403);
  });
});

describe('the company', () => {
  it('is saved with what it was before, in one batch with one line of the audit log', async () => {
    const { account, user, browser } = await admin();
    const answer = await browser.post('/settings/company', { name: 'Atelier Sud', timeZone: 'Europe/Paris' });
    expect([answer.status, answer.headers['location']]).toEqual([303, '/settings']);
    expect(await read(account)).toMatchObject({ name: 'Atelier Sud', region: 'FR', settingsRevision: 1 });
    const [entry] = await audits(account);
    expect(entry).toMatchObject({
      action: 'settings.save',
      actorId: user.id,
      targetId: account.id,
      details: { section: 'company', fields: ['name'] },
    });
    const [row] = await app.database.query<{ changes: string; subjectType: string }[]>(
      'SELECT changes, subjectType FROM journal_entries WHERE batchId = ?',
      [entry.batchId],
    );
    expect([JSON.parse(row.changes), row.subjectType]).toEqual([
      { name: ['Atelier Nord', 'Atelier Sud'] },
      'account',
    ]);
    expect(visibleText(await browser.follow(answer))).toContain('Settings saved.');
  });

  it('refuses what nobody can choose, and keeps what was typed', async () => {
    const { account, browser } = await admin();
    const answer = await browser.post('/settings/company', {
      ...{ name: '', region: 'XX', language: 'de', timeZone: 'Europe/Atlantis' },
    });
    expect(answer.status).toBe(422);
    expect(field(answer, 'name').error).toBe('Enter the name of your company');
    for (const name of ['region', 'language', 'timeZone'])
      expect(field(answer, name).error).toBe('Choose one of the list');
    expect(await read(account)).toMatchObject({ region: 'FR', settingsRevision: 0 });
    expect((await browser.post('/settings/company', { name: 'x'.repeat(256) })).status).toBe(422);
  });

  it('shows a name with markup as it was typed', async () => {
    const { browser } = await admin();
    const name = `<script>alert("1")</script> & Söhne`;
    await browser.post('/settings/company', { name });
    const answer = await browser.get('/settings');
    expect(answer.text).not.toContain('<script>alert');
    expect(field(answer, 'name').value).toBe(name);
  });

  it('says for how many people a new language and time zone hold, before it is saved', async () => {
    const { account, browser } = await admin({ language: 'en' });
    await app.aUser({ account });
    await app.aUser({ account, status: 'pending' });
    await app.aUser({ account, language: 'en', timeZone: 'Asia/Tokyo' });
    await app.aUser({ account, status: 'deactivated' });
    const change = { language: 'fr', timeZone: 'America/New_York', region: 'US' };
    const asked = await browser.post('/settings/company', change);
    expect(asked.status).toBe(200);
    const text = visibleText(asked);
    expect(text).toContain('3 people (of 4) who chose no language see Carnet in French.');
    expect(text).toContain('3 people (of 4) who chose no time zone see times in America/New York.');
    expect(text).toContain('A phone number without + is read as one of United States from now on.');
    expect(await read(account)).toMatchObject({ language: 'en', settingsRevision: 0 });
    expect((await confirm(browser, '/settings/company', asked, change)).status).toBe(303);
    expect(await read(account)).toMatchObject({ ...change, settingsRevision: 1 });
  });
});

describe('what a feature is set to', () => {
  it('is asked for in exact numbers, and holds at the next request of every other browser', async () => {
    const { account, browser } = await admin();
    const rules = { ...newAccountFeatures(), phone: { allowed: true, on: true } };
    await app.database.query('UPDATE accounts SET features = ? WHERE id = ?', [
      JSON.stringify(rules),
      account.id,
    ]);
    const caller = await app.signedIn({ account, type: 'licensed' });
    const colleague = await app.aUser({ account, workPhone: '+33140205050' });
    const mayCall = async () =>
      /href="tel:/.test((await caller.browser.get(`/contacts/${colleague.id}`)).text);
    expect(await mayCall()).toBe(true);
    const asked = await browser.post('/settings/features', { phone: 'none' });
    expect(visibleText(asked)).toContain('Calling goes off for 1 person (of 3).');
    expect(visibleText(asked)).toContain('Nothing is deleted');
    expect(visibleText(asked)).toMatch(/Before On, unless .* After Not allowed/);
    expect(await mayCall()).toBe(true);
    const saved = await confirm(browser, '/settings/features', asked, { phone: 'none' });
    expect(saved.status).toBe(303);
    expect(await mayCall()).toBe(false);
    // What people start with is remembered while nobody may have it.
    expect((await read(account)).features.phone).toEqual({ allowed: false, on: true });
    await browser.post(undoPath(await browser.follow(saved)));
    expect(await mayCall()).toBe(true);
  });

  it('is saved at once when it changes nothing for anybody', async () => {
    const { account, browser, user } = await admin();
    await app.database.query('UPDATE users SET features = ? WHERE id = ?', [
      '{"integrations":true}',
      user.id,
    ]);
    expect((await browser.post('/settings/features', { integrations: 'off' })).status).toBe(303);
    expect((await read(account)).features.integrations).toEqual({ allowed: true, on: false });
  });

  it('is asked about again when the numbers have changed since', async () => {
    const { account, browser } = await admin();
    const change = { 'external-contacts': 'none' };
    const asked = await browser.post('/settings/features', change);
    expect(visibleText(asked)).toContain('External contacts goes off for 1 person (of 1).');
    await app.aUser({ account });
    const again = await confirm(browser, '/settings/features', asked, change);
    expect(again.status).toBe(200);
    expect(visibleText(again)).toContain('The numbers have changed since you were asked.');
    expect(visibleText(again)).toContain('External contacts goes off for 2 people (of 2).');
    expect((await confirm(browser, '/settings/features', again, change)).status).toBe(303);
    expect((await read(account)).features['external-contacts'].allowed).toBe(false);
  });

  it('shows which groups decide otherwise, locked or not, and who has a value alone', async () => {
    const { account, browser, user } = await admin();
    await app.aUser({ account, features: { 'personal-contacts': false } });
    const on = { on: true, locked: true };
    const id = await aGroup(account, { 'personal-contacts': on }, [user.id], 'Sales <Nord>');
    const elsewhere = await app.anAccount();
    const foreign = await aGroup(elsewhere, { 'personal-contacts': on }, [], 'Not ours');
    const answer = await browser.get('/settings');
    expect(answer.text).toContain(`href="/user-groups/${id}"`);
    expect(answer.text).not.toContain(foreign);
    const text = visibleText(answer);
    expect(text).toContain('A user group decides otherwise for its people: Sales <Nord> on, locked');
    expect(text).toContain('1 of 2 people has it now. 1 person has a value of their own (0 on, 1 off).');
  });

  it('refuses a rule that is none', async () => {
    const { browser } = await admin();
    const answer = await browser.post('/settings/features', { phone: 'maybe' });
    expect([answer.status, field(answer, 'phone').error]).toEqual([422, 'Choose one of the list']);
  });
});

describe('the numbers of a change', () => {
  it('wait to be asked for in a large company whose groups decide too', async () => {
    const { account, browser } = await admin();
    await aGroup(account, { integrations: { on: false, locked: false } }, [], 'Sales');
    await app.database.query(
      `INSERT INTO user_counters (accountId, status, people) VALUES (?, 'active', 20001)
       ON DUPLICATE KEY UPDATE people = VALUES(people)`,
      [account.id],
    );
    const first = await browser.get('/settings');
    expect(visibleText(first)).toContain('Sales off');
    expect(visibleText(first)).not.toContain('have it now');
    const [, href] = /href="([^"]+)">Count who has each feature now</.exec(first.text) ?? [];
    const counted = visibleText(await browser.get((href ?? '').replaceAll('&#x3D;', '=')));
    expect(counted).toContain('1 of 1 people has it now.');
    expect(counted).not.toContain('Count who has');
  });

  it('are those that each person would get, whatever groups and people say', async () => {
    const account = await app.anAccount();
    const some = pseudoRandom(7);
    const bit = () => some(2) === 1;
    const own = (): FeatureChoices | null =>
      bit() ? null : Object.fromEntries(features.filter(bit).map((feature) => [feature, bit()]));
    const people = await Promise.all(
      Array.from({ length: 60 }, () =>
        app.aUser({
          account,
          status: bit() ? 'pending' : 'active',
          type: bit() ? 'licensed' : 'basic',
          features: own(),
        }),
      ),
    );
    // Not counted: nobody who is gone has anything.
    await app.aUser({ account, status: 'deactivated', type: 'licensed' });
    const inGroups = new Map<Id, GroupFeatures[]>();
    for (let count = 0; count < 8; count++) {
      const said: GroupFeatures = Object.fromEntries(
        features.filter(bit).map((feature) => [feature, { on: bit(), locked: some(3) === 0 }]),
      );
      const members = people.filter(() => some(3) === 0).map(({ id }) => id);
      for (const id of members) inGroups.set(id, [...(inGroups.get(id) ?? []), said]);
      await aGroup(account, said, members);
    }
    const rules = (): AccountFeatures =>
      Object.fromEntries(
        features.map((feature) => [feature, { allowed: some(4) > 0, on: bit() }]),
      ) as AccountFeatures;
    const tally = await app.get(FeatureTallies).of(account.id);
    expect([tally.people, tally.licensed]).toEqual([
      60,
      people.filter(({ type }) => type === 'licensed').length,
    ]);
    for (let round = 0; round < 20; round++) {
      const [before, after] = [rules(), rules()];
      const has = (said: AccountFeatures, feature: (typeof features)[number]) =>
        people.map(
          ({ id, type, features: chosen }) =>
            resolveFeatures(said, inGroups.get(id) ?? [], chosen)[feature] &&
            (feature !== 'phone' || type === 'licensed'),
        );
      const moves = movesBetween(tally, before, after);
      for (const feature of features) {
        const [had, have] = [has(before, feature), has(after, feature)];
        const move = moves.find((each) => each.feature === feature) ?? { off: 0, on: 0 };
        expect(holdersOf(tally, before)[feature]).toBe(had.filter(Boolean).length);
        expect(move).toMatchObject({
          off: had.filter((was, place) => was && !have[place]).length,
          on: had.filter((was, place) => !was && have[place]).length,
        });
      }
    }
  });
});

describe('domains of external contacts', () => {
  it('are kept in one form, each once', async () => {
    const { account, browser } = await admin();
    const answer = await browser.post('/settings/external-contacts', {
      allowedDomains: '@Example.com\r\n*.example.org, example.com\r\nSociété.fr',
      blockedDomains: 'lab.example.com;',
    });
    expect(answer.status).toBe(303);
    expect(await stored(account)).toMatchObject({
      allowedDomains: ['example.com', 'example.org', 'xn--socit-esab.fr'],
      blockedDomains: ['lab.example.com'],
    });
    expect((await browser.get('/settings')).text).toContain(
      'example.com\nexample.org\nsociété.fr</textarea>',
    );
    // The other list stays when it is not sent.
    await browser.post('/settings/external-contacts', { blockedDomains: '' });
    expect(await stored(account)).toMatchObject({ blockedDomains: [] });
    expect((await stored(account)).allowedDomains).toHaveLength(3);
  });

  it('are refused with each wrong line named, and what was typed stays', async () => {
    const { account, browser } = await admin();
    const typed = 'example.com\nada@example.org\nhttps://example.net/\n<b>bold</b>\nlocalhost';
    const answer = await browser.post('/settings/external-contacts', { allowedDomains: typed });
    expect(answer.status).toBe(422);
    const text = visibleText(answer);
    expect(text).toContain('Line 2: “ada@example.org” is an address.');
    expect(text).toContain('Line 3: “https://example.net/” is not a domain.');
    expect(text).toContain('Line 5: “localhost” has no dot.');
    expect(text).toContain(typed.replaceAll('\n', ' '));
    expect((await read(account)).settingsRevision).toBe(0);
  });

  it('are at most a thousand, and a list that is too large to be read is named so', async () => {
    const { browser } = await admin();
    const list = (count: number) => Array.from({ length: count }, (_, place) => `d${place}.com`).join('\n');
    const answer = await browser.post('/settings/external-contacts', { blockedDomains: list(1001) });
    expect([answer.status, visibleText(answer).includes('1,000 domains at most; there are 1,001')]).toEqual([
      422,
      true,
    ]);
    expect((await browser.post('/settings/external-contacts', { blockedDomains: list(1000) })).status).toBe(
      303,
    );
    expect((await browser.post('/settings/external-contacts', { blockedDomains: list(20_000) })).status).toBe(
      413,
    );
  });
});

describe('integrations', () => {
  it('are allowed for each provider', async () => {
    const { account, browser } = await admin();
    await browser.post('/settings/integrations', { google: true, exchange: true });
    expect(await stored(account)).toMatchObject({ google: true, office365: false, exchange: true });
    const { text } = await browser.get('/settings');
    const ticked = (name: string) =>
      / checked/.test(new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(text)?.[0] ?? '');
    expect(['google', 'office365', 'exchange'].map(ticked)).toEqual([true, false, true]);
  });
});

describe('two administrators at once', () => {
  it('do not get in the way of each other in different sections', async () => {
    const { account, browser } = await admin();
    const other = await anotherAdmin(account);
    const revision = hidden(await browser.get('/settings'), 'revision');
    await other.browser.post('/settings/external-contacts', { revision, blockedDomains: 'example.com' });
    expect((await browser.post('/settings/company', { revision, name: 'Atelier Sud' })).status).toBe(303);
    expect((await stored(account)).blockedDomains).toEqual(['example.com']);
    expect((await read(account)).name).toBe('Atelier Sud');
  });

  it('show the second both versions of the same section, with nothing of either lost', async () => {
    const { account, browser } = await admin();
    const other = await anotherAdmin(account);
    const form = { name: 'Atelier Nord', region: 'FR', language: 'en', timeZone: 'Europe/Paris' };
    const revision = hidden(await browser.get('/settings'), 'revision');
    const theirs = { ...form, revision, name: 'Atelier Est' };
    expect((await other.browser.post('/settings/company', theirs)).status).toBe(303);
    const mine = { ...form, revision, name: 'Atelier Ouest' };
    const answer = await browser.post('/settings/company', mine);
    expect(answer.status).toBe(409);
    const text = visibleText(answer);
    expect(text).toContain('Grace Hopper saved this part on');
    expect(text).toContain('Atelier Est As saved meanwhile');
    expect(text).toContain('Atelier Ouest As you entered it');
    expect((await read(account)).name).toBe('Atelier Est');
    const decided = { ...form, revision: hidden(answer, 'revision'), name: 'Atelier Ouest' };
    expect((await browser.post('/settings/company', decided)).status).toBe(303);
    expect((await read(account)).name).toBe('Atelier Ouest');
  });

  it('keep what only the first changed ready to stay', async () => {
    const { account, browser } = await admin();
    const other = await anotherAdmin(account);
    const form = { name: 'Atelier Nord', region: 'FR', language: 'en', timeZone: 'Europe/Paris' };
    const revision = hidden(await browser.get('/settings'), 'revision');
    await other.browser.post('/settings/company', { ...form, revision, name: 'Atelier Est' });
    const answer = await browser.post('/settings/company', { ...form, revision, timeZone: 'Europe/Rome' });
    expect(answer.status).toBe(409);
    const chosen = (id: string) =>
      / checked/.test(new RegExp(`<input[^>]*id="${id}"[^>]*>`).exec(answer.text)?.[0] ?? '');
    expect([chosen('name-theirs'), chosen('name-mine'), chosen('timeZone-mine')]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('save one after the other when both press the button at the same moment', async () => {
    const { account, browser } = await admin();
    const other = await anotherAdmin(account);
    const revision = hidden(await browser.get('/settings'), 'revision');
    await other.browser.formToken();
    const answers = await Promise.all([
      browser.post('/settings/company', { revision, name: 'Atelier Est' }),
      other.browser.post('/settings/company', { revision, name: 'Atelier Ouest' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    expect((await read(account)).settingsRevision).toBe(1);
    const both = await Promise.all([
      browser.post('/settings/external-contacts', { allowedDomains: 'example.com' }),
      other.browser.post('/settings/integrations', { google: true }),
    ]);
    expect(both.map(({ status }) => status)).toEqual([303, 303]);
    expect(await stored(account)).toMatchObject({ allowedDomains: ['example.com'], exchange: false });
    expect((await read(account)).settingsRevision).toBe(3);
  });
});

describe('a form sent twice', () => {
  it('is saved once, and the second says that there was nothing to save', async () => {
    const { account, browser } = await admin();
    const form = { revision: '0', name: 'Atelier Sud' };
    await browser.post('/settings/company', form);
    const again = await browser.post('/settings/company', form);
    expect(visibleText(await browser.follow(again))).toContain('Nothing to save');
    expect((await read(account)).settingsRevision).toBe(1);
    expect(await audits(account)).toHaveLength(1);
  });
});

describe('undoing a save', () => {
  it('gives back the values before, is an act of its own, and can be undone', async () => {
    const { account, browser } = await admin();
    const saved = await browser.post('/settings/company', { name: 'Atelier Sud' });
    const undone = await browser.post(undoPath(await browser.follow(saved)));
    expect((await read(account)).name).toBe('Atelier Nord');
    const page = await browser.follow(undone);
    expect(visibleText(page)).toContain('The settings are as they were before.');
    await browser.post(undoPath(page));
    expect((await read(account)).name).toBe('Atelier Sud');
    expect((await audits(account)).map(({ action }) => action)).toEqual([
      'settings.save',
      'settings.undo',
      'settings.undo',
    ]);
  });

  it('leaves what was changed since, and names it', async () => {
    const { account, browser } = await admin();
    const saved = await browser.post('/settings/external-contacts', {
      allowedDomains: 'example.com',
      blockedDomains: 'example.org',
    });
    const path = undoPath(await browser.follow(saved));
    await browser.post('/settings/external-contacts', { blockedDomains: 'example.net' });
    const page = await browser.follow(await browser.post(path));
    expect(visibleText(page)).toContain('except for what was changed since: Never these domains.');
    expect(await stored(account)).toMatchObject({ allowedDomains: [], blockedDomains: ['example.net'] });
  });

  it('happens once, also when asked for twice at the same moment', async () => {
    const { account, browser } = await admin();
    const path = undoPath(
      await browser.follow(await browser.post('/settings/company', { name: 'Atelier Sud' })),
    );
    const answers = await Promise.all([browser.post(path), browser.post(path)]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(await read(account)).toMatchObject({ name: 'Atelier Nord', settingsRevision: 2 });
    expect(visibleText(await browser.follow(await browser.post(path)))).toContain('This was undone already.');
  });

  it('is not possible for another company’s save, nor for what is no save', async () => {
    const { account, browser } = await admin();
    const path = undoPath(
      await browser.follow(await browser.post('/settings/company', { name: 'Atelier Sud' })),
    );
    const elsewhere = await admin();
    expect((await elsewhere.browser.post(path)).status).toBe(404);
    expect((await browser.post(`/settings/saves/${newId()}/undo`)).status).toBe(404);
    expect((await browser.post('/settings/saves/nothing/undo')).status).toBe(404);
    expect((await read(account)).name).toBe('Atelier Sud');
  });
});

describe('what a company is', () => {
  it('is shown with its people and owners; how it is closed, to owners alone', async () => {
    const { account, browser } = await admin({ name: `L'Atelier` });
    const owner = await app.signedIn({ account, role: 'owner', givenName: 'Grace', familyName: 'Hopper' });
    const foreign = await app.aUser({ role: 'owner', givenName: 'Somebody', familyName: 'Else' });
    const answer = await browser.get('/settings');
    expect(answer.text).toContain(`href="/users/${owner.user.id}"`);
    expect(answer.text).not.toContain(foreign.id);
    expect(visibleText(answer)).not.toContain('close-account');
    expect(visibleText(await owner.browser.get('/settings'))).toContain(
      String.raw`close-account --account 'L'\''Atelier'`,
    );
  });
});

/** The same numbers at each run. */
function pseudoRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}
