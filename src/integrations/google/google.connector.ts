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
import { WebApiClient } from '../web-api/web-api.client.js';
import { errorOf, type Aim } from './google-errors.js';
import { Patience } from './google-patience.js';
import { GoogleSession } from './google.session.js';
import { PeopleClient } from './people.client.js';

/** Contacts of Google accounts, through the People API. Labels are folders, and a contact may be in several. */
@Injectable()
export class GoogleConnector implements ContactsConnector, OnModuleInit {
  readonly provider = 'google' as const;
  readonly scope = 'book' as const;
  /** "Several minutes", says its description, and no number. */
  readonly listsLagMinutes = 15;
  /** Of the mailboxes that have to wait for something. */
  private readonly patience = new Map<string, Patience>();

  constructor(
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    private readonly tokens: AccessTokens,
    @Optional() private readonly connectors?: Connectors,
  ) {}

  /** Also where the operator has not set it up (any more): who is connected has to read why nothing goes on. */
  onModuleInit(): void {
    this.connectors?.register(this);
  }

  open(access: ConnectionAccess): ContactsSession {
    const { google } = this.environment;
    if (!google) throw new NotSetUp();
    const { connectionId, signal } = access;
    const patience = this.patience.get(connectionId) ?? new Patience();
    this.patience.set(connectionId, patience);
    const api = new WebApiClient({
      baseUrl: google.peopleUrl,
      tokens: this.tokens.of(access, 'google'),
      signal,
      errors: (failure, facts) =>
        errorOf(failure, facts, aims[failure.operation] ?? 'write', () => patience.waitMs()),
    });
    return new GoogleSession(new PeopleClient(api), patience, () => {
      if (patience.isUsual) this.patience.delete(connectionId);
    });
  }
}

const aims: Record<string, Aim> = {
  'people.connections.list': 'list',
  'contactGroups.list': 'list',
  'contactGroups.batchGet': 'list',
  'people.get': 'read',
};
