import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import {
  keysetPage,
  orderByOf,
  type KeysetOrder,
  type KeysetPage,
  type Place,
} from '../../database/keyset.js';
import { NotFound } from '../../errors/domain-error.js';
import { type Statements } from '../../imports/import-kind.js';
import { type Condition } from '../../web/list-search.js';
import { type Call } from '../call.entity.js';
import { type CallTab } from './call-list.state.js';

/** One line of a list of calls. */
export type ListedCall = Pick<
  Call,
  | 'id'
  | 'direction'
  | 'outcome'
  | 'number'
  | 'typedNumber'
  | 'callerName'
  | 'startedAt'
  | 'seconds'
  | 'heardAt'
  | 'recording'
>;

/** A call in full. */
export type ShownCall = ListedCall &
  Pick<Call, 'callId' | 'recordingUrl' | 'source' | 'deletedAt' | 'createdAt' | 'updatedAt'>;

const listed = [
  ...(['id', 'direction', 'outcome', 'number', 'typedNumber', 'callerName'] as const),
  ...(['startedAt', 'seconds', 'heardAt', 'recording'] as const),
];
const columnsOf = (alias: string) => listed.map((column) => `${alias}.${column}`).join(', ');

const newestCallFirst: KeysetOrder = {
  name: 'calls',
  columns: [
    { sql: 'c.startedAt', name: 'startedAt', kind: 'moment' },
    { sql: 'c.id', name: 'id', kind: 'id' },
  ],
  descending: true,
};

const newestInBinFirst: KeysetOrder = {
  name: 'calls-bin',
  columns: [
    { sql: 'c.deletedAt', name: 'deletedAt', kind: 'moment' },
    { sql: 'c.id', name: 'id', kind: 'id' },
  ],
  descending: true,
};

const ofTab: Record<CallTab, string> = {
  all: '1 = 1',
  // A voicemail is what became of a call that was missed.
  missed: "c.direction = 'incoming' AND c.outcome IN ('missed', 'voicemail')",
  voicemail: "c.direction = 'incoming' AND c.outcome = 'voicemail'",
  incoming: "c.direction = 'incoming'",
  outgoing: "c.direction = 'outgoing'",
};

/** Reads one’s own calls: every query starts from the user. */
@Injectable()
export class CallList {
  constructor(private readonly database: DataSource) {}

  /** The ids of the page along the list’s index, then their rows. */
  page(userId: Id, tab: CallTab, search: Condition, place: Place): Promise<KeysetPage<ListedCall>> {
    return keysetPage<ListedCall>(newestCallFirst, place, limits.page, (slice) =>
      this.database.query<ListedCall[]>(
        rowsOf(
          `${living} AND ${ofTab[tab]} AND ${search.sql} AND ${slice.where}
           ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
          slice.orderBy,
        ),
        [userId, ...search.values, ...slice.values],
      ),
    );
  }

  async count(userId: Id, tab: CallTab, search: Condition): Promise<number> {
    const [{ found }] = await this.database.query<[{ found: number | string }]>(
      `SELECT COUNT(*) AS found FROM calls c FORCE INDEX (ix_calls_list)
       WHERE ${living} AND ${ofTab[tab]} AND ${search.sql}`,
      [userId, ...search.values],
    );
    return Number(found);
  }

  /** All that match, by id: the order in which everybody locks them. */
  async matching(database: Statements, userId: Id, tab: CallTab, search: Condition): Promise<Id[]> {
    const rows = await database.query<{ id: Id }[]>(
      `SELECT c.id FROM calls c FORCE INDEX (ix_calls_list)
       WHERE ${living} AND ${ofTab[tab]} AND ${search.sql} ORDER BY c.id`,
      [userId, ...search.values],
    );
    return rows.map(({ id }) => id);
  }

  /** The last ones; for what shows a few beside something else. */
  recent(userId: Id, tab: CallTab, search: Condition, most: number): Promise<ListedCall[]> {
    return this.database.query<ListedCall[]>(
      rowsOf(
        `${living} AND ${ofTab[tab]} AND ${search.sql} ORDER BY ${newestFirst} LIMIT ${most}`,
        newestFirst,
      ),
      [userId, ...search.values],
    );
  }

  /** Living or in the bin. @throws NotFound, also for somebody else’s */
  async find(userId: Id, id: string): Promise<ShownCall> {
    const [call] = isId(id)
      ? await this.database.query<ShownCall[]>(
          `SELECT ${columnsOf('c')}, c.callId, c.recordingUrl, c.source, c.deletedAt, c.createdAt, c.updatedAt
           FROM calls c WHERE c.id = ? AND c.userId = ? AND (c.deletedAt IS NULL OR c.deletedAt > ?)`,
          [id, userId, binnedSince()],
        )
      : [];
    if (!call) throw new NotFound('calls.not-found');
    return call;
  }

  /** True where there is anything at all, also in the bin. */
  async hasAny(userId: Id): Promise<boolean> {
    const found = await this.database.query<unknown[]>('SELECT 1 FROM calls WHERE userId = ? LIMIT 1', [
      userId,
    ]);
    return found.length > 0;
  }

  bin(userId: Id, place: Place): Promise<KeysetPage<ListedCall & { deletedAt: Date }>> {
    return keysetPage(newestInBinFirst, place, limits.page, (slice) =>
      this.database.query<(ListedCall & { deletedAt: Date })[]>(
        `SELECT ${columnsOf('c')}, c.deletedAt FROM calls c
         WHERE c.userId = ? AND c.deletedAt > ? AND ${slice.where} ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [userId, binnedSince(), ...slice.values],
      ),
    );
  }
}

const newestFirst = orderByOf(newestCallFirst);

/** The ids are found in the index alone; then as many rows as are shown are read. */
function rowsOf(found: string, orderBy: string): string {
  return `SELECT ${columnsOf('c')} FROM
      (SELECT c.id FROM calls c FORCE INDEX (ix_calls_list) WHERE ${found}) found
    JOIN calls c ON c.id = found.id ORDER BY ${orderBy}`;
}

const living = 'c.userId = ? AND c.deletedAt IS NULL';

/** What went into the bin before is gone, though a worker has yet to take it away. */
function binnedSince(): Date {
  return new Date(Date.now() - limits.restoreDays * 86_400_000);
}
