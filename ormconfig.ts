import 'reflect-metadata';
import { Account } from './src/accounts/account.entity.js';
import { AccountSettings } from './src/accounts/account-settings.entity.js';
import { Credential } from './src/accounts/credential.entity.js';
import { ChatGroup, ChatGroupMember, UserGroup, UserGroupMember } from './src/accounts/group.entities.js';
import { OneTimeLink } from './src/accounts/one-time-link.entity.js';
import { Photo } from './src/accounts/photo.entity.js';
import { SignInAddress } from './src/accounts/sign-in-address.entity.js';
import { UserCounter } from './src/accounts/user-counter.entity.js';
import { User } from './src/accounts/user.entity.js';
import { Session } from './src/auth/session.entity.js';
import { ThrottleCounter } from './src/auth/throttle-counter.entity.js';
import { ApiToken } from './src/api/tokens/api-token.entity.js';
import { type DatabaseParts } from './src/database/data-source.js';
import { InstallationFact, Lease } from './src/database/installation.entities.js';
import { Foundation1763770000000 } from './src/database/migrations/1763770000000-foundation.js';
import { Groups1763856020000 } from './src/database/migrations/1763856020000-groups.js';
import { AccountSettings1763856030000 } from './src/database/migrations/1763856030000-account-settings.js';
import { AuditLog1763856040000 } from './src/database/migrations/1763856040000-audit-log.js';
import { UserRuns1763856060000 } from './src/database/migrations/1763856060000-user-runs.js';
import { Erasure1763856050000 } from './src/database/migrations/1763856050000-erasure.js';
import { Integrations1764115200000 } from './src/database/migrations/1764115200000-integrations.js';
import { CloudArrivals1764115210000 } from './src/database/migrations/1764115210000-cloud-arrivals.js';
import { CloudSendings1764115211000 } from './src/database/migrations/1764115211000-cloud-sendings.js';
import { CloudContactMoves1764115220000 } from './src/database/migrations/1764115220000-cloud-contact-moves.js';
import { ConnectionTries1764115250000 } from './src/database/migrations/1764115250000-connection-tries.js';
import { ConnectionPauses1764115260000 } from './src/database/migrations/1764115260000-connection-pauses.js';
import { Calendars1764201600000 } from './src/database/migrations/1764201600000-calendars.js';
import { OAuthRequests1764201610000 } from './src/database/migrations/1764201610000-oauth-requests.js';
import { ApiTokens1764288020000 } from './src/database/migrations/1764288020000-api-tokens.js';
import { CalendarReadings1764201640000 } from './src/database/migrations/1764201640000-calendar-readings.js';
import { PersonLinks1764288050000 } from './src/database/migrations/1764288050000-person-links.js';
import { PersonNumbers1764288060000 } from './src/database/migrations/1764288060000-person-numbers.js';
import { Call } from './src/calls/call.entity.js';
import { Calls1764288010000 } from './src/database/migrations/1764288010000-calls.js';
import { Calendar, CalendarEvent, CalendarSharing } from './src/integrations/calendar.entities.js';
import {
  CloudConflict,
  CloudContact,
  CloudContactFolder,
  CloudContactReach,
} from './src/integrations/cloud-contact.entities.js';
import {
  CloudFolder,
  Connection,
  ConnectionSecret,
  SyncRun,
  SyncScope,
} from './src/integrations/connection.entities.js';
import { PersonLink } from './src/directory/people/person-link.entity.js';
import { DirectoryStar } from './src/directory/stars/directory-star.entity.js';
import { ReachPatterns1764288040000 } from './src/database/migrations/1764288040000-reach-patterns.js';
import { DirectoryStars1764288070000 } from './src/database/migrations/1764288070000-directory-stars.js';
import { CallRecording } from './src/calls/recordings/call-recording.entity.js';
import { CallRecordings1764288080000 } from './src/database/migrations/1764288080000-call-recordings.js';
import { ContactReach1764374400000 } from './src/database/migrations/1764374400000-contact-reach.js';
import { ConnectionTry } from './src/integrations/connections/connection-try.entity.js';
import { OAuthRequest } from './src/integrations/oauth/oauth-request.entity.js';
import { Import, ImportBatch, ImportPiece } from './src/imports/import.entities.js';
import { Job } from './src/jobs/job.entity.js';
import { AuditEntry, JournalBatch, JournalEntry } from './src/journal/journal.entities.js';
import { Mail } from './src/mail/mail.entity.js';
import { UserRun, UserRunPeople } from './src/user-management/runs/user-run.entity.js';
import { Checklist } from './src/user-management/checklist/checklist.entity.js';
import { UserList1763856070000 } from './src/database/migrations/1763856070000-user-list.js';
import { PersonalContacts1763942400000 } from './src/database/migrations/1763942400000-personal-contacts.js';
import { ContactGroup, ContactGroupMember } from './src/personal-contacts/contact-group.entity.js';
import { ContactPhotos1763946000000 } from './src/database/migrations/1763946000000-contact-photos.js';
import { ContactListIndex1763949600000 } from './src/database/migrations/1763949600000-contact-list-index.js';
import { ContactDistinctions1763942410000 } from './src/database/migrations/1763942410000-contact-distinctions.js';
import { ContactDistinction } from './src/personal-contacts/duplicates/contact-distinction.entity.js';
import { ContactPhoto } from './src/personal-contacts/contact-photo.entity.js';
import { ContactReach } from './src/personal-contacts/contact-reach.entity.js';
import { ContactListRevision, ContactListSummary } from './src/personal-contacts/contact-list.entities.js';
import { ContactListSummaries1763953200000 } from './src/database/migrations/1763953200000-contact-list-summaries.js';
import { PersonalContact } from './src/personal-contacts/personal-contact.entity.js';
import { ExternalContacts1764028800000 } from './src/database/migrations/1764028800000-external-contacts.js';
import { ExternalRequestsByTime1764028810000 } from './src/database/migrations/1764028810000-external-requests-by-time.js';
import { ExternalContactsByTime1764028840000 } from './src/database/migrations/1764028840000-external-contacts-by-time.js';
import { ExternalContactLists1764028890000 } from './src/database/migrations/1764028890000-external-contact-lists.js';
import {
  ExternalBlock,
  ExternalContact,
  ExternalContactList,
  ExternalFolder,
  ExternalFolderMember,
} from './src/external-contacts/external-contact.entity.js';
import { ExternalLink } from './src/external-contacts/external-link.entity.js';
import { ReceivedRequest, SentRequest } from './src/external-contacts/external-request.entities.js';
import { MailRefusal } from './src/mail/mail-refusal.entity.js';
import { Notification, NotificationChoice } from './src/notifications/notification.entity.js';
import { SavedView } from './src/user-management/saved-views/saved-view.entity.js';

