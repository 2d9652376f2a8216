import { Injectable } from '@nestjs/common';
import { type ConnectionAccess } from '../contacts-connector.js';
import { AuthorizationRevoked } from '../provider-errors.js';
import { OAuthClients, type OAuthProvider } from './oauth-clients.js';
import { readOAuthSecret, type OAuthSecret } from './oauth-secret.js';
import { type TokenSource } from './token-source.js';

/** A token with less than this left is not begun with. */
const LEFT_MS = 60_000;

/** Tokens for connections, renewed under the lease of whoever speaks for them. */
@Injectable()
export class AccessTokens {
  private readonly sources = new WeakMap<ConnectionAccess, TokenSource>();

  constructor(private readonly clients: OAuthClients) {}

  /** One for all sessions of a turn, which share what is renewed. */
  of(access: ConnectionAccess, provider: OAuthProvider): TokenSource {
    const before = this.sources.get(access);
    if (before) return before;
    const source = new ConnectionTokens(this.clients, access, provider);
    this.sources.set(access, source);
    return source;
  }
}

class ConnectionTokens implements TokenSource {
  /** Calls at the same moment wait for one renewal. */
  private renewing: Promise<string> | null = null;
  /** Gained because another was refused. */
  private renewedOne: string | null = null;
  /** Who was refused once is not asked about again. */
  private refusal: AuthorizationRevoked | null = null;

  constructor(
    private readonly clients: OAuthClients,
    private readonly access: ConnectionAccess,
    private readonly provider: OAuthProvider,
  ) {}

  async current(): Promise<string> {
    if (this.refusal) throw this.refusal;
    const { accessToken, expiresAt } = this.secret();
    // NaN, of what is no date, is not greater either.
    return Date.parse(expiresAt) - Date.now() > LEFT_MS ? accessToken : this.renew();
  }

  async renewed(refused: string): Promise<string> {
    if (refused === this.renewedOne) throw new AuthorizationRevoked('sign-in', { code: 'TOKEN_REFUSED' });
    const { accessToken } = this.secret();
    // Another call was refused before, and has renewed it since.
    if (accessToken !== refused && !this.renewing) return accessToken;
    this.renewedOne = await this.renew();
    return this.renewedOne;
  }

  private renew(): Promise<string> {
    this.renewing ??= this.ask()
      .catch((error: unknown) => {
        if (error instanceof AuthorizationRevoked) this.refusal = error;
        throw error;
      })
      .finally(() => {
        this.renewing = null;
      });
    return this.renewing;
  }

  /** Two that renew at once may end a token for both: the lease is proved before, and a rotated token kept before use. */
  private async ask(): Promise<string> {
    await this.access.keep({});
    const before = this.secret();
    const grant = await this.clients.refresh(this.provider, before, this.access.signal);
    const secret: OAuthSecret = { ...grant, refreshToken: grant.refreshToken ?? before.refreshToken };
    await this.access.keep({ secret: JSON.stringify(secret) });
    return secret.accessToken;
  }

  private secret(): OAuthSecret {
    const secret = readOAuthSecret(this.access.secret);
    if (!secret) throw new AuthorizationRevoked('sign-in', { code: 'NO_TOKEN' });
    return secret;
  }
}
