import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Throttle, type ThrottleLimit } from '../../auth/throttle.service.js';
import { errorText } from '../../database/error-text.js';
import { DomainError, NotFound } from '../../errors/domain-error.js';
import { type Connection } from '../connection.entities.js';
import {
  ConnectionInTheWay,
  Connections,
  type Mailbox,
  type Permissions,
} from '../connections/connections.service.js';
import { providerNames } from '../connections/provider-names.js';
import { ConnectionSecrets } from '../connections/secrets.js';
import { AuthorizationRevoked, ClientRefused, NotTheService, ProviderError } from '../provider-errors.js';
import { ClientRefusals } from './client-refusals.service.js';
import { OAuthClients, type OAuthProvider } from './oauth-clients.js';
import { type OAuthEnd, type OAuthOutcome } from './oauth-request.entity.js';
import { OAuthRequests, type Claimed, type OAuthAsker, type Wanted } from './oauth-requests.service.js';
import { readOAuthSecret, type OAuthSecret } from './oauth-secret.js';
import { readIdentity } from './identity.js';
import { refusalOf, wantsAdministrator } from './refusal.js';
import { Revocations } from './revocations.service.js';
import { grantedBy, higherOf, isNothing, isSame, lesserOf, scopesFor } from './scopes.js';

export interface Answered {
  outcome: OAuthOutcome | null;
  requestId: string;
}

/** Requests of one person: each is a row. */
const perPerson: ThrottleLimit = { limit: 60, windowSeconds: 15 * 60 };

/** Parameters of an answer that are looked at; names that come twice are not. */
const read = ['code', 'state', 'iss'];

/** From the form that asks for a permission to the connection that has it, by way of the provider. */
@Injectable()
export class OAuthSignIn {
  private readonly logger = new Logger('OAuth');

  constructor(
    private readonly database: DataSource,
    private readonly clients: OAuthClients,
    private readonly requests: OAuthRequests,
    private readonly connections: Connections,
    private readonly secrets: ConnectionSecrets,
    private readonly revocations: Revocations,
    private readonly throttle: Throttle,
    private readonly clientRefusals: ClientRefusals,
  ) {}

  /** @returns the provider's page; good for ten minutes, in this session @throws TooMany */
  async begin(
    asker: OAuthAsker,
    wanted: Wanted,
    once: string | null,
    accountName: string | null = null,
  ): Promise<string> {
    const { provider } = wanted;
    await this.throttle.hit('oauth-request', asker.id, perPerson);
    const checks = await this.requests.begin(asker, wanted, once);
    const url = await this.clients.authorizeUrl(provider, scopesFor(provider, wanted), checks, {
      // Google gives a token that lasts with offline access alone, and the second time only where consent is asked for again.
      ...(provider === 'google' && { access_type: 'offline', prompt: 'consent' }),
      ...(accountName !== null && { login_hint: accountName }),
      ...(accountName === null && {
        prompt: provider === 'google' ? 'select_account consent' : 'select_account',
      }),
    });
    return url.href;
  }

  /** Whether these need no consent: they are allowed already, or less than is. */
  async covers({ id, provider, contacts, calendar }: Connection, wanted: Permissions): Promise<boolean> {
    if (provider === 'exchange' || isSame(lesserOf(wanted, { contacts, calendar }), wanted)) return true;
    const secret = await this.secrets.open(id).catch(() => null);
    const scope = secret === null ? '' : (readOAuthSecret(secret)?.scope ?? '');
    // A lower one of the two is taken as it is.
    const granted = grantedBy(provider, scope);
    return isSame(lesserOf(wanted, higherOf(granted, { contacts, calendar })), wanted);
  }

  /**
   * What the provider sent somebody back with.
   * @returns null where nothing of theirs was begun with it; an outcome of null where it is not to be answered (again)
   */
  async finish(
    asker: OAuthAsker,
    provider: OAuthProvider,
    query: Readonly<Record<string, unknown>>,
  ): Promise<Answered | null> {
    const state = textOf(query['state']);
    const request = await this.requests.claim(asker, provider, state);
    if (!request) {
      const before = await this.requests.ofState(asker.id, state);
      return before && before.provider === provider ? { outcome: null, requestId: before.id } : null;
    }
    const outcome = await this.outcomeOf(request, query);
    await this.requests.end(request, outcome);
    return { outcome, requestId: request.id };
  }

