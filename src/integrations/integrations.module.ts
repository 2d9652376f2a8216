import { Module, type OnModuleInit } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { PersonRecords } from '../accounts/person-records.js';
import { AuthModule } from '../auth/auth.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { BrakeController } from './brakes/brake.controller.js';
import { Brakes } from './brakes/brakes.service.js';
import { CalendarAvailability } from './calendar/availability.query.js';
import { CalendarConnectors } from './calendar/calendar-connectors.js';
import { CalendarTurns } from './calendar/calendar-turns.service.js';
import { Calendars } from './calendar/calendars.service.js';
import { CalendarEvents } from './calendar/events.query.js';
import { KnownContacts } from './calendar/known-contacts.js';
import { CalendarController } from './calendar/pages/calendar.controller.js';
import { CalendarsController } from './calendar/pages/calendars.controller.js';
import { CalendarEventController } from './calendar/pages/event.controller.js';
import { CalendarConsents } from './calendar/calendar-consents.service.js';
import { CompanyConnections } from './company/company-connections.query.js';
import { CompanyDisconnectionController } from './company/company-disconnection.controller.js';
import { CompanyListController } from './company/company-list.controller.js';
import { IntegrationSeams } from './company/company-seams.service.js';
import { ConflictList } from './conflicts/conflict-list.query.js';
import { ConflictsController } from './conflicts/conflicts.controller.js';
import { ConnectionStatuses } from './connections/connection-status.query.js';
import { Connections } from './connections/connections.service.js';
import { DisconnectionController } from './connections/disconnection.controller.js';
import { ExchangeTries } from './connections/exchange-tries.service.js';
import { ExchangeController } from './connections/exchange.controller.js';
import { IntegrationsController } from './connections/integrations.controller.js';
import { KeptCopies } from './connections/kept-copies.service.js';
import { ConnectionsOnProfile } from './connections/profile-section.service.js';
import { ConnectionSecrets } from './connections/secrets.js';
import { SignInTries } from './connections/sign-in-tries.service.js';
import { CloudActsController } from './contacts/acts/cloud-acts.controller.js';
import { CloudContacts } from './contacts/cloud-contacts.service.js';
import { CloudPlaces } from './contacts/cloud-places.query.js';
import { CloudContactController } from './contacts/contact/cloud-contact.controller.js';
import { CloudContactQuery } from './contacts/contact/cloud-contact.query.js';
import { NewCloudContactController } from './contacts/contact/new-cloud-contact.controller.js';
import { CloudExportsController } from './contacts/exports/cloud-exports.controller.js';
import { CloudListController } from './contacts/list/cloud-list.controller.js';
import { CloudList } from './contacts/list/cloud-list.query.js';
import { CloudSelectionController } from './contacts/list/cloud-selection.controller.js';
import { CloudRecords } from './contacts/records/cloud-records.js';
import { CloudErasure } from './contacts/trash/cloud-erasure.service.js';
import { CloudTrashController } from './contacts/trash/cloud-trash.controller.js';
import { CloudTrashQuery } from './contacts/trash/cloud-trash.query.js';
import { ExchangeCalendarConnector } from './exchange/exchange-calendar.connector.js';
import { ExchangeNetwork } from './exchange/exchange-network.js';
import { ExchangeSignIn } from './exchange/exchange-sign-in.js';
import { ExchangeConnector } from './exchange/exchange.connector.js';
import { GoogleCalendarConnector } from './google/google-calendar.connector.js';
import { GoogleConnector } from './google/google.connector.js';
import { AccessTokens } from './oauth/access-tokens.js';
import { ClientRefusals } from './oauth/client-refusals.service.js';
import { OAuthClients } from './oauth/oauth-clients.js';
import { OAuthController } from './oauth/oauth.controller.js';
import { OAuthRequests } from './oauth/oauth-requests.service.js';
import { OAuthSignIn } from './oauth/oauth-sign-in.service.js';
import { Revocations } from './oauth/revocations.service.js';
import { MeetingsOnHome } from './home/meetings-on-home.service.js';
import { ConnectionTroubles } from './home/problems.query.js';
import { ProblemsOnHome } from './home/problems-on-home.service.js';
import { Office365CalendarConnector } from './office365/office365-calendar.connector.js';
import { Office365Connector } from './office365/office365.connector.js';
import { ErasedConnectionOwners } from './retention/erased-owners.service.js';
import { KeptIntegrations } from './retention/kept-for-days.service.js';
import { MovedConnectionOwners } from './retention/moved-owners.service.js';
import { OwnCloudDataController } from './retention/own-cloud-data.controller.js';
import { OwnCloudData } from './retention/own-cloud-data.service.js';
import { CloudRefolding } from './retention/refolding.service.js';
import { ConnectionStandings } from './retention/standings.service.js';
import { RunsController } from './runs/runs.controller.js';
import { SyncRuns } from './runs/runs.query.js';
import { Conflicts } from './sync/conflicts.service.js';
import { Connectors } from './sync/connectors.js';
import { SyncTurns } from './sync/sync-turns.service.js';
import { SyncWorker } from './sync/sync-worker.service.js';
import { TurnEndings } from './sync/turn-endings.service.js';
import { CloudUndo } from './undo/cloud-undo.service.js';

