import { type ConnectionAccess } from '../contacts-connector.js';
import { EwsClient } from './ews.client.js';
import { readDetails, readSecret } from './exchange-details.js';
import { type ExchangeNetwork } from './exchange-network.js';
import { ExchangeTransport } from './transport.js';
import { sentVersion } from './versions.js';

/** Speaks EWS for a connection; nothing is asked before the first call. */
export function clientFor(network: ExchangeNetwork, access: ConnectionAccess) {
  const details = readDetails(access.details);
  const { password } = readSecret(access.secret);
  const credentials = { username: details.username, password };
  const url = new URL(details.ewsUrl);
  const transport = new ExchangeTransport(network, url, credentials, details.auth, access.signal);
  const client = new EwsClient(transport, sentVersion(details.version), (version) =>
    access.keep({ details: { ...access.details, version } }),
  );
  return { client, transport, username: details.username };
}
