import { Counter } from 'prom-client';
import { metrics } from '../../web/metrics.js';

const refused = new Counter({
  name: 'carnet_oauth_client_refused_total',
  help: 'Times a provider refused the client id or secret of this installation: more than 0 is to be mended by its operator',
  labelNames: ['provider'],
  registers: [metrics],
});

export function countClientRefused(provider: string): void {
  refused.inc({ provider });
}
