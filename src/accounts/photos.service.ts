import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../config/limits.js';
import { isId, type Id } from '../database/id.js';
import { firstIdOf } from '../database/new-id.js';
import { inTransaction } from '../database/transaction.js';
import { Conflict, Gone, NotFound } from '../errors/domain-error.js';
import { Journal } from '../journal/journal.service.js';
import { type Changes } from '../journal/journal.entities.js';
import { encodePhoto } from './photo-encoding.js';

const DAY_MS = 86_400_000;

/** The person whose photo changes, by their own hand. */
export interface PhotoOwner {
  id: Id;
  accountId: Id;
}

/**
 * People's photos, by the SHA-256 of their bytes: an address shows one picture for ever, so browsers may keep it.
 * What is replaced or taken away stays in the table while it can be brought back (30 days).
 */
@Injectable()
export class Photos {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
  ) {}

  /** @returns the batch that `restore` undoes. @throws Refused when the file is no picture we take */
  async replace(owner: PhotoOwner, file: Buffer): Promise<Id | null> {
    const bytes = await encodePhoto(file);
    const hash = createHash('sha256').update(bytes).digest('hex');
    return inTransaction(this.database, async (manager) => {
      await manager.query(
        'INSERT INTO photos (accountId, hash, bytes, createdAt) VALUES (?, ?, ?, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE hash = hash',
        [owner.accountId, hash, bytes],
      );
      return this.change(manager, owner, hash);
    });
  }

  /** @returns the batch that `restore` undoes; null when there was no photo */
  async remove(owner: PhotoOwner): Promise<Id | null> {
    return inTransaction(this.database, (manager) => this.change(manager, owner, null));
  }

  /**
   * Brings back the photo (or none) from before one of the owner's own changes.
   * @throws NotFound for another's change, Conflict when the photo was changed again, Gone after 30 days
   */
  async restore(owner: PhotoOwner, batchId: string): Promise<void> {
    if (!isId(batchId)) throw new NotFound();
    await inTransaction(this.database, async (manager) => {
      const [before, after] = await this.changeOf(manager, owner, batchId);
      if ((await this.current(manager, owner)) !== after) throw new Conflict('contacts.photo.changed-again');
      if (before !== null && !(await this.find(owner.accountId, before)))
        throw new Gone('contacts.photo.gone');
      if (!(await this.journal.markUndone(manager, owner.accountId, batchId))) {
        throw new Conflict('contacts.photo.changed-again');
      }
      await this.change(manager, owner, before, batchId);
    });
  }

  /** The bytes (WebP), for people of that account alone. */
  async find(accountId: Id, hash: string): Promise<Buffer | null> {
    if (!/^[0-9a-f]{64}$/.test(hash)) return null;
    const [row] = await this.database.query<{ bytes: Buffer }[]>(
      'SELECT bytes FROM photos WHERE accountId = ? AND hash = ?',
      [accountId, hash],
    );
    return row?.bytes ?? null;
  }

  /** Pictures nobody has had for as long as they could be brought back. */
  async sweep(now = Date.now()): Promise<void> {
    const over = firstIdOf(now - limits.restoreDays * DAY_MS);
    // What was replaced longer ago was swept then: as far back again, for a worker that stood still.
    const swept = firstIdOf(now - 2 * limits.restoreDays * DAY_MS);
    const replaced = await this.database.query<{ accountId: Id; hash: string }[]>(
      `SELECT DISTINCT p.accountId, p.hash
       FROM journal_batches b JOIN journal_entries e ON e.batchId = b.id
         JOIN photos p ON p.accountId = b.accountId AND p.hash = JSON_UNQUOTE(JSON_EXTRACT(e.changes, '$.photoHash[0]'))
       WHERE b.id >= ? AND b.id < ? AND b.kind IN ('photo.change', 'photo.undo')`,
      [swept, over],
    );
    for (const { accountId, hash } of replaced) {
      await this.database.query(
        `DELETE FROM photos WHERE accountId = ? AND hash = ?
           AND NOT EXISTS (SELECT 1 FROM users u WHERE u.accountId = ? AND u.photoHash = ?)
           AND NOT EXISTS (
             SELECT 1 FROM journal_batches b JOIN journal_entries e ON e.batchId = b.id
             WHERE b.accountId = ? AND b.id >= ? AND b.kind IN ('photo.change', 'photo.undo')
               AND JSON_UNQUOTE(JSON_EXTRACT(e.changes, '$.photoHash[0]')) = ?)`,
        [accountId, hash, accountId, hash, accountId, over, hash],
      );
    }
  }

  private async change(
    manager: EntityManager,
    owner: PhotoOwner,
    hash: string | null,
    undoes: Id | null = null,
  ): Promise<Id | null> {
    const before = await this.current(manager, owner);
    if (before === hash) return null;
    await manager.query(
      'UPDATE users SET photoHash = ?, updatedAt = UTC_TIMESTAMP(3) WHERE id = ? AND accountId = ?',
      [hash, owner.id, owner.accountId],
    );
    const { accountId, id: actorId } = owner;
    const kind = undoes ? 'photo.undo' : 'photo.change';
    const batchId = await this.journal.begin(manager, { accountId, actorId, kind, undoes });
    await this.journal.record(manager, batchId, accountId, [
      { subjectId: owner.id, subjectType: 'user', action: 'changed', changes: { photoHash: [before, hash] } },
    ]);
    return batchId;
  }

  /** Locks the person, so that the journal's "before" is what this very change replaces. */
  private async current(manager: EntityManager, owner: PhotoOwner): Promise<string | null> {
    const [row] = await manager.query<{ photoHash: string | null }[]>(
      'SELECT photoHash FROM users WHERE id = ? AND accountId = ? FOR UPDATE',
      [owner.id, owner.accountId],
    );
    if (!row) throw new NotFound();
    return row.photoHash;
  }

  private async changeOf(
    manager: EntityManager,
    owner: PhotoOwner,
    batchId: Id,
  ): Promise<[string | null, string | null]> {
    const [row] = await manager.query<{ changes: string }[]>(
      `SELECT e.changes FROM journal_entries e JOIN journal_batches b ON b.id = e.batchId
       WHERE e.batchId = ? AND e.subjectId = ? AND e.accountId = ? AND b.actorId = ?
         AND b.kind IN ('photo.change', 'photo.undo')
         AND b.at > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${limits.restoreDays} DAY)`,
      [batchId, owner.id, owner.accountId, owner.id],
    );
    const change = row && (JSON.parse(row.changes) as Changes)['photoHash'];
    if (!change) throw new NotFound();
    return change as [string | null, string | null];
  }
}
