import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../../../config/limits.js';
import { contactFields, type ContactFields } from '../../../contact-card/contact-fields.js';
import { isId, type Id } from '../../../database/id.js';
import {
  keysetPage,
  orderByOf,
  type KeysetColumn,
  type KeysetOrder,
  type KeysetPage,
} from '../../../database/keyset.js';
import { type Statements } from '../../../imports/import-kind.js';
import { letterOf, letters } from '../../../web/letters.js';
import {
  allOf,
  isUnsearchable,
  letterCondition,
  searchConditions,
  type Condition,
} from '../../../web/list-search.js';
import { idsIn } from '../../../web/selection.js';
import { type Pending, type PushProblem } from '../../cloud-contact.entities.js';
import { isNarrowed, type CloudFilters, type CloudListState, type CloudSort } from './cloud-list.state.js';

/** One line of `/cloud-contacts`. */
export interface ListedCloudContact extends ContactFields {
  id: Id;
  connectionId: Id;
  starred: boolean;
  isPrivate: boolean;
  pending: Pending | null;
  problem: PushProblem | null;
  /** Has an open conflict. */
  inConflict: boolean;
  /** Folders it is in, without order. */
  folderIds: Id[];
}

/** Reads one's cloud contacts: every query starts from the owner and the mailboxes that are shown. */
@Injectable()
export class CloudList {
  constructor(private readonly database: DataSource) {}