/**
 * Everything the database holds, listed by hand: what is not imported here does not exist. The connection
 * itself is made by src/database/data-source.ts, which asks the server what it is first.
 */
export const parts: DatabaseParts = {
  entities: [
    ...[InstallationFact, Lease],
    ...[JournalBatch, JournalEntry, AuditEntry],
    ...[Job, Mail],
    ...[Account, AccountSettings, User, SignInAddress, Credential, UserCounter, OneTimeLink, Photo],
    ...[UserGroup, UserGroupMember, ChatGroup, ChatGroupMember],
    ...[Session, ThrottleCounter],
    ...[Import, ImportPiece, ImportBatch],
    ...[Checklist],
    ...[UserRun, UserRunPeople],
    ...[SavedView],
    ...[
      PersonalContact,
      ContactListRevision,
      ContactListSummary,
      ContactGroup,
      ContactGroupMember,
      ContactPhoto,
      ContactReach,
    ],
    ...[ContactDistinction],
    ...[ExternalLink, ExternalContact, ExternalFolder, ExternalFolderMember, ExternalBlock],
    ...[ExternalContactList],
    ...[SentRequest, ReceivedRequest],
    ...[MailRefusal, Notification, NotificationChoice],
    ...[ConnectionTry, OAuthRequest],
    ...[Connection, ConnectionSecret, CloudFolder, SyncScope, SyncRun],
    ...[CloudContact, CloudContactFolder, CloudContactReach, CloudConflict],
    ...[Calendar, CalendarEvent, CalendarSharing],
    ...[ApiToken],
    Call,
    ...[DirectoryStar, PersonLink],
    ...[CallRecording],
  ],
  migrations: [
    Foundation1763770000000,
    Groups1763856020000,
    AccountSettings1763856030000,
    AuditLog1763856040000,
    Erasure1763856050000,
    UserRuns1763856060000,
    UserList1763856070000,
    PersonalContacts1763942400000,
    ContactDistinctions1763942410000,
    ContactPhotos1763946000000,
    ContactListIndex1763949600000,
    ContactListSummaries1763953200000,
    ExternalContacts1764028800000,
    ExternalRequestsByTime1764028810000,
    ExternalContactsByTime1764028840000,
    ExternalContactLists1764028890000,
    Integrations1764115200000,
    CloudArrivals1764115210000,
    CloudSendings1764115211000,
    CloudContactMoves1764115220000,
    ConnectionTries1764115250000,
    ConnectionPauses1764115260000,
    Calendars1764201600000,
    OAuthRequests1764201610000,
    CalendarReadings1764201640000,
    Calls1764288010000,
    ApiTokens1764288020000,
    PersonLinks1764288050000,
    PersonNumbers1764288060000,
    ReachPatterns1764288040000,
    DirectoryStars1764288070000,
    CallRecordings1764288080000,
    ContactReach1764374400000,
  ],
};
