import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CompanySettings } from '../../accounts/company-settings.service.js';
import { type DomainRules } from '../../accounts/domain-rules.js';
import { type AccountFeatures } from '../../accounts/features.js';
import { type Status } from '../../accounts/user.entity.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import {
  keysetPage,
  type KeysetColumn,
  type KeysetOrder,
  type KeysetPage,
  type Place,
} from '../../database/keyset.js';
import { OtherPeople, type OtherPerson } from '../links/other-people.query.js';
import {
  asksForPaused,
  conditionOf,
  forbiddenBy,
  type Condition,
  type FilterFacts,
} from './company-filter.sql.js';
import { type CompanyFilters, type CompanyListState, type CompanySort } from './company-list.state.js';

/** One contact between a person of the company and one outside, as administrators see it: nothing its owner keeps of it. */
export interface CompanyContact {
  id: Id;
  linkId: Id;
  connectedAt: Date;
  /** Who asked: the person of the company, the other, or both (null: also where nobody knows). */
  askedBy: 'person' | 'contact' | null;
  person: CompanyPerson;
  contact: OtherPerson;
}

/** Somebody of the company; names are empty of somebody erased for good. */
export interface CompanyPerson {
  id: Id;
  givenName: string;
  familyName: string;
  email: string;
  status: Status | null;
  photoHash: string | null;
}

/** What the list offers to narrow it to, and what it is narrowed to. */
export interface CompanyChoices {
  groups: { id: Id; name: string }[];
  /** Of `person` and `group` in the state; null for what is not there. */
  person: string | null;
  group: string | null;
}

/** Groups that are offered; others are typed. */
export const GROUPS_OFFERED = 500;

/** Reads who in a company has which external contacts: every query starts from the account's own contact rows. */
@Injectable()
export class CompanyContacts {
  constructor(
    private readonly database: DataSource,
    private readonly settings: CompanySettings,
    private readonly people: OtherPeople,
  ) {}

  page(accountId: Id, state: CompanyListState): Promise<KeysetPage<CompanyContact>> {
    return this.read(accountId, state, state.place, limits.page);
  }

