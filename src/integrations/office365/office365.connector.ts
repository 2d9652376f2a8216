import { Inject, Injectable, Optional, type OnModuleInit } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import { type Environment } from '../../config/environment.js';
import {
  type ConnectionAccess,
  type ContactsConnector,
  type ContactsSession,
} from '../contacts-connector.js';
import { AccessTokens } from '../oauth/access-tokens.js';
import { NotSetUp } from '../provider-errors.js';
import { Connectors } from '../sync/connectors.js';
import { GraphClient } from './graph.client.js';
import { Office365Session, type SessionMemory } from './office365.session.js';

/** Mailboxes at Microsoft 365, also those of national clouds, through Microsoft Graph v1.0. */
@Injectable()
export class Office365Connector implements ContactsConnector, OnModuleInit {
  readonly provider = 'office365' as const;
  readonly scope = 'folder' as const;
  /** Of the mailboxes whose last session ended in the middle of a page. */
  private readonly memories = new Map<string, SessionMemory>();

  constructor(
    @Inject(ENVIRONMENT) private readonly environment: Pick<Environment, 'microsoft'>,
    private readonly tokens: AccessTokens,
    @Optional() private readonly connectors?: Connectors,
  ) {}

  /** Also where the operator has not set it up (any more): who is connected has to read why nothing goes on. */
  onModuleInit(): void {
    this.connectors?.register(this);
  }

  open(access: ConnectionAccess): ContactsSession {
    const { microsoft } = this.environment;
    if (!microsoft) throw new NotSetUp();
    const client = new GraphClient({
      ...{ graphUrl: microsoft.graphUrl, signal: access.signal },
      tokens: this.tokens.of(access, 'office365'),
    });
    const memory = this.memoryOf(access.connectionId);
    return new Office365Session(client, memory, () => {
      if (memory.kept.size === 0) this.memories.delete(access.connectionId);
    });
  }

  private memoryOf(connectionId: string): SessionMemory {
    const memory = this.memories.get(connectionId) ?? { kept: new Map() };
    this.memories.set(connectionId, memory);
    return memory;
  }
}
