import { Injectable } from '@nestjs/common';
import { type Provider } from '../../accounts/settings.js';
import { type ContactsConnector } from '../contacts-connector.js';

/** The connectors there are: each registers itself (`onModuleInit`), and the engine knows them by their provider alone. */
@Injectable()
export class Connectors {
  private readonly byProvider = new Map<Provider, ContactsConnector>();

  register(connector: ContactsConnector): void {
    if (this.byProvider.has(connector.provider)) throw new Error(`Two connectors for ${connector.provider}`);
    this.byProvider.set(connector.provider, connector);
  }

  of(provider: Provider): ContactsConnector {
    const connector = this.byProvider.get(provider);
    if (!connector) throw new Error(`No connector for ${provider}`);
    return connector;
  }

  /** Connections of other providers are not claimed by this process. */
  get providers(): Provider[] {
    return [...this.byProvider.keys()];
  }
}
