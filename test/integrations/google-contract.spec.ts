import { AccessTokens } from '../../src/integrations/oauth/access-tokens.js';
import { GoogleConnector } from '../../src/integrations/google/google.connector.js';
import { OAuthClients } from '../../src/integrations/oauth/oauth-clients.js';
import { connectorContract } from './connector-contract.js';
import { googleEnvironment } from './google-account.js';
import { googleHarness } from './google-harness.js';
import { requestsFollowTheDescription } from './google-requests.js';

describe('the Google connector', () => {
  const { environment, use } = googleEnvironment();
  const tokens = new AccessTokens(new OAuthClients(environment));
  connectorContract(googleHarness(new GoogleConnector(environment, tokens), use));
  requestsFollowTheDescription();
});
