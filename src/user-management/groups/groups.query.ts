import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type GroupFeatures } from '../../accounts/features.js';
import { type ChatGroupKind } from '../../accounts/group.entities.js';
import { groupTables, groupWords, memberTables, type GroupKind } from '../../accounts/group-tables.js';
import { statuses, type Status } from '../../accounts/user.entity.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import {
  keysetPage,
  type KeysetOrder,
  type KeysetPage,
  type Place,
  type Slice,
} from '../../database/keyset.js';
import { type Changes } from '../../journal/journal.entities.js';
import { likePattern, phoneQueryDigits, searchWords } from '../../text/fold.js';
import { nameKeyOf } from '../../accounts/user-rows.js';

/** One line of `/user-groups` or `/chat-groups`. */
export interface ListedGroup {
  id: Id;
  name: string;
  nameKey: string;
  kind: ChatGroupKind | null;
  features: GroupFeatures | null;
  members: number;
}

/** Somebody of the account, as lists of a group show them. */
export interface ListedMember {
  id: Id;
  sortKey: string;
  givenName: string;
  familyName: string;
  email: string;
  department: string | null;
  status: Status;
  photoHash: string | null;
}

export interface Candidate extends ListedMember {
  member: boolean;
}

/** A group that was deleted and can be had back. */
export interface DeletedGroup {
  batchId: Id;
  name: string;
  kind: ChatGroupKind | null;
  members: number;
  at: Date;
  /** Who deleted it; '' for somebody who is gone, or the operator. */
  actor: string;
}

/** Beyond so many members a page is read along the name index instead of from the members. */
const MANY = 5_000;

/** Reads the pages of both kinds of groups. */
@Injectable()
export class GroupsQuery {
  constructor(private readonly database: DataSource) {}

  async page(
    accountId: Id,
    kind: GroupKind,
    { q, place }: { q: string; place: Place },
  ): Promise<KeysetPage<ListedGroup>> {
    const words = nameKeyOf(q).split(' ').filter(Boolean);
    const own = kind === 'chatGroups' ? 'kind, NULL AS features' : 'NULL AS kind, features';
    const page = await keysetPage(byNameKey, place, limits.page, ({ where, values, orderBy, limit }) =>
      this.database.query<(Omit<ListedGroup, 'features' | 'members'> & { features: string | null })[]>(
        `SELECT g.id, g.name, g.nameKey, ${own} FROM ${groupTables[kind]} g
         WHERE g.accountId = ?${words.map(() => ' AND g.nameKey LIKE ?').join('')} AND ${where}
         ORDER BY ${orderBy} LIMIT ${limit}`,
        [accountId, ...words.map(likePattern), ...values],
      ),
    );
    const counts = await this.counts(
      accountId,
      kind,
      page.rows.map(({ id }) => id),
    );
    const rows = page.rows.map((row) => ({
      ...row,
      features: row.features === null ? null : (JSON.parse(row.features) as GroupFeatures),
      members: counts.get(row.id) ?? 0,
    }));
    return { ...page, rows };
  }

  /** How many groups there are. */
  async count(accountId: Id, kind: GroupKind): Promise<number> {
    return this.number(`SELECT COUNT(*) AS n FROM ${groupTables[kind]} WHERE accountId = ?`, [accountId]);
  }

  /** Members of each of these groups: all in them, read from the key alone, less the few in the bin. */
  async counts(accountId: Id, kind: GroupKind, ids: readonly Id[]): Promise<Map<Id, number>> {
    if (ids.length === 0) return new Map();
    const members = memberTables[kind];
    const [all, erased] = await Promise.all([
      this.database.query<{ groupId: Id; n: string | number }[]>(
        `SELECT groupId, COUNT(*) AS n FROM ${members} WHERE groupId IN (?) GROUP BY groupId`,
        [ids],
      ),
      this.database.query<{ groupId: Id; n: string | number }[]>(
        `SELECT m.groupId, COUNT(*) AS n FROM users u JOIN ${members} m ON m.userId = u.id
         WHERE u.accountId = ? AND u.status = 'erased' AND m.groupId IN (?) GROUP BY m.groupId`,
        [accountId, ids],
      ),
    ]);
    const counts = new Map(all.map(({ groupId, n }) => [groupId, Number(n)]));
    for (const { groupId, n } of erased) counts.set(groupId, (counts.get(groupId) ?? 0) - Number(n));
    return counts;
  }

