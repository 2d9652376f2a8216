import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { AccessTokens } from '../../src/integrations/oauth/access-tokens.js';
import { GoogleConnector } from '../../src/integrations/google/google.connector.js';
import { OAuthClients } from '../../src/integrations/oauth/oauth-clients.js';
import { wrongRequests } from '../fakes/google/server.js';
import { connectorContract } from './connector-contract.js';
import { GoogleAccount, googleEnvironment } from './google-account.js';
import { googleHarness } from './google-harness.js';
import { requestsFollowTheDescription } from './google-requests.js';

describe('the Google connector', () => {
  const { environment, use } = googleEnvironment();
  const tokens = new AccessTokens(new OAuthClients(environment));
  connectorContract(googleHarness(new GoogleConnector(environment, tokens), use));

  it('is watched by the published description wherever a spec starts a server', () => {
    const test = path.join(import.meta.dirname, '..');
    const specs = readdirSync(test, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.spec.ts'),
    );
    const forgetful = specs.filter((file) => {
      const text = readFileSync(path.join(test, file), 'utf8');
      const starts = /import \{[^}]*(startFakeGoogle|googleEnvironment)/.test(text);
      return starts && !text.includes('requestsFollowTheDescription()');
    });
    expect(forgetful).toEqual([]);
  });

  it('would be told of what the description does not know', async () => {
    const account = await GoogleAccount.start();
    const { google, oauth } = account;
    const { accessToken } = oauth.grant(['openid', 'https://www.googleapis.com/auth/contacts']);
    const ask = (place: string, body?: object) =>
      fetch(`${google.origin}${place}`, {
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
        headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      });
    const answers = [
      await ask('/v1/people/me/connections?personFields=names&colour=red'),
      await ask('/v1/people/me/connections?personFields=names&sortOrder=BY_COLOUR'),
      await ask('/v1/people:createContact', { names: [{ colour: 'red' }] }),
      await ask('/v1/people:searchContacts?query=red&readMask=names'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 404]);
    expect(wrongRequests.splice(0)).toHaveLength(4);
    await account.close();
  });

  requestsFollowTheDescription();
});
