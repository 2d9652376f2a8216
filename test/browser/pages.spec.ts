import { type Locale } from '../../src/web/words.js';
import { startApp, type TestApp } from '../support/app.js';
import { someAddress } from '../support/browser.js';
import { accessibilityFaults, clippedFaults, sidewaysFaults, structureFaults } from './support/checks.js';
import { Chromium, inChromium, looks, nameOf, type Look, type Visitor } from './support/chromium.js';
import { aCompany, type Company } from './support/company.js';
import { setUpLink } from './support/set-up.js';

/** Google and Microsoft can be connected; nobody goes there. */
const oauthClients = {
  ...{ GOOGLE_CLIENT_ID: 'carnet', GOOGLE_CLIENT_SECRET: 'secret' },
  ...{ MICROSOFT_CLIENT_ID: 'carnet', MICROSOFT_CLIENT_SECRET: 'secret' },
};

/** Who looks at a page. */
type Who = 'visitor' | 'admin' | 'owner' | 'member' | 'alone';

interface PageUnderTest {
  name: string;
  path: (company: Company, locale: Locale) => string;
  status?: number;
  /** What to do on it first. */
  act?: (visitor: Visitor, company: Company) => Promise<void>;
}

const refuse = async ({ page }: Visitor) => {
  await page.locator('main form.form').first().locator('button:not([type=button])').last().click();
  await page.locator('.error-summary').waitFor();
};

/** What the bar leads to for one ticked person. */
const chooseBulk =
  (act: string) =>
  async ({ page }: Visitor) => {
    await page.locator('.table__tick input').last().check();
    await page.locator('.selection-bar summary').click();
    await page.locator(`.selection-bar [name=act][value=${act}]`).click();
    await page.waitForURL('**/users/runs/*');
  };

/** A page of one of the contacts the reader keeps. */
const contactPath =
  (which: keyof Company['contacts']['en'], below = '') =>
  ({ contacts }: Company, locale: Locale) =>
    `/personal-contacts/${contacts[locale][which]}${below}`;

/** A page of one of the reader's calls. */
const callPath =
  (which: keyof Company['calls']['en']) =>
  ({ calls }: Company, locale: Locale) =>
    `/calls/${calls[locale][which]}`;

const addNumberPath = (company: Company, locale: Locale) =>
  `${callPath('unknown')(company, locale)}/add-number/personal/${company.calls[locale].contact}`;

const addToTaken = async ({ page }: Visitor) => {
  await page.locator('[name=field][value=workPhone]').check();
  await page.locator('main form.form .button').first().click();
  await page.locator('.diff').waitFor();
};

const tickFirst = ({ page }: Visitor) => page.locator('.table__tick input').nth(1).check();

/** A page of one of the reader's cloud contacts. */
const cloudPath =
  (which: keyof Company['cloud']['en'], below = '') =>
  ({ cloud }: Company, locale: Locale) =>
    `/cloud-contacts/${cloud[locale][which]}${below}`;

