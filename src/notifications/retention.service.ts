import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccountEvents } from '../accounts/events.js';
import { limits } from '../config/limits.js';
import { firstIdOf } from '../database/new-id.js';
import { every, Sweeper } from '../jobs/sweeper.service.js';
import { type Task } from '../jobs/jobs.service.js';
import { Digests } from './digest/digests.service.js';

const SWEPT_AT_ONCE = 5_000;
const DAY_MS = 86_400_000;

/** The end of news: after their days, read or not, and with the person they were for. */
@Injectable()
export class NewsRetention implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly events: AccountEvents,
    private readonly sweeper: Sweeper,
    private readonly digests: Digests,
  ) {}

  onModuleInit(): void {
    this.sweeper.register('notifications.sweep', every.hour, (task) => this.sweep(task));
    this.sweeper.register('notifications.digests', every.hour, () => this.digests.repair());
    this.events.erased.subscribe(async ({ manager, userIds }) => {
      if (userIds.length === 0) return;
      for (const table of ['notifications', 'notification_choices'])
        await manager.query(`DELETE FROM ${table} WHERE userId IN (?)`, [userIds]);
    });
  }

  /** Along the primary key: an id begins with its moment. */
  private async sweep({ cancelled }: Task): Promise<void> {
    const oldest = firstIdOf(Date.now() - limits.notificationDays * DAY_MS);
    for (;;) {
      cancelled.throwIfAborted();
      const { affectedRows } = await this.database.query<{ affectedRows: number }>(
        `DELETE FROM notifications WHERE id < ? ORDER BY id LIMIT ${SWEPT_AT_ONCE}`,
        [oldest],
      );
      if (affectedRows < SWEPT_AT_ONCE) return;
    }
  }
}
