import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Belongings } from '../../accounts/belongings.js';
import { AccountEvents, type PeopleErased, type PersonMoved } from '../../accounts/events.js';
import { type Id } from '../../database/id.js';
import { eraseCalls } from '../erase-calls.js';

/** Calls of one statement. */
const CHUNK = 500;

/** Calls go with their user: erased for good with them, and over to a company they move to. */
@Injectable()
export class CallOwners implements OnModuleInit {
  constructor(
    private readonly events: AccountEvents,
    private readonly belongings: Belongings,
  ) {}

  onModuleInit(): void {
    this.events.erased.subscribe((news) => this.forget(news));
    this.events.moved.subscribe((news) => this.bring(news));
    this.belongings.add({
      ...{ name: 'calls', feature: 'phone' },
      count: async (database, userId) => {
        const [row] = await database.query<{ kept: number | string }[]>(
          'SELECT COUNT(*) AS kept FROM calls WHERE userId = ? AND deletedAt IS NULL',
          [userId],
        );
        return Number(row?.kept ?? 0);
      },
    });
  }

  private async forget({ manager, accountId, userIds }: PeopleErased): Promise<void> {
    for (const userId of [...userIds].sort())
      for (;;) {
        // Along the index of the person and in its order, as reports come: by id a server reads, and waits for, the calls of everybody.
        const some = await manager.query<{ id: Id }[]>(
          `SELECT id FROM calls FORCE INDEX (uq_calls_call) WHERE userId = ? AND accountId = ?
           ORDER BY callId LIMIT ${CHUNK} FOR UPDATE`,
          [userId, accountId],
        );
        await eraseCalls(
          manager,
          some.map(({ id }) => id),
        );
        if (some.length < CHUNK) break;
      }
  }

  /** A telephone system’s ids are its own: two of them may use the same. */
  private async bring({ manager, from, to }: PersonMoved): Promise<void> {
    await manager.query('UPDATE call_recordings SET userId = ?, accountId = ? WHERE userId = ?', [
      ...[to.userId, to.accountId, from.userId],
    ]);
    await manager.query(
      `UPDATE calls c LEFT JOIN calls theirs ON theirs.userId = ? AND theirs.callId = c.callId
       SET c.callId = IF(theirs.id IS NULL, c.callId, CONCAT('moved:', c.id)), c.userId = ?, c.accountId = ?
       WHERE c.userId = ?`,
      [to.userId, to.userId, to.accountId, from.userId],
    );
  }
}
