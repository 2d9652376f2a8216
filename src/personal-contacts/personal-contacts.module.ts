import { Module, type OnModuleInit } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { PersonRecords } from '../accounts/person-records.js';
import { ImportsModule } from '../imports/imports.module.js';
import { ContactController } from './contact/contact.controller.js';
import { ContactPhotoController } from './contact/contact-photo.controller.js';
import { ContactQuery } from './contact/contact.query.js';
import { PersonalContacts } from './contact/contacts.service.js';
import { KnownPersonalContacts } from './contact/known-contacts.query.js';
import { NewContactController } from './contact/new-contact.controller.js';
import { ContactCopies } from './copies/contact-copies.service.js';
import { ContactExportController } from './exports/contact-export.controller.js';
import { ContactExports } from './exports/contact-exports.service.js';
import { ContactGroups } from './groups/contact-groups.query.js';
import { ContactGroupsController } from './groups/contact-groups.controller.js';
import { ContactGroupActs } from './groups/contact-groups.service.js';
import { ContactsOnHome } from './home/contacts-on-home.service.js';
import { ContactImportController } from './import/contact-import.controller.js';
import { BulkActs } from './list/bulk-acts.service.js';
import { ContactListController } from './list/contact-list.controller.js';
import { ContactList } from './list/contact-list.query.js';
import { ListSummaries } from './list/list-summary.query.js';
import { ContactSelectionController } from './list/contact-selection.controller.js';
import { PersonalRecords } from './records/personal-records.js';
import { FormerList } from './replace/former-list.query.js';
import { ReplaceController } from './replace/replace.controller.js';
import { EmptiedBins } from './retention/emptied-bins.service.js';
import { ErasedOwners } from './retention/erased-owners.service.js';
import { MovedOwners } from './retention/moved-owners.service.js';
import { OwnContacts } from './retention/own-contacts.service.js';
import { ReachFilling } from './retention/reach-filling.service.js';
import { Refolding } from './retention/refolding.service.js';
import { ContactErasure } from './trash/contact-erasure.service.js';
import { TrashController } from './trash/trash.controller.js';
import { TrashQuery } from './trash/trash.query.js';
import { DuplicatesController } from './duplicates/duplicates.controller.js';
import { DuplicatesQuery } from './duplicates/duplicates.query.js';
import { Duplicates } from './duplicates/duplicates.service.js';
import { ContactActsController } from './undo/contact-acts.controller.js';
import { ContactActs } from './undo/contact-acts.service.js';

/** The contacts each user keeps. */
@Module({
  imports: [AccountsModule, ImportsModule],
  // In this order: `/personal-contacts/:id` would swallow every other address below /personal-contacts.
  controllers: [
    ContactActsController,
    DuplicatesController,
    ContactExportController,
    ContactGroupsController,
    ContactImportController,
    ContactListController,
    ContactSelectionController,
    NewContactController,
    ReplaceController,
    TrashController,
    // Last: the addresses of one contact.
    ContactPhotoController,
    ContactController,
  ],
  providers: [
    PersonalRecords,
    ContactCopies,
    KnownPersonalContacts,
    ContactExports,
    ContactErasure,
    ContactQuery,
    ContactsOnHome,
    PersonalContacts,
    TrashQuery,
    BulkActs,
    ContactGroupActs,
    ContactGroups,
    ContactList,
    ListSummaries,
    ContactActs,
    Duplicates,
    DuplicatesQuery,
    EmptiedBins,
    ErasedOwners,
    MovedOwners,
    OwnContacts,
    FormerList,
    ReachFilling,
    Refolding,
  ],
  exports: [ContactCopies, KnownPersonalContacts, PersonalContacts],
})
export class PersonalContactsModule implements OnModuleInit {
  constructor(
    private readonly records: PersonRecords,
    private readonly personalRecords: PersonalRecords,
  ) {}

  onModuleInit(): void {
    this.records.offer(this.personalRecords);
  }
}