  private async outcomeOf(request: Claimed, query: Readonly<Record<string, unknown>>): Promise<OAuthOutcome> {
    const { provider, connectionId } = request;
    const about = connectionId === null ? {} : { connectionId };
    const error = textOf(query['error']);
    if (error !== '') {
      const key = refusalOf(error, textOf(query['error_description']));
      if (key === 'client')
        this.logger.error(`${providerNames[provider]} refuses the requests of this installation`);
      return { kind: 'ended', key, ...about };
    }
    try {
      return await this.exchanged(request, query);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      this.logger.warn(`A sign-in at ${providerNames[provider]} failed: ${error.name} ${error.message}`);
      if (error instanceof ClientRefused)
        await this.clientRefusals.tell(this.database.manager, request.accountId, provider);
      return { kind: 'ended', key: endOf(error), ...about };
    }
  }

  private async exchanged(request: Claimed, query: Readonly<Record<string, unknown>>): Promise<OAuthOutcome> {
    const { provider, checks } = request;
    const given = read
      .map((name): [string, string] => [name, textOf(query[name])])
      .filter(([, value]) => value !== '');
    const scopes = scopesFor(provider, request);
    const { grant, claims } = await this.clients.exchange(
      provider,
      new URLSearchParams(given),
      scopes,
      checks,
    );
    const identity = readIdentity(provider, claims);
    const permissions = lesserOf(request, grantedBy(provider, grant.scope));
    const outcome = grant.refreshToken
      ? await this.kept(request, permissions, {
          ...{ provider, ...identity, details: {} },
          secret: JSON.stringify({ ...grant, refreshToken: grant.refreshToken } satisfies OAuthSecret),
        })
      : ended('no-lasting-access', request);
    if (outcome.kind === 'ended')
      await this.revocations.later(
        this.database.manager,
        { provider, mailboxId: identity.mailboxId, accountId: request.accountId },
        grant.refreshToken ?? grant.accessToken,
      );
    return outcome;
  }

  private async kept(request: Claimed, permissions: Permissions, mailbox: Mailbox): Promise<OAuthOutcome> {
    const { userId: id, accountId, connectionId } = request;
    const owner = { id, accountId };
    const partly = !isSame(permissions, request);
    if (isNothing(permissions)) return ended('nothing-granted', request);
    try {
      if (connectionId === null) {
        const { outcome } = await this.connections.connect(owner, mailbox, permissions);
        return { kind: 'done', how: outcome, partly };
      }
      const { state } = await this.connections.get(id, connectionId);
      await this.connections.signInAgain(owner, connectionId, mailbox, permissions);
      return { kind: 'done', how: state === 'needs-sign-in' ? 'back' : 'changed', partly };
    } catch (error) {
      if (error instanceof ConnectionInTheWay) {
        const { other } = error;
        const values = { account: other.accountName, other: mailbox.accountName };
        const key = error.key === 'integrations.refused.other-mailbox' ? 'other-mailbox' : 'in-the-way';
        return { kind: 'ended', key, values, connectionId: other.id };
      }
      if (error instanceof NotFound) return { kind: 'ended', key: 'gone' };
      if (!(error instanceof DomainError)) throw error;
      this.logger.log(`A mailbox was not connected: ${errorText(error)}`);
      return { kind: 'ended', key: 'provider-off' };
    }
  }
}

function ended(key: OAuthEnd, { connectionId }: Pick<Claimed, 'connectionId'>): OAuthOutcome {
  return { kind: 'ended', key, ...(connectionId === null ? {} : { connectionId }) };
}

function endOf(error: ProviderError): OAuthEnd {
  // A code is good for some minutes, and once.
  if (error instanceof AuthorizationRevoked)
    return wantsAdministrator(String(error.facts['numbers'] ?? '').split(' ')) ? 'administrator' : 'late';
  if (error instanceof ClientRefused) return 'client';
  return error instanceof NotTheService ? 'untrusted' : 'busy';
}

function textOf(value: unknown): string {
  return typeof value === 'string' && value.length <= 4_096 ? value : '';
}
