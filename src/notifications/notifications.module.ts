import { Module, type OnModuleInit } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { SessionCounts } from '../auth/session-counts.js';
import { MovedReaders } from './moved-people.service.js';
import { Notifications } from './notifications.service.js';

/** What happened that somebody wants to know: the bell, its page, and a digest by mail. */
@Module({
  imports: [AccountsModule, AuthModule],
  providers: [MovedReaders, Notifications],
  exports: [Notifications],
})
export class NotificationsModule implements OnModuleInit {
  constructor(private readonly counts: SessionCounts) {}

  onModuleInit(): void {
    this.counts.register('notifications', {
      from: 'notifications n',
      where: 'n.userId = u.id AND n.readAt IS NULL',
    });
  }
}
