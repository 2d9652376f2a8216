import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { ExternalLinks } from './links/external-links.service.js';
import { OtherPeople } from './links/other-people.query.js';
import { Colleagues } from './requests/colleagues.js';
import { SignUpController } from './signup/signup.controller.js';
import { SignUps } from './signup/signups.service.js';

/** People of other companies: asked, accepted, kept, and what companies allow of it. */
@Module({
  imports: [AccountsModule, AuthModule, NotificationsModule],
  controllers: [SignUpController],
  providers: [ExternalLinks, OtherPeople, Colleagues, SignUps],
  exports: [Colleagues],
})
export class ExternalContactsModule {}
