import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isId, type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { NotFound } from '../../errors/domain-error.js';

/** Whether a voicemail was listened to: what `calls.heardAt` says, and the number in the navigation counts. */
@Injectable()
export class Hearing {
  constructor(private readonly database: DataSource) {}

  /** @returns whether it was otherwise before. @throws NotFound, also for somebody else's call and for one in the bin */
  mark({ id: userId }: { id: Id }, callId: string, heard: boolean): Promise<boolean> {
    if (!isId(callId)) throw new NotFound('calls.not-found');
    return inTransaction(this.database, async (manager) => {
      const [call] = await manager.query<{ heardAt: Date | null; waits: number }[]>(
        `SELECT heardAt, direction = 'incoming' AND outcome = 'voicemail' AS waits FROM calls
         WHERE id = ? AND userId = ? AND deletedAt IS NULL FOR UPDATE`,
        [callId, userId],
      );
      if (!call) throw new NotFound('calls.not-found');
      // Of other calls there is nothing to be heard: their recordings are beside what happened.
      if (!call.waits || (call.heardAt !== null) === heard) return false;
      await manager.query('UPDATE calls SET heardAt = ? WHERE id = ?', [heard ? new Date() : null, callId]);
      return true;
    });
  }
}
