import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { ContactListController } from './list/contact-list.controller.js';
import { EmptiedBins } from './retention/emptied-bins.service.js';
import { ErasedOwners } from './retention/erased-owners.service.js';
import { Refolding } from './retention/refolding.service.js';
import { ContactActsController } from './undo/contact-acts.controller.js';
import { ContactActs } from './undo/contact-acts.service.js';

/** The contacts each user keeps. */
@Module({
  imports: [AccountsModule, ImportsModule],
  // In this order: `/personal-contacts/:id` would swallow every other address below /personal-contacts.
  controllers: [ContactActsController, ContactListController],
  providers: [ContactActs, EmptiedBins, ErasedOwners, Refolding],
})
export class PersonalContactsModule {}
