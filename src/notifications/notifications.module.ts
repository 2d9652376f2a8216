import { Module, type OnModuleInit } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { SessionCounts } from '../auth/session-counts.js';
import { DigestController } from './digest/digest.controller.js';
import { Digests } from './digest/digests.service.js';
import { MovedReaders } from './moved-people.service.js';
import { NotificationList } from './notification-list.query.js';
import { NotificationsController } from './notifications.controller.js';
import { Notifications } from './notifications.service.js';
import { Reading } from './reading.service.js';
import { NewsRetention } from './retention.service.js';

/** What happened that somebody wants to know: the bell, its page, and a digest by mail. */
@Module({
  imports: [AccountsModule, AuthModule],
  controllers: [NotificationsController, DigestController],
  providers: [Digests, MovedReaders, NewsRetention, NotificationList, Notifications, Reading],
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
