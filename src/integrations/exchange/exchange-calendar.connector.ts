import { Injectable, Optional, type OnModuleInit } from '@nestjs/common';
import { CalendarConnectors } from '../calendar/calendar-connectors.js';
import { type CalendarConnector, type CalendarSession } from '../calendar-connector.js';
import { type ConnectionAccess } from '../contacts-connector.js';
import { ExchangeCalendarSession } from './calendar.session.js';
import { clientFor } from './exchange-client.js';
import { ExchangeNetwork } from './exchange-network.js';

/** Calendars of mailboxes at Exchange servers of one's own. */
@Injectable()
export class ExchangeCalendarConnector implements CalendarConnector, OnModuleInit {
  readonly provider = 'exchange' as const;

  constructor(
    private readonly network: ExchangeNetwork,
    @Optional() private readonly connectors?: CalendarConnectors,
  ) {}

  onModuleInit(): void {
    this.connectors?.register(this);
  }

  open(access: ConnectionAccess): CalendarSession {
    const { client, transport, username } = clientFor(this.network, access);
    const own = new Set(username.includes('@') ? [username.toLowerCase()] : []);
    return new ExchangeCalendarSession(client, own, () => transport.close());
  }
}
