import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { type DataSource } from 'typeorm';
import { openDatabase } from '../../src/database/open.js';
import { parts } from '../../ormconfig.js';
import { startApp, type TestApp } from '../support/app.js';

/** One host of a cluster: passes everything on to the test's database until it goes down. */
class Host {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  connections = 0;

  constructor(database: URL) {
    const socketPath = database.searchParams.get('socketPath');
    this.server = createServer((near) => {
      this.connections++;
      const far = socketPath
        ? connect(socketPath)
        : connect(Number(database.port) || 3306, database.hostname);
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => (near.destroy(), far.destroy()));
      }
    });
  }

  async up(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async down(): Promise<void> {
    const closed = new Promise<void>((done) => this.server.close(() => done()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});

afterAll(() => app.close());

it('goes on with the next host of DATABASE_URL when the first is lost, and not before', async () => {
  const here = new URL(app.databaseUrl);
  const [first, second] = [new Host(here), new Host(here)];
  const hosts = [await first.up(), await second.up()].join(',');
  const { username, password, pathname } = here;
  const sign = `${username}${password ? `:${password}` : ''}`;
  const database = await openDatabase(`mysql://${sign}@${hosts}${pathname}`, 'web', parts);
  try {
    await Promise.all(Array.from({ length: 5 }, () => database.query('SELECT SLEEP(0.05)')));
    expect(second.connections).toBe(0);

    await first.down();
    // Each open connection may be found lost once, and one attempt is refused; then all go to the second host.
    let failures = 0;
    while (!(await answers(database))) expect(++failures).toBeLessThanOrEqual(6);
    const rows = await Promise.all(Array.from({ length: 5 }, () => database.query('SELECT 1 AS one')));
    expect(rows).toEqual(Array.from({ length: 5 }, () => [{ one: 1 }]));
    expect(second.connections).toBeGreaterThan(0);
  } finally {
    await database.destroy();
    await second.down();
  }
});

async function answers(database: DataSource): Promise<boolean> {
  return database.query('SELECT 1').then(
    () => true,
    () => false,
  );
}
