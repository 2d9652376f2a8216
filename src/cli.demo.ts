import { type INestApplicationContext } from '@nestjs/common';
import { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import { Account } from './accounts/account.entity.js';
import { AddressChanges } from './accounts/address-changes.service.js';
import { CompanySettings } from './accounts/company-settings.service.js';
import { GroupMembers } from './accounts/group-members.service.js';
import { Groups } from './accounts/groups.service.js';
import { Invitations } from './accounts/invitations.service.js';
import { People } from './accounts/people.service.js';
import { type NewPerson, type PersonChanges } from './accounts/person.js';
import { Standing } from './accounts/standing.service.js';
import { Founding } from './auth/founding.service.js';
import { Passwords } from './auth/passwords.service.js';
import { demoCalls } from './cli.demo-calls.js';
import { demoCompanies, type DemoCompany } from './cli.demo-companies.js';
import { demoContacts } from './cli.demo-contacts.js';
import { demoExchange } from './cli.demo-exchange.js';
import { demoExternal } from './cli.demo-external.js';
import { demoOAuth } from './cli.demo-oauth.js';
import { settled } from './cli.user-files.js';
import { type Id } from './database/id.js';
import { inTransaction } from './database/transaction.js';
import { Imports } from './imports/imports.service.js';
import { Staging } from './imports/staging.service.js';
import { noFacts, type Actor } from './journal/actor.js';
import { fold } from './text/fold.js';
import { type Act, type Choice } from './user-management/runs/acts.js';
import { RunPeople } from './user-management/runs/run-people.query.js';
import { RunWork } from './user-management/runs/run-work.service.js';
import { UserRuns, type NewGroups } from './user-management/runs/user-runs.service.js';
import { SavedViews } from './user-management/saved-views/saved-views.service.js';
import { userUpdate } from './user-management/updates/user-update.description.js';

/** The password of everybody in the demonstration who can sign in. */
const password = 'demo: four red kites';
/** The last of each company have not come yet; of them two were invited long ago. */
const INVITED = 6;
const INVITED_LONG_AGO = 2;
/** Days since somebody signed in last, in turn; null: not yet. */
const signedIn = [0, 0, 1, 3, 8, 2, 21, 0, 45, 5, 130, null, 1, 13, 420, 4];

/**
 * Two made-up companies with people in every state and some weeks behind them; what is there already stays as it is.
 * @returns what to print: who can sign in
 */
export async function seedDemo(app: INestApplicationContext): Promise<string[]> {
  const lines: string[] = [];
  for (const company of demoCompanies) {
    const there = await app.get(DataSource).getRepository(Account).findOneBy({ name: company.accountName });
    if (!there) await Demo.tell(app, company);
    await demoContacts(app, company, await ownerOf(app, company));
    const [owner, admin, member] = [0, 1, company.member].map((i) => addressOf(company, i));
    lines.push(
      `${company.accountName}: ${owner} (owner), ${admin} (administrator), ${member} (member), password ${password}`,
    );
  }
  const external = await demoExternal(app, password);
  // Once people of both companies know each other.
  const calls: string[] = [];
  for (const company of demoCompanies)
    calls.push(
      ...(await demoCalls(app, company, await ownerOf(app, company), (place) => addressOf(company, place))),
    );
  return [
    ...lines,
    ...calls,
    ...external,
    ...(await demoExchange(app, password)),
    ...(await demoOAuth(app, password)),
  ];
}

async function ownerOf(app: INestApplicationContext, company: DemoCompany): Promise<Actor & { id: Id }> {
  const [{ id, accountId }] = await app
    .get(DataSource)
    .query<{ id: Id; accountId: Id }[]>(
      'SELECT u.id, u.accountId FROM users u JOIN accounts a ON a.id = u.accountId WHERE a.name = ? AND u.email = ?',
      [company.accountName, addressOf(company, 0)],
    );
  return { id, accountId, displayName: company.people[0].join(' '), role: 'owner' };
}

/** The story of one company. What happened is done by the services that pages use; only its days are moved back. */
class Demo {
  private readonly ids: Id[] = [];

  private constructor(
    private readonly app: INestApplicationContext,
    private readonly company: DemoCompany,
    private readonly owner: Actor & { id: Id },
  ) {
    this.ids.push(owner.id);
  }

  static async tell(app: INestApplicationContext, company: DemoCompany): Promise<void> {
    const { accountName, region, language } = company;
    const [givenName, familyName] = company.people[0];
    const { accountId, id } = await app.get(Founding).found({
      ...{ accountName, region, language },
      owner: { email: addressOf(company, 0), givenName, familyName, password },
    });
    const displayName = `${givenName} ${familyName}`;
    const demo = new Demo(app, company, { id, accountId, displayName, role: 'owner' });
    await demo.people();
    await demo.pass(24);
    await demo.settings();
    await demo.groups();
    await demo.invite(-INVITED, INVITED_LONG_AGO - INVITED);
    await demo.pass(22);
    await demo.file();
    await demo.pass(4);
    await demo.bulkActions();
    await demo.views();
    await demo.pass(5);
    await demo.edits();
    await demo.invite(INVITED_LONG_AGO - INVITED);
    await demo.pass(2);
    await demo.leave();
    await demo.signIns();
  }

  private get admin(): Actor & { id: Id } {
    const [given, family] = this.company.people[1];
    return { ...this.owner, id: this.ids[1], displayName: `${given} ${family}`, role: 'admin' };
  }

  /** Heads first, for who is named as a manager has to be there. */
  private async people(): Promise<void> {
    const { app, company, owner } = this;
    const here = company.people.length - INVITED;
    const passwords = app.get(Passwords);
    const secret = await passwords.hash(password);
    await inTransaction(app.get(DataSource), async (manager) => {
      this.ids.length = 1;
      for (let i = 1; i < here; i++) {
        const person = { ...personOf(company, i), role: i === 1 ? ('admin' as const) : ('member' as const) };
        const user = await app.get(People).addActive(manager, owner, noFacts, person);
        this.ids.push(user.id);
        if (i === 1 || i === company.member) await passwords.set(manager, user, secret);
      }
    });
  }

  private async settings(): Promise<void> {
    const settings = this.app.get(CompanySettings);
    const save = async (values: Parameters<CompanySettings['save']>[3]) => {
      const { revision } = await settings.read(this.owner.accountId);
      await settings.save(this.owner, noFacts, revision, values);
    };
    await save({ allowedDomains: this.company.allowedDomains });
    await save({ office365: false, auditYears: 5 });
  }

  private async groups(): Promise<void> {
    const { app, company, owner } = this;
    const groups = app.get(Groups);
    for (const chatKind of ['restricted', 'shared'] as const) {
      const { name, members } = company[chatKind];
      const id = await groups.create(owner, noFacts, 'chatGroups', { name, chatKind });
      await app.get(GroupMembers).add(owner, noFacts, 'chatGroups', id, this.idsOf(members));
    }
    const calling = await this.userGroup(company.calling);
    await groups.setFeatures(owner, noFacts, calling.id, {
      features: { phone: { on: true, locked: true } },
      revision: calling.revision,
    });
  }

  /** @param from places of people, from the end when negative */
  private async invite(from: number, to?: number): Promise<void> {
    const people = this.company.people.map((_, i) => personOf(this.company, i)).slice(from, to);
    await this.app.get(Invitations).inviteMany(this.admin, noFacts, people);
  }

  /** An update from a file, one row of which is to be corrected. */
  private async file(): Promise<void> {
    const { app, owner } = this;
    const { name: fileName, text } = this.company.file;
    const bytes = Readable.from([Buffer.from(text)]);
    const id = await app.get(Staging).take(owner, userUpdate, { once: null, fileName }, bytes);
    await settled(app, owner, id);
    await app.get(Imports).confirm(owner, noFacts, id, { choices: {}, proposals: false });
    await settled(app, owner, id);
  }

  private async bulkActions(): Promise<void> {
    const { company, owner, admin } = this;
    const { name, members, features } = company.learners;
    const none = { add: [], remove: [] };
    await this.run(admin, 'groups', members, { userGroups: none }, { userGroups: [name] });
    const group = await this.userGroup(name);
    const { revision } = group;
    await this.app.get(Groups).setFeatures(owner, noFacts, group.id, { features, revision });
    const callers = this.ids.flatMap((_, i) => (departmentOf(company, i) === company.calling ? [i] : []));
    await this.run(owner, 'type', [...callers, 0, 1, company.member], { type: 'licensed' });
    const tried = await this.run(admin, 'features', members, { features: { 'personal-contacts': false } });
    const undo = await this.app.get(UserRuns).undo(admin, noFacts, tried);
    await this.app.get(RunWork).toEnd(owner.accountId, undo);
  }

  private async edits(): Promise<void> {
    const { company, owner, admin } = this;
    const [one, other] = company.circle;
    await this.edit(owner, other, { manager: addressOf(company, one) });
    await this.edit(owner, one, { manager: addressOf(company, other) });
    await this.edit(admin, 8, { location: company.places[1], extension: '300' });
    await this.edit(admin, 12, { features: { integrations: false }, location: company.places[0] });
    await this.edit(owner, 12, { workPhone: company.phone(90), manager: addressOf(company, 1) });
  }

  /** Who has gone, and who waits for another address. */
  private async leave(): Promise<void> {
    const { app, company, owner, admin } = this;
    const last = this.ids.length - 1;
    const standing = app.get(Standing);
    await this.run(admin, 'deactivate', [last, last - 1], {});
    await standing.deactivate(owner, noFacts, this.idsOf([last - 2, last - 3]));
    await standing.erase(owner, noFacts, this.idsOf([last - 2]));
    await standing.reactivate(owner, noFacts, this.idsOf([last - 3]));
    const [given] = company.people[9];
    await app.get(AddressChanges).ask(admin, noFacts, this.ids[9], `${plain(given)}@${company.domain}`);
  }

  private async views(): Promise<void> {
    for (const view of this.company.views)
      await this.app.get(SavedViews).save(this.owner, noFacts, { ...view, replace: false });
  }

  private async run(
    actor: Actor,
    act: Act,
    people: readonly number[],
    choice: Choice,
    newGroups: NewGroups = {},
  ): Promise<Id> {
    const { accountId } = this.owner;
    const runs = this.app.get(UserRuns);
    const found = await this.app.get(RunPeople).ofIds(accountId, this.idsOf(people));
    const id = await runs.draft(actor, { act, people: found, back: '/users' });
    await runs.start(actor, noFacts, id, choice, newGroups);
    await this.app.get(RunWork).toEnd(accountId, id);
    return id;
  }

  private async edit(actor: Actor, i: number, changes: PersonChanges): Promise<void> {
    const people = this.app.get(People);
    const { user } = await people.find(actor.accountId, this.ids[i]);
    await people.edit(actor, noFacts, user.id, user.revision, changes);
  }

  private async userGroup(name: string) {
    const { accountId } = this.owner;
    const [{ id }] = await this.app
      .get(DataSource)
      .query<{ id: Id }[]>('SELECT id FROM user_groups WHERE accountId = ? AND name = ?', [accountId, name]);
    return this.app.get(Groups).find(accountId, 'userGroups', id);
  }

  /** Moves what has happened so far some days back. Only here: nobody has read this company's history yet. */
  private async pass(days: number): Promise<void> {
    for (const [table, columns] of Object.entries(dated)) {
      const set = columns.map((column) => `${column} = DATE_SUB(${column}, INTERVAL ${days} DAY)`);
      const owned = table === 'accounts' ? 'id' : 'accountId';
      await this.app
        .get(DataSource)
        .query(`UPDATE ${table} SET ${set.join(', ')} WHERE ${owned} = ?`, [this.owner.accountId]);
    }
  }

  private async signIns(): Promise<void> {
    for (const [i, id] of this.ids.entries()) {
      const days = signedIn[i % signedIn.length];
      if (days === null) continue;
      await this.app
        .get(DataSource)
        .query('UPDATE users SET lastSignInAt = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ? HOUR) WHERE id = ?', [
          days * 24 + 1 + (i % 7),
          id,
        ]);
    }
  }

  private idsOf(places: readonly number[]): Id[] {
    return places.map((i) => this.ids[i]);
  }
}

/** Moments that `pass` moves, of each table. */
const dated = {
  accounts: ['createdAt'],
  users: ['createdAt', 'updatedAt', 'activatedAt', 'invitedAt'],
  user_groups: ['createdAt'],
  chat_groups: ['createdAt'],
  one_time_links: ['expiresAt'],
  mails: ['createdAt', 'sentAt'],
  journal_batches: ['at', 'undoneAt'],
  audit_entries: ['at'],
  imports: ['createdAt', 'finishedAt'],
  user_runs: ['createdAt', 'startedAt', 'finishedAt'],
  saved_views: ['createdAt'],
  account_settings: ['retentionFrom'],
};

function personOf(company: DemoCompany, i: number): NewPerson {
  const [givenName, familyName] = company.people[i];
  const department = departmentOf(company, i);
  const places = company.places;
  const head = 1 + Object.keys(company.departments).indexOf(department);
  return {
    ...{ email: addressOf(company, i), givenName, familyName, department },
    jobTitle: titleOf(company, i),
    location: places[i % places.length],
    manager: addressOf(company, i === head ? 0 : head),
    workPhone: company.phone(i),
    extension: i % 3 === 0 ? String(100 + i) : null,
    userGroups: [department],
    chatGroups: [places[i % places.length]],
  };
}

function departmentOf({ departments }: DemoCompany, i: number): string {
  const names = Object.keys(departments);
  return names[(i + names.length - 1) % names.length];
}

function titleOf(company: DemoCompany, i: number): string {
  const [head, ...titles] = company.departments[departmentOf(company, i)];
  return i <= Object.keys(company.departments).length ? head : titles[i % titles.length];
}

function addressOf({ domain, people }: DemoCompany, i: number): string {
  const [given, family] = people[i];
  return `${plain(given)}.${plain(family)}@${domain}`;
}

function plain(name: string): string {
  return fold(name).replaceAll(/[^a-z]+/g, '-');
}
