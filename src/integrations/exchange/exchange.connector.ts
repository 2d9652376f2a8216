import { Injectable, Optional, type OnModuleInit } from '@nestjs/common';
import {
  type ConnectionAccess,
  type ContactsConnector,
  type ContactsSession,
} from '../contacts-connector.js';
import { Connectors } from '../sync/connectors.js';
import { EwsClient } from './ews.client.js';
import { readDetails, readSecret } from './exchange-details.js';
import { BatchSize } from './exchange-items.js';
import { ExchangeNetwork } from './exchange-network.js';
import { ExchangeSession, type SessionMemory } from './exchange.session.js';
import { ExchangeTransport } from './transport.js';
import { sentVersion } from './versions.js';

/** Mailboxes of Exchange servers of one's own, through Exchange Web Services. */
@Injectable()
export class ExchangeConnector implements ContactsConnector, OnModuleInit {
  readonly provider = 'exchange' as const;
  readonly scope = 'folder' as const;
  readonly severalFolders = false;
  /** Of the mailboxes whose last session had to take it slowly. */
  private readonly memories = new Map<string, SessionMemory>();

  constructor(
    private readonly network: ExchangeNetwork,
    @Optional() private readonly connectors?: Connectors,
  ) {}

  onModuleInit(): void {
    this.connectors?.register(this);
  }

  open(access: ConnectionAccess): ContactsSession {
    const details = readDetails(access.details);
    const { password } = readSecret(access.secret);
    const credentials = { username: details.username, password };
    const url = new URL(details.ewsUrl);
    const transport = new ExchangeTransport(this.network, url, credentials, details.auth, access.signal);
    const client = new EwsClient(transport, sentVersion(details.version), (version) =>
      access.keep({ details: { ...access.details, version } }),
    );
    const memory = this.memoryOf(access.connectionId);
    return new ExchangeSession(client, memory, () => {
      transport.close();
      if (memory.batch.isUsual && memory.refusals.size === 0) this.memories.delete(access.connectionId);
    });
  }

  private memoryOf(connectionId: string): SessionMemory {
    const memory = this.memories.get(connectionId) ?? { batch: new BatchSize(), refusals: new Map() };
    this.memories.set(connectionId, memory);
    return memory;
  }
}
