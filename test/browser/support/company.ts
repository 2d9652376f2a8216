import { type Account } from '../../../src/accounts/account.entity.js';
import { AddressChanges } from '../../../src/accounts/address-changes.service.js';
import { GroupMembers } from '../../../src/accounts/group-members.service.js';
import { Groups } from '../../../src/accounts/groups.service.js';
import { OneTimeLink } from '../../../src/accounts/one-time-link.entity.js';
import { OneTimeLinks } from '../../../src/accounts/one-time-links.service.js';
import { Invitations } from '../../../src/accounts/invitations.service.js';
import { People } from '../../../src/accounts/people.service.js';
import { type Status, type User } from '../../../src/accounts/user.entity.js';
import { type Id } from '../../../src/database/id.js';
import { inTransaction } from '../../../src/database/transaction.js';
import { Import, type ImportState } from '../../../src/imports/import.entities.js';
import { JobsWorker } from '../../../src/jobs/jobs.worker.js';
import { noFacts, type Actor } from '../../../src/journal/actor.js';
import { MailSender } from '../../../src/mail/mail-sender.js';
import { type Act, type Choice } from '../../../src/user-management/runs/acts.js';
import { RunPeople } from '../../../src/user-management/runs/run-people.query.js';
import { RunWork } from '../../../src/user-management/runs/run-work.service.js';
import { UserRuns } from '../../../src/user-management/runs/user-runs.service.js';
import { SavedViews } from '../../../src/user-management/saved-views/saved-views.service.js';
import { readListState } from '../../../src/user-management/user-list.state.js';
import { type Locale } from '../../../src/web/words.js';
import { type TestApp } from '../../support/app.js';
import { field, type Browser } from '../../support/browser.js';
import { busyPerson, calendarPages, type CalendarPages } from './calendar.js';
import { someCalls, type SomeCalls } from './calls.js';
import { endedByCompany } from './company-removals.js';
import { contactImportsOf, type ContactImports } from './contact-imports.js';
import { externalContacts, type ExternalCards } from './external-contacts.js';
import { someNews, type SomeNews } from './news.js';
import { receivedRequests, type ReceivedPages } from './external-requests.js';
import { cloudContacts, type CloudPages } from './cloud-contacts.js';
import { kept } from '../../personal-contacts/keeping.js';
import { keptContacts, type KeptContacts } from './personal-contacts.js';
import { personalAccounts, type Alone } from './personal-accounts.js';
import { setUpLink } from './set-up.js';
import { requestsSent } from './requests-sent.js';
import { singleContacts, type SingleContacts } from './single-contacts.js';
import { syncHistory, type SyncPages } from './sync-history.js';

/** A company with people in every state and imports at every step, for pages to show. */
export interface Company {
  account: Account;
  /** The set-up link, which led here once. */
  setUp: string;
  /** Administrators, one of each language. */
  admins: Record<Locale, User>;
  owners: Record<Locale, User>;
  members: Record<Locale, User>;
  colleague: User;
  pending: User;
  deactivated: User;
  /** In the bin. */
  erased: User;
  /** Invited in each language; paths of their links. */
  activation: Record<Locale, string>;
  reset: string;
  /** Path of the link that confirms another address for the colleague. */
  newAddress: string;
  mailId: Id;
  groups: Record<'user' | 'chat' | 'restricted', Id>;
  imports: Imports;
  /** Of the members. */
  contactImports: Record<Locale, ContactImports>;
  runs: Runs;
  /** Of the administrators. */
  kept: Record<Locale, KeptContacts>;
  /** Of the administrators. */
  cloud: Record<Locale, CloudPages>;
  sync: Record<Locale, SyncPages>;
  /** Of the administrators. */
  calendar: Record<Locale, CalendarPages>;
  /** Contacts of the owners, in each of their states. */
  contacts: Record<Locale, SingleContacts>;
  /** Of the administrators. */
  calls: Record<Locale, SomeCalls>;
  alone: Alone;
  /** Requests to the members. */
  requests: Record<Locale, ReceivedPages>;
  /** Of the members. */
  external: Record<Locale, ExternalCards>;
  news: SomeNews;
}

type Imports = Record<
  | ('questions' | 'checking' | 'checked' | 'clean' | 'importing' | 'done' | 'undone' | 'refused')
  | ('updateChecked' | 'updateDone'),
  Id
>;

/** Bulk actions: one that works, one with people left out, one that was undone. */
type Runs = Record<'working' | 'done' | 'undone', Id>;