  /** The same for a file, many at a time. */
  async read(
    accountId: Id,
    state: CompanyFilters & { sort: CompanySort },
    place: Place,
    limit: number,
  ): Promise<KeysetPage<CompanyContact>> {
    const condition = await this.condition(accountId, state);
    const order = orders[state.sort];
    const sorted = order.columns.map(({ sql }) => sql).join(', ');
    // Keys alone first; what is shown is read for the rows of the page.
    const keys = await keysetPage<{ id: Id }>(order, place, limit, (slice) =>
      this.database.query<{ id: Id }[]>(
        `SELECT ${sorted} FROM ${sourceFor(state)}
         WHERE c.accountId = ? AND c.endedAt IS NULL AND ${condition.sql} AND ${slice.where}
         ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [accountId, ...condition.values, ...slice.values],
      ),
    );
    return {
      ...keys,
      rows: await this.rows(
        accountId,
        keys.rows.map(({ id }) => id),
      ),
    };
  }

  async count(accountId: Id, filters: CompanyFilters): Promise<number> {
    const { sql, values } = await this.condition(accountId, filters);
    const [{ contacts }] = await this.database.query<[{ contacts: number | string }]>(
      `SELECT COUNT(*) AS contacts FROM ${sourceFor({ ...filters, sort: 'recent' })}
       WHERE c.accountId = ? AND c.endedAt IS NULL AND ${sql}`,
      [accountId, ...values],
    );
    return Number(contacts);
  }

  /** @returns at most `limit` ids, in their own order */
  async ids(accountId: Id, filters: CompanyFilters, limit: number): Promise<Id[]> {
    const { sql, values } = await this.condition(accountId, filters);
    const rows = await this.database.query<{ id: Id }[]>(
      `SELECT c.id FROM ${sourceFor({ ...filters, sort: 'recent' })}
       WHERE c.accountId = ? AND c.endedAt IS NULL AND ${sql} ORDER BY c.id LIMIT ${limit}`,
      [accountId, ...values],
    );
    return rows.map(({ id }) => id);
  }

  /** Contacts whom these rules would not let the company's people ask today. */
  async forbidden(accountId: Id, rules: DomainRules): Promise<number> {
    const facts = { rules, paused: await this.paused(accountId) };
    const { sql, values } = forbiddenBy(rules, facts);
    const [{ contacts }] = await this.database.query<[{ contacts: number | string }]>(
      `SELECT COUNT(*) AS contacts FROM ${walked} ${others} WHERE c.accountId = ? AND c.endedAt IS NULL AND ${sql}`,
      [accountId, ...values],
    );
    return Number(contacts);
  }

  /** These contacts of the account, in this order; those that are none are left out. @param ids at most some thousands */
  async rows(
    accountId: Id,
    ids: readonly Id[],
    manager: EntityManager = this.database.manager,
  ): Promise<CompanyContact[]> {
    if (ids.length === 0) return [];
    const rows = await manager.query<ContactRow[]>(
      `SELECT c.id, c.linkId, c.ownerId, c.otherUserId, c.otherAccountId, c.connectedAt, l.askedBy,
              u.givenName, u.familyName, u.email, u.status, u.photoHash
       FROM external_contacts c
       JOIN external_links l ON l.id = c.linkId
       LEFT JOIN users u ON u.id = c.ownerId AND u.accountId = c.accountId
       WHERE c.id IN (?) AND c.accountId = ? AND c.endedAt IS NULL`,
      [ids, accountId],
    );
    const others = await this.people.of(rows, manager);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => {
      const row = byId.get(id);
      const contact = row && others.get(row.otherUserId);
      return contact ? [contactOf(row, contact)] : [];
    });
  }

  async choices(accountId: Id, { person, group }: CompanyFilters): Promise<CompanyChoices> {
    const [groups, people, chosen] = await Promise.all([
      this.database.query<CompanyChoices['groups']>(
        `SELECT id, name FROM user_groups WHERE accountId = ? ORDER BY nameKey LIMIT ${GROUPS_OFFERED + 1}`,
        [accountId],
      ),
      person === ''
        ? []
        : this.database.query<{ name: string; email: string }[]>(
            `SELECT CONCAT_WS(' ', givenName, familyName) AS name, email FROM users WHERE id = ? AND accountId = ?`,
            [person, accountId],
          ),
      group === ''
        ? []
        : this.database.query<{ name: string }[]>(
            'SELECT name FROM user_groups WHERE id = ? AND accountId = ?',
            [group, accountId],
          ),
    ]);
    return {
      groups,
      person: people.length > 0 ? people[0].name.trim() || people[0].email : null,
      group: chosen.length > 0 ? chosen[0].name : null,
    };
  }

  private async condition(accountId: Id, filters: CompanyFilters): Promise<Condition> {
    const facts: FilterFacts = {
      rules: (await this.settings.read(accountId)).settings,
      paused: asksForPaused(filters) ? await this.paused(accountId) : [],
    };
    return conditionOf(filters, facts);
  }

  /** Of the people outside whom anybody here has: those whose external contacts are switched off. */
  private async paused(accountId: Id): Promise<Id[]> {
    const accounts = await this.database.query<{ id: Id; features: string; groupFeatures: number }[]>(
      `SELECT id, features, groupFeatures FROM accounts
       WHERE id IN (SELECT c.otherAccountId FROM ${walked} WHERE c.accountId = ? AND c.endedAt IS NULL)`,
      [accountId],
    );
    const deciding = accounts.filter(({ features, groupFeatures }) => groupFeatures > 0 || !isOn(features));
    // Elsewhere only those who chose for themselves may be; all of these are looked at one by one.
    const rows = await this.database.query<{ otherUserId: Id; otherAccountId: Id }[]>(
      `SELECT DISTINCT c.otherUserId, c.otherAccountId FROM ${walked} JOIN users o ON o.id = c.otherUserId
       WHERE c.accountId = ? AND c.endedAt IS NULL AND (o.features IS NOT NULL OR c.otherAccountId IN (?))`,
      [accountId, ['', ...deciding.map(({ id }) => id)]],
    );
    const people = await this.people.of(rows);
    return [...people.values()].filter(({ standing }) => standing === 'paused').map(({ id }) => id);
  }
}

/** Whether people of an account have the feature who chose nothing, where no group decides. */
function isOn(features: string): boolean {
  const { allowed, on } = (JSON.parse(features) as AccountFeatures)['external-contacts'];
  return allowed && on;
}

interface ContactRow {
  id: Id;
  linkId: Id;
  ownerId: Id;
  otherUserId: Id;
  otherAccountId: Id;
  connectedAt: Date;
  askedBy: Id | null;
  givenName: string | null;
  familyName: string | null;
  email: string | null;
  status: Status | null;
  photoHash: string | null;
}

function contactOf(row: ContactRow, contact: OtherPerson): CompanyContact {
  const { id, linkId, ownerId, connectedAt, askedBy, givenName, familyName, email, status, photoHash } = row;
  return {
    ...{ id, linkId, connectedAt, contact },
    askedBy: askedBy === null ? null : askedBy === ownerId ? 'person' : 'contact',
    person: {
      ...{ id: ownerId, status, photoHash },
      ...{ givenName: givenName ?? '', familyName: familyName ?? '', email: email ?? '' },
    },
  };
}

/** The index that knows both people of a contact; the servers prefer to read the rows. */
const walked = 'external_contacts c FORCE INDEX (ix_external_contacts_company)';
const others = `JOIN users o ON o.id = c.otherUserId AND o.accountId = c.otherAccountId
  JOIN accounts a ON a.id = o.accountId`;
const owners = 'JOIN users u ON u.id = c.ownerId AND u.accountId = c.accountId';

/** Only what conditions and sort speak of is joined; few contacts are found by whose or which they are. */
function sourceFor(filters: CompanyFilters & { sort: CompanySort }): string {
  const { q, person, group, domain, standing, ids, sort } = filters;
  const owner = q !== '' || standing === 'left' || sort.endsWith('person');
  const other = q !== '' || domain !== '' || !['', 'left'].includes(standing) || sort.endsWith('contact');
  const few = person !== '' || group !== '' || ids !== '';
  return [few ? 'external_contacts c' : walked, other ? others : '', owner ? owners : ''].join(' ');
}

const id: KeysetColumn = { sql: 'c.id', name: 'id', kind: 'id' };
const connectedAt: KeysetColumn = { sql: 'c.connectedAt', name: 'connectedAt', kind: 'moment' };
const owner: KeysetColumn = { sql: 'u.sortKey', name: 'sortKey', kind: 'text' };
const other: KeysetColumn = { sql: 'o.sortKey', name: 'sortKey', kind: 'text' };

const orders: Record<CompanySort, KeysetOrder> = {
  recent: { name: 'recent', columns: [connectedAt, id], descending: true },
  oldest: { name: 'oldest', columns: [connectedAt, id] },
  person: { name: 'person', columns: [owner, connectedAt, id] },
  '-person': { name: '-person', columns: [owner, connectedAt, id], descending: true },
  contact: { name: 'contact', columns: [other, id] },
  '-contact': { name: '-contact', columns: [other, id], descending: true },
};