const pages: Record<Who, PageUnderTest[]> = {
  visitor: [
    { name: 'sign in', path: () => '/login' },
    { name: 'sign in, refused', path: () => '/login', act: refuse, status: 422 },
    { name: 'forgotten password', path: () => '/forgot-password' },
    {
      name: 'forgotten password, sent',
      path: () => '/forgot-password',
      act: async ({ page }) => {
        // Another each time: an address may ask for a few links an hour.
        await page.locator('[name=email]').fill(someAddress('nobody'));
        await page.locator('main button').click();
        await page.locator('[name=email]').waitFor({ state: 'detached' });
      },
    },
    { name: 'set-up link, used', path: ({ setUp }) => setUp, status: 410 },
    { name: 'invitation', path: ({ activation }, locale) => activation[locale] },
    {
      name: 'invitation, refused',
      path: ({ activation }, locale) => activation[locale],
      act: refuse,
      status: 422,
    },
    { name: 'invitation that is no more', path: () => '/activate/AAAA', status: 410 },
    { name: 'new password', path: ({ reset }) => reset },
    { name: 'new address', path: ({ newAddress }) => newAddress },
    { name: 'new address that is no more', path: () => '/profile/email/AAAA', status: 410 },
    { name: 'help for visitors', path: () => '/help' },
    { name: 'API for other programs', path: () => '/api/docs' },
    { name: 'no more mails, asked', path: ({ news }) => news.stop },
    { name: 'no more mails, stopped', path: ({ news }) => news.stopped },
    { name: 'no more digests', path: ({ news }) => news.stopDigest },
    { name: 'sign up', path: ({ alone }) => alone.signUp },
    { name: 'sign up, refused', path: ({ alone }) => alone.signUp, act: refuse, status: 422 },
    { name: 'sign up, withdrawn', path: ({ alone }) => alone.signUpWithdrawn, status: 410 },
    { name: 'sign up, address taken', path: ({ alone }) => alone.signUpTaken, status: 409 },
    { name: 'moving, whose account', path: ({ alone }, locale) => alone.moving[locale] },
    { name: 'closed account', path: ({ alone }) => alone.reopen },
    { name: 'request by mail, sign in first', path: ({ requests }) => requests.en.confirm },
    { name: 'closed account that is no more', path: () => '/reopen/AAAA', status: 410 },
  ],
  alone: [
    { name: 'profile of an account of one', path: () => '/profile' },
    { name: 'closing an account', path: () => '/profile/closing' },
    { name: 'no requests sent yet', path: () => '/external-contacts/requests/sent' },
    { name: 'no requests received', path: () => '/external-contacts/requests' },
    { name: 'nobody blocked', path: () => '/external-contacts/blocked' },
    { name: 'no external contacts yet', path: () => '/external-contacts' },
    { name: 'no mailbox connected yet', path: () => '/cloud-contacts' },
    { name: 'no calendar connected yet', path: () => '/calendar' },
    { name: 'no conflicts', path: () => '/cloud-contacts/conflicts' },
    { name: 'no synchronizations yet', path: () => '/integrations/runs' },
    { name: 'integrations, nothing connected', path: () => '/integrations' },
    { name: 'integrations, Exchange', path: () => '/integrations/exchange' },
    { name: 'integrations, Google', path: () => '/integrations/google' },
    {
      name: 'integrations, on to Microsoft',
      path: () => '/integrations/office365',
      act: async ({ page }) => {
        await page.locator('main form.form button').click();
        await page.locator('main a[rel=noreferrer]').waitFor();
      },
    },
    { name: 'integrations, not connected', path: () => '/integrations/office365/attempts/unknown' },
    {
      name: 'integrations, Exchange, refused',
      path: () => '/integrations/exchange',
      act: async ({ page }) => {
        await page.locator('.exchange-find > summary').click();
        await page.locator('.exchange-find button:not([type=button])').click();
        await page.locator('.error-summary').waitFor();
      },
      status: 422,
    },
    {
      name: 'closing an account, refused',
      path: () => '/profile/closing',
      act: async ({ page }) => {
        await page.locator('main form.confirm .button--danger').click();
        await page.locator('.error-summary').waitFor();
      },
      status: 422,
    },
    { name: 'sign up, somebody else here', path: ({ alone }) => alone.signUp },
    { name: 'moving, what comes along', path: ({ alone }, locale) => alone.moving[locale] },
    { name: 'for companies only', path: () => '/users', status: 403 },
  ],
  admin: [
    { name: 'home', path: () => '/' },
    { name: 'contacts', path: () => '/contacts' },
    { name: 'contacts, searched', path: () => '/contacts?q=nguyen' },
    { name: 'contacts, no match', path: () => '/contacts?q=zzzz' },
    { name: 'search', path: () => '/search' },
    { name: 'search, people and pages', path: () => '/search?q=a' },
    { name: 'search, a number nobody has', path: () => '/search?q=%2B33698765432' },
    {
      name: 'search, people below the header',
      path: () => '/help?search',
      act: async ({ page, look }) => {
        await page.locator('#people-search').pressSequentially('nguyen');
        if (look.scripts === false) return;
        await page.locator('#people-options [role=option]').nth(1).waitFor();
        await page.keyboard.press('ArrowDown');
      },
    },
    { name: 'card', path: ({ colleague }) => `/contacts/${colleague.id}` },
    { name: 'own card', path: ({ admins }, locale) => `/contacts/${admins[locale].id}` },
    { name: 'person card', path: ({ colleague }) => `/people/colleague/${colleague.id}?q=%C5%BBak` },
    { name: 'profile', path: () => '/profile' },
    { name: 'my data', path: () => '/profile/my-data' },
    { name: 'own address', path: () => '/profile/email' },
    { name: 'own address, refused', path: () => '/profile/email', act: refuse, status: 422 },
    { name: 'users, active', path: () => '/users' },
    { name: 'users, pending', path: () => '/users?status=pending' },
    {
      name: 'users, pending, one ticked',
      path: () => '/users?status=pending',
      act: ({ page }) => page.locator('.table__tick input').last().check(),
    },
    { name: 'users, deactivated', path: () => '/users?status=deactivated' },
    { name: 'users, no match', path: () => '/users?q=zzzz' },
    {
      name: 'users, filtered',
      path: () => '/users?location=K%C3%B6ln&role=member&type=basic&signedIn=never&userGroup=gone',
      act: ({ page }) => page.locator('.toolbar__panel > summary').click(),
    },
    { name: 'export of users', path: () => '/users/export?columns=email%2Cid' },
    { name: 'saved views', path: () => '/users/views' },
    { name: 'saved view, new, refused', path: () => '/users/views/new?q=ada', act: refuse, status: 422 },
    { name: 'user', path: ({ colleague }) => `/users/${colleague.id}` },
    { name: 'user, pending', path: ({ pending }) => `/users/${pending.id}` },
    { name: 'user, deactivated', path: ({ deactivated }) => `/users/${deactivated.id}` },
    { name: 'user, erased', path: ({ erased }) => `/users/${erased.id}` },
    { name: 'user, to be deactivated', path: ({ colleague }) => `/users/${colleague.id}/deactivation` },
    { name: 'user, to be erased', path: ({ colleague }) => `/users/${colleague.id}/erasure` },
    {
      name: 'user, to be erased, refused',
      path: ({ colleague }) => `/users/${colleague.id}/erasure`,
      act: async ({ page }) => {
        await page.locator('main form.confirm button').click();
        await page.locator('.error-summary').waitFor();
      },
      status: 422,
    },
    { name: 'user, address', path: ({ colleague }) => `/users/${colleague.id}/address` },
    {
      name: 'user, address, refused',
      path: ({ colleague }) => `/users/${colleague.id}/address`,
      act: refuse,
      status: 422,
    },
    { name: 'user, photo', path: ({ colleague }) => `/users/${colleague.id}/photo` },
    { name: 'edit user', path: ({ colleague }) => `/users/${colleague.id}/edit` },
    { name: 'invite', path: () => '/users/new' },
    { name: 'invite, refused', path: () => '/users/new', act: refuse, status: 422 },
    { name: 'invite several', path: () => '/users/new?several' },
    {
      name: 'invite several, some refused',
      path: () => '/users/new?several',
      status: 422,
      act: async (visitor) => {
        await visitor.page.locator('[name=addresses]').fill('Ingrid <ingrid.asa@example.test>; nobody');
        await refuse(visitor);
      },
    },
    ...(['groups', 'type', 'features', 'deactivate'] as const).map((act) => ({
      name: `bulk action, ${act}`,
      path: () => '/users',
      act: chooseBulk(act),
    })),
    {
      name: 'bulk action, refused',
      path: () => '/users',
      act: async (visitor) => {
        await chooseBulk('groups')(visitor);
        await visitor.page.locator('main form.confirm button').click();
        await visitor.page.locator('.error-summary').waitFor();
      },
      status: 422,
    },
    { name: 'bulk action, being done', path: ({ runs }) => `/users/runs/${runs.working}` },
    { name: 'bulk action, done', path: ({ runs }) => `/users/runs/${runs.done}` },
    { name: 'bulk action, undone', path: ({ runs }) => `/users/runs/${runs.undone}` },
    { name: 'bulk actions', path: () => '/users/runs' },
    { name: 'deactivate from a file', path: () => '/users/deactivate' },
    { name: 'deactivate from a file, refused', path: () => '/users/deactivate', act: refuse, status: 422 },
    {
      name: 'deactivate from a file, checked',
      path: () => '/users/deactivate',
      act: async ({ page }, { colleague, pending, deactivated }) => {
        const known = [colleague, pending, deactivated].map(({ email }) => email);
        await page.locator('[name=addresses]').fill([...known, 'nobody@example.test', 'x@'].join('\n'));
        await page.locator('main form.form button').first().click();
        await page.waitForURL('**/users/runs/*');
      },
    },
    { name: 'import, file', path: () => '/users/import' },
    { name: 'import, no file chosen', path: () => '/users/import', act: refuse, status: 422 },
    { name: 'import of calls', path: () => '/calls/import' },
    { name: 'import of calls, refused', path: () => '/calls/import', act: refuse, status: 422 },
    { name: 'import, columns asked for', path: ({ imports }) => `/imports/${imports.questions}` },
    { name: 'import, columns', path: ({ imports }) => `/imports/${imports.checked}?step=columns` },
    { name: 'import, being checked', path: ({ imports }) => `/imports/${imports.checking}` },
    { name: 'import, checked', path: ({ imports }) => `/imports/${imports.clean}` },
    { name: 'import, checked, with wrong rows', path: ({ imports }) => `/imports/${imports.checked}` },
    { name: 'import, being written', path: ({ imports }) => `/imports/${imports.importing}` },
    { name: 'import, done', path: ({ imports }) => `/imports/${imports.done}` },
    { name: 'import, asked to undo', path: ({ imports }) => `/imports/${imports.done}/undo` },
    { name: 'import, undone', path: ({ imports }) => `/imports/${imports.undone}` },
    { name: 'update, file', path: () => '/users/update' },
    { name: 'update, no file chosen', path: () => '/users/update', act: refuse, status: 422 },
    { name: 'update, checked', path: ({ imports }) => `/imports/${imports.updateChecked}` },
    { name: 'update, columns', path: ({ imports }) => `/imports/${imports.updateChecked}?step=columns` },
    { name: 'update, done', path: ({ imports }) => `/imports/${imports.updateDone}` },
    { name: 'update, asked to undo', path: ({ imports }) => `/imports/${imports.updateDone}/undo` },
    { name: 'imports', path: () => '/imports' },
    { name: 'user groups', path: () => '/user-groups' },
    { name: 'user groups, no match', path: () => '/user-groups?q=zzzz' },
    { name: 'user groups, deleted', path: () => '/user-groups/deleted' },
    { name: 'new user group, refused', path: () => '/user-groups/new', act: refuse, status: 422 },
    { name: 'user group', path: ({ groups }) => `/user-groups/${groups.user}` },
    { name: 'user group, settings', path: ({ groups }) => `/user-groups/${groups.user}/settings` },
    {
      name: 'user group, what its settings change',
      path: ({ groups }) => `/user-groups/${groups.user}/settings`,
      act: async ({ page }) => {
        await page.locator('#feature-personal-contacts').selectOption('personal-contacts:off-locked');
        await page.locator('main form.form button').first().click();
        await page.locator('.groups-effects').waitFor();
      },
    },
    { name: 'user group, people to add', path: ({ groups }) => `/user-groups/${groups.user}/members/new` },
    {
      name: 'user group, list added',
      path: ({ groups }) => `/user-groups/${groups.user}/members/new`,
      act: async ({ page }) => {
        await page.locator('[name=addresses]').fill('nobody@example.test; no address');
        await page.locator('main form.form button').first().click();
        await page.locator('.groups-missing').waitFor();
      },
    },
    { name: 'chat groups', path: () => '/chat-groups' },
    { name: 'chat groups, deleted', path: () => '/chat-groups/deleted' },
    { name: 'new chat group', path: () => '/chat-groups/new' },
    { name: 'chat group', path: ({ groups }) => `/chat-groups/${groups.chat}` },
    { name: 'chat group, restricted', path: ({ groups }) => `/chat-groups/${groups.restricted}` },
    { name: 'chat group, renaming', path: ({ groups }) => `/chat-groups/${groups.chat}/edit` },
    { name: 'chat group, kind', path: ({ groups }) => `/chat-groups/${groups.chat}/kind` },
    {
      name: 'chat group, what its kind changes',
      path: ({ groups }) => `/chat-groups/${groups.chat}/kind`,
      act: async ({ page }) => {
        await page.locator('[name=kind][value=restricted]').check();
        await page.locator('main form.form button').first().click();
        await page.locator('.groups-effects').waitFor();
      },
    },
    { name: 'directory as, choosing', path: () => '/directory-as?q=a' },
    { name: 'directory as', path: ({ members }) => `/users/${members.en.id}/directory` },
    { name: 'directory as, of a pending', path: ({ pending }) => `/users/${pending.id}/directory` },
    { name: 'directory as, missing', path: ({ members }) => `/users/${members.en.id}/directory/missing` },
    {
      name: 'directory as, why missing',
      path: ({ members }) => `/users/${members.en.id}/directory/missing?q=a`,
    },
    {
      name: 'directory as, card',
      path: ({ members, colleague }) => `/users/${members.en.id}/directory/${colleague.id}`,
    },
    { name: 'calls', path: () => '/calls' },
    { name: 'calls, one ticked', path: () => '/calls?tab=missed', act: tickFirst },
    { name: 'calls, no match', path: () => '/calls?q=zzzz' },
    { name: 'calls with somebody', path: () => '/calls?with=%2B33612345678' },
    { name: 'calls, deleted', path: () => '/calls/trash' },
    { name: 'calls, voicemails', path: () => '/calls?tab=voicemail' },
    { name: 'call, known', path: callPath('known') },
    { name: 'call, unknown', path: callPath('unknown') },
    { name: 'call, voicemail', path: callPath('voicemail') },
    { name: 'call, deleted', path: callPath('deleted') },
    {
      name: 'number to add',
      path: (company, locale) => `${callPath('unknown')(company, locale)}/add-number?q=a`,
    },
    {
      name: 'number to add, nobody',
      path: (company, locale) => `${callPath('unknown')(company, locale)}/add-number`,
    },
    { name: 'number to add, field', path: addNumberPath },
    { name: 'number to add, field taken', path: addNumberPath, act: addToTaken, status: 422 },
    { name: 'personal contacts', path: () => '/personal-contacts' },
    {
      name: 'personal contacts, one ticked',
      path: ({ kept }, locale) => `/personal-contacts?group=${kept[locale].group}`,
      act: async ({ page }) => {
        // The first row: the bar lies over nothing then.
        await page.locator('.table__tick input').nth(1).check();
      },
    },
    {
      name: 'personal contacts, groups open',
      path: () => '/personal-contacts?starred=1',
      act: async ({ page }) => {
        const groups = page.locator('.contacts__menu summary');
        if (await groups.isVisible()) await groups.click();
      },
    },
    { name: 'personal contacts, all that match', path: () => '/personal-contacts?letter=a&all=matching' },
    { name: 'personal contacts, no match', path: () => '/personal-contacts?q=zzzz' },
    { name: 'export of contacts', path: () => '/personal-contacts/export?starred=1' },
    {
      name: 'personal contacts, empty group',
      path: ({ kept }, locale) => `/personal-contacts?group=${kept[locale].emptyGroup}`,
    },
    {
      name: 'personal contacts, groups for many',
      path: () => '/personal-contacts/selection/groups?all=matching&list=/personal-contacts',
    },
    {
      name: 'personal contacts, groups for many, refused',
      path: () => '/personal-contacts/selection/groups?all=matching&list=/personal-contacts',
      act: refuse,
      status: 422,
    },
    { name: 'contact groups', path: () => '/personal-contacts/groups' },
    {
      name: 'new contact group, refused',
      path: () => '/personal-contacts/groups/new',
      act: refuse,
      status: 422,
    },
    {
      name: 'contact group, renaming',
      path: ({ kept }, locale) => `/personal-contacts/groups/${kept[locale].group}/edit`,
    },
    {
      name: 'contact group, merging',
      path: ({ kept }, locale) => `/personal-contacts/groups/${kept[locale].group}/merge`,
    },
    { name: 'contact duplicates, none safe', path: () => '/personal-contacts/duplicates' },
    { name: 'contact duplicates, to decide', path: () => '/personal-contacts/duplicates?list=decide' },
    {
      name: 'contact duplicates, compared and refused',
      path: () => '/personal-contacts/duplicates?list=decide',
      status: 422,
      act: async (visitor) => {
        await visitor.page.locator('.duplicate__acts a').first().click();
        for (const box of await visitor.page.locator('[name=contacts]').all()) await box.uncheck();
        await refuse(visitor);
      },
    },
    { name: 'cloud contacts', path: () => '/cloud-contacts' },
    {
      name: 'cloud contacts, deep folder, one ticked',
      path: ({ cloud }, locale) => `/cloud-contacts?folder=${cloud[locale].deepFolder}`,
      act: async ({ page }) => {
        await page.locator('.table__tick input').nth(1).check();
      },
    },
    {
      name: 'cloud contacts, folders open',
      path: ({ cloud }, locale) => `/cloud-contacts?folder=${cloud[locale].deepFolder}&sort=-name`,
      act: async ({ page }) => {
        const folders = page.locator('.contacts__menu summary').first();
        if (await folders.isVisible()) await folders.click();
      },
    },
    {
      name: 'cloud contacts, empty folder',
      path: ({ cloud }, locale) => `/cloud-contacts?folder=${cloud[locale].emptyFolder}`,
    },
    { name: 'cloud contacts, not taken', path: () => '/cloud-contacts?state=refused' },
    {
      name: 'cloud contacts, moving',
      path: () => '/cloud-contacts/selection/folder?all=matching&list=/cloud-contacts',
    },
    { name: 'cloud contact', path: cloudPath('whole') },
    { name: 'cloud contact, not taken', path: cloudPath('refused') },
    { name: 'cloud contact, deleted', path: cloudPath('binned') },
    { name: 'new cloud contact, refused', path: () => '/cloud-contacts/new', act: refuse, status: 422 },
    { name: 'edit cloud contact', path: cloudPath('whole', '/edit') },
    {
      name: 'cloud contact, two versions',
      path: cloudPath('changed', '/edit'),
      act: async ({ page }, { cloud }) => {
        const from = Object.values(cloud)[0].changedFrom;
        await page
          .locator('[name=revision]')
          .evaluate((input, value) => ((input as HTMLInputElement).value = value), from);
        await page.locator('[name=organization]').fill('Ici');
        await page.locator('main form.form button').last().click();
        await page.locator('.choices').first().waitFor();
      },
      status: 409,
    },
    {
      name: 'integrations',
      path: () => '/integrations',
      act: ({ page }) => page.locator('.connection__permissions > summary').first().click(),
    },
    {
      name: 'integrations, disconnecting',
      path: ({ cloud }, locale) => `/integrations/${cloud[locale].mailbox}/disconnection`,
    },
    {
      name: 'integrations, signing in again',
      path: ({ cloud }, locale) => `/integrations/${cloud[locale].mailbox}/sign-in`,
    },
    { name: 'conflicts', path: () => '/cloud-contacts/conflicts' },
    { name: 'calendar', path: () => '/calendar' },
    { name: 'calendar, day', path: ({ calendar }, l) => `/calendar?view=day&on=${calendar[l].day}` },
    { name: 'calendar, week', path: ({ calendar }, l) => `/calendar?view=week&on=${calendar[l].day}` },
    { name: 'calendar, beyond what is kept', path: () => '/calendar?view=week&on=2031-01-01' },
    { name: 'calendar, event', path: ({ calendar }, l) => `/calendar/${calendar[l].event}` },
    { name: 'calendar, private event', path: ({ calendar }, l) => `/calendar/${calendar[l].privateEvent}` },
    { name: 'calendar, choice', path: () => '/calendar/calendars' },
    { name: 'synchronizations', path: () => '/integrations/runs' },
    { name: 'synchronization', path: ({ sync }, locale) => `/integrations/runs/${sync[locale].run}` },
    { name: 'synchronization, failed', path: ({ sync }, l) => `/integrations/runs/${sync[l].failed}` },
    { name: 'synchronization, undoing', path: ({ sync }, l) => `/integrations/runs/${sync[l].run}/undo` },
    { name: 'many deletions', path: ({ sync }, locale) => `/integrations/${sync[locale].mailbox}/brake` },
    {
      name: 'many deletions, nothing to decide',
      path: ({ cloud }, locale) => `/integrations/${cloud[locale].mailbox}/brake`,
    },
    { name: 'deleted cloud contacts', path: () => '/cloud-contacts/trash' },
    { name: 'deleted cloud contacts, erasing', path: () => '/cloud-contacts/trash/erasure' },
    { name: 'notifications', path: () => '/notifications' },
    { name: 'notifications, unread', path: () => '/notifications?show=unread' },
    { name: 'digest', path: () => '/profile/notifications' },
    { name: 'mail, quoted', path: ({ news }) => `/mail/${news.quoted}` },
    { name: 'mails', path: () => '/mail' },
    { name: 'mails, no match', path: () => '/mail?q=zzzz' },
    { name: 'mail', path: ({ mailId }) => `/mail/${mailId}` },
    { name: 'settings', path: () => '/settings' },
    {
      name: 'settings, refused',
      path: () => '/settings',
      status: 422,
      act: async ({ page }) => {
        await page.locator('#allowedDomains').fill('example.com\nada@example.org');
        await page.locator('#external-contacts form button').click();
        await page.locator('.error-summary').waitFor();
      },
    },
    {
      name: 'settings, what calling leads to',
      path: () => '/settings?preset=rocket-chat#reach',
      act: async ({ page }) => {
        await page.locator('#callPattern').fill('sip:{number}@pbx.nord.example');
        await page.locator('#reach-preview a[href$="@pbx.nord.example"]').waitFor();
      },
    },
    {
      name: 'settings, what changes',
      path: () => '/settings',
      act: async ({ page }) => {
        await page.locator('#feature-external-contacts').selectOption('none');
        await page.locator('#features form button').click();
        await page.locator('.settings-confirm').waitFor();
      },
    },
    { name: 'connections of the company', path: () => '/company/integrations' },
    {
      name: 'connections of the company, no match',
      path: () => '/company/integrations?q=nobody&state=long&provider=exchange',
    },
    {
      name: 'connections of the company, disconnecting without the tick',
      path: () => '/company/integrations',
      status: 422,
      act: async ({ page }) => {
        await page.locator('.table__tick input').last().check();
        await page.locator('.selection-bar__actions button').click();
        await page.locator('.confirm button').click();
        await page.locator('.error-summary').waitFor();
      },
    },
    { name: 'external contacts of the company', path: () => '/company/external-contacts' },
    {
      name: 'external contacts of the company, one ticked',
      path: () => '/company/external-contacts?sort=contact&standing=here',
      act: async ({ page }) => page.locator('.table__tick input').last().check(),
    },
    {
      name: 'external contacts of the company, all that match',
      path: () => '/company/external-contacts?q=a&all=matching',
    },
    {
      name: 'external contacts of the company, no match',
      path: () => '/company/external-contacts?q=nobody@example.com',
    },
    {
      name: 'external contacts of the company, ending',
      path: () => '/company/external-contacts/removal?all=matching',
    },
    {
      name: 'external contacts of the company, ending without the tick',
      path: () => '/company/external-contacts/removal?all=matching',
      status: 422,
      act: async ({ page }) => {
        await page.locator('.confirm button').click();
        await page.locator('.error-summary').waitFor();
      },
    },
    { name: 'external contacts of the company, ended', path: () => '/company/external-contacts/removals' },
    { name: 'waiting requests of the company', path: () => '/company/external-contacts/requests' },
    {
      name: 'waiting requests of the company, no match',
      path: () => '/company/external-contacts/requests?q=zzzz',
    },
    {
      name: 'user with external contacts',
      path: ({ members }, locale) => `/users/${members[locale].id}`,
    },
    {
      name: 'settings, what outsiders see',
      path: () => '/settings#external-contacts',
      act: async ({ page }) => {
        for (const field of ['jobTitle', 'photo', 'department'])
          await page.locator(`[name=outsiderFields][value=${field}]`).click();
      },
    },
    { name: 'audit log', path: () => '/audit-log' },
    { name: 'audit log, no match', path: () => '/audit-log?q=zzzz' },
    { name: 'audit log, no such day', path: () => '/audit-log?from=2026-02-31', status: 422 },
    {
      name: 'audit log, one act',
      path: () => '/audit-log?action=users.edit',
      act: async ({ page }) => {
        await page.locator('.audit-table .table__link').first().click();
        await page.locator('#changes').waitFor();
      },
    },
    { name: 'checklist', path: () => '/checklist' },
    { name: 'help', path: () => '/help' },
    { name: 'style guide', path: () => '/styleguide' },
    { name: 'nothing here', path: () => '/nothing-here', status: 404 },
    { name: 'nobody here', path: () => '/contacts/01900000-0000-7000-8000-000000000000', status: 404 },
  ],
  owner: [
    { name: 'role', path: ({ colleague }) => `/users/${colleague.id}/role` },
    {
      name: 'role, second step',
      path: ({ colleague }) => `/users/${colleague.id}/role`,
      act: async ({ page }) => {
        await page.locator('[name=role][value=admin]').check();
        await page.locator('main form.form button').first().click();
        await page.locator('[name=confirmed]').waitFor({ state: 'attached' });
      },
    },
    { name: 'erased for good, asked', path: ({ erased }) => `/users/${erased.id}/erasure/final` },
    { name: 'API tokens, new, refused', path: () => '/settings/tokens/new', act: refuse, status: 422 },
    {
      name: 'API tokens, made',
      path: () => '/settings/tokens/new',
      act: async ({ page }) => {
        await page.locator('[name=name]').fill('Asterisk');
        await page.locator('[name=scopes]').first().check();
        await page.locator('main form.form .buttons button').click();
        await page.locator('.code-box').first().waitFor();
      },
    },
    { name: 'API tokens', path: () => '/settings/tokens' },
    {
      name: 'API tokens, revoking',
      path: () => '/settings/tokens',
      act: async ({ page }) => {
        await page.locator('.table__actions summary').first().click();
        await page.locator('.menu__item--danger').first().click();
        await page.locator('[name=confirmed]').waitFor({ state: 'attached' });
      },
    },
    { name: 'API for other programs, signed in', path: () => '/api/docs' },
    { name: 'personal contact', path: contactPath('full') },
    { name: 'personal contact, name alone', path: contactPath('bare') },
    { name: 'personal contact, in the bin', path: contactPath('binned') },
    { name: 'personal contact, photo', path: contactPath('full', '/photo') },
    { name: 'personal contact, edit', path: contactPath('full', '/edit') },
    {
      name: 'personal contact, edited twice',
      path: contactPath('edited', '/edit'),
      status: 409,
      act: async ({ page }) => {
        // As the second of two windows has it.
        await page.locator('[name=revision]').evaluate((input) => input.setAttribute('value', '999'));
        await page.locator('[name=displayName]').fill('Ada King');
        await page.locator('main form.form button:not([type=button])').last().click();
        await page.locator('[id$=-theirs]').first().waitFor();
      },
    },
    { name: 'personal contact, new', path: () => '/personal-contacts/new' },
    {
      name: 'personal contact, new, refused',
      path: () => '/personal-contacts/new',
      act: refuse,
      status: 422,
    },
    { name: 'bin of contacts', path: () => '/personal-contacts/trash' },
    {
      name: 'bin of contacts, one ticked',
      path: () => '/personal-contacts/trash',
      act: ({ page }) => page.locator('.table__tick input').last().check(),
    },
    { name: 'bin of contacts, no match', path: () => '/personal-contacts/trash?q=zzzz' },
    { name: 'bin of contacts, to be emptied', path: () => '/personal-contacts/trash/erasure' },
  ],
  member: [
    { name: 'home on a first day', path: () => '/' },
    { name: 'contacts of a member', path: () => '/contacts' },
    { name: 'no starred colleagues', path: () => '/contacts?starred=1' },
    { name: 'requests received', path: () => '/external-contacts/requests' },
    {
      name: 'requests received, one ticked',
      path: () => '/external-contacts/requests',
      act: ({ page }) => page.locator('.table__tick input').last().check(),
    },
    { name: 'requests answered', path: () => '/external-contacts/requests?state=answered' },
    { name: 'people blocked', path: () => '/external-contacts/blocked' },
    { name: 'request by mail', path: ({ requests }, locale) => requests[locale].confirm },
    { name: 'request by mail, somebody else', path: ({ requests }, locale) => requests[locale].other },
    {
      name: 'request by mail, withdrawn',
      path: ({ requests }, locale) => requests[locale].withdrawn,
      status: 410,
    },
    { name: 'no personal contacts yet', path: () => '/personal-contacts' },
    { name: 'administrators only', path: () => '/users', status: 403 },
    { name: 'external contacts', path: () => '/external-contacts' },
    {
      name: 'external contacts, one ticked',
      path: () => '/external-contacts?sort=company',
      act: ({ page }) => page.locator('.table__tick input').nth(1).check(),
    },
    { name: 'external contacts, all that match', path: () => '/external-contacts?q=a&all=matching' },
    { name: 'external contacts, no match', path: () => '/external-contacts?q=zzzz' },
    {
      name: 'external contacts, in a folder',
      path: ({ external }, l) => `/external-contacts?folder=${external[l].folder}`,
    },
    { name: 'external contacts, no longer', path: () => '/external-contacts?former=1' },
    {
      name: 'external contacts, choosing folders',
      path: ({ external }, locale) => `/external-contacts/selection/folders?ids=${external[locale].here}`,
    },
    {
      name: 'external contact',
      path: ({ external }, locale) => `/external-contacts/${external[locale].here}`,
    },
    {
      name: 'external contact, note refused',
      path: ({ external }, locale) => `/external-contacts/${external[locale].here}`,
      status: 422,
      act: async ({ page }) => {
        await page.locator('#note').evaluate((note) => note.removeAttribute('maxlength'));
        await page.locator('#note').fill('x'.repeat(2001));
        await page.locator('main form[action$="/note"] button').click();
        await page.locator('.error-summary').waitFor();
      },
    },
    {
      name: 'external contact, two versions of the note',
      path: ({ external }, locale) => `/external-contacts/${external[locale].here}`,
      status: 409,
      act: async ({ page }) => {
        await page.locator('main [name=revision]').evaluate((field) => field.setAttribute('value', '1'));
        await page.locator('#note').fill('Another note');
        await page.locator('main form[action$="/note"] button').click();
        await page.locator('.choices').waitFor();
      },
    },
    {
      name: 'external contact, gone',
      path: ({ external }, locale) => `/external-contacts/${external[locale].gone}`,
    },
    {
      name: 'external contact, removed',
      path: ({ external }, l) => `/external-contacts/${external[l].removed}`,
    },
    {
      name: 'external contact, left',
      path: ({ external }, locale) => `/external-contacts/${external[locale].left}`,
    },
    { name: 'external folders', path: () => '/external-contacts/folders' },
    { name: 'new external folder', path: () => '/external-contacts/folders/new' },
    {
      name: 'external folder, renaming',
      path: ({ external }, locale) => `/external-contacts/folders/${external[locale].folder}/edit`,
    },
    { name: 'requests sent', path: () => '/external-contacts/requests/sent' },
    {
      name: 'requests sent, one ticked',
      path: () => '/external-contacts/requests/sent',
      act: ({ page }) => page.locator('.table__tick input[name=ids]').last().check(),
    },
    { name: 'requests sent, no match', path: () => '/external-contacts/requests/sent?q=zzzz' },
    { name: 'invite outside', path: () => '/external-contacts/invite?email=grace%40navy.example' },
    { name: 'invite outside, refused', path: () => '/external-contacts/invite', act: refuse, status: 422 },
    {
      name: 'invite outside, some refused',
      path: () => '/external-contacts/invite',
      status: 422,
      act: async (visitor) => {
        await visitor.page.locator('[name=email]').fill('grace@navy.example; nobody, ada@localhost');
        await visitor.page.locator('[name=message]').fill('x'.repeat(501));
        await refuse(visitor);
      },
    },
    { name: 'personal import, file', path: () => '/personal-contacts/import' },
    {
      name: 'personal import, no file chosen',
      path: () => '/personal-contacts/import',
      act: async (visitor) => {
        await visitor.page.locator('main form.form button').last().click();
        await visitor.page.locator('.error-summary').waitFor();
      },
      status: 422,
    },
    ...(['checked', 'updating', 'questions', 'done', 'undone', 'refused'] as const).map((step) => ({
      name: `personal import, ${step}`,
      path: ({ contactImports }: Company, locale: Locale) => `/imports/${contactImports[locale][step]}`,
    })),
    {
      name: 'personal import, columns',
      path: ({ contactImports }, locale) => `/imports/${contactImports[locale].columns}?step=columns`,
    },
    {
      name: 'personal import, asked to undo',
      path: ({ contactImports }, locale) => `/imports/${contactImports[locale].done}/undo`,
    },
    { name: 'replacing contacts, file', path: () => '/personal-contacts/replace' },
    {
      name: 'replacing contacts, no file chosen',
      path: () => '/personal-contacts/replace',
      act: async ({ page }) => {
        await page.locator('main form[enctype] button').last().click();
        await page.locator('.error-summary').waitFor();
      },
      status: 422,
    },
    ...(['replaceChecked', 'replaceDone'] as const).map((step) => ({
      name: `replacing contacts, ${step}`,
      path: ({ contactImports }: Company, locale: Locale) => `/imports/${contactImports[locale][step]}`,
    })),
    { name: 'imports of a member', path: () => '/imports' },
    { name: 'no notifications', path: () => '/notifications' },
  ],
};

