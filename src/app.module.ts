import { Module, type DynamicModule } from '@nestjs/common';
import { type DataSource } from 'typeorm';
import { AccountsModule } from './accounts/accounts.module.js';
import { ApiModule } from './api/api.module.js';
import { AuthModule } from './auth/auth.module.js';
import { CallsModule } from './calls/calls.module.js';
import { ConfigModule } from './config/config.module.js';
import { type Environment } from './config/environment.js';
import { CryptoModule } from './crypto/crypto.module.js';
import { type SecretKeys } from './crypto/secret-keys.js';
import { DatabaseModule } from './database/database.module.js';
import { DirectoryModule } from './directory/directory.module.js';
import { ExternalContactsModule } from './external-contacts/external-contacts.module.js';
import { ImportsModule } from './imports/imports.module.js';
import { IntegrationsModule } from './integrations/integrations.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { JournalModule } from './journal/journal.module.js';
import { MailModule } from './mail/mail.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { PersonalContactsModule } from './personal-contacts/personal-contacts.module.js';
import { UserManagementModule } from './user-management/user-management.module.js';
import { StyleguideModule } from './web/styleguide/styleguide.module.js';
import { WebModule } from './web/web.module.js';

export interface AppParts {
  environment: Environment;
  keys: SecretKeys;
  database: DataSource;
}

/** The whole house. */
@Module({})
export class AppModule {
  static with({ environment, keys, database }: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(environment),
        CryptoModule.with(keys),
        DatabaseModule.with(database),
        ...[JournalModule, JobsModule, WebModule, MailModule],
        ...[AccountsModule, AuthModule, NotificationsModule, ImportsModule],
        ...[UserManagementModule, ExternalContactsModule, PersonalContactsModule],
        ...[IntegrationsModule, DirectoryModule, CallsModule, ApiModule],
        ...(environment.production ? [] : [StyleguideModule]),
      ],
    };
  }
}
