import { Injectable } from '@nestjs/common';
import { type Provider } from '../../accounts/settings.js';
import { type CalendarConnector } from '../calendar-connector.js';

/** The calendar connectors there are: each registers itself (`onModuleInit`), as those of contacts do (sync/connectors.ts). */
@Injectable()
export class CalendarConnectors {
  private readonly byProvider = new Map<Provider, CalendarConnector>();

  register(connector: CalendarConnector): void {
    if (this.byProvider.has(connector.provider))
      throw new Error(`Two calendar connectors for ${connector.provider}`);
    this.byProvider.set(connector.provider, connector);
  }

  /** null: calendars of this provider are not read. */
  find(provider: Provider): CalendarConnector | null {
    return this.byProvider.get(provider) ?? null;
  }
}
