import { Inject, Injectable, Optional, type OnModuleInit } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import { type Environment } from '../../config/environment.js';
import { CalendarConnectors } from '../calendar/calendar-connectors.js';
import { type CalendarConnector, type CalendarSession } from '../calendar-connector.js';
import { type ConnectionAccess } from '../contacts-connector.js';
import { AccessTokens } from '../oauth/access-tokens.js';
import { WebApiClient } from '../web-api/web-api.client.js';
import { CalendarClient } from './calendar.client.js';
import { calendarErrorOf } from './google-calendar-errors.js';
import { GoogleCalendarSession } from './google-calendar.session.js';
import { Patience } from './google-patience.js';

/** Calendars of Google accounts, through the Calendar API v3. */
@Injectable()
export class GoogleCalendarConnector implements CalendarConnector, OnModuleInit {
  readonly provider = 'google' as const;

  constructor(
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    private readonly tokens: AccessTokens,
    @Optional() private readonly connectors?: CalendarConnectors,
  ) {}

  onModuleInit(): void {
    if (this.environment.google) this.connectors?.register(this);
  }

  open(access: ConnectionAccess): CalendarSession {
    const { google } = this.environment;
    if (!google) throw new Error('Google is not set up');
    const patience = new Patience();
    const api = new WebApiClient({
      baseUrl: google.calendarUrl,
      tokens: this.tokens.of(access, 'google'),
      signal: access.signal,
      errors: (failure, facts) => calendarErrorOf(failure, facts, () => patience.waitMs()),
    });
    return new GoogleCalendarSession(new CalendarClient(api));
  }
}
