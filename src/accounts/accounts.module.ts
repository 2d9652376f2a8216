import { Module, type OnModuleInit } from '@nestjs/common';
import { every, Sweeper } from '../jobs/sweeper.service.js';
import { Accounts } from './accounts.service.js';
import { CompanySettings } from './company-settings.service.js';
import { ConnectedPeople } from './connected-people.js';
import { AddressChanges } from './address-changes.service.js';
import { Belongings } from './belongings.js';
import { Counters } from './counters.service.js';
import { Erasures } from './erasure.service.js';
import { AccountEvents } from './events.js';
import { GroupActs } from './group-acts.service.js';
import { GroupMembers } from './group-members.service.js';
import { GroupUndo } from './group-undo.service.js';
import { Groups } from './groups.service.js';
import { FeatureTallies } from './feature-tally.query.js';
import { HomeSections } from './home-sections.js';
import { InvitationMails } from './invitation-mails.service.js';
import { Invitations } from './invitations.service.js';
import { OneTimeLinks } from './one-time-links.service.js';
import { OutsideContacts } from './outside-contacts.js';
import { OwnData } from './own-data.js';
import { PeopleChanges } from './people-changes.service.js';
import { People } from './people.service.js';
import { PersonLines } from './person-lines.js';
import { PersonRecords } from './person-records.js';
import { PersonSections } from './person-sections.js';
import { PersonalAccounts } from './personal-accounts.service.js';
import { Photos } from './photos.service.js';
import { ProfileSections } from './profile-sections.js';
import { Retentions } from './retention.service.js';
import { Standing } from './standing.service.js';

const services = [
  Accounts,
  AddressChanges,
  Belongings,
  Counters,
  Erasures,
  AccountEvents,
  ...[Groups, GroupActs, GroupMembers, GroupUndo],
  OneTimeLinks,
  OwnData,
  InvitationMails,
  Invitations,
  People,
  PeopleChanges,
  PersonalAccounts,
  Standing,
  Photos,
  ...[CompanySettings, FeatureTallies, Retentions],
  ...[
    ConnectedPeople,
    OutsideContacts,
    HomeSections,
    PersonLines,
    PersonRecords,
    PersonSections,
    ProfileSections,
  ],
];

/** Who is here: companies, people, their groups, links and counters. */
@Module({ providers: services, exports: services })
export class AccountsModule implements OnModuleInit {
  constructor(
    private readonly sweeper: Sweeper,
    private readonly photos: Photos,
    private readonly retentions: Retentions,
  ) {}

  onModuleInit(): void {
    this.sweeper.register('photos.sweep', every.quarterHour, () => this.photos.sweep());
    this.sweeper.register('retention.sweep', every.quarterHour, () => this.retentions.sweep());
  }
}
