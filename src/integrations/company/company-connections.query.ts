import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Provider } from '../../accounts/settings.js';
import { type Status } from '../../accounts/user.entity.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../../database/keyset.js';
import { likePattern, searchWords } from '../../text/fold.js';
import { type Connection, type ConnectionProblem } from '../connection.entities.js';
import { type CompanyCondition, type CompanyFilters, type CompanySort } from './company-state.js';

/** A connection as administrators see it: of what it holds numbers alone. */
export interface CompanyConnection extends Pick<
  Connection,
  | 'id'
  | 'provider'
  | 'accountName'
  | 'state'
  | 'pausedFor'
  | 'contacts'
  | 'problem'
  | 'lastSuccessAt'
  | 'createdAt'
> {
  person: ConnectedPerson;
  /** Cloud contacts that are there, those in the bin left out. */
  held: number;
}

/** Somebody of the company; names are empty of somebody erased for good. */
export interface ConnectedPerson {
  id: Id;
  givenName: string;
  familyName: string;
  email: string;
  status: Status | null;
  photoHash: string | null;
}

/** Reads which of a company's people are connected to what; every query starts from the account's connections. */
@Injectable()
export class CompanyConnections {
  constructor(private readonly database: DataSource) {}

  page(accountId: Id, state: CompanyFilters & { sort: CompanySort; place: Place }) {
    return this.read(accountId, state, state.place, limits.page);
  }