inChromium('every page', () => {
  let app: TestApp;
  let chromium: Chromium;
  let company: Company;

  beforeAll(async () => {
    [app, chromium] = await Promise.all([startApp({ env: oauthClients }), Chromium.launch()]);
  }, 60_000);
  afterAll(async () => {
    await chromium?.close();
    await app?.close();
  });

  /** A page after which nothing else can be found wrong. */
  async function expectGood(visitor: Visitor, look: Look, status?: number): Promise<void> {
    const { page, watch } = visitor;
    // Asked together and answered in this order; told together, so that one fault does not hide another.
    const [structure, sideways, accessibility] = await Promise.all([
      structureFaults(page, look.locale),
      sidewaysFaults(page),
      accessibilityFaults(page),
    ]);
    const found = { structure, sideways, accessibility, console: watch.take(status) };
    expect(found).toEqual({ structure: [], sideways: [], accessibility: [], console: [] });
  }

  describe.each(looks.map((look) => [nameOf(look), look] as const))('%s, no company yet', (_, look) => {
    it('set-up: accessible, within its window, nothing on the console', async () => {
      const visitor = await chromium.visitor(app.url, look);
      expect(await visitor.open(await setUpLink(app))).toBe(200);
      await expectGood(visitor, look);
      await refuse(visitor);
      await expectGood(visitor, look, 422);
      await visitor.leave();
    }, 30_000);
  });

  /** Somebody with a browser of their own, signed in. */
  async function arrive(who: Who, look: Look, browser = chromium): Promise<Visitor> {
    const visitor = await browser.visitor(app.url, look);
    if (who !== 'visitor') {
      const { admins: admin, owners: owner, members: member, alone } = company;
      const people = { admin, owner, member, alone: alone.people }[who];
      await visitor.signIn(people[look.locale].email);
    }
    return visitor;
  }

  /** Opens a page and brings it into its state. */
  async function show(visitor: Visitor, { path, act, status = 200 }: PageUnderTest, locale: Locale) {
    const answered = await visitor.open(path(company, locale));
    expect(answered).toBe(act ? 200 : status);
    await act?.(visitor, company);
  }

  describe('founded', () => {
    beforeAll(async () => {
      company = await aCompany(app);
    }, 60_000);

    describe.each(looks.map((look) => [nameOf(look), look] as const))('%s', (_, look) => {
      describe.each(Object.keys(pages) as Who[])('%s', (who) => {
        let visitor: Visitor;
        beforeAll(async () => {
          visitor = await arrive(who, look);
        }, 30_000);
        afterAll(() => visitor?.leave());

        it.each(pages[who].map((page) => [page.name, page] as const))(
          '%s: accessible, within its window, nothing on the console',
          async (_name, page) => {
            await show(visitor, page, look.locale);
            await expectGood(visitor, look, page.status);
          },
          30_000,
        );
      });
    });

    /** One page of each kind: list, card, form, table of a check, plain page. */
    const oneOfEachKind: ['visitor' | 'admin', string][] = [
      ['visitor', 'sign in, refused'],
      ['admin', 'contacts'],
      ['admin', 'card'],
      ['admin', 'profile'],
      ['admin', 'users, pending'],
      ['admin', 'invite'],
      ['admin', 'import, checked, with wrong rows'],
      ['admin', 'help'],
      ['admin', 'calls, voicemails'],
      ['admin', 'search, people and pages'],
    ];

    describe('text of twice the size', () => {
      let large: Chromium;
      let readers: Record<'visitor' | 'admin', Visitor>;
      beforeAll(async () => {
        large = await Chromium.launch({ fontSize: 32 });
        const look = { locale: 'fr', scheme: 'light', width: 1280 } as const;
        readers = {
          visitor: await arrive('visitor', look, large),
          admin: await arrive('admin', look, large),
        };
      }, 30_000);
      afterAll(() => large?.close());

      it.each(oneOfEachKind)(
        '%s, %s: nothing is cut off or pushed aside',
        async (who, name) => {
          const page = pages[who].find((each) => each.name === name);
          if (!page) throw new Error(`There is no page ${name}`);
          await show(readers[who], page, 'fr');
          for (const width of [1280, 640, 320]) {
            await readers[who].page.setViewportSize({ width, height: 900 });
            expect([width, await sidewaysFaults(readers[who].page)]).toEqual([width, []]);
            expect([width, await clippedFaults(readers[who].page)]).toEqual([width, []]);
          }
        },
        30_000,
      );
    });

    it('keeps borders, ticks and the current page visible in forced colours', async () => {
      const visitor = await arrive('admin', {
        locale: 'en',
        scheme: 'dark',
        width: 1280,
        forcedColors: 'active',
      });
      await visitor.open('/users?status=pending');
      await visitor.page.locator('.table__tick input').last().check();
      await visitor.page.locator('.toolbar [type=search]').focus();
      const seen = await visitor.page.evaluate(() => {
        const style = (selector: string) => getComputedStyle(document.querySelector(selector) as Element);
        const edge = (selector: string) =>
          parseFloat(style(selector).borderTopWidth) > 0 && style(selector).borderTopStyle !== 'none';
        return {
          field: edge('.toolbar [type=search]'),
          button: edge('.page-head .button:not(.button--secondary)'),
          focus: parseFloat(style(':focus').outlineWidth) > 0 && style(':focus').outlineStyle !== 'none',
        };
      });
      expect(seen).toEqual({ field: true, button: true, focus: true });
      expect(await sidewaysFaults(visitor.page)).toEqual([]);
      expect(visitor.watch.take()).toEqual([]);
      await visitor.leave();
    }, 30_000);

    it('does not move for those who asked for stillness', async () => {
      const visitor = await arrive('admin', { locale: 'en', scheme: 'light', width: 1280, motion: 'reduce' });
      for (const path of ['/contacts', `/imports/${company.imports.checking}`, '/styleguide']) {
        await visitor.open(path);
        const moving = await visitor.page.evaluate(() =>
          document
            .getAnimations()
            .filter(({ effect }) => Number(effect?.getComputedTiming().duration) > 10)
            .map(({ effect }) => (effect as KeyframeEffect).target?.outerHTML.slice(0, 80)),
        );
        expect(moving).toEqual([]);
      }
      await visitor.leave();
    }, 30_000);
  });
});