  /**
   * Members by name, whatever their status. Of few members all are read and sorted; of many the name index of each
   * status is walked until the page is full, so that a group of everybody costs what a small one does.
   */
  async members(
    accountId: Id,
    kind: GroupKind,
    groupId: Id,
    { q, place, total }: { q: string; place: Place; total: number },
  ): Promise<KeysetPage<ListedMember>> {
    const search = searchOf(q);
    const members = memberTables[kind];
    return keysetPage(byName, place, limits.page, (slice) => {
      if (total <= MANY) {
        return this.database.query<ListedMember[]>(
          `SELECT ${memberColumns} FROM ${members} m JOIN users u ON u.id = m.userId
           WHERE m.groupId = ? AND u.accountId = ? AND u.status IN (?) AND ${search.sql} AND ${slice.where}
           ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
          [groupId, accountId, statuses, ...search.values, ...slice.values],
        );
      }
      return this.along(accountId, slice, {
        sql: `EXISTS (SELECT 1 FROM ${members} m WHERE m.groupId = ? AND m.userId = u.id) AND ${search.sql}`,
        values: [groupId, ...search.values],
      });
    });
  }

  /** Everybody who matches a search, and whether they are in the group. */
  async candidates(
    accountId: Id,
    kind: GroupKind,
    groupId: Id,
    { q, place }: { q: string; place: Place },
  ): Promise<KeysetPage<Candidate>> {
    const search = searchOf(q);
    const page = await keysetPage(byName, place, limits.page, (slice) =>
      this.along(accountId, slice, search),
    );
    const ids = page.rows.map(({ id }) => id);
    const within =
      ids.length === 0
        ? []
        : await this.database.query<{ userId: Id }[]>(
            `SELECT userId FROM ${memberTables[kind]} WHERE groupId = ? AND userId IN (?)`,
            [groupId, ids],
          );
    const members = new Set(within.map(({ userId }) => userId));
    return { ...page, rows: page.rows.map((row) => ({ ...row, member: members.has(row.id) })) };
  }

  /** Groups deleted in the last 30 days that nobody brought back, the latest first. */
  async deleted(accountId: Id, kind: GroupKind): Promise<DeletedGroup[]> {
    const rows = await this.database.query<
      { batchId: Id; at: Date; changes: string | null; actor: string | null }[]
    >(
      `SELECT b.id AS batchId, b.at, e.changes, TRIM(CONCAT(a.givenName, ' ', a.familyName)) AS actor
       FROM journal_batches b
       JOIN journal_entries e ON e.batchId = b.id AND e.subjectType = ?
       LEFT JOIN users a ON a.id = b.actorId AND a.accountId = b.accountId
       WHERE b.accountId = ? AND b.at > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${limits.restoreDays} DAY)
         AND b.kind = ? AND b.undoneAt IS NULL
       ORDER BY b.at DESC, b.id DESC LIMIT ${limits.page}`,
      [groupWords[kind], accountId, `${groupWords[kind]}s.delete`],
    );
    return rows.flatMap(({ batchId, at, changes, actor }) => {
      const { group, members } = (JSON.parse(changes ?? '{}') ?? {}) as Changes;
      const was = group?.[0] as { name: string; kind?: ChatGroupKind } | undefined;
      if (!was) return [];
      return [
        {
          ...{ batchId, at, name: was.name, kind: was.kind ?? null },
          ...{ members: Number(members?.[0] ?? 0), actor: actor ?? '' },
        },
      ];
    });
  }

  /**
   * A page of people along the name index of each status; each part reads no further than its own page, and nothing but
   * that index until the page is known.
   */
  private along(
    accountId: Id,
    { where, values, orderBy, limit }: Slice,
    condition: Condition,
  ): Promise<ListedMember[]> {
    const parts = statuses.map(
      () =>
        `(SELECT u.id, u.sortKey FROM users u
          WHERE u.accountId = ? AND u.status = ? AND ${condition.sql} AND ${where}
          ORDER BY ${orderBy} LIMIT ${limit})`,
    );
    return this.database.query<ListedMember[]>(
      `SELECT ${memberColumns} FROM (
         SELECT id FROM (${parts.join(' UNION ALL ')}) u ORDER BY ${orderBy} LIMIT ${limit}) page
       JOIN users u ON u.id = page.id ORDER BY ${orderBy}`,
      statuses.flatMap((status) => [accountId, status, ...condition.values, ...values]),
    );
  }

  private async number(sql: string, values: unknown[]): Promise<number> {
    const [{ n }] = await this.database.query<[{ n: string | number }]>(sql, values);
    return Number(n);
  }
}

interface Condition {
  sql: string;
  values: unknown[];
}

const memberColumns =
  'u.id, u.sortKey, u.givenName, u.familyName, u.email, u.department, u.status, u.photoHash';

const byNameKey: KeysetOrder = {
  name: 'group',
  columns: [{ sql: 'g.nameKey', name: 'nameKey', kind: 'text' }],
};

const byName: KeysetOrder = {
  name: 'member',
  columns: [
    { sql: 'u.sortKey', name: 'sortKey', kind: 'text' },
    { sql: 'u.id', name: 'id', kind: 'id' },
  ],
};

/** Every word somewhere in the folded key; punctuation alone finds nobody. */
function searchOf(q: string): Condition {
  if (q.trim() === '') return { sql: '1 = 1', values: [] };
  const digits = phoneQueryDigits(q);
  const words = digits === null ? searchWords(q) : [digits];
  if (words.length === 0) return { sql: '1 = 0', values: [] };
  return {
    sql: words.map(() => 'CAST(u.searchKey AS BINARY) LIKE ?').join(' AND '),
    values: words.map(likePattern),
  };
}
