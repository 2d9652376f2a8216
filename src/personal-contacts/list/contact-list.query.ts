import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../../config/limits.js';
import { type ContactPhones } from '../../contact-card/contact-fields.js';
import { isId, type Id } from '../../database/id.js';
import {
  keysetPage,
  orderByOf,
  type KeysetColumn,
  type KeysetOrder,
  type KeysetPage,
} from '../../database/keyset.js';
import { letterOf, letters } from '../../web/letters.js';
import {
  allOf,
  isUnsearchable,
  letterCondition,
  searchConditions,
  type Condition,
} from '../../web/list-search.js';
import { idsIn } from '../../web/selection.js';
import {
  isNarrowed,
  NONE,
  wholeList,
  type ContactFilters,
  type ContactListState,
  type ContactSort,
} from './contact-list.state.js';

/** One line of `/personal-contacts`. */
export interface ListedContact extends ContactPhones {
  id: Id;
  displayName: string;
  email: string | null;
  organization: string | null;
  photoHash: string | null;
  starred: boolean;
  /** By name. */
  groups: { id: Id; name: string }[];
}

/** Contacts of the whole list; of groups see contact-groups.query.ts. */
export interface ContactCounts {
  all: number;
  starred: number;
  /** In no group. */
  ungrouped: number;
}

/** Reads one's own contacts: every query starts from the owner. */
@Injectable()
export class ContactList {
  constructor(private readonly database: DataSource) {}

