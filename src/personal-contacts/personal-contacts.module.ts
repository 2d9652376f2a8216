import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { ContactListController } from './list/contact-list.controller.js';

/** The contacts each user keeps. */
@Module({
  imports: [AccountsModule, ImportsModule],
  // In this order: `/personal-contacts/:id` would swallow every other address below /personal-contacts.
  controllers: [ContactListController],
  providers: [],
})
export class PersonalContactsModule {}
