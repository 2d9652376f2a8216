import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { Notifications } from './notifications.service.js';

/** What happened that somebody wants to know: the bell, its page, and a digest by mail. */
@Module({
  imports: [AccountsModule, AuthModule],
  providers: [Notifications],
  exports: [Notifications],
})
export class NotificationsModule {}