/** Names as they come: short, long, with accents and hyphens, in other scripts. */
const names = [
  ['Noémie', 'Le Guen'],
  ['Jean-François', 'du Châtelet de la Rochefoucauld-Montbéliard'],
  ['Mai', 'Đỗ'],
  ['Văn Hùng', 'Nguyễn'],
  ['Łukasz', 'Żak'],
  ['Søren', 'Nygård'],
  ['敏', '司马'],
  ['Åsa', 'Öberg'],
  ['Zoé', 'Œuvrard'],
  ['Anne', 'Müller'],
] as const;

export async function aCompany(app: TestApp): Promise<Company> {
  const account = await app.anAccount({
    chatPattern: 'https://matrix.to/#/@{user}:nord.example',
    meetPattern: 'https://meet.nord.example/{email}',
  });
  const someone = (fields: Partial<User>) => app.aUser({ account, ...fields });
  const admins = {
    en: await someone({ role: 'admin', language: 'en', givenName: 'Ellen', familyName: 'Admin' }),
    fr: await someone({ role: 'owner', language: 'fr', givenName: 'Élodie', familyName: 'Propriétaire' }),
  };
  const owners = { en: await someone({ role: 'owner', language: 'en' }), fr: admins.fr };
  const members = { en: await someone({ language: 'en' }), fr: await someone({ language: 'fr' }) };
  // More than one page of a list.
  for (let i = 0; i < 50; i++) {
    const [givenName, familyName] = names[i % names.length] ?? names[0];
    const features = i % 3 === 0 ? { phone: true } : null;
    await someone({ ...aJob(i), givenName, familyName, features });
  }
  const colleague = await someone({
    ...{ ...aJob(1), givenName: 'Camille', familyName: 'Lefèvre', managerId: admins.en.id },
    ...{ mobilePhone: '+33612345678', extension: '4711', features: { phone: true } },
  });
  const leaver = { givenName: 'Gaël', familyName: 'Parti', status: 'deactivated' } as const;
  const deactivated = await someone({ ...aJob(3), ...leaver, deactivatedAt: new Date() });
  const erased = await someone({ ...aJob(4), familyName: 'Effacé', status: 'erased', deletedAt: new Date() });

  const actor = { ...admins.fr, displayName: 'Élodie Propriétaire' } satisfies Actor;
  const people = app.get(People);
  const invitations = app.get(Invitations);
  const groups = { userGroups: ['Direction générale'], chatGroups: ['Projet Amsterdam', 'Tout le monde'] };
  for (const { id, revision } of [admins.en, admins.fr, colleague])
    await people.edit(actor, noFacts, id, revision, groups);
  const ingrid = { email: 'ingrid.asa@example.test', givenName: 'Ingrid', familyName: 'Åsa' };
  const invited = await invitations.invite(actor, noFacts, {
    ...ingrid,
    language: 'en',
    department: 'Qualité',
  });
  const hugo = { email: 'hugo.marchand@example.test', givenName: 'Hugo', familyName: 'Marchand' };
  const inFrench = await invitations.invite(actor, noFacts, { ...hugo, language: 'fr' });
  const view = { name: 'Juristes de Köln, jamais connectés', query: 'location=K%C3%B6ln&signedIn=never' };
  await app.get(SavedViews).save(actor, noFacts, { ...view, shared: true, replace: false });
  // The same person as her colleague, and perhaps another.
  for (const admin of Object.values(admins))
    await kept(app, admin, [
      { displayName: 'Camille', email: colleague.email, organization: 'Ateliers de construction mécanique' },
      { displayName: 'Lefèvre, Camille', email: 'camille@chez-elle.example' },
    ]);
  await requestsSent(app, Object.values(members));
  await endedByCompany(app, admins.en, colleague);
  await busyPerson(app, colleague);
  await app.get(JobsWorker).runDue();
  await app.get(MailSender).sendDue();
  return {
    ...{ account, admins, owners, members, colleague, deactivated, erased },
    setUp: await setUpLink(app),
    pending: (await people.find(account.id, invited.id)).user,
    activation: {
      en: await pathOfLink(app, invited.linkId),
      fr: await pathOfLink(app, inFrench.linkId),
    },
    reset: await resetPath(app, colleague),
    newAddress: await newAddressPath(app, actor, colleague),
    mailId: await mailOf(app, invited.id),
    news: await someNews(app, account, admins),
    groups: await someGroups(app, actor, colleague),
    // Before those that wait for a worker.
    contactImports: await contactImportsOf(app, members),
    imports: await importsAtEachStep(app, admins.en),
    runs: await bulkActions(app, admins.en),
    contacts: await singleContacts(app, owners),
    calendar: {
      en: await calendarPages(app, admins.en, colleague),
      fr: await calendarPages(app, admins.fr, colleague),
    },
    cloud: { en: await cloudContacts(app, admins.en), fr: await cloudContacts(app, admins.fr) },
    sync: { en: await syncHistory(app, admins.en), fr: await syncHistory(app, admins.fr) },
    kept: { en: await keptContacts(app, admins.en), fr: await keptContacts(app, admins.fr) },
    calls: { en: await someCalls(app, admins.en), fr: await someCalls(app, admins.fr) },
    alone: await personalAccounts(app),
    requests: await receivedRequests(app, members),
    external: await externalContacts(app, members),
  };
}

