import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountEvents, type PersonMoved } from '../accounts/events.js';

/** Somebody who moves to a company takes along their news, and how they want to have it. */
@Injectable()
export class MovedReaders implements OnModuleInit {
  constructor(private readonly events: AccountEvents) {}

  onModuleInit(): void {
    this.events.moved.subscribe((news) => this.bring(news));
  }

  private async bring({ manager, from, to }: PersonMoved): Promise<void> {
    const both = [to.userId, from.userId];
    // Told to both of whom they were: once is enough.
    await manager.query(
      `DELETE m FROM notifications m JOIN notifications t ON t.userId = ? AND t.onceKey = m.onceKey WHERE m.userId = ?`,
      both,
    );
    await manager.query(
      `DELETE m FROM notification_choices m JOIN notification_choices t ON t.userId = ? WHERE m.userId = ?`,
      both,
    );
    for (const table of ['notifications', 'notification_choices'])
      await manager.query(`UPDATE ${table} SET userId = ?, accountId = ? WHERE userId = ?`, [
        ...[to.userId, to.accountId, from.userId],
      ]);
  }
}
