import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  ClientSecretPost,
  ResponseBodyError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  clockTolerance,
  customFetch,
  discovery,
  refreshTokenGrant,
  tokenRevocation,
  type Configuration,
  type CustomFetch,
  type IDToken,
  type ServerMetadata,
  type TokenEndpointResponse,
} from 'openid-client';
import { type Provider } from '../../accounts/settings.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import { type Environment } from '../../config/environment.js';
import { providerNames } from '../connections/provider-names.js';
import { AuthorizationRevoked, ClientRefused, NotTheService } from '../provider-errors.js';
import { countClientRefused } from './oauth-metrics.js';
import { ourErrorOf } from './oauth-errors.js';
import { oauthFetch } from './oauth-fetch.js';
import { type OAuthSecret } from './oauth-secret.js';
import { redirectUriOf } from './redirect-uri.js';

/** Providers that are signed in to at their own pages. */
export type OAuthProvider = Exclude<Provider, 'exchange'>;

/** What one authorization request is known by; kept sealed until the provider sends the person back. */
export interface OAuthChecks {
  state: string;
  /** PKCE, RFC 7636. */
  verifier: string;
  nonce: string;
}

/** What a token service gave. */
export interface Grant extends Omit<OAuthSecret, 'refreshToken'> {
  /** null: the one before stays. */
  refreshToken: string | null;
}

/** Where Microsoft has its rules for tenants; only the library's name for them, nothing is asked there. */
const ENTRA = new URL('https://login.microsoftonline.com/organizations/v2.0');
/** The issuer, wherever it is asked. */
const GOOGLE = 'https://accounts.google.com';
/** Of a token whose answer does not say, as short as is sensible. */
const DEFAULT_SECONDS = 300;
/** As the libraries of Microsoft, whose tokens begin at the moment they are made. */
const CLOCKS_APART_SECONDS = 300;
/** Whatever the answer says: what lasts for longer is renewed once too often. */
const MOST_SECONDS = 86_400;

/** This installation as Google and Microsoft know it, and what it asks their token services. */
@Injectable()
export class OAuthClients {
  private readonly logger = new Logger('OAuth');

  constructor(@Inject(ENVIRONMENT) private readonly environment: Environment) {}

  /** Whether the operator has set it up. */
  has(provider: OAuthProvider): boolean {
    return this.settingsOf(provider) !== null;
  }

  redirectUri(provider: OAuthProvider): string {
    return redirectUriOf(this.environment, provider);
  }

  /** The provider's page where somebody agrees. @param more parameters only one provider knows */
  async authorizeUrl(
    provider: OAuthProvider,
    scopes: readonly string[],
    { state, verifier, nonce }: OAuthChecks,
    more: Readonly<Record<string, string>>,
  ): Promise<URL> {
    return buildAuthorizationUrl(await this.configuration(provider, 'authorize', never), {
      ...{ redirect_uri: this.redirectUri(provider), response_type: 'code', scope: scopes.join(' ') },
      ...{ state, nonce, code_challenge_method: 'S256' },
      code_challenge: await calculatePKCECodeChallenge(verifier),
      ...more,
    });
  }

  /**
   * The page where an administrator of Microsoft 365 agrees for everybody in their organisation, to all that people may choose
   * here; null at Google, whose administrators have a list of their own.
   */
  adminConsentUrl(provider: OAuthProvider): string | null {
    const { microsoft } = this.environment;
    if (provider !== 'office365' || !microsoft) return null;
    const url = new URL(`${microsoft.authority}/v2.0/adminconsent`);
    url.searchParams.set('client_id', microsoft.clientId);
    url.searchParams.set('redirect_uri', this.redirectUri(provider));
    // Of other resources than Graph there are none.
    url.searchParams.set('scope', adminScopes.map((name) => `${microsoft.graphUrl}/${name}`).join(' '));
    return url.href;
  }

  /**
   * Changes a code for tokens. Who signed in is said by the id_token, which comes from the token service itself over https
   * and is checked for issuer, audience, nonce and time (OpenID Connect Core 3.1.3.7; no signature is needed there).
   * @param answered the query the provider sent the person back with
   * @param scopes what was asked for; an answer that names none has granted all (RFC 6749 §5.1)
   * @throws AuthorizationRevoked (a code that was used or has expired), ClientRefused, NotTheService, ProviderBusy,
   * Throttled, NotReachable
   */
  async exchange(
    provider: OAuthProvider,
    answered: URLSearchParams,
    scopes: readonly string[],
    { state, verifier, nonce }: OAuthChecks,
    signal = never,
  ): Promise<{ grant: Grant; claims: IDToken }> {
    const operation = 'token.code';
    try {
      const configuration = await this.configuration(provider, operation, signal);
      const url = new URL(`${this.redirectUri(provider)}?${answered}`);
      const checks = { expectedState: state, pkceCodeVerifier: verifier, expectedNonce: nonce };
      const answer = await authorizationCodeGrant(configuration, url, checks);
      const claims = answer.claims();
      if (!claims) throw new NotTheService({ operation, code: 'NO_ID_TOKEN' });
      return { grant: grantOf(configuration, answer, scopes.join(' ')), claims };
    } catch (error) {
      signal.throwIfAborted();
      throw this.told(provider, ourErrorOf(error, operation));
    }
  }

