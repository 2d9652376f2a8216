import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SessionCounts } from '../../auth/session-counts.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../../database/keyset.js';
import { type ReceivedRequest, SentRequest } from '../external-request.entities.js';
import { REQUESTS_WAITING } from '../external-tabs.view.js';
import { endOf } from './acceptances.service.js';

/** `answered`: and those that ended without an answer. */
export type Which = 'waiting' | 'answered';

export type ListedRequest = Pick<
  ReceivedRequest,
  | 'id'
  | 'requestId'
  | 'senderId'
  | 'senderName'
  | 'senderAddress'
  | 'senderCompany'
  | 'message'
  | 'state'
  | 'receivedAt'
  | 'expiresAt'
  | 'answeredAt'
>;

export interface AnsweredRequest extends ListedRequest {
  /** The reader's card of the sender, where they are in contact. */
  contactId: Id | null;
  /** It was declined, and can still be accepted. */
  mayAccept: boolean;
}

const newestFirst: KeysetOrder = {
  name: 'received',
  columns: [
    { sql: 'r.receivedAt', name: 'receivedAt', kind: 'moment' },
    { sql: 'r.id', name: 'id', kind: 'id' },
  ],
  descending: true,
};

const waits = `r.state = 'waiting' AND r.expiresAt > UTC_TIMESTAMP(3)`;
const conditions: Record<Which, string> = {
  waiting: waits,
  answered: `(r.state <> 'waiting' OR r.expiresAt <= UTC_TIMESTAMP(3))`,
};

/** Requests one has received. */
@Injectable()
export class ReceivedRequests implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly sessionCounts: SessionCounts,
  ) {}

  onModuleInit(): void {
    this.sessionCounts.register(REQUESTS_WAITING, {
      from: 'external_requests_received r',
      where: `r.receiverId = u.id AND ${waits}`,
      // At most `limits.externalRequestsWaiting` of them.
      few: true,
    });
  }

  page(readerId: Id, which: Which, place: Place): Promise<KeysetPage<ListedRequest>> {
    return keysetPage<ListedRequest>(newestFirst, place, limits.page, (slice) =>
      this.database.query<ListedRequest[]>(
        `SELECT r.id, r.requestId, r.senderId, r.senderName, r.senderAddress, r.senderCompany, r.message, r.state,
                r.receivedAt, r.expiresAt, r.answeredAt
         FROM external_requests_received r
         WHERE r.receiverId = ? AND ${conditions[which]} AND (${slice.where})
         ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [readerId, ...slice.values],
      ),
    );
  }

  async count(readerId: Id, which: Which): Promise<number> {
    const [{ requests }] = await this.database.query<[{ requests: number | string }]>(
      `SELECT COUNT(*) AS requests FROM external_requests_received r
       WHERE r.receiverId = ? AND ${conditions[which]}`,
      [readerId],
    );
    return Number(requests);
  }

  /** With what can still be done about each: in two queries, whatever their number. */
  async answered(readerId: Id, rows: readonly ListedRequest[]): Promise<AnsweredRequest[]> {
    if (rows.length === 0) return [];
    const declined = rows.filter(({ state }) => state === 'declined').map(({ requestId }) => requestId);
    const [sent, cards] = await Promise.all([
      declined.length === 0
        ? []
        : this.database.query<SentRequest[]>(
            'SELECT id, state, expiresAt, answeredAt FROM external_requests_sent WHERE id IN (?)',
            [declined],
          ),
      this.database.query<{ id: Id; otherUserId: Id }[]>(
        'SELECT id, otherUserId FROM external_contacts WHERE ownerId = ? AND otherUserId IN (?) AND endedAt IS NULL',
        [readerId, rows.map(({ senderId }) => senderId)],
      ),
    ]);
    const open = new Set(sent.filter((request) => endOf(request) === null).map(({ id }) => id));
    const contacts = new Map(cards.map(({ id, otherUserId }) => [otherUserId, id]));
    return rows.map((row) => ({
      ...row,
      contactId: contacts.get(row.senderId) ?? null,
      mayAccept: open.has(row.requestId),
    }));
  }
}
