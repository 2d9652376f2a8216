import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type LinkPurpose } from '../../accounts/one-time-link.entity.js';
import { OneTimeLinks } from '../../accounts/one-time-links.service.js';
import { type Id } from '../../database/id.js';
import { type Side } from '../links/external-links.service.js';

export const requestPurposes = [
  'external-signup',
  'external-confirm',
] as const satisfies readonly LinkPurpose[];
export type RequestPurpose = (typeof requestPurposes)[number];

/** What of a request its links hold. */
export interface LinkedRequest {
  id: Id;
  toAddress: string;
  expiresAt: Date;
}

/** The links of requests: one for each purpose, which a request sent again makes last longer. */
@Injectable()
export class RequestLinks {
  constructor(private readonly links: OneTimeLinks) {}

  /** The caller holds the request's row. @returns the link's id */
  async open(
    manager: EntityManager,
    { accountId, userId }: Side,
    purpose: RequestPurpose,
    { id: subjectId, toAddress, expiresAt }: LinkedRequest,
  ): Promise<Id> {
    const [present] = await manager.query<{ id: Id }[]>(
      `SELECT id FROM one_time_links
       WHERE userId = ? AND purpose = ? AND subjectId = ? AND accountId = ? AND address = ?
         AND usedAt IS NULL AND withdrawnAt IS NULL
       ORDER BY id DESC LIMIT 1`,
      [userId, purpose, subjectId, accountId, toAddress],
    );
    if (present) {
      await manager.query('UPDATE one_time_links SET expiresAt = ? WHERE id = ?', [expiresAt, present.id]);
      return present.id;
    }
    const link = { accountId, userId, purpose, address: toAddress, subjectId, expiresAt };
    return (await this.links.create(manager, link)).id;
  }

  /** Closes what is open of these requests; a mail that still waits for one is then not sent. */
  async withdraw(manager: EntityManager, ownerIds: readonly Id[], requestIds: readonly Id[]): Promise<void> {
    if (ownerIds.length === 0 || requestIds.length === 0) return;
    await manager.query(
      `UPDATE one_time_links SET withdrawnAt = UTC_TIMESTAMP(3)
       WHERE userId IN (?) AND purpose IN (?) AND subjectId IN (?) AND usedAt IS NULL AND withdrawnAt IS NULL`,
      [ownerIds, requestPurposes, requestIds],
    );
  }
}