async function newAddressPath(app: TestApp, actor: Actor, { id, accountId }: User): Promise<string> {
  const changes = app.get(AddressChanges);
  await changes.ask(actor, noFacts, id, 'new.address.of.colleague@example.test');
  return pathOfLink(app, (await changes.waiting(accountId, id))?.id ?? '');
}

/** A group of each kind with members, one that hides somebody, and one in the bin. */
async function someGroups(app: TestApp, actor: Actor, colleague: User): Promise<Company['groups']> {
  const { accountId } = actor;
  const groups = app.get(Groups);
  const hidden = await app.aUser({
    accountId,
    givenName: 'Solène',
    familyName: 'Secrète',
    managerId: colleague.id,
  });
  const create = (name: string) =>
    groups.create(actor, noFacts, 'chatGroups', { name, chatKind: 'restricted' });
  const restricted = await create('Comité de rémunération');
  await app.get(GroupMembers).add(actor, noFacts, 'chatGroups', restricted, [hidden.id]);
  await groups.remove(actor, noFacts, 'chatGroups', await create('Ancien comité'));
  const [user] = await app.database.query<{ id: Id }[]>('SELECT id FROM user_groups WHERE accountId = ?', [
    accountId,
  ]);
  const [chat] = await app.database.query<{ id: Id }[]>(
    `SELECT id FROM chat_groups WHERE accountId = ? AND name = 'Projet Amsterdam'`,
    [accountId],
  );
  if (!user || !chat) throw new Error('The company has no groups');
  const features = {
    'external-contacts': { on: false, locked: true },
    integrations: { on: true, locked: false },
  };
  await groups.setFeatures(actor, noFacts, user.id, { features, revision: 1 });
  return { user: user.id, chat: chat.id, restricted };
}

function aJob(i: number): Partial<User> {
  return {
    department: ['Direction générale', 'Ressources humaines', 'Qualité', null][i % 4],
    jobTitle: ['Juriste', 'Contrôleur de gestion', 'Office manager', null][i % 4],
    location: ['Köln', 'Saint-Rémy-lès-Chevreuse', null][i % 3],
    workPhone: i % 5 === 0 ? null : `+331402050${50 + (i % 40)}`,
  };
}

async function pathOfLink(app: TestApp, id: Id): Promise<string> {
  const link = await app.database.getRepository(OneTimeLink).findOneByOrFail({ id });
  return app.get(OneTimeLinks).pathOf(link);
}

async function resetPath(app: TestApp, { accountId, id: userId }: User): Promise<string> {
  const links = app.get(OneTimeLinks);
  const expiresAt = new Date(Date.now() + 3_600_000);
  const link = await inTransaction(app.database, (manager) =>
    links.create(manager, { accountId, userId, purpose: 'password-reset', expiresAt }),
  );
  return links.pathOf(link);
}

async function mailOf(app: TestApp, userId: Id): Promise<Id> {
  const [mail] = await app.database.query<{ id: Id }[]>('SELECT id FROM mails WHERE userId = ?', [userId]);
  if (!mail) throw new Error('The invitation wrote no mail');
  return mail.id;
}

const header = 'Email,First Name,Last Name,Department,User Group,Phone';
const right = (name: string) => `${name}@example.test,Ada,${name},Qualité,Équipe ${name},+33612345678`;
const wrong = 'nobody,,Lovelace,Qualité,,12';
const known = 'ingrid.asa@example.test,Ingrid,Åsa,,,';
const unwritten = 'national@example.test,Nora,National,,,06 12 34 56 78';

