import { Inject, Injectable, Optional, type OnModuleInit } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import { type Environment } from '../../config/environment.js';
import { CalendarConnectors } from '../calendar/calendar-connectors.js';
import { type CalendarConnector, type CalendarSession } from '../calendar-connector.js';
import { type ConnectionAccess } from '../contacts-connector.js';
import { AccessTokens } from '../oauth/access-tokens.js';
import { GraphClient } from './graph.client.js';
import { Office365CalendarSession } from './office365-calendar.session.js';

/** Calendars of mailboxes at Microsoft 365, through Microsoft Graph v1.0. */
@Injectable()
export class Office365CalendarConnector implements CalendarConnector, OnModuleInit {
  readonly provider = 'office365' as const;

  constructor(
    @Inject(ENVIRONMENT) private readonly environment: Pick<Environment, 'microsoft'>,
    private readonly tokens: AccessTokens,
    @Optional() private readonly connectors?: CalendarConnectors,
  ) {}

  onModuleInit(): void {
    if (this.environment.microsoft) this.connectors?.register(this);
  }

  open(access: ConnectionAccess): CalendarSession {
    const { microsoft } = this.environment;
    if (!microsoft) throw new Error('Microsoft 365 is not set up');
    const tokens = this.tokens.of(access, 'office365');
    return new Office365CalendarSession(
      new GraphClient({ graphUrl: microsoft.graphUrl, signal: access.signal, tokens }),
    );
  }
}
