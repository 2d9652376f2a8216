import { type Environment } from '../../src/config/environment.js';
import { AccessTokens } from '../../src/integrations/oauth/access-tokens.js';
import { OAuthClients } from '../../src/integrations/oauth/oauth-clients.js';
import { Office365Connector } from '../../src/integrations/office365/office365.connector.js';
import { Office365CalendarConnector } from '../../src/integrations/office365/office365-calendar.connector.js';
import { calendarContract } from './calendar-contract.js';
import { connectorContract } from './connector-contract.js';
import { office365Calendars } from './office365-calendars.js';
import { office365Harness } from './office365-harness.js';
import { requestsFollowTheDescription } from './office365-requests.js';

describe('the connector of Microsoft 365', () => {
  const environment = { microsoft: null, publicUrl: 'http://localhost' } as unknown as Environment;
  const tokens = new AccessTokens(new OAuthClients(environment));
  const connector = new Office365Connector(environment, tokens);
  connectorContract(office365Harness(connector, (settings) => (environment.microsoft = settings)));

  describe('and of its calendars', () => {
    const calendars = new Office365CalendarConnector(environment, tokens);
    calendarContract(office365Calendars(calendars, (settings) => (environment.microsoft = settings)));
  });

  requestsFollowTheDescription();
});
