import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage } from '../../database/keyset.js';
import { likePattern } from '../../text/fold.js';
import { addressSearched } from '../address-shown.js';
import { type SentRequest } from '../external-request.entities.js';
import { type SentListState } from './sent-list.state.js';

export type ListedSent = Pick<
  SentRequest,
  | 'id'
  | 'toAddress'
  | 'message'
  | 'state'
  | 'sentAt'
  | 'lastSentAt'
  | 'timesSent'
  | 'expiresAt'
  | 'answeredAt'
>;

const newestFirst: KeysetOrder = {
  name: 'sent',
  columns: [
    { sql: 'r.sentAt', name: 'sentAt', kind: 'moment' },
    { sql: 'r.id', name: 'id', kind: 'id' },
  ],
  descending: true,
};

/** Reads what one person has sent; one that waits beyond its time has expired, whether that is written down or not. */
@Injectable()
export class SentRequests {
  constructor(private readonly database: DataSource) {}

  page(senderId: Id, state: SentListState): Promise<KeysetPage<ListedSent>> {
    const { sql, values } = narrowed(state);
    return keysetPage<ListedSent>(newestFirst, state.place, limits.page, (slice) =>
      this.database.query<ListedSent[]>(
        `SELECT r.id, r.toAddress, r.message, ${stateNow} AS state, r.sentAt, r.lastSentAt, r.timesSent, r.expiresAt,
                r.answeredAt
         FROM external_requests_sent r WHERE r.senderId = ? ${sql} AND (${slice.where})
         ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [senderId, ...values, ...slice.values],
      ),
    );
  }

  async count(senderId: Id, state: SentListState): Promise<number> {
    const { sql, values } = narrowed(state);
    const [{ requests }] = await this.database.query<[{ requests: number | string }]>(
      `SELECT COUNT(*) AS requests FROM external_requests_sent r WHERE r.senderId = ? ${sql}`,
      [senderId, ...values],
    );
    return Number(requests);
  }

  /** What a request said, to ask again; null for one that is none of theirs. */
  async wording(senderId: Id, id: string): Promise<Pick<SentRequest, 'toAddress' | 'message'> | null> {
    if (!isId(id)) return null;
    const [row] = await this.database.query<Pick<SentRequest, 'toAddress' | 'message'>[]>(
      'SELECT toAddress, message FROM external_requests_sent WHERE id = ? AND senderId = ?',
      [id, senderId],
    );
    return row ?? null;
  }
}

const stateNow = `IF(r.state = 'waiting' AND r.expiresAt <= UTC_TIMESTAMP(3), 'expired', r.state)`;

function narrowed({ q, state }: SentListState): { sql: string; values: string[] } {
  const search = q === '' ? [] : [likePattern(addressSearched(q))];
  const states = {
    waiting: `AND r.state = 'waiting' AND r.expiresAt > UTC_TIMESTAMP(3)`,
    expired: `AND r.state IN ('expired', 'waiting') AND ${stateNow} = 'expired'`,
    accepted: `AND r.state = 'accepted'`,
    declined: `AND r.state = 'declined'`,
    withdrawn: `AND r.state = 'withdrawn'`,
    '': '',
  };
  return { sql: `${q === '' ? '' : 'AND r.toAddress LIKE ?'} ${states[state]}`, values: search };
}