  /** The ids of the page first, as far as it goes from the name index alone; then their rows. */
  async page(ownerId: Id, state: ContactListState): Promise<KeysetPage<ListedContact>> {
    const order = orders[state.sort];
    const { from, sql, values } = sourceOf(ownerId, state);
    const columns = order.columns.map((column) => `${column.sql} AS ${column.name}`).join(', ');
    const keys = await keysetPage(order, state.place, limits.page, (slice) =>
      this.database.query<{ id: Id }[]>(
        `SELECT ${columns} FROM ${from}
         WHERE ${sql} AND ${slice.where} ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [...values, ...slice.values],
      ),
    );
    const ids = keys.rows.map(({ id }) => id);
    return { ...keys, rows: await this.rows(ownerId, ids) };
  }

  /** How many match, exactly. */
  async count(ownerId: Id, filters: ContactFilters): Promise<number> {
    const { from, sql, values } = sourceOf(ownerId, filters);
    const [{ found }] = await this.database.query<[{ found: string | number }]>(
      `SELECT COUNT(*) AS found FROM ${from} WHERE ${sql}`,
      values,
    );
    return Number(found);
  }

  /** All that match, as the list shows them; by id where it says no sort: the order in which everybody locks them. */
  async matching(
    manager: EntityManager,
    ownerId: Id,
    filters: ContactFilters,
    sort?: ContactSort,
  ): Promise<Id[]> {
    const { from, sql, values } = sourceOf(ownerId, filters);
    const rows = await manager.query<{ id: Id }[]>(
      `SELECT c.id FROM ${from} WHERE ${sql} ORDER BY ${sort ? orderByOf(orders[sort]) : 'c.id'}`,
      values,
    );
    return rows.map(({ id }) => id);
  }

  async counts(ownerId: Id): Promise<ContactCounts> {
    const { from, sql, values } = sourceOf(ownerId, wholeList);
    const [[row], grouped] = await Promise.all([
      this.database.query<[{ people: string | number; stars: string | number | null }]>(
        `SELECT COUNT(*) AS people, SUM(c.starred) AS stars FROM ${from} WHERE ${sql}`,
        values,
      ),
      this.grouped(ownerId),
    ]);
    const people = Number(row.people);
    return { all: people, starred: Number(row.stars ?? 0), ungrouped: people - grouped };
  }

  /** Letters that somebody's name begins with. The whole list is asked for each letter, one look at the index; fewer are read. */
  async letters(ownerId: Id, filters: ContactFilters): Promise<Set<string>> {
    const narrowed = { ...filters, letter: '' };
    if (isNarrowed(narrowed)) {
      const { from, sql, values } = sourceOf(ownerId, narrowed);
      const rows = await this.database.query<{ initial: string }[]>(
        `SELECT DISTINCT LEFT(c.sortKey, 1) AS initial FROM ${from} WHERE ${sql}`,
        values,
      );
      return new Set(rows.map(({ initial }) => letterOf(initial)));
    }
    const { from, sql, values } = sourceOf(ownerId, narrowed);
    const [there] = await this.database.query<[Record<string, number | string>]>(
      `SELECT ${letters
        .map(
          (each) =>
            `EXISTS (SELECT 1 FROM ${from} WHERE ${sql} AND ${letterCondition('c.sortKey', each)}) AS \`${each}\``,
        )
        .join(', ')}`,
      letters.flatMap(() => values),
    );
    return new Set(letters.filter((each) => Number(there[each]) === 1));
  }

  /**
   * Contacts in at least one group. A membership stays while its contact or group is in the bin: all are counted along
   * their index, and those of deleted contacts, few as a rule, taken off.
   */
  private async grouped(ownerId: Id): Promise<number> {
    const deleted = await this.database.query<{ id: Id }[]>(
      'SELECT id FROM personal_contact_groups WHERE ownerId = ? AND liveKey IS NULL',
      [ownerId],
    );
    const living = deleted.length === 0 ? '' : 'AND m.groupId NOT IN (?)';
    const ids = deleted.length === 0 ? [] : [deleted.map(({ id }) => id)];
    const [[all], [binned]] = await Promise.all([
      this.database.query<Counted>(
        `SELECT COUNT(DISTINCT m.contactId) AS people FROM personal_contact_group_members m
         WHERE m.ownerId = ? ${living}`,
        [ownerId, ...ids],
      ),
      this.database.query<Counted>(
        `SELECT COUNT(DISTINCT m.contactId) AS people FROM personal_contacts c
         JOIN personal_contact_group_members m ON m.contactId = c.id
         WHERE c.ownerId = ? AND c.deletedAt IS NOT NULL ${living}`,
        [ownerId, ...ids],
      ),
    ]);
    return Number(all.people) - Number(binned.people);
  }

  private async rows(ownerId: Id, ids: readonly Id[]): Promise<ListedContact[]> {
    if (ids.length === 0) return [];
    const [rows, memberships] = await Promise.all([
      this.database.query<(Omit<ListedContact, 'groups' | 'starred'> & { starred: number })[]>(
        `SELECT id, displayName, email, workPhone, homePhone, mobilePhone, faxNumber, mainPhone, organization,
                photoHash, starred
         FROM personal_contacts WHERE id IN (?) AND ownerId = ?`,
        [ids, ownerId],
      ),
      this.database.query<{ contactId: Id; id: Id; name: string }[]>(
        `SELECT m.contactId, g.id, g.name FROM personal_contact_group_members m
         JOIN personal_contact_groups g ON g.id = m.groupId AND g.liveKey = 1
         WHERE m.contactId IN (?) AND g.ownerId = ? ORDER BY g.nameKey`,
        [ids, ownerId],
      ),
    ]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => {
      const row = byId.get(id);
      if (!row) return [];
      const groups = memberships.filter(({ contactId }) => contactId === id);
      return [
        {
          ...row,
          starred: Boolean(row.starred),
          groups: groups.map((each) => ({ id: each.id, name: each.name })),
        },
      ];
    });
  }
}

type Counted = [{ people: string | number }];

const id: KeysetColumn = { sql: 'c.id', name: 'id', kind: 'id' };
const sortKey: KeysetColumn = { sql: 'c.sortKey', name: 'sortKey', kind: 'text' };

const orders: Record<ContactSort, KeysetOrder> = {
  name: { name: 'name', columns: [sortKey, id] },
  '-name': { name: '-name', columns: [sortKey, id], descending: true },
  organization: {
    name: 'organization',
    columns: [
      // Who has none comes last.
      { sql: "CASE WHEN c.organization IS NULL THEN '1' ELSE '0' END", name: 'without', kind: 'text' },
      { sql: 'c.organization', name: 'organization', kind: 'text', nullable: true },
      sortKey,
      id,
    ],
  },
  recent: {
    name: 'recent',
    columns: [{ sql: 'c.updatedAt', name: 'updatedAt', kind: 'moment' }, id],
    descending: true,
  },
};

/** What a list is read from: the part behind FROM, and the condition. */
interface Source extends Condition {
  from: string;
}

/**
 * One group is read from its members; everything else along the name index, which a search reads alone. Without the hint
 * servers take the index of e-mail addresses and sort.
 */
function sourceOf(ownerId: Id, filters: ContactFilters): Source {
  const { q, group, starred, letter, ids } = filters;
  const conditions: Condition[] = [{ sql: 'c.ownerId = ? AND c.deletedAt IS NULL', values: [ownerId] }];
  if (letter !== '') conditions.push({ sql: letterCondition('c.sortKey', letter), values: [] });
  if (starred) conditions.push({ sql: 'c.starred = 1', values: [] });
  if (ids !== '') conditions.push({ sql: 'c.id IN (?)', values: [idsIn(ids)] });
  conditions.push(...searchConditions('c.searchKey', q));
  if (isUnsearchable(q)) conditions.push({ sql: '1 = 0', values: [] });
  if (group === NONE)
    conditions.push({
      sql: `NOT EXISTS (SELECT 1 FROM personal_contact_group_members m
              JOIN personal_contact_groups g ON g.id = m.groupId AND g.liveKey = 1 WHERE m.contactId = c.id)`,
      values: [],
    });
  const rest = allOf(conditions);
  if (isId(group))
    return {
      from: `personal_contact_groups g JOIN personal_contact_group_members m ON m.groupId = g.id
             STRAIGHT_JOIN personal_contacts c FORCE INDEX (PRIMARY) ON c.id = m.contactId`,
      sql: `g.id = ? AND g.ownerId = ? AND g.liveKey = 1 AND ${rest.sql}`,
      values: [group, ownerId, ...rest.values],
    };
  if (group !== '' && group !== NONE) conditions.push({ sql: '1 = 0', values: [] });
  const index = ids === '' ? 'ix_personal_contacts_list' : 'PRIMARY';
  return { from: `personal_contacts c FORCE INDEX (${index})`, ...allOf(conditions) };
}