  /** The same for a file, many at a time. */
  async read(
    accountId: Id,
    state: CompanyFilters & { sort: CompanySort },
    place: Place,
    limit: number,
  ): Promise<KeysetPage<CompanyConnection>> {
    const { sql, values } = conditionOf(state);
    const order = orders[state.sort];
    const found = await keysetPage<ConnectionRow>(order, place, limit, (slice) =>
      this.database.query<ConnectionRow[]>(
        `SELECT ${shown} FROM ${source}
         WHERE c.accountId = ? AND ${sql} AND ${slice.where} ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [accountId, ...values, ...slice.values],
      ),
    );
    return { ...found, rows: await this.counted(found.rows) };
  }

  async count(accountId: Id, filters: CompanyFilters): Promise<number> {
    const { sql, values } = conditionOf(filters);
    const [row] = await this.database.query<[{ connections: number | string }]>(
      `SELECT COUNT(*) AS connections FROM ${source} WHERE c.accountId = ? AND ${sql}`,
      [accountId, ...values],
    );
    return Number(row.connections);
  }

  /** These connections of the account, in the order of their people; those that are none are left out. */
  async some(accountId: Id, ids: readonly Id[]): Promise<CompanyConnection[]> {
    if (ids.length === 0) return [];
    const rows = await this.database.query<ConnectionRow[]>(
      `SELECT ${shown} FROM ${source} WHERE c.id IN (?) AND c.accountId = ? AND ${living} ORDER BY u.sortKey, c.id`,
      [ids, accountId],
    );
    return this.counted(rows);
  }

  /** How many people are connected to one of these now. */
  async people(accountId: Id, providers: readonly Provider[]): Promise<number> {
    const [row] = await this.database.query<[{ people: number | string }]>(
      `SELECT COUNT(DISTINCT userId) AS people FROM connections
       WHERE accountId = ? AND state IN ('connected', 'needs-sign-in') AND provider IN (?)`,
      [accountId, providers],
    );
    return Number(row.people);
  }

  /** Whom the list is narrowed to. @returns null for nobody of the account */
  async personName(accountId: Id, person: string): Promise<string | null> {
    if (person === '') return null;
    const rows = await this.database.query<Pick<ConnectedPerson, 'givenName' | 'familyName' | 'email'>[]>(
      'SELECT givenName, familyName, email FROM users WHERE id = ? AND accountId = ?',
      [person, accountId],
    );
    return rows.length === 0 ? null : personText(rows[0]);
  }

  private async counted(rows: readonly ConnectionRow[]): Promise<CompanyConnection[]> {
    const held = new Map<Id, number>();
    if (rows.length > 0) {
      const counts = await this.database.query<{ connectionId: Id; held: number | string }[]>(
        `SELECT connectionId, COUNT(*) AS held FROM cloud_contacts
         WHERE ownerId IN (?) AND deletedAt IS NULL GROUP BY connectionId`,
        [[...new Set(rows.map(({ userId }) => userId))]],
      );
      for (const { connectionId, held: count } of counts) held.set(connectionId, Number(count));
    }
    return rows.map((row) => connectionOf(row, held.get(row.id) ?? 0));
  }
}

/** Somebody of the company as they are called. */
export function personText({
  givenName,
  familyName,
  email,
}: Pick<ConnectedPerson, 'givenName' | 'familyName' | 'email'>): string {
  return `${givenName} ${familyName}`.trim() || email;
}

interface ConnectionRow extends Omit<CompanyConnection, 'person' | 'held' | 'problem'> {
  userId: Id;
  problem: string | null;
  givenName: string | null;
  familyName: string | null;
  email: string | null;
  status: Status | null;
  photoHash: string | null;
}

function connectionOf(row: ConnectionRow, held: number): CompanyConnection {
  const { userId, givenName, familyName, email, status, photoHash, problem } = row;
  const { id, provider, accountName, state, pausedFor, contacts, lastSuccessAt, createdAt } = row;
  return {
    ...{ id, provider, accountName, state, pausedFor, contacts, lastSuccessAt, createdAt, held },
    problem: problem === null ? null : (JSON.parse(problem) as ConnectionProblem),
    person: {
      ...{ id: userId, status, photoHash },
      ...{ givenName: givenName ?? '', familyName: familyName ?? '', email: email ?? '' },
    },
  };
}

const source = 'connections c LEFT JOIN users u ON u.id = c.userId AND u.accountId = c.accountId';
const living = `c.state <> 'ended'`;
const shown = `c.id, c.userId, c.provider, c.accountName, c.state, c.pausedFor, c.contacts, c.problem, c.lastSuccessAt,
  c.createdAt, u.sortKey, u.givenName, u.familyName, u.email, u.status, u.photoHash`;

const byPerson = [
  { sql: 'u.sortKey', name: 'sortKey', kind: 'text', nullable: true },
  { sql: 'c.id', name: 'id', kind: 'id' },
] as const;
const bySuccess = [
  { sql: 'c.lastSuccessAt', name: 'lastSuccessAt', kind: 'moment', nullable: true },
  { sql: 'c.id', name: 'id', kind: 'id' },
] as const;

const orders: Record<CompanySort, KeysetOrder> = {
  person: { name: 'person', columns: byPerson },
  '-person': { name: '-person', columns: byPerson, descending: true },
  success: { name: 'success', columns: bySuccess },
  '-success': { name: '-success', columns: bySuccess, descending: true },
};

/** ISO 8601 texts stand in the order of time. */
const SINCE_LONG = `JSON_UNQUOTE(JSON_EXTRACT(c.problem, '$.since'))
  < DATE_FORMAT(DATE_SUB(UTC_TIMESTAMP(), INTERVAL 1 DAY), '%Y-%m-%dT%H:%i:%s')`;

const conditions: Record<CompanyCondition, string> = {
  'in-step': `c.state = 'connected' AND c.problem IS NULL`,
  failing: `c.state = 'connected' AND c.problem IS NOT NULL`,
  long: `c.state IN ('connected', 'needs-sign-in') AND c.problem IS NOT NULL AND ${SINCE_LONG}`,
  'needs-sign-in': `c.state = 'needs-sign-in'`,
  paused: `c.state = 'paused'`,
};

function conditionOf({ q, person, provider, state }: CompanyFilters): { sql: string; values: unknown[] } {
  const words = searchWords(q).map(likePattern);
  const parts = [
    { sql: living, values: [] },
    ...(person === '' ? [] : [{ sql: 'c.userId = ?', values: [person] }]),
    ...(provider === '' ? [] : [{ sql: 'c.provider = ?', values: [provider] }]),
    ...(state === '' ? [] : [{ sql: conditions[state], values: [] }]),
    ...words.map((pattern) => ({ sql: 'u.searchKey LIKE ?', values: [pattern] })),
    // Signs alone find nobody.
    ...(q !== '' && words.length === 0 ? [{ sql: '1 = 0', values: [] }] : []),
  ];
  return {
    sql: parts.map(({ sql }) => `(${sql})`).join(' AND '),
    values: parts.flatMap(({ values }) => values),
  };
}
