import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Accounts } from '../accounts/accounts.service.js';
import { People } from '../accounts/people.service.js';
import { type Role, type UserType } from '../accounts/user.entity.js';
import { type Id } from '../database/id.js';
import { inTransaction, isDuplicate } from '../database/transaction.js';
import { Gone } from '../errors/domain-error.js';
import { noFacts, operator, type ActFacts } from '../journal/actor.js';
import { type Locale } from '../web/words.js';
import { type Person } from './passport.js';
import { Passwords } from './passwords.service.js';
import { timeZoneOf } from './regions.js';

/** Somebody who is active at once, with a password. `email` is normalised, fields are checked by the caller. */
export interface NewPerson {
  email: string;
  givenName: string;
  familyName: string;
  password: string;
  type?: UserType;
  language?: Locale | null;
}

export interface NewCompany {
  accountName: string;
  /** ISO 3166-1 alpha-2. */
  region: string;
  language: Locale;
  /** Of the region when absent. */
  timeZone?: string;
  owner: NewPerson;
}

/** Somebody with an account of their own. */
export interface NewSelf extends Omit<NewPerson, 'password'> {
  /** ISO 3166-1 alpha-2. */
  region: string;
  language: Locale;
  /** What `Passwords.hash` made of the password. */
  secret: string;
}

/** Companies and people that come into being without an invitation: first set-up and the operator's command line. */
@Injectable()
export class Founding {
  constructor(
    private readonly database: DataSource,
    private readonly accounts: Accounts,
    private readonly people: People,
    private readonly passwords: Passwords,
  ) {}

  /** True once a company exists: the set-up page has done its work. */
  async isFounded(): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(
      `SELECT 1 FROM installation WHERE name = 'founded' UNION ALL (SELECT 1 FROM accounts LIMIT 1)`,
    );
    return rows.length > 0;
  }

  /**
   * The first company, by the set-up page: of two at once one wins. @throws Gone when a company exists,
   * Conflict (`accounts.address-elsewhere`)
   */
  async foundFirst(company: NewCompany, facts: ActFacts): Promise<Person> {
    if (await this.isFounded()) throw new Gone('auth.setup.used');
    return this.create(company, facts, async (manager, accountId) => {
      try {
        await manager.query(`INSERT INTO installation (name, value) VALUES ('founded', ?)`, [accountId]);
      } catch (error) {
        if (isDuplicate(error)) throw new Gone('auth.setup.used');
        throw error;
      }
    });
  }

  /** A company beside others, by the operator. @throws Conflict (`accounts.address-elsewhere`) */
  found(company: NewCompany, facts: ActFacts = noFacts): Promise<Person> {
    return this.create(company, facts, (manager, accountId) =>
      manager.query(`INSERT IGNORE INTO installation (name, value) VALUES ('founded', ?)`, [accountId]),
    );
  }

  /**
   * A person more in a company, active at once, by the operator.
   * @throws Conflict when the address is in the account already (`accounts.already-active`, `-pending`,
   * `-deactivated`) or signs in elsewhere (`accounts.address-elsewhere`); NotFound without such an open account
   */
  async admit(
    accountId: Id,
    person: NewPerson,
    role: Role = 'member',
    facts: ActFacts = noFacts,
  ): Promise<Person> {
    const secret = await this.passwords.hash(person.password);
    return inTransaction(this.database, (manager) =>
      this.addPerson(manager, accountId, person, role, secret, facts),
    );
  }

  /**
   * An account of one person, in the transaction of the sign-up. It is called as its person signs in: no page shows that
   * name, the operator finds it by it. @throws Conflict (`accounts.address-elsewhere`)
   */
  async foundPersonal(
    manager: EntityManager,
    { region, language, secret, ...person }: NewSelf,
    facts: ActFacts,
  ): Promise<Person> {
    const { id: accountId } = await this.accounts.create(manager, {
      ...{ kind: 'personal', name: person.email, region, language, timeZone: timeZoneOf(region) },
    });
    return this.addPerson(manager, accountId, person, 'owner', secret, facts);
  }

  private async create(
    company: NewCompany,
    facts: ActFacts,
    claim: (manager: EntityManager, accountId: Id) => Promise<unknown>,
  ): Promise<Person> {
    const secret = await this.passwords.hash(company.owner.password);
    return inTransaction(this.database, async (manager) => {
      const { id: accountId } = await this.accounts.create(manager, {
        name: company.accountName,
        region: company.region,
        language: company.language,
        timeZone: company.timeZone ?? timeZoneOf(company.region),
      });
      await claim(manager, accountId);
      return this.addPerson(manager, accountId, company.owner, 'owner', secret, facts);
    });
  }

  private async addPerson(
    manager: EntityManager,
    accountId: Id,
    { email, givenName, familyName, type, language }: Omit<NewPerson, 'password'>,
    role: Role,
    secret: string,
    facts: ActFacts,
  ): Promise<Person> {
    const { id } = await this.people.addActive(manager, operator(accountId), facts, {
      ...{ email, givenName, familyName, type, language, role },
    });
    await this.passwords.set(manager, { id, accountId }, secret);
    return { id, accountId };
  }
}
