import { Module, type OnModuleInit } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ExternalContactsModule } from '../external-contacts/external-contacts.module.js';
import { Colleagues } from '../external-contacts/requests/colleagues.js';
import { KnownExternalContacts } from '../external-contacts/links/known-contacts.query.js';
import { KnownContacts } from '../integrations/calendar/known-contacts.js';
import { KeptCopies } from '../integrations/connections/kept-copies.service.js';
import { IntegrationsModule } from '../integrations/integrations.module.js';
import { PersonalContacts } from '../personal-contacts/contact/contacts.service.js';
import { KnownPersonalContacts } from '../personal-contacts/contact/known-contacts.query.js';
import { ContactCopies } from '../personal-contacts/copies/contact-copies.service.js';
import { PersonalContactsModule } from '../personal-contacts/personal-contacts.module.js';
import { PersonRecords } from '../accounts/person-records.js';
import { ContactsController } from './contacts.controller.js';
import { DirectoryAsController } from './directory-as.controller.js';
import { HelpController } from './help.controller.js';
import { HiddenPeople } from './hidden-people.query.js';
import { HomeController } from './home/home.controller.js';
import { StarredOnHome } from './home/starred-on-home.service.js';
import { asPersonalContacts } from './kept-copies.js';
import { knownContacts } from './known-contacts.js';
import { ColleagueRecords } from './people/colleague-records.js';
import { PeopleVisible } from './people-visible.query.js';
import { PersonLines } from '../accounts/person-lines.js';
import { KeptLinks } from './people/kept-links.service.js';
import { personLines } from './people/person-line.js';
import { PersonCardController } from './people/person-card.controller.js';
import { PersonHistory } from './people/person-history.query.js';
import { PersonActs } from './people/person-acts.service.js';
import { PersonLinks } from './people/person-links.service.js';
import { Persons } from './people/persons.service.js';
import { Proposals } from './people/proposals.service.js';
import { PhotosController } from './photos.controller.js';
import { RecentChoices } from './recent-choices.js';
import { FrequentNumbers } from './search/frequent-numbers.js';
import { PeopleSearch } from './search/people-search.service.js';
import { SearchController } from './search/search.controller.js';
import { StarsController } from './stars/stars.controller.js';
import { Stars } from './stars/stars.service.js';

/** Who works here: the people one may find, their cards and photos, and the page that says how all this works. */
@Module({
  imports: [AccountsModule, ExternalContactsModule, PersonalContactsModule, IntegrationsModule],
  controllers: [
    ContactsController,
    StarsController,
    PersonCardController,
    DirectoryAsController,
    PhotosController,
    HelpController,
    SearchController,
    HomeController,
  ],
  providers: [
    ColleagueRecords,
    FrequentNumbers,
    PeopleSearch,
    PeopleVisible,
    HiddenPeople,
    KeptLinks,
    PersonActs,
    PersonHistory,
    PersonLinks,
    Persons,
    Proposals,
    RecentChoices,
    StarredOnHome,
    Stars,
  ],
  exports: [FrequentNumbers, PeopleVisible, Persons],
})
export class DirectoryModule implements OnModuleInit {
  constructor(
    private readonly colleagues: Colleagues,
    private readonly people: PeopleVisible,
    private readonly keptCopies: KeptCopies,
    private readonly contactCopies: ContactCopies,
    private readonly knownContacts: KnownContacts,
    private readonly external: KnownExternalContacts,
    private readonly personal: KnownPersonalContacts,
    private readonly contacts: PersonalContacts,
    private readonly records: PersonRecords,
    private readonly colleagueRecords: ColleagueRecords,
    private readonly lines: PersonLines,
    private readonly persons: Persons,
    private readonly proposals: Proposals,
  ) {}

  onModuleInit(): void {
    this.records.offer(this.colleagueRecords);
    this.lines.comeFrom(personLines(this.persons, this.proposals));
    this.colleagues.comeFrom((viewer, addresses) => this.people.addressesAmong(viewer, addresses));
    this.keptCopies.goTo(asPersonalContacts(this.contactCopies));
    this.knownContacts.comeFrom(knownContacts(this.people, this.external, this.personal, this.contacts));
  }
}
