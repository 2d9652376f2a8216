import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ContactsController } from './contacts.controller.js';
import { DirectoryAsController } from './directory-as.controller.js';
import { HelpController } from './help.controller.js';
import { HiddenPeople } from './hidden-people.query.js';
import { PeopleVisible } from './people-visible.query.js';
import { PhotosController } from './photos.controller.js';
import { RecentChoices } from './recent-choices.js';

/** Who works here: the people one may find, their cards and photos, and the page that says how all this works. */
@Module({
  imports: [AccountsModule],
  controllers: [ContactsController, DirectoryAsController, PhotosController, HelpController],
  providers: [PeopleVisible, HiddenPeople, RecentChoices],
  exports: [PeopleVisible],
})
export class DirectoryModule {}
