import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../config/limits.js';
import { isId, type Id } from '../database/id.js';
import { firstIdOf } from '../database/new-id.js';
import { inTransaction } from '../database/transaction.js';
import { Conflict, Gone, NotFound } from '../errors/domain-error.js';
import { type ActFacts, type Actor } from '../journal/actor.js';
import { Journal } from '../journal/journal.service.js';
import { type Changes } from '../journal/journal.entities.js';
import { auditPeople } from './people-rows.js';
import { encodePhoto } from './photo-encoding.js';
import { type User } from './user.entity.js';

const DAY_MS = 86_400_000;

/** The person whose photo changes. */
export interface PhotoOwner {
  id: Id;
  accountId: Id;
}

/** An administrator who changes somebody else's photo; absent where people change their own. */
export interface PhotoAct {
  actor: Actor;
  facts: ActFacts;
}

type PhotoBearer = Pick<User, 'id' | 'givenName' | 'familyName' | 'email' | 'photoHash'>;

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
  async replace(owner: PhotoOwner, file: Buffer, act?: PhotoAct): Promise<Id | null> {
    const bytes = await encodePhoto(file);
    const hash = createHash('sha256').update(bytes).digest('hex');
    return inTransaction(this.database, async (manager) => {
      await manager.query(
        'INSERT INTO photos (accountId, hash, bytes, createdAt) VALUES (?, ?, ?, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE hash = hash',
        [owner.accountId, hash, bytes],
      );
      return this.change(manager, owner, hash, { act });
    });
  }

  /** @returns the batch that `restore` undoes; null when there was no photo */
  async remove(owner: PhotoOwner, act?: PhotoAct): Promise<Id | null> {
    return inTransaction(this.database, (manager) => this.change(manager, owner, null, { act }));
  }

  /**
   * Brings back the photo (or none) from before a change that the same person made who asks now.
   * @throws NotFound for another's change, Conflict when the photo was changed again, Gone after 30 days
   */
  async restore(owner: PhotoOwner, batchId: string, act?: PhotoAct): Promise<void> {
    if (!isId(batchId)) throw new NotFound();
    await inTransaction(this.database, async (manager) => {
      const [before, after] = await this.changeOf(manager, owner, batchId, act?.actor.id ?? owner.id);
      if ((await this.current(manager, owner)).photoHash !== after)
        throw new Conflict('contacts.photo.changed-again');
      if (before !== null && !(await this.find(owner.accountId, before)))
        throw new Gone('contacts.photo.gone');
      if (!(await this.journal.markUndone(manager, owner.accountId, batchId))) {
        throw new Conflict('contacts.photo.changed-again');
      }
      await this.change(manager, owner, before, { act, undoes: batchId });
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
    { act, undoes = null }: { act?: PhotoAct; undoes?: Id | null },
  ): Promise<Id | null> {
    const person = await this.current(manager, owner);
    const before = person.photoHash;
    if (before === hash) return null;
    await manager.query(
      'UPDATE users SET photoHash = ?, updatedAt = UTC_TIMESTAMP(3) WHERE id = ? AND accountId = ?',
      [hash, owner.id, owner.accountId],
    );
    const { accountId } = owner;
    const actorId = act ? act.actor.id : owner.id;
    const batchKind = undoes ? 'photo.undo' : 'photo.change';
    const batchId = await this.journal.begin(manager, { accountId, actorId, kind: batchKind, undoes });
    await this.journal.record(manager, batchId, accountId, [
      { subjectId: owner.id, subjectType: 'user', action: 'changed', changes: { photoHash: [before, hash] } },
    ]);
    if (act) {
      const { actor, facts } = act;
      await auditPeople(this.journal, manager, actor, facts, {
        ...{ action: 'users.photo', people: [person], batchId },
      });
    }
    return batchId;
  }

  /** Locks the person, so that the journal's "before" is what this very change replaces. */
  private async current(manager: EntityManager, owner: PhotoOwner): Promise<PhotoBearer> {
    const [row] = await manager.query<PhotoBearer[]>(
      'SELECT id, givenName, familyName, email, photoHash FROM users WHERE id = ? AND accountId = ? FOR UPDATE',
      [owner.id, owner.accountId],
    );
    if (!row) throw new NotFound();
    return row;
  }

  private async changeOf(
    manager: EntityManager,
    owner: PhotoOwner,
    batchId: Id,
    actorId: Id | null,
  ): Promise<[string | null, string | null]> {
    const [row] = await manager.query<{ changes: string }[]>(
      `SELECT e.changes FROM journal_entries e JOIN journal_batches b ON b.id = e.batchId
       WHERE e.batchId = ? AND e.subjectId = ? AND e.accountId = ? AND b.actorId <=> ?
         AND b.kind IN ('photo.change', 'photo.undo')
         AND b.at > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${limits.restoreDays} DAY)`,
      [batchId, owner.id, owner.accountId, actorId],
    );
    const change = row && (JSON.parse(row.changes) as Changes)['photoHash'];
    if (!change) throw new NotFound();
    return change as [string | null, string | null];
  }
}
