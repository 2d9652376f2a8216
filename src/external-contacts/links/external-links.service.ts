import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { newId, type Id } from '../../database/id.js';
import { ExternalLink, type LinkEnd } from '../external-link.entity.js';

/** One of two people. */
export interface Side {
  accountId: Id;
  userId: Id;
}

/**
 * What is between two people of different accounts. Every act on it begins with `meet`, in its own transaction: of two
 * at the same moment the second sees what the first has done. Locks are taken in this order everywhere: the link, the
 * sender's request, the receiver's, the contacts.
 */
@Injectable()
export class ExternalLinks {
  /** The row of the two, made when there is none; theirs alone until the transaction ends. */
  async meet(manager: EntityManager, one: Side, other: Side): Promise<ExternalLink> {
    if (one.userId === other.userId) throw new Error('Nobody is an external contact of themselves');
    const [low, high] = one.userId < other.userId ? [one, other] : [other, one];
    const pair = [low.userId, high.userId];
    const { affectedRows } = await manager.query<Changed>(
      'UPDATE external_links SET revision = revision + 1 WHERE lowUserId = ? AND highUserId = ?',
      pair,
    );
    if (affectedRows === 0) {
      await manager.query(
        `INSERT INTO external_links (id, lowUserId, highUserId, lowAccountId, highAccountId, state)
         VALUES (?, ?, ?, ?, ?, 'apart') ON DUPLICATE KEY UPDATE revision = revision + 1`,
        [newId(), ...pair, low.accountId, high.accountId],
      );
    }
    return manager.findOneByOrFail(ExternalLink, { lowUserId: low.userId, highUserId: high.userId });
  }

  /**
   * Makes the two contacts of each other; done before, it changes nothing. What one kept of the other is there again,
   * and whatever they still asked of each other is accepted.
   * @param askedBy null: both asked
   */
  async connect(manager: EntityManager, link: ExternalLink, askedBy: Id | null): Promise<void> {
    await this.acceptOpen(manager, link);
    if (link.state === 'connected') return;
    await manager.query(
      `UPDATE external_links SET state = 'connected', askedBy = ?, connectedAt = UTC_TIMESTAMP(3),
         endedAt = NULL, endedBy = NULL, endedFor = NULL
       WHERE id = ?`,
      [askedBy, link.id],
    );
    const [low, high] = sidesOf(link);
    await manager.query(
      `INSERT INTO external_contacts (id, accountId, ownerId, linkId, otherUserId, otherAccountId, connectedAt)
       VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3)), (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))
       ON DUPLICATE KEY UPDATE linkId = VALUES(linkId), connectedAt = VALUES(connectedAt), endedAt = NULL`,
      [...contactOf(link, low, high), ...contactOf(link, high, low)],
    );
  }

  /**
   * Ends it for both; what each kept of the other waits 30 days.
   * @param end `by`: null when neither of the two did it
   * @returns false when they were not connected
   */
  async part(
    manager: EntityManager,
    link: ExternalLink,
    end: { by: Id | null; for: LinkEnd },
  ): Promise<boolean> {
    const { affectedRows } = await manager.query<Changed>(
      `UPDATE external_links SET state = 'apart', endedAt = UTC_TIMESTAMP(3), endedBy = ?, endedFor = ?
       WHERE id = ? AND state = 'connected'`,
      [end.by, end.for, link.id],
    );
    if (affectedRows === 0) return false;
    await manager.query(
      'UPDATE external_contacts SET endedAt = UTC_TIMESTAMP(3) WHERE linkId = ? AND endedAt IS NULL',
      [link.id],
    );
    return true;
  }

  /**
   * Takes a removal (or the block that was one) back, as if it had not been. Who may, the caller knows (`link.endedBy`).
   * @returns false when they never parted so, or one still blocks the other
   */
  async rejoin(manager: EntityManager, link: ExternalLink): Promise<boolean> {
    if (link.state === 'connected' || link.endedFor === null || link.endedFor === 'erased') return false;
    if (await this.isBlocked(manager, link)) return false;
    await this.acceptOpen(manager, link);
    await manager.query(
      `UPDATE external_links SET state = 'connected', endedAt = NULL, endedBy = NULL, endedFor = NULL
       WHERE id = ?`,
      [link.id],
    );
    await manager.query('UPDATE external_contacts SET endedAt = NULL WHERE linkId = ?', [link.id]);
    return true;
  }

  /** Whether one of the two never wants to hear from the other. */
  async isBlocked(manager: EntityManager, { lowUserId, highUserId }: ExternalLink): Promise<boolean> {
    const blocks = await manager.query<object[]>(
      `SELECT 1 FROM external_blocks
       WHERE (ownerId = ? AND blockedUserId = ?) OR (ownerId = ? AND blockedUserId = ?) LIMIT 1`,
      [lowUserId, highUserId, highUserId, lowUserId],
    );
    return blocks.length > 0;
  }

  /** What one still asks of the other is accepted, also where it never arrived and is known by the address alone. */
  private async acceptOpen(manager: EntityManager, { lowUserId, highUserId }: ExternalLink): Promise<void> {
    const addresses = await manager.query<{ userId: Id; address: string }[]>(
      'SELECT userId, address FROM sign_in_addresses WHERE userId IN (?, ?)',
      [lowUserId, highUserId],
    );
    for (const [senderId, receiverId] of [
      [lowUserId, highUserId],
      [highUserId, lowUserId],
    ]) {
      const delivered = await manager.query<{ requestId: Id }[]>(
        'SELECT requestId FROM external_requests_received WHERE receiverId = ? AND senderId = ?',
        [receiverId, senderId],
      );
      // `IN ()` is no SQL; no request has the empty id, none goes to the empty address.
      const ids = ['', ...delivered.map(({ requestId }) => requestId)];
      const to = [
        '',
        ...addresses.filter(({ userId }) => userId === receiverId).map(({ address }) => address),
      ];
      await manager.query(
        `UPDATE external_requests_sent SET state = 'accepted', openKey = NULL, answeredAt = UTC_TIMESTAMP(3)
         WHERE senderId = ? AND state = 'waiting' AND expiresAt > UTC_TIMESTAMP(3)
           AND (id IN (?) OR toAddress IN (?))`,
        [senderId, ids, to],
      );
    }
    await manager.query(
      `UPDATE external_requests_received SET state = 'accepted', answeredAt = UTC_TIMESTAMP(3)
       WHERE ((receiverId = ? AND senderId = ?) OR (receiverId = ? AND senderId = ?))
         AND state = 'waiting' AND expiresAt > UTC_TIMESTAMP(3)`,
      [lowUserId, highUserId, highUserId, lowUserId],
    );
  }
}

interface Changed {
  affectedRows: number;
}

/** The two people of a link, the lower id first. */
export function sidesOf(link: ExternalLink): [low: Side, high: Side] {
  return [
    { accountId: link.lowAccountId, userId: link.lowUserId },
    { accountId: link.highAccountId, userId: link.highUserId },
  ];
}

function contactOf(link: ExternalLink, owner: Side, other: Side): Id[] {
  return [newId(), owner.accountId, owner.userId, link.id, other.userId, other.accountId];
}
