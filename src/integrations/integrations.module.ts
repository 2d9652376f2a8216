import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { CompanyConnections } from './company/company-connections.query.js';
import { CompanyDisconnectionController } from './company/company-disconnection.controller.js';
import { CompanyListController } from './company/company-list.controller.js';
import { IntegrationSeams } from './company/company-seams.service.js';
import { Connections } from './connections/connections.service.js';
import { KeptCopies } from './connections/kept-copies.service.js';
import { ConnectionSecrets } from './connections/secrets.js';
import { SignInTries } from './connections/sign-in-tries.service.js';
import { CloudContacts } from './contacts/cloud-contacts.service.js';

/** Mailboxes of people at Google, Microsoft 365 and Exchange, kept in step with what is here. */
@Module({
  imports: [AccountsModule, AuthModule, NotificationsModule],
  controllers: [CompanyDisconnectionController, CompanyListController],
  providers: [...[CompanyConnections, IntegrationSeams], Connections, ConnectionSecrets, KeptCopies, SignInTries, CloudContacts],
  exports: [KeptCopies],
})
export class IntegrationsModule {}
