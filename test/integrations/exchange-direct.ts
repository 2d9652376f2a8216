import { readFileSync } from 'node:fs';
import { readListedHosts } from '../../src/config/listed-hosts.js';
import { type Environment } from '../../src/config/environment.js';
import { newId } from '../../src/database/id.js';
import { type ConnectionAccess } from '../../src/integrations/contacts-connector.js';
import { ExchangeNetwork, type HostAddress } from '../../src/integrations/exchange/exchange-network.js';
import { caFile } from '../fakes/exchange/server.js';

/** The network as an operator set it up, with names of its own in place of a resolver. */
export class TestNetwork extends ExchangeNetwork {
  /** Names that were asked for. */
  readonly asked: string[] = [];

  constructor(
    listed: string,
    private readonly names: Record<string, string[] | (() => string[])> = {},
    { trusting = false }: { trusting?: boolean } = {},
  ) {
    const certificates = trusting ? [readFileSync(caFile, 'utf8')] : [];
    super({
      ...{ ewsAllowedHosts: readListedHosts(listed) ?? [], ewsCertificates: certificates },
    } as unknown as Environment);
  }

  protected override resolve(host: string): Promise<HostAddress[]> {
    this.asked.push(host);
    const known = this.names[host] ?? (host === 'localhost' ? ['127.0.0.1'] : []);
    const addresses = typeof known === 'function' ? known() : known;
    return Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  }
}

/** A connection as the engine hands it over; what the connector learns is kept in `details`. */
export function accessTo(
  ewsUrl: string,
  username: string,
  password: string,
  more: Record<string, unknown> = {},
  signal = new AbortController().signal,
): ConnectionAccess & { kept: Record<string, unknown>[] } {
  const kept: Record<string, unknown>[] = [];
  return {
    kept,
    connectionId: newId(),
    details: {
      ...{ ewsUrl, username, version: 'Exchange2016', auth: 'ntlm', serverVersion: '', serverBuild: '' },
      ...more,
    },
    secret: JSON.stringify({ password }),
    signal,
    keep: ({ details }) => {
      if (details) kept.push(details);
      return Promise.resolve();
    },
  };
}
