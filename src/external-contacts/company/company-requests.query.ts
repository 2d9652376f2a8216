import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../../database/keyset.js';
import { likePattern, searchWords } from '../../text/fold.js';
import { addressSearched } from '../address-shown.js';
import { type SentRequest } from '../external-request.entities.js';
import { type CompanyPerson } from './company-contacts.query.js';

/** A request of one of the company's people that waits: never what they wrote. */
export interface CompanyRequest extends Pick<SentRequest, 'id' | 'toAddress' | 'sentAt' | 'expiresAt'> {
  person: CompanyPerson;
}

const newestFirst: KeysetOrder = {
  name: 'sent',
  columns: [
    { sql: 'r.sentAt', name: 'sentAt', kind: 'moment' },
    { sql: 'r.id', name: 'id', kind: 'id' },
  ],
  descending: true,
};

/** Reads whom the company's people have asked and who has not answered. */
@Injectable()
export class CompanyRequests {
  constructor(private readonly database: DataSource) {}

  /** @param q part of an address, or one of the company's people; '' is everything */
  async page(accountId: Id, q: string, place: Place): Promise<KeysetPage<CompanyRequest>> {
    const words = searchWords(q);
    const address = likePattern(addressSearched(q));
    const person = words.map(() => 'u.searchKey LIKE ?').join(' AND ') || '1 = 0';
    const search = q === '' ? '1 = 1' : `(r.toAddress LIKE ? OR (${person}))`;
    const values = q === '' ? [] : [address, ...words.map(likePattern)];
    // From the newest request on: the servers would rather begin with everybody of the company, and sort.
    const page = await keysetPage<RequestRow>(newestFirst, place, limits.page, (slice) =>
      this.database.query<RequestRow[]>(
        `SELECT STRAIGHT_JOIN r.id, r.toAddress, r.sentAt, r.expiresAt, u.id AS personId, u.givenName, u.familyName, u.email,
                u.status, u.photoHash
         FROM external_requests_sent r JOIN users u ON u.id = r.senderId AND u.accountId = r.accountId
         WHERE r.accountId = ? AND r.state = 'waiting' AND r.expiresAt > UTC_TIMESTAMP(3) AND ${search}
           AND ${slice.where} ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [accountId, ...values, ...slice.values],
      ),
    );
    return { ...page, rows: page.rows.map(requestOf) };
  }
}

type RequestRow = Omit<CompanyRequest, 'person'> & Omit<CompanyPerson, 'id'> & { personId: Id };

function requestOf({ personId, ...row }: RequestRow): CompanyRequest {
  const { id, toAddress, sentAt, expiresAt, givenName, familyName, email, status, photoHash } = row;
  const person = { id: personId, givenName, familyName, email, status, photoHash };
  return { id, toAddress, sentAt, expiresAt, person };
}
