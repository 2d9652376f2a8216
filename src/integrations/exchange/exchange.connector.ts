import { Injectable, Optional, type OnModuleInit } from '@nestjs/common';
import {
  type ConnectionAccess,
  type ContactsConnector,
  type ContactsSession,
} from '../contacts-connector.js';
import { Connectors } from '../sync/connectors.js';
import { clientFor } from './exchange-client.js';
import { BatchSize } from './exchange-items.js';
import { ExchangeNetwork } from './exchange-network.js';
import { ExchangeSession, type SessionMemory } from './exchange.session.js';

/** Mailboxes of Exchange servers of one's own, through Exchange Web Services. */
@Injectable()
export class ExchangeConnector implements ContactsConnector, OnModuleInit {
  readonly provider = 'exchange' as const;
  readonly scope = 'folder' as const;
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
    const { client, transport } = clientFor(this.network, access);
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
