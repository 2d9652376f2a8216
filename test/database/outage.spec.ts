import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startApp, type TestApp } from '../support/app.js';

/** Stands between an application and its database, and can stop passing on without closing anything. */
class Gate {
  private readonly folder = mkdtempSync(join(tmpdir(), 'carnet-gate-'));
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private frozen = false;

  constructor(private readonly database: URL) {
    this.server = createServer((near) => {
      const socketPath = database.searchParams.get('socketPath');
      const far = socketPath
        ? connect(socketPath)
        : connect(Number(database.port) || 3306, database.hostname);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.sockets.add(from);
        from.on('data', (bytes) => to.write(bytes));
        from.on('close', () => {
          this.sockets.delete(from);
          to.destroy();
        });
        from.on('error', () => undefined);
        if (this.frozen) from.pause();
      }
    });
  }

  async open(): Promise<string> {
    const path = join(this.folder, 'gate.sock');
    await new Promise<void>((resolve) => this.server.listen(path, resolve));
    const url = new URL(this.database);
    url.searchParams.set('socketPath', path);
    return url.href;
  }

  freeze(frozen: boolean): void {
    this.frozen = frozen;
    for (const socket of this.sockets) {
      if (frozen) socket.pause();
      else socket.resume();
    }
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

let owner: TestApp;
let gate: Gate;
let app: TestApp;
beforeAll(async () => {
  owner = await startApp();
  gate = new Gate(new URL(owner.databaseUrl));
  app = await startApp({ databaseUrl: await gate.open(), keys: owner.keys });
});
afterAll(async () => {
  await app.close();
  gate.close();
  await owner.close();
});

describe('a database that keeps its connections and says nothing', () => {
  it('is told as an outage, and used again once it answers', async () => {
    const { browser } = await app.signedIn();
    gate.freeze(true);
    const [contacts, ready] = await Promise.all([browser.get('/contacts'), app.browser().get('/readyz')]);
    expect(contacts.status).toBe(503);
    // By this a browser knows that what was typed has not arrived (public/js/unsent.js).
    expect(contacts.text).toContain('data-unavailable');
    expect(contacts.headers['retry-after']).toBe('5');
    expect(ready.status).toBe(503);
    expect(ready.body).toEqual({ status: 'unavailable', reason: 'database' });
    expect((await app.browser().get('/healthz')).status).toBe(200);

    gate.freeze(false);
    // The last connections that were silent end by and by; until then it is an outage, never a fault.
    const statuses = new Set<number>();
    for (let tries = 0; tries < 50 && !statuses.has(200); tries++) {
      statuses.add((await browser.get('/contacts')).status);
      await wait(100);
    }
    expect([...statuses].filter((status) => status !== 503)).toEqual([200]);
    expect((await app.browser().get('/readyz')).status).toBe(200);
  });
});

it('that is gone with its socket signs nobody out', async () => {
  const { browser } = await app.signedIn();
  expect((await browser.get('/contacts')).status).toBe(200);
  gate.close();
  for (let tries = 0; tries < 2; tries++) expect((await browser.get('/contacts')).status).toBe(503);
});
