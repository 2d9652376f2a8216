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
    await this.keepContacts(manager, link);
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
    await this.keepContacts(manager, link);
    return true;
  }

  /**
   * Ends many at once, as `part` does one; whoever comes later meets them here too.
   * @param end `by`: one of the two of each; `at`: written down for both sides, so that `rejoinAll` knows these by it
   * @returns the links of those that were connected until now
   */
  async partAll(
    manager: EntityManager,
    linkIds: readonly Id[],
    end: { by?: Id; for: LinkEnd; at: Date },
  ): Promise<Set<Id>> {
    const ended = await this.holdAll(manager, linkIds, `state = 'connected'`, []);
    for (const ids of slices(ended)) {
      await manager.query(
        `UPDATE external_links SET state = 'apart', endedAt = ?, endedBy = ?, endedFor = ? WHERE id IN (?)`,
        [end.at, end.by ?? null, end.for, ids],
      );
      await manager.query(
        'UPDATE external_contacts SET endedAt = ? WHERE linkId IN (?) AND endedAt IS NULL',
        [end.at, ids],
      );
    }
    return new Set(ended);
  }

  /**
   * Takes back what `partAll` did with the same `end` (whenever, without `at`), where neither blocks the other and nobody
   * met again meanwhile.
   * @returns the links of those that are contacts again
   */
  async rejoinAll(
    manager: EntityManager,
    linkIds: readonly Id[],
    end: { by?: Id; for: LinkEnd; at?: Date },
  ): Promise<Set<Id>> {
    const apart = await this.holdAll(
      manager,
      linkIds,
      `state = 'apart' AND endedFor = ? AND endedBy <=> ? ${end.at ? 'AND endedAt = ?' : ''}`,
      [end.for, end.by ?? null, ...(end.at ? [end.at] : [])],
    );
    const again = new Set<Id>();
    for (const ids of slices(apart)) {
      const open = new Set(await openBetween(manager, ids));
      const plain = ids.filter((id) => !open.has(id));
      // One blocks the other, or has asked meanwhile: few, and each is looked at by itself.
      for (const id of open) {
        const link = await manager.findOneByOrFail(ExternalLink, { id });
        if (await this.rejoin(manager, link)) again.add(id);
      }
      if (plain.length === 0) continue;
      await manager.query(
        `UPDATE external_links SET state = 'connected', endedAt = NULL, endedBy = NULL, endedFor = NULL
         WHERE id IN (?)`,
        [plain],
      );
      await manager.query('UPDATE external_contacts SET endedAt = NULL WHERE linkId IN (?)', [plain]);
      for (const id of plain) again.add(id);
    }
    return again;
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

  /** Which card is whose: ids by owner. */
  async cards(manager: EntityManager, { id }: ExternalLink): Promise<Map<Id, Id>> {
    const cards = await manager.query<{ id: Id; ownerId: Id }[]>(
      'SELECT id, ownerId FROM external_contacts WHERE linkId = ?',
      [id],
    );
    return new Map(cards.map((card) => [card.ownerId, card.id]));
  }

  /** Both cards, in contact since the link is: those there were, or new ones where what was kept is gone. */
  private async keepContacts(manager: EntityManager, link: ExternalLink): Promise<void> {
    const [low, high] = sidesOf(link);
    const since = '(SELECT connectedAt FROM external_links WHERE id = ?)';
    await manager.query(
      `INSERT INTO external_contacts (id, accountId, ownerId, linkId, otherUserId, otherAccountId, connectedAt)
       VALUES (?, ?, ?, ?, ?, ?, ${since}), (?, ?, ?, ?, ?, ?, ${since})
       ON DUPLICATE KEY UPDATE linkId = VALUES(linkId), connectedAt = VALUES(connectedAt), endedAt = NULL`,
      [...contactOf(link, low, high), link.id, ...contactOf(link, high, low), link.id],
    );
  }

  /** Raises these rows, in the order of their ids, and holds them. @returns those of which the condition is true */
  private async holdAll(
    manager: EntityManager,
    linkIds: readonly Id[],
    condition: string,
    values: readonly unknown[],
  ): Promise<Id[]> {
    const held: Id[] = [];
    for (const ids of slices([...new Set(linkIds)].sort())) {
      await manager.query('UPDATE external_links SET revision = revision + 1 WHERE id IN (?) ORDER BY id', [
        ids,
      ]);
      const rows = await manager.query<{ id: Id }[]>(
        `SELECT id FROM external_links WHERE id IN (?) AND ${condition} FOR UPDATE`,
        [ids, ...values],
      );
      held.push(...rows.map(({ id }) => id));
    }
    return held;
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
      // Found without locks: others are answering what the sender asked of them, and hold those rows. One that is sent at
      // this moment is accepted when it is brought, for it meets the link.
      const open = await manager.query<{ id: Id }[]>(
        `SELECT id FROM external_requests_sent
         WHERE senderId = ? AND state = 'waiting' AND expiresAt > UTC_TIMESTAMP(3)
           AND (id IN (?) OR toAddress IN (?))`,
        [senderId, ids, to],
      );
      if (open.length === 0) continue;
      await manager.query(
        `UPDATE external_requests_sent SET state = 'accepted', openKey = NULL, answeredAt = UTC_TIMESTAMP(3)
         WHERE id IN (?) AND state = 'waiting'`,
        [open.map(({ id }) => id)],
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

/** Rows of one statement. */
const CHUNK = 500;

function slices(ids: readonly Id[]): Id[][] {
  return Array.from({ length: Math.ceil(ids.length / CHUNK) }, (_, place) =>
    ids.slice(place * CHUNK, (place + 1) * CHUNK),
  );
}

/** Of these links, those with a block, or a request that waits, between the two. */
async function openBetween(manager: EntityManager, linkIds: readonly Id[]): Promise<Id[]> {
  const pairs = [
    ['l.lowUserId', 'l.highUserId'],
    ['l.highUserId', 'l.lowUserId'],
  ];
  const parts = pairs.flatMap(([one, other]) => [
    `SELECT l.id FROM external_links l
     JOIN external_blocks b ON b.ownerId = ${one} AND b.blockedUserId = ${other} WHERE l.id IN (?)`,
    `SELECT l.id FROM external_links l
     JOIN external_requests_received r ON r.receiverId = ${one} AND r.senderId = ${other} AND r.state = 'waiting'
     WHERE l.id IN (?)`,
    `SELECT l.id FROM external_links l
     JOIN sign_in_addresses s ON s.userId = ${one}
     JOIN external_requests_sent r ON r.senderId = ${other} AND r.toAddress = s.address AND r.openKey = 1
     WHERE l.id IN (?)`,
  ]);
  const rows = await manager.query<{ id: Id }[]>(
    parts.join(' UNION '),
    parts.map(() => linkIds),
  );
  return rows.map(({ id }) => id);
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