  /** @throws AuthorizationRevoked, ClientRefused, NotTheService, ProviderBusy, Throttled, NotReachable; the signal's reason */
  async refresh(
    provider: OAuthProvider,
    { refreshToken, scope, clientId }: OAuthSecret,
    signal = never,
  ): Promise<Grant> {
    const operation = 'token.refresh';
    try {
      const configuration = await this.configuration(provider, operation, signal);
      // Google would say that it does not know this client, which sounds as if the operator had to mend something.
      if (clientId !== undefined && clientId !== configuration.clientMetadata().client_id)
        throw new AuthorizationRevoked('sign-in', { operation, code: 'OTHER_CLIENT' });
      return grantOf(configuration, await refreshTokenGrant(configuration, refreshToken), scope);
    } catch (error) {
      signal.throwIfAborted();
      throw this.told(provider, ourErrorOf(error, operation));
    }
  }

  /** Google alone has a place to ask. Done already is no error. @throws as `refresh` */
  async revoke(provider: OAuthProvider, token: string, signal = never): Promise<void> {
    const operation = 'token.revoke';
    try {
      await tokenRevocation(await this.configuration(provider, operation, signal), token);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ResponseBodyError && error.error === 'invalid_token') return;
      throw this.told(provider, ourErrorOf(error, operation));
    }
  }

  /** The operator alone can mend that, and has to know. */
  private told(provider: OAuthProvider, error: unknown): unknown {
    if (error instanceof ClientRefused) {
      countClientRefused(provider);
      this.logger.error(
        `${providerNames[provider]} does not know this installation (${error.message}): the client secret is wrong or has expired. Run "npm run carnet -- check"`,
      );
    }
    return error;
  }

  /** Made for each call, which has its own signal; nothing is asked for it. */
  private async configuration(
    provider: OAuthProvider,
    operation: string,
    signal: AbortSignal,
  ): Promise<Configuration> {
    const settings = this.settingsOf(provider);
    if (!settings) throw new NotTheService({ operation, code: 'NOT_SET_UP' });
    const { server, metadata } = this.serverOf(provider);
    const send: CustomFetch = async (url, { method, headers, body }) =>
      withoutIdentity(
        operation,
        await oauthFetch(operation, url, { method, headers, body: body as RequestInit['body'] }, signal),
      );
    // "Discovered" from what we know: of Microsoft's issuers, one a tenant, the library takes the right one in this way alone.
    const configuration = await discovery(
      server,
      settings.clientId,
      { client_secret: settings.clientSecret, [clockTolerance]: CLOCKS_APART_SECONDS },
      ClientSecretPost(settings.clientSecret),
      {
        [customFetch]: () => Promise.resolve(Response.json(metadata)),
        // In clear to this machine alone: config/environment.ts takes no other address of that kind.
        execute: [allowInsecureRequests],
      },
    );
    configuration[customFetch] = send;
    return configuration;
  }

  private settingsOf(provider: OAuthProvider) {
    return provider === 'google' ? this.environment.google : this.environment.microsoft;
  }

  private serverOf(provider: OAuthProvider): { server: URL; metadata: ServerMetadata } {
    const { google, microsoft } = this.environment;
    if (provider === 'google') {
      const { authorizeUrl, tokenUrl, revokeUrl } = google!;
      return {
        server: new URL(GOOGLE),
        metadata: {
          issuer: GOOGLE,
          authorization_endpoint: authorizeUrl,
          token_endpoint: tokenUrl,
          revocation_endpoint: revokeUrl,
        },
      };
    }
    const { authority } = microsoft!;
    return {
      server: ENTRA,
      metadata: {
        // The library puts the tenant of the id_token in.
        issuer: `${new URL(authority).origin}/{tenantid}/v2.0`,
        authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
        token_endpoint: `${authority}/oauth2/v2.0/token`,
      },
    };
  }
}

const adminScopes = [
  ...['User.Read', 'Contacts.Read', 'Contacts.ReadWrite', 'Calendars.Read', 'Calendars.ReadWrite'],
];

const never = new AbortController().signal;

/** Who somebody is was settled when they signed in: an id_token that comes with a renewal is not looked at. */
async function withoutIdentity(operation: string, response: Response): Promise<Response> {
  if (operation !== 'token.refresh' || !response.ok) return response;
  const { id_token: _, ...answer } = (await response.json()) as Record<string, unknown>;
  return Response.json(answer, { status: response.status });
}

function grantOf(configuration: Configuration, answer: TokenEndpointResponse, scopeBefore: string): Grant {
  const seconds = Math.min(answer.expires_in ?? DEFAULT_SECONDS, MOST_SECONDS);
  return {
    refreshToken: answer.refresh_token ?? null,
    accessToken: answer.access_token,
    expiresAt: new Date(Date.now() + seconds * 1000).toISOString(),
    scope: answer.scope ?? scopeBefore,
    clientId: configuration.clientMetadata().client_id,
  };
}
