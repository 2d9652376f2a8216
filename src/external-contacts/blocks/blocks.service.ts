import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../../config/limits.js';
import { isId, newId, type Id } from '../../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../../database/keyset.js';
import { inTransaction } from '../../database/transaction.js';
import { NotFound } from '../../errors/domain-error.js';
import { Jobs } from '../../jobs/jobs.service.js';
import { type Changes, type JournalEntry } from '../../journal/journal.entities.js';
import { Journal, type NewEntry } from '../../journal/journal.service.js';
import { ExternalBlock } from '../external-contact.entity.js';
import { ExternalLink } from '../external-link.entity.js';
import { ExternalLinks, type Side } from '../links/external-links.service.js';
import { WITHDRAW, type RequestsJob } from '../requests/delivery.service.js';

/** Somebody to block, with the name and address their card or request shows. */
export interface Blocked extends Side {
  name: string;
  address: string;
}

/** Whose blocks; a `SignedIn` is one. */
export interface Owner {
  id: Id;
  accountId: Id;
}

/** Acts of the journal, private as all one keeps of external contacts. */
export const { kind: BLOCKING } = { kind: 'external-contacts.block' } as const;
export const { kind: UNBLOCKING } = { kind: 'external-contacts.unblock' } as const;

/** Stands in the changes of a block that ended a contact. */
const ENDED = 'contactEnded';

const newestFirst: KeysetOrder = {
  name: 'blocks',
  columns: [
    { sql: 'b.createdAt', name: 'createdAt', kind: 'moment' },
    { sql: 'b.id', name: 'id', kind: 'id' },
  ],
  descending: true,
};

/**
 * People one never wants to hear from. Those see nothing of it: a request of theirs goes on waiting and ends as any that
 * is not answered.
 */
@Injectable()
export class Blocks {
  constructor(
    private readonly database: DataSource,
    private readonly links: ExternalLinks,
    private readonly journal: Journal,
    private readonly jobs: Jobs,
  ) {}

