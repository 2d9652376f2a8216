import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { sentRequests } from '../fakes/exchange/server.js';

/*
 * What the connector sends is valid by the schema of Exchange. The schema is not ours to ship: `EWS_SCHEMA_DIR` names a folder
 * with `ews-exchange-2019.xsd`; without it nothing is checked, and exchange-contract.spec.ts says so.
 */

/** The last test of a spec file that starts servers itself. */
export function requestsFollowTheSchema(): void {
  const name = 'sends requests that follow the schema of Exchange (EWS_SCHEMA_DIR)';
  if (!process.env['EWS_SCHEMA_DIR']) {
    it.skip(name, () => undefined);
    return;
  }
  it(name, () => {
    expect(sentRequests.size).toBeGreaterThan(0);
    expect(wrongRequests()).toEqual([]);
  });
}

/** For files that import connected.ts: once all tests are through, a wrong request fails the file. */
export function watchRequests(): void {
  if (!process.env['EWS_SCHEMA_DIR']) return;
  afterAll(() => {
    const [wrong] = wrongRequests();
    if (wrong !== undefined) throw new Error(`A request does not follow the schema: ${wrong}`);
  });
}

function wrongRequests(): string[] {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      path.join(import.meta.dirname, '../fakes/exchange/schema-check.mjs'),
      path.resolve(process.env['EWS_SCHEMA_DIR'] ?? ''),
    ],
    { input: JSON.stringify([...sentRequests]), encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`The requests could not be checked: ${stderr}`);
  return JSON.parse(stdout) as string[];
}