/** Mailboxes of people at Google, Microsoft 365 and Exchange, kept in step with what is here. */
@Module({
  imports: [AccountsModule, AuthModule, NotificationsModule],
  controllers: [
    // Its addresses name a provider where those of a connection have an id.
    ...[OAuthController],
    ...[IntegrationsController, ExchangeController, DisconnectionController],
    ...[RunsController, BrakeController, ConflictsController],
    ...[CompanyDisconnectionController, CompanyListController, OwnCloudDataController],
    ...[CloudExportsController, CloudListController, CloudSelectionController, CloudTrashController],
    ...[CloudActsController, NewCloudContactController],
    ...[CalendarsController, CalendarController, CalendarEventController],
    // Last: the addresses of one contact.
    CloudContactController,
  ],
  providers: [
    CloudRecords,
    ...[Connectors, SyncTurns, SyncWorker, TurnEndings],
    ...[CompanyConnections, IntegrationSeams, CloudRefolding, ConnectionStandings, ErasedConnectionOwners],
    ...[KeptIntegrations, MovedConnectionOwners, OwnCloudData],
    ...[Connections, ConnectionSecrets, ConnectionStatuses, ConnectionsOnProfile, ExchangeTries],
    ...[GoogleConnector, GoogleCalendarConnector],
    ...[ExchangeConnector, ExchangeNetwork, ExchangeSignIn],
    ...[Office365Connector, Office365CalendarConnector],
    ...[CalendarConnectors, CalendarTurns, ExchangeCalendarConnector],
    ...[Calendars, CalendarAvailability, CalendarConsents, CalendarEvents, KnownContacts],
    ...[KeptCopies, SignInTries],
    ...[ConnectionTroubles, MeetingsOnHome, ProblemsOnHome],
    ...[AccessTokens, ClientRefusals, OAuthClients, OAuthRequests, OAuthSignIn, Revocations],
    ...[CloudUndo, Conflicts],
    ...[Brakes, ConflictList, SyncRuns],
    ...[CloudContacts, CloudContactQuery, CloudErasure, CloudList, CloudPlaces, CloudTrashQuery],
  ],
  exports: [CalendarAvailability, CloudContactQuery, CloudContacts, CloudPlaces, KeptCopies, KnownContacts],
})
export class IntegrationsModule implements OnModuleInit {
  constructor(
    private readonly records: PersonRecords,
    private readonly cloudRecords: CloudRecords,
  ) {}

  onModuleInit(): void {
    this.records.offer(this.cloudRecords);
  }
}
