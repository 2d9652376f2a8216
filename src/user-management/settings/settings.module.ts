import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { AccountFacts } from './account-facts.query.js';
import { MailTestController } from './mail-test.controller.js';
import { SettingsEffects } from './settings-effects.query.js';
import { SettingsController } from './settings.controller.js';

/** The page `/settings`. */
@Module({
  imports: [AccountsModule, AuthModule],
  controllers: [SettingsController, MailTestController],
  providers: [AccountFacts, SettingsEffects],
})
export class SettingsModule {}