async function importsAtEachStep(app: TestApp, admin: User): Promise<Imports> {
  const browser = await app.browserOf(admin);
  const upload = (name: string, lines: string[]) => uploadTo(browser, name, lines);
  const worker = app.get(JobsWorker);
  const state = async (id: Id, wanted: ImportState) => {
    const found = await app.database.getRepository(Import).findOneByOrFail({ id });
    if (found.state !== wanted) throw new Error(`${found.fileName} is ${found.state}, not ${wanted}`);
    return id;
  };
  const act = async (id: Id, what: 'confirmation' | 'undo') => {
    const answer = await browser.post(`/imports/${id}/${what}`);
    if (answer.status !== 303) throw new Error(`${what} answered ${answer.status}`);
  };

  const questions = await upload('no-header.csv', ['x,y,z', 'ada@example.test,Ada,Lovelace']);
  const refused = await upload('photo.csv', ['\u0000\u0001\u0002', 'x']).catch(() => '');
  const checked = await upload('new-people.csv', [header, right('one'), unwritten, wrong, known]);
  const clean = await upload('clean.csv', [header, right('two'), right('three')]);
  const done = await upload('arrived.csv', [header, right('four'), right('five'), wrong]);
  const undone = await upload('mistaken.csv', [header, right('six')]);
  const importing = await upload('running.csv', [header, right('seven')]);
  await worker.runDue();
  for (const id of [done, undone]) {
    await act(id, 'confirmation');
    await worker.runDue();
  }
  await act(undone, 'undo');
  await worker.runDue();
  const change = (name: string, lines: string[]) => uploadTo(browser, name, lines, '/users/update');
  const updateDone = await change('titles.csv', [
    'Email,Job Title,Location',
    'ingrid.asa@example.test,Directrice de la recherche appliquée,Saint-Rémy-lès-Chevreuse',
    'nobody@elsewhere.example,x,y',
  ]);
  await worker.runDue();
  // Somebody edits her between the check and its confirmation.
  await app.database.query(`UPDATE users SET location = 'Oslo' WHERE email = 'ingrid.asa@example.test'`);
  await act(updateDone, 'confirmation');
  await worker.runDue();
  const updateChecked = await change('changes.csv', [
    'Email,Department,User Group,Phone,Role',
    'ingrid.asa@example.test,Mobilité durable,Équipe neuve,+33698765432,owner',
    `${admin.email},,,"3,36E+10",`,
    'nobody@elsewhere.example,x,,,',
  ]);
  await worker.runDue();
  await act(importing, 'confirmation');
  const checking = await upload('waiting.csv', [header, right('eight')]);
  return {
    questions: await state(questions, 'questions'),
    checking: await state(checking, 'checking'),
    checked: await state(checked, 'checked'),
    clean: await state(clean, 'checked'),
    importing: await state(importing, 'importing'),
    done: await state(done, 'done'),
    undone: await state(undone, 'undone'),
    updateChecked: await state(updateChecked, 'checked'),
    updateDone: await state(updateDone, 'done'),
    refused,
  };
}

/** @returns the id of the import it becomes */
async function uploadTo(
  browser: Browser,
  name: string,
  lines: string[],
  path = '/users/import',
): Promise<Id> {
  const form = await browser.get(path);
  const file = { name, bytes: `${lines.join('\r\n')}\r\n` };
  const answer = await browser.upload(path, file, { _once: field(form, '_once').value ?? '' });
  const id = /^\/imports\/([0-9a-f-]+)$/.exec(String(answer.headers.location))?.[1];
  if (!id) throw new Error(`Uploading ${name} answered ${answer.status}`);
  return id;
}

async function bulkActions(app: TestApp, admin: User): Promise<Runs> {
  const { accountId } = admin;
  const actor = { ...admin, displayName: 'Ellen Admin' } satisfies Actor;
  const [runs, work] = [app.get(UserRuns), app.get(RunWork)];
  const begun = async (status: Status, act: Act, choice: Choice) => {
    const people = await app.get(RunPeople).matching(accountId, readListState({ status }));
    const id = await runs.draft(actor, { act, people, back: '/users' });
    await runs.start(actor, noFacts, id, choice);
    return id;
  };
  const done = await begun('active', 'type', { type: 'licensed' });
  const cancelled = await begun('deactivated', 'features', { features: { phone: true } });
  for (const id of [done, cancelled]) await work.toEnd(accountId, id);
  const undone = await runs.undo(actor, noFacts, cancelled);
  await work.toEnd(accountId, undone);
  return { done, undone, working: await begun('pending', 'resend', {}) };
}