  /** The ids of the page first, as far as it goes from the name index alone; then their rows. */
  async page(
    ownerId: Id,
    shown: readonly Id[],
    state: CloudListState,
  ): Promise<KeysetPage<ListedCloudContact>> {
    const order = orders[state.sort];
    const { from, sql, values } = sourceOf(ownerId, shown, state);
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
  async count(ownerId: Id, shown: readonly Id[], filters: CloudFilters): Promise<number> {
    const { from, sql, values } = sourceOf(ownerId, shown, filters);
    const [{ found }] = await this.database.query<[{ found: string | number }]>(
      `SELECT COUNT(*) AS found FROM ${from} WHERE ${sql}`,
      values,
    );
    return Number(found);
  }

  /** All that match, as the list shows them; by id where it says no sort. */
  async matching(
    ownerId: Id,
    shown: readonly Id[],
    filters: CloudFilters,
    { sort, database = this.database }: { sort?: CloudSort; database?: Statements } = {},
  ): Promise<Id[]> {
    const { from, sql, values } = sourceOf(ownerId, shown, filters);
    const rows = await database.query<{ id: Id }[]>(
      `SELECT c.id FROM ${from} WHERE ${sql} ORDER BY ${sort ? orderByOf(orders[sort]) : 'c.id'}`,
      values,
    );
    return rows.map(({ id }) => id);
  }

  /** Letters that somebody's name begins with. The whole list is asked for each letter, one look at the index; fewer are read. */
  async letters(ownerId: Id, shown: readonly Id[], filters: CloudFilters): Promise<Set<string>> {
    const narrowed = { ...filters, letter: '' };
    const { from, sql, values } = sourceOf(ownerId, shown, narrowed);
    if (isNarrowed(narrowed)) {
      const rows = await this.database.query<{ initial: string }[]>(
        `SELECT DISTINCT LEFT(c.sortKey, 1) AS initial FROM ${from} WHERE ${sql}`,
        values,
      );
      return new Set(rows.map(({ initial }) => letterOf(initial)));
    }
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

  /** In the order of `ids`; those that are gone are left out. */
  async rows(ownerId: Id, ids: readonly Id[]): Promise<ListedCloudContact[]> {
    if (ids.length === 0) return [];
    const [rows, memberships, conflicts] = await Promise.all([
      this.database.query<
        (Omit<ListedCloudContact, 'starred' | 'isPrivate' | 'problem'> & {
          starred: number;
          isPrivate: number;
          problem: string | null;
        })[]
      >(
        `SELECT id, connectionId, ${contactFields.join(', ')}, starred, isPrivate, pending, problem
         FROM cloud_contacts WHERE id IN (?) AND ownerId = ?`,
        [ids, ownerId],
      ),
      this.database.query<{ contactId: Id; folderId: Id }[]>(
        'SELECT contactId, folderId FROM cloud_contact_folders WHERE contactId IN (?) AND ownerId = ?',
        [ids, ownerId],
      ),
      this.database.query<{ contactId: Id }[]>(
        'SELECT contactId FROM cloud_conflicts WHERE contactId IN (?) AND ownerId = ? AND openKey = 1',
        [ids, ownerId],
      ),
    ]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    const disputed = new Set(conflicts.map(({ contactId }) => contactId));
    return ids.flatMap((id) => {
      const row = byId.get(id);
      if (!row) return [];
      return [
        {
          ...row,
          ...{ starred: Boolean(row.starred), isPrivate: Boolean(row.isPrivate) },
          problem: row.problem === null ? null : (JSON.parse(row.problem) as PushProblem),
          inConflict: disputed.has(id),
          folderIds: memberships.filter(({ contactId }) => contactId === id).map(({ folderId }) => folderId),
        },
      ];
    });
  }
}

const id: KeysetColumn = { sql: 'c.id', name: 'id', kind: 'id' };
const sortKey: KeysetColumn = { sql: 'c.sortKey', name: 'sortKey', kind: 'text' };

const orders: Record<CloudSort, KeysetOrder> = {
  name: { name: 'cloud-name', columns: [sortKey, id] },
  '-name': { name: '-cloud-name', columns: [sortKey, id], descending: true },
  organization: {
    name: 'cloud-organization',
    columns: [
      // Who has none comes last.
      { sql: "CASE WHEN c.organization IS NULL THEN '1' ELSE '0' END", name: 'without', kind: 'text' },
      { sql: 'c.organization', name: 'organization', kind: 'text', nullable: true },
      sortKey,
      id,
    ],
  },
  recent: {
    name: 'cloud-recent',
    columns: [{ sql: 'c.updatedAt', name: 'updatedAt', kind: 'moment' }, id],
    descending: true,
  },
};

/** What a list is read from: the part behind FROM, and the condition. */
interface Source extends Condition {
  from: string;
}

/** One folder is read from its contacts, changes on their way from theirs; everything else along the name index. */
function sourceOf(ownerId: Id, shown: readonly Id[], filters: CloudFilters): Source {
  const { q, mailbox, folder, state, starred, letter, ids } = filters;
  const mailboxes = mailbox === '' ? shown : shown.filter((each) => each === mailbox);
  const conditions: Condition[] = [{ sql: 'c.ownerId = ? AND c.deletedAt IS NULL', values: [ownerId] }];
  if (mailboxes.length === 0) conditions.push({ sql: '1 = 0', values: [] });
  else conditions.push({ sql: 'c.connectionId IN (?)', values: [mailboxes] });
  if (state !== '')
    conditions.push({
      sql: `c.pending IS NOT NULL AND c.problem IS ${state === 'waiting' ? 'NULL' : 'NOT NULL'}`,
      values: [],
    });
  if (letter !== '') conditions.push({ sql: letterCondition('c.sortKey', letter), values: [] });
  if (starred) conditions.push({ sql: 'c.starred = 1', values: [] });
  if (ids !== '') conditions.push({ sql: 'c.id IN (?)', values: [idsIn(ids)] });
  conditions.push(...searchConditions('c.searchKey', q));
  if (isUnsearchable(q) || (folder !== '' && !isId(folder))) conditions.push({ sql: '1 = 0', values: [] });
  if (isId(folder))
    return {
      // Else servers read all memberships of the owner too, and intersect.
      from: `cloud_contact_folders m FORCE INDEX (ix_cloud_contact_folders_folder)
             STRAIGHT_JOIN cloud_contacts c FORCE INDEX (PRIMARY) ON c.id = m.contactId`,
      ...allOf([{ sql: 'm.folderId = ? AND m.ownerId = ?', values: [folder, ownerId] }, ...conditions]),
    };
  const index =
    ids !== '' ? 'PRIMARY' : state === '' ? 'ix_cloud_contacts_list' : 'ix_cloud_contacts_pending';
  return { from: `cloud_contacts c FORCE INDEX (${index})`, ...allOf(conditions) };
}
