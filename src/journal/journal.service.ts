import { Injectable } from '@nestjs/common';
import { AsyncLocalStorage } from 'node:async_hooks';
import { type EntityManager, type QueryDeepPartialEntity } from 'typeorm';
import { newId, type Id } from '../database/id.js';
import { type ActFacts, type Actor } from './actor.js';
import { AuditEntry, JournalBatch, type Changes, type JournalEntry } from './journal.entities.js';

export interface NewBatch {
  accountId: Id;
  actorId: Id | null;
  kind: string;
  importId?: Id | null;
  undoes?: Id | null;
}

export interface NewEntry {
  subjectId: Id;
  subjectType: string;
  action: JournalEntry['action'];
  /** The spreadsheet row, in an import. */
  line?: number | null;
  changes?: Changes | null;
}

export interface NewAudit {
  action: string;
  targetType?: string;
  targetId?: Id;
  targetName?: string;
  batchId?: Id;
  details?: Record<string, unknown>;
}

/** Rows of one INSERT: enough to be quick, few enough to stay far below any packet limit. */
const CHUNK = 500;

/**
 * What was done, and from what to what: history, undo and "both versions" are read from here. Everything is
 * written with the manager of the cause's transaction, so that neither exists without the other.
 */
@Injectable()
export class Journal {
  private readonly within = new AsyncLocalStorage<Id>();

  /**
   * Batches that `body` opens are all this one, and it writes no lines for the audit log: who calls a service many
   * times for one act has opened the act's batch and written its line.
   */
  inBatch<T>(batchId: Id, body: () => Promise<T>): Promise<T> {
    return this.within.run(batchId, body);
  }

  /** Opens a batch: one act of one person. */
  async begin(manager: EntityManager, batch: NewBatch): Promise<Id> {
    const present = this.within.getStore();
    if (present !== undefined) return present;
    const id = newId();
    await manager.insert(JournalBatch, { ...batch, id, at: new Date() });
    return id;
  }

  /** Adds what the batch did to its subjects; at most one entry a subject. */
  async record(
    manager: EntityManager,
    batchId: Id,
    accountId: Id,
    entries: readonly NewEntry[],
  ): Promise<void> {
    for (let from = 0; from < entries.length; from += CHUNK) {
      const rows = entries
        .slice(from, from + CHUNK)
        .map(({ subjectId, subjectType, action, line = null, changes = null }) => [
          ...[batchId, subjectId, accountId, subjectType, action, line],
          changes === null ? null : JSON.stringify(changes),
        ]);
      // Beside the ORM, which takes as long for the rows of a bulk action as the action itself.
      await manager.query(
        'INSERT INTO journal_entries (batchId, subjectId, accountId, subjectType, action, line, changes) VALUES ?',
        [rows],
      );
    }
  }

  /** Marks a batch as undone; false when somebody was first. */
  async markUndone(manager: EntityManager, accountId: Id, batchId: Id): Promise<boolean> {
    const { affected } = await manager
      .createQueryBuilder()
      .update(JournalBatch)
      .set({ undoneAt: () => 'UTC_TIMESTAMP(3)' })
      .where('id = :batchId AND accountId = :accountId AND undoneAt IS NULL', { batchId, accountId })
      .execute();
    return affected === 1;
  }

  /** What an undo had taken back is done again by undoing that undo, and can be undone as at first. */
  async markDoneAgain(manager: EntityManager, { accountId, undoes }: JournalBatch): Promise<void> {
    if (undoes !== null) await manager.update(JournalBatch, { id: undoes, accountId }, { undoneAt: null });
  }

  /** One line for `/audit-log`: an administrator's act, pointing to its batch. */
  async audit(manager: EntityManager, actor: Actor, facts: ActFacts, entry: NewAudit): Promise<void> {
    if (this.within.getStore() !== undefined) return;
    const row = {
      ...{ targetType: null, targetId: null, batchId: null, details: null },
      ...entry,
      id: newId(),
      accountId: actor.accountId,
      actorId: actor.id,
      actorName: cut(actor.displayName, 255),
      targetName: entry.targetName === undefined ? null : cut(entry.targetName, 255),
      address: facts.address,
      requestId: facts.requestId,
      at: new Date(),
    };
    await manager.insert(AuditEntry, row as QueryDeepPartialEntity<AuditEntry>);
  }
}

/** By characters as the column counts them, never through the middle of one. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : [...text].slice(0, length).join('');
}