  page(owner: Owner, place: Place): Promise<KeysetPage<ExternalBlock>> {
    return keysetPage<ExternalBlock>(newestFirst, place, limits.page, (slice) =>
      this.database.query<ExternalBlock[]>(
        `SELECT b.id, b.blockedUserId, b.name, b.address, b.createdAt FROM external_blocks b
         WHERE b.ownerId = ? AND (${slice.where}) ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [owner.id, ...slice.values],
      ),
    );
  }

  async count(owner: Owner): Promise<number> {
    return this.database.getRepository(ExternalBlock).countBy({ ownerId: owner.id });
  }

  /** Blocks somebody, from their card. @returns the batch by which it is undone; null when they were blocked before */
  add(owner: Owner, other: Blocked): Promise<Id | null> {
    return inTransaction(this.database, async (manager) => {
      const entry = await this.block(manager, owner, other);
      return entry && this.noted(manager, owner, BLOCKING, entry);
    });
  }

  /**
   * They may ask again; a request of theirs that still runs waits again.
   * @returns the batch by which it is undone, and who it was
   * @throws NotFound when it is no block of theirs, or none any more
   */
  remove(owner: Owner, id: string): Promise<{ batchId: Id; name: string }> {
    return inTransaction(this.database, async (manager) => {
      const block = isId(id) ? await manager.findOneBy(ExternalBlock, { id, ownerId: owner.id }) : null;
      const blocked = block && (await this.blockedSide(manager, block));
      if (!blocked || !(await this.lift(manager, owner, blocked.side)))
        throw new NotFound('external-blocks.not-found');
      return {
        batchId: await this.noted(
          manager,
          owner,
          UNBLOCKING,
          entryOf(blocked.linkId, 'removed', blocked.side),
        ),
        name: blocked.side.name,
      };
    });
  }

  /**
   * Ends what is between the two: the contact for both, a request of one's own to them; and what they ask is no longer
   * seen. @returns what the journal says of it; null when they were blocked before
   */
  async block(manager: EntityManager, owner: Owner, other: Blocked): Promise<NewEntry | null> {
    const link = await this.links.meet(manager, sideOf(owner), other);
    // The link is held: nobody else blocks them for this owner now.
    const known = { ownerId: owner.id, blockedUserId: other.userId };
    if (await manager.existsBy(ExternalBlock, known)) return null;
    const id = newId();
    await manager.insert(ExternalBlock, {
      ...{ ...known, id, accountId: owner.accountId },
      ...{ name: other.name, address: other.address, createdAt: new Date() },
    });
    await this.withdrawOwn(manager, owner, other.address);
    // Theirs goes on waiting where they see it.
    await manager.query(
      `UPDATE external_requests_received SET state = 'blocked', answeredAt = UTC_TIMESTAMP(3)
       WHERE receiverId = ? AND senderId = ? AND state = 'waiting'`,
      [owner.id, other.userId],
    );
    const parted = await this.links.part(manager, link, { by: owner.id, for: 'blocked' });
    const entry = entryOf(link.id, 'created', other);
    return parted ? { ...entry, changes: { ...entry.changes, [ENDED]: [null, true] } } : entry;
  }

  /**
   * What an entry of the journal says, the other way round: who was blocked is not, and in contact again if the block
   * ended that; who was unblocked is blocked. @returns false when it is so already
   */
  async takeBack(manager: EntityManager, owner: Owner, entry: JournalEntry): Promise<boolean> {
    const place = entry.action === 'created' ? 1 : 0;
    const was = (field: keyof Blocked) => String(entry.changes?.[field]?.[place] ?? '');
    const other = {
      userId: was('userId'),
      accountId: was('accountId'),
      name: was('name'),
      address: was('address'),
    };
    // Values of somebody who was erased are gone from the journal.
    if (!isId(other.userId) || !isId(other.accountId)) return false;
    if (entry.action === 'removed') return (await this.block(manager, owner, other)) !== null;
    if (!(await this.lift(manager, owner, other))) return false;
    const link = await this.links.meet(manager, sideOf(owner), other);
    // Whom an earlier block had parted from the owner agrees to nothing by being blocked once more.
    const ended = entry.changes !== null && ENDED in entry.changes;
    if (ended && link.endedFor === 'blocked' && link.endedBy === owner.id)
      await this.links.rejoin(manager, link);
    return true;
  }

  /** @returns false when they were not blocked */
  private async lift(manager: EntityManager, owner: Owner, other: Blocked): Promise<boolean> {
    await this.links.meet(manager, sideOf(owner), other);
    const { affectedRows } = await manager.query<{ affectedRows: number }>(
      'DELETE FROM external_blocks WHERE ownerId = ? AND blockedUserId = ?',
      [owner.id, other.userId],
    );
    if (affectedRows === 0) return false;
    const hidden = await manager.query<{ requestId: Id }[]>(
      `SELECT requestId FROM external_requests_received
       WHERE receiverId = ? AND senderId = ? AND state = 'blocked' AND expiresAt > UTC_TIMESTAMP(3)`,
      [owner.id, other.userId],
    );
    if (hidden.length === 0) return true;
    const running = await manager.query<{ id: Id }[]>(
      `SELECT id FROM external_requests_sent WHERE id IN (?) AND state = 'waiting' AND expiresAt > UTC_TIMESTAMP(3)`,
      [hidden.map(({ requestId }) => requestId)],
    );
    if (running.length === 0) return true;
    await manager.query(
      `UPDATE external_requests_received SET state = 'waiting', answeredAt = NULL
       WHERE requestId IN (?) AND receiverId = ? AND state = 'blocked'`,
      [running.map(({ id }) => id), owner.id],
    );
    return true;
  }

  /** A block knows the person alone; which account is theirs, the link of the two says. */
  private async blockedSide(
    manager: EntityManager,
    block: ExternalBlock,
  ): Promise<{ linkId: Id; side: Blocked } | null> {
    const { ownerId, blockedUserId: userId, name, address } = block;
    const [lowUserId, highUserId] = [ownerId, userId].sort();
    const link = await manager.findOneBy(ExternalLink, { lowUserId, highUserId });
    if (!link) return null;
    const accountId = userId === lowUserId ? link.lowAccountId : link.highAccountId;
    return { linkId: link.id, side: { userId, accountId, name, address } };
  }

  private async noted(manager: EntityManager, owner: Owner, kind: string, entry: NewEntry): Promise<Id> {
    const { id: actorId, accountId } = owner;
    const batchId = await this.journal.begin(manager, { accountId, actorId, kind });
    await this.journal.record(manager, batchId, accountId, [entry]);
    return batchId;
  }

  /**
   * What one asked of the address one blocks. Of another address nothing is done: that it is theirs too, the owner does
   * not know (nor does it help them: who is blocked cannot accept).
   */
  private async withdrawOwn(
    manager: EntityManager,
    { id: ownerId, accountId }: Owner,
    address: string,
  ): Promise<void> {
    const waiting = await manager.query<{ id: Id }[]>(
      `SELECT id FROM external_requests_sent WHERE senderId = ? AND toAddress = ? AND openKey = 1`,
      [ownerId, address],
    );
    if (waiting.length === 0) return;
    const ids = waiting.map(({ id }) => id);
    await manager.query(
      `UPDATE external_requests_sent SET state = 'withdrawn', openKey = NULL, answeredAt = UTC_TIMESTAMP(3)
       WHERE id IN (?) AND state = 'waiting'`,
      [ids],
    );
    // As any withdrawal: the other side is told by a worker.
    await this.jobs.enqueue(manager, {
      kind: WITHDRAW,
      payload: { requestIds: ids } satisfies RequestsJob,
      accountId,
    });
  }
}

function sideOf({ accountId, id: userId }: Owner): Side {
  return { accountId, userId };
}

/** The subject is what is between the two: it is there as long as both are, which no block need be. */
function entryOf(
  subjectId: Id,
  action: 'created' | 'removed',
  { userId, accountId, name, address }: Blocked,
): NewEntry {
  const fields = Object.entries({ userId, accountId, name, address });
  const changes = fields.map(([field, value]) => [
    field,
    action === 'created' ? [null, value] : [value, null],
  ]);
  return {
    subjectId,
    subjectType: 'external-block',
    action,
    changes: Object.fromEntries(changes) as Changes,
  };
}
