import { type Environment, type GoogleSettings } from '../../src/config/environment.js';
import { newId } from '../../src/database/id.js';
import { type ConnectionAccess } from '../../src/integrations/contacts-connector.js';
import { startFakeGoogle, type FakeGoogle } from '../fakes/google/server.js';
import { startFakeOAuth, type FakeOAuth } from '../fakes/oauth/server.js';

const EMAIL = 'camille@nord.example';

const scopes = [
  ...['openid', 'email'],
  ...['contacts', 'calendar.calendarlist.readonly', 'calendar.events.readonly'].map(
    (name) => `https://www.googleapis.com/auth/${name}`,
  ),
];

/** A Google account of its own on servers of its own, which somebody consented to already. */
export class GoogleAccount {
  readonly email = EMAIL;
  private readonly connectionId = newId();
  private secret: string;

  private constructor(
    readonly oauth: FakeOAuth,
    readonly google: FakeGoogle,
  ) {
    this.secret = JSON.stringify(oauth.grant(scopes));
  }

  static async start(options: { pageLimit?: number; tokenBytes?: number; disorder?: boolean } = {}) {
    const oauth = await startFakeOAuth({ dialect: 'google', accounts: [{ email: EMAIL, name: 'Camille' }] });
    const google = await startFakeGoogle({
      ...{ accounts: [EMAIL], holderOf: (header) => oauth.holderOf(header) },
      ...options,
    });
    return new GoogleAccount(oauth, google);
  }

  /** What an installation that uses these servers has been told. */
  get settings(): GoogleSettings {
    const { origin, client } = this.oauth;
    return {
      ...{ clientId: client.id, clientSecret: client.secret },
      ...{ authorizeUrl: `${origin}/o/oauth2/v2/auth`, tokenUrl: `${origin}/token` },
      ...{ revokeUrl: `${origin}/revoke`, peopleUrl: this.google.origin },
      calendarUrl: `${this.google.origin}/calendar/v3`,
    };
  }

  /** As the engine hands a connection over; what the connector keeps is the secret of the next one too. */
  access({ signal = new AbortController().signal, secret = 'right' } = {}): ConnectionAccess {
    const bad = { refreshToken: 'old', accessToken: 'old', expiresAt: '2999-01-01T00:00:00Z', scope: '' };
    const access = {
      ...{ connectionId: this.connectionId, details: {}, signal },
      secret: secret === 'right' ? this.secret : JSON.stringify(bad),
      keep: ({ secret: learnt }: { secret?: string }) => {
        if (learnt !== undefined) access.secret = this.secret = learnt;
        return Promise.resolve();
      },
    };
    return access;
  }

  /** Tokens that were refused. */
  refusedSignIns(): number {
    return this.google.refused + this.oauth.asked('refresh').filter(({ status }) => status >= 400).length;
  }

  async close(): Promise<void> {
    await this.google.close();
    await this.oauth.close();
  }
}

/** An environment whose Google is that of the account that started last: connectors are made once. */
export function googleEnvironment(): { environment: Environment; use: (account: GoogleAccount) => void } {
  const environment = { google: null, microsoft: null } as unknown as Environment;
  return { environment, use: ({ settings }) => void (environment.google = settings) };
}
