import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { sentRequests } from '../fakes/exchange/server.js';

/**
 * The last test of every spec file that speaks to a stand-in Exchange server: what the connector sent is valid by the schema
 * of Exchange. The schema is not ours to ship: `EWS_SCHEMA_DIR` names a folder with `ews-exchange-2019.xsd`.
 */
export function requestsFollowTheSchema(): void {
  const folder = process.env['EWS_SCHEMA_DIR'];
  const name = 'sends requests that follow the schema of Exchange (EWS_SCHEMA_DIR)';
  if (!folder) {
    it.skip(name, () => undefined);
    return;
  }
  it(name, () => {
    expect(sentRequests.size).toBeGreaterThan(0);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [path.join(import.meta.dirname, '../fakes/exchange/schema-check.mjs'), path.resolve(folder)],
      { input: JSON.stringify([...sentRequests]), encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual([]);
  });
}
