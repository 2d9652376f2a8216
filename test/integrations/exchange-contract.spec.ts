import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type Environment } from '../../src/config/environment.js';
import { type ListedHost } from '../../src/config/listed-hosts.js';
import { ExchangeConnector } from '../../src/integrations/exchange/exchange.connector.js';
import { ExchangeNetwork } from '../../src/integrations/exchange/exchange-network.js';
import { Connectors } from '../../src/integrations/sync/connectors.js';
import { connectorContract } from './connector-contract.js';
import { exchangeHarness } from './exchange-harness.js';
import { requestsFollowTheSchema } from './exchange-requests.js';

describe('the Exchange connector', () => {
  const listed: ListedHost[] = [];
  const environment = { ewsAllowedHosts: listed, ewsCertificates: [] } as unknown as Environment;
  const connector = new ExchangeConnector(new ExchangeNetwork(environment), new Connectors());
  connectorContract(
    exchangeHarness(connector, ({ port }) => listed.push({ host: '127.0.0.1', port: port!, plain: true })),
  );

  it('is watched by the schema wherever a spec starts a server', () => {
    const test = path.join(import.meta.dirname, '..');
    const specs = readdirSync(test, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.spec.ts'),
    );
    const forgetful = specs.filter((file) => {
      const text = readFileSync(path.join(test, file), 'utf8');
      const watched = text.includes('/connected.js') || text.includes('requestsFollowTheSchema()');
      return text.includes('import { startFakeExchange') && !watched;
    });
    expect(forgetful).toEqual([]);
  });

  requestsFollowTheSchema();
});
