import { AccessTokens } from '../../src/integrations/oauth/access-tokens.js';
import { GoogleCalendarConnector } from '../../src/integrations/google/google-calendar.connector.js';
import { GoogleConnector } from '../../src/integrations/google/google.connector.js';
import { OAuthClients } from '../../src/integrations/oauth/oauth-clients.js';
import { calendarContract } from './calendar-contract.js';
import { connectorContract } from './connector-contract.js';
import { googleEnvironment } from './google-account.js';
import { googleCalendarHarness } from './google-calendar-harness.js';
import { googleHarness } from './google-harness.js';
import { requestsFollowTheDescription } from './google-requests.js';

describe('the Google connector', () => {
  const { environment, use } = googleEnvironment();
  const tokens = new AccessTokens(new OAuthClients(environment));
  connectorContract(googleHarness(new GoogleConnector(environment, tokens), use));
  describe('of calendars', () => {
    calendarContract(googleCalendarHarness(new GoogleCalendarConnector(environment, tokens), use));
  });
  requestsFollowTheDescription();
});
