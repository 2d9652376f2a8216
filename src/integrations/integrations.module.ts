import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { Connections } from './connections/connections.service.js';
import { ConnectionSecrets } from './connections/secrets.js';

/** Mailboxes of people at Google, Microsoft 365 and Exchange, kept in step with what is here. */
@Module({
  imports: [AccountsModule, AuthModule, NotificationsModule],
  controllers: [],
  providers: [Connections, ConnectionSecrets],
  exports: [],
})
export class IntegrationsModule {}
