import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { inTransaction, isDuplicate } from '../../database/transaction.js';
import { Gone, NotFound } from '../../errors/domain-error.js';
import { JournalBatch, JournalEntry } from '../../journal/journal.entities.js';
import { Journal } from '../../journal/journal.service.js';
import { Blocks, BLOCKING, UNBLOCKING, type Owner } from '../blocks/blocks.service.js';
import { ReceivedRequest } from '../external-request.entities.js';
import { DECLINING } from './received-answers.service.js';

export interface UndoneAnswer {
  kind: typeof DECLINING | typeof BLOCKING | typeof UNBLOCKING;
  done: number;
  /** What has moved on since: ended, asked again, unblocked. */
  left: number;
}

const DAY_MS = 86_400_000;

/** Takes back a refusal, a block, or the end of one. */
@Injectable()
export class AnswerUndo {
  constructor(
    private readonly database: DataSource,
    private readonly blocks: Blocks,
    private readonly journal: Journal,
  ) {}

  /**
   * @returns null when it was taken back before
   * @throws NotFound when it is no such act of the reader's; Gone after 30 days
   */
  async undo(reader: Owner, batchId: string): Promise<UndoneAnswer | null> {
    return inTransaction(this.database, async (manager) => {
      const { accountId, id: actorId } = reader;
      const kind = In([DECLINING, BLOCKING, UNBLOCKING]);
      const batch = isId(batchId)
        ? await manager.findOneBy(JournalBatch, { id: batchId, accountId, actorId, kind })
        : null;
      if (!batch) throw new NotFound();
      if (batch.at.getTime() < Date.now() - limits.restoreDays * DAY_MS)
        throw new Gone('external-list.undone.over', { days: limits.restoreDays });
      if (!(await this.journal.markUndone(manager, accountId, batch.id))) return null;
      const entries = await manager.find(JournalEntry, {
        where: { batchId: batch.id, accountId },
        order: { subjectId: 'ASC' },
      });
      let done = 0;
      for (const entry of entries) {
        const undone =
          entry.subjectType === 'external-request'
            ? await reopen(manager, reader.id, entry.subjectId)
            : await this.blocks.takeBack(manager, reader, entry);
        if (undone) done++;
      }
      return { kind: batch.kind as UndoneAnswer['kind'], done, left: entries.length - done };
    });
  }
}

/** A declined request waits again, on both sides. @returns false when it has ended, or was asked anew */
async function reopen(manager: EntityManager, receiverId: Id, id: Id): Promise<boolean> {
  const request = await manager.findOneBy(ReceivedRequest, { id, receiverId, state: 'declined' });
  if (!request) return false;
  try {
    const { affectedRows } = await manager.query<{ affectedRows: number }>(
      `UPDATE external_requests_sent SET state = 'waiting', openKey = 1, answeredAt = NULL
       WHERE id = ? AND state = 'declined' AND expiresAt > UTC_TIMESTAMP(3)`,
      [request.requestId],
    );
    if (affectedRows === 0) return false;
  } catch (error) {
    if (isDuplicate(error, 'uq_external_requests_sent_open')) return false;
    throw error;
  }
  await manager.query(
    `UPDATE external_requests_received SET state = 'waiting', answeredAt = NULL WHERE id = ? AND state = 'declined'`,
    [id],
  );
  return true;
}
