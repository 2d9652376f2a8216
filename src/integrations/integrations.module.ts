import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';

/** Mailboxes of people at Google, Microsoft 365 and Exchange, kept in step with what is here. */
@Module({
  imports: [AccountsModule, AuthModule, NotificationsModule],
  controllers: [],
  providers: [],
  exports: [],
})
export class IntegrationsModule {}
