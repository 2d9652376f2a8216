/*
 * Synchronisation with a mailbox: the application, its worker in it, beside a stand-in Exchange server on this machine. What
 * a run takes is read from its own row of the history; where it leaves none, from what the server saw.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import mysql from 'mysql2/promise';
import { readEnvironment } from '../../dist/src/config/environment.js';
import { loadKeys } from '../../dist/src/crypto/load-keys.js';
import { newId } from '../../dist/src/database/new-id.js';
import { ConnectionSecrets } from '../../dist/src/integrations/connections/secrets.js';
import { root } from '../lib/root.mjs';
import { startApplication } from './application.mjs';
import { settingsOf } from './database.mjs';
import { mebibytes, medianPair, milliseconds } from './figures.mjs';

const PASSWORD = 'bench: two brown owls';
export const FIRST = 2_000;
export const ROUNDS = 5;
const CONNECTIONS = 500;
/** What a run that finds nothing may not touch. */
const tables = [
  ...[
    'cloud_contacts',
    'cloud_contact_folders',
    'cloud_contact_reach',
    'cloud_folders',
    'cloud_conflicts',
    'sync_scopes',
    'sync_runs',
  ],
  ...['journal_batches', 'journal_entries', 'connection_secrets', 'notifications', 'jobs'],
];

/** @param {{ env: Record<string, string>, add: Function }} bench a migrated database with one company in it */
export async function measureSync({ env, add }) {
  const one = await Bench.start(env, [
    ...Array.from({ length: ROUNDS + 1 }, (_, round) => ({
      email: `first${round}@bench.example`,
      contacts: FIRST,
    })),
    { email: 'few@bench.example', contacts: 500 },
    { email: 'many@bench.example', contacts: 5_000 },
  ]);
  try {
    await measureFirst(one, add);
    await measureQuiet(one, add);
    await measureFew(one, add);
  } finally {
    await one.stop();
  }
  const crowd = Array.from({ length: CONNECTIONS }, (_, i) => ({
    email: `one${i}@bench.example`,
    contacts: 20,
  }));
  const many = await Bench.start(env, crowd, 2);
  try {
    await measureCrowd(many, crowd, add);
  } finally {
    await many.stop();
  }
}

async function measureFirst(bench, add) {
  const [ours, started, stayed, calls] = [[], [], [], []];
  const [worked, workedStayed] = [[], []];
  const warm = await bench.startFloor();
  let seen;
  for (let round = 0; round <= ROUNDS; round++) {
    const email = `first${round}@bench.example`;
    await bench.server('forget');
    const [application] = bench.applications;
    const before = application.processorTime();
    const id = await bench.connect(email);
    const processor = application.processorTime() - before;
    const spent = await bench.lastRun(id);
    const [[{ n }]] = await bench.database.query(
      'SELECT COUNT(*) AS n FROM cloud_contacts WHERE connectionId = ?',
      [id],
    );
    if (n !== FIRST) throw new Error(`${n} of ${FIRST} contacts arrived`);
    seen = await bench.server('bodies');
    // In turn, so that a slow moment of the machine meets both.
    const cold = await bench.startFloor();
    const bare = await bench.floor(cold, email, seen.bodies);
    cold.disconnect();
    await once(cold, 'exit');
    const again = await bench.floor(warm, email, seen.bodies);
    // The first one warms up.
    if (round === 0) continue;
    ours.push(spent - seen.ms);
    started.push(bare.ms);
    stayed.push(again.ms);
    calls.push(again.ms - again.parsing);
    worked.push(processor);
    workedStayed.push(again.processor);
  }
  warm.disconnect();
  const row = (floors, times = ours) => medianPair(times, floors);
  add(
    `first sync of ${FIRST} contacts, ${seen.calls} calls, ${ROUNDS} pairs, median, without the ${milliseconds(seen.ms)} of the server (floor: the same calls by a script, started)`,
    { ...row(started), atMost: 3 },
  );
  const comparison = { bound: 'none', ok: null };
  add('the same, for comparison (floor: the script in a process that stays)', {
    ...row(stayed),
    ...comparison,
  });
  add('the same, for comparison (floor: the calls of that process, whose answers nobody reads)', {
    ...row(calls),
    ...comparison,
  });
  add('processor time of the application for it (floor: that of the script in a process that stays)', {
    ...row(workedStayed, worked),
    atMost: 3,
  });
}

/** @param {string} [at] whose mailbox, before the words of a row @param {number | null} [places] how many have a cursor of their own; each folder unless told */
export async function measureQuiet(bench, add, at = '', places = null) {
  const id = bench.idOf(`first${ROUNDS}@bench.example`);
  const [[{ folders }]] = await bench.database.query(
    'SELECT COUNT(*) AS folders FROM cloud_folders WHERE connectionId = ? AND living = 1',
    [id],
  );
  await bench.server('forget');
  const before = await bench.checksums();
  await bench.runs([id]);
  const after = await bench.checksums();
  const { calls, byOperation } = await bench.server('forget');
  const read = places ?? folders;
  const written = tables.filter((table) => before[table] !== after[table]);
  add(
    `${at}calls of a run in which nothing changed, ${read} of ${folders} folders read by themselves (${Object.entries(
      byOperation,
    )
      .map((each) => each.join(' '))
      .join(', ')})`,
    {
      ...{ measured: String(calls), bound: `${read} + 1`, ok: calls === read + 1 },
    },
  );
  add(`${at}tables it wrote, beside the row of the connection`, {
    ...{
      measured: written.length === 0 ? 'none' : written.join(', '),
      bound: 'none',
      ok: written.length === 0,
    },
  });
}

/** @param {string} [at] whose mailbox, before the words of a row */
export async function measureFew(bench, add, at = '') {
  const [few, many] = ['few@bench.example', 'many@bench.example'];
  const times = { [few]: [], [many]: [] };
  for (const email of [few, many]) await bench.lastRun(await bench.connect(email));
  for (let round = 0; round <= 2 * ROUNDS; round++) {
    // In turn, so that a slow moment of the machine meets both.
    for (const email of [few, many]) {
      await bench.server('forget');
      await bench.server('edit', { email, count: 5 });
      const id = bench.idOf(email);
      await bench.runs([id]);
      const { ms } = await bench.server('forget');
      if (round > 0) times[email].push((await bench.lastRun(id)) - ms);
    }
  }
  add(
    `${at}5 changes in 5000 contacts, ${2 * ROUNDS} pairs, median, without the server (floor: 5 changes in 500)`,
    { ...medianPair(times[many], times[few]), atMost: 1.5 },
  );
}

async function measureCrowd(bench, crowd, add) {
  const ids = [];
  for (const { email } of crowd) ids.push(await bench.connect(email, { due: false }));
  await bench.server('forget');
  const memory = () => Math.max(...bench.applications.map((each) => each.memory()));
  const first = await bench.runs(ids, memory);
  await bench.server('forget');
  const [[all]] = await bench.database.query(
    `SELECT COUNT(*) AS connections, MAX(c.fence) AS fence,
       (SELECT COUNT(*) FROM sync_runs r WHERE r.connectionId IN (?)) AS runs,
       (SELECT COUNT(*) FROM cloud_contacts k WHERE k.connectionId IN (?)) AS contacts
     FROM connections c WHERE c.id IN (?) AND c.lastSuccessAt IS NOT NULL`,
    [ids, ids, ids],
  );
  const contacts = crowd.reduce((sum, each) => sum + each.contacts, 0);
  add(
    `${ids.length} connections due at once on two processes, ${milliseconds(first.spent)}: turns of one at most`,
    {
      ...{ measured: String(all.fence), bound: '1, all of them' },
      ok:
        all.fence === 1 &&
        all.connections === ids.length &&
        all.runs === ids.length &&
        all.contacts === contacts,
    },
  );
  const second = await bench.runs(ids, memory);
  const third = await bench.runs(ids, memory);
  const { calls } = await bench.server('forget');
  const atOnce = Math.max(first.atOnce, second.atOnce, third.atOnce);
  add('of them at a time, at most', {
    ...{ measured: String(atOnce), bound: '2 × 4', ok: atOnce <= 8 },
  });
  add(
    `most memory of a process in the third round, over the second (the first came to ${mebibytes(first.most)})`,
    {
      ...{
        measured: mebibytes(third.most - second.most),
        bound: 'under 20 MiB',
        ok: third.most - second.most < 20,
      },
    },
  );
  add(
    `calls of two rounds in which nothing changed (${milliseconds(second.spent)} and ${milliseconds(third.spent)})`,
    {
      ...{ measured: String(calls), bound: `${2 * 2 * ids.length}`, ok: calls === 2 * 2 * ids.length },
    },
  );
}

/** The server, the applications beside it, and the connections between them. */
export class Bench {
  ids = new Map();
  program = 'sync-server.mjs';
  floorProgram = 'sync-floor.mjs';

  /** What an application is told of the server. */
  settings() {
    return { CARNET_EWS_ALLOWED_HOSTS: this.address.origin };
  }

  /** A mailbox there, as its connection keeps it. */
  mailboxOf(email) {
    const details = {
      ...{ ewsUrl: this.address.url, username: login(email), version: 'Exchange2013_SP1', auth: 'ntlm' },
      ...{ serverVersion: 'Exchange 2019', serverBuild: '15.2.1544.11' },
    };
    return { provider: 'exchange', details, secret: { password: PASSWORD } };
  }

  static async start(env, mailboxes, processes = 1) {
    const bench = new this();
    bench.database = await mysql.createConnection(settingsOf(env.DATABASE_URL));
    bench.child = fork(path.join(root, 'bin/bench', bench.program), [
      JSON.stringify({ mailboxes, password: PASSWORD }),
    ]);
    [bench.address] = await once(bench.child, 'message');
    const own = { ...env, ...bench.settings() };
    bench.applications = [];
    for (let i = 0; i < processes; i++) bench.applications.push(await startApplication(own));
    bench.keys = loadKeys(readEnvironment({ ...own, NODE_ENV: 'production' }));
    const [[{ accountId }]] = await bench.database.query('SELECT accountId FROM users LIMIT 1');
    bench.accountId = accountId;
    return bench;
  }

  idOf(email) {
    return this.ids.get(email);
  }

  /** Somebody whose mailbox is connected. @returns the connection's id */
  async connect(email, { due = true } = {}) {
    const { database, accountId } = this;
    const [userId, id] = [newId(), newId()];
    const { provider, details, secret } = this.mailboxOf(email);
    await database.query(
      `INSERT INTO users (id, accountId, email, liveKey, status, role, type, givenName, familyName, searchKey, sortKey,
         foldVersion, createdAt, updatedAt, activatedAt)
       VALUES (?, ?, ?, 1, 'active', 'member', 'basic', 'Bea', 'Mailbox', '', '', 1, NOW(3), NOW(3), NOW(3))`,
      [userId, accountId, `${provider}.${email}`],
    );
    await database.query(
      `INSERT INTO connections (id, accountId, userId, provider, mailboxId, accountName, slotKey, state, contacts, calendar,
         details, createdAt)
       VALUES (?, ?, ?, ?, ?, ?, 'one', 'connected', 'write', 'none', ?, UTC_TIMESTAMP(3))`,
      [id, accountId, userId, provider, email, email, JSON.stringify(details)],
    );
    const manager = { query: (sql, values) => database.query(sql, values) };
    await new ConnectionSecrets(null, this.keys).keep(
      manager,
      { connectionId: id, accountId, userId },
      JSON.stringify(secret),
    );
    this.ids.set(email, id);
    if (due) await this.runs([id]);
    return id;
  }

  /**
   * Makes them due now and waits until each has come to its end.
   * @param memory sampled meanwhile, in MiB
   */
  async runs(ids, memory = () => 0) {
    const { database } = this;
    const [[{ from }]] = await database.query('SELECT UTC_TIMESTAMP(3) AS `from`');
    const startedAt = performance.now();
    let [most, atOnce] = [memory(), 0];
    await database.query(
      'UPDATE connections SET wakeAt = UTC_TIMESTAMP(3), nextRunAt = UTC_TIMESTAMP(3) WHERE id IN (?)',
      [ids],
    );
    for (;;) {
      most = Math.max(most, memory());
      const [[{ done, bad, turns }]] = await database.query(
        `SELECT COUNT(lastRunAt >= ? AND leaseToken IS NULL AND nextRunAt > UTC_TIMESTAMP(3) OR NULL) AS done,
           MAX(problem) AS bad, COUNT(leaseToken) AS turns FROM connections WHERE id IN (?)`,
        [from, ids],
      );
      atOnce = Math.max(atOnce, turns);
      if (bad) throw new Error(`A run failed: ${bad}`);
      if (done === ids.length) return { spent: performance.now() - startedAt, most, atOnce };
      await new Promise((resolve) => setTimeout(resolve, ids.length > 1 ? 100 : 20));
    }
  }

  /** What the last run took, by its own row. */
  async lastRun(id) {
    const [[run]] = await this.database.query(
      'SELECT outcome, TIMESTAMPDIFF(MICROSECOND, startedAt, endedAt) / 1000 AS ms FROM sync_runs WHERE connectionId = ? ORDER BY startedAt DESC LIMIT 1',
      [id],
    );
    if (run?.outcome !== 'done') throw new Error(`The run is ${run?.outcome}`);
    return Number(run.ms);
  }

  async checksums() {
    const [rows] = await this.database.query(`CHECKSUM TABLE ${tables.join(', ')}`);
    return Object.fromEntries(rows.map(({ Table, Checksum }) => [Table.split('.').at(-1), String(Checksum)]));
  }

  async server(ask, rest = {}) {
    this.child.send({ ask, ...rest });
    const [answer] = await once(this.child, 'message');
    return answer;
  }

  async startFloor() {
    const child = fork(path.join(root, 'bin/bench', this.floorProgram));
    await once(child, 'message');
    return child;
  }

  /**
   * @param {object} [more] told to the script as well
   * @returns what the script took without the server, its processor time, and how much went into reading answers, ms
   */
  async floor(child, email, bodies, more = {}) {
    await this.server('forget');
    child.send({ ...this.floorOf(email, bodies), ...more });
    const [{ milliseconds: spent, processor, parsing, contacts }] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`The floor ended with ${code}`))),
    ]);
    if (contacts !== FIRST) throw new Error(`The floor read ${contacts} of ${FIRST} contacts`);
    const { ms } = await this.server('forget');
    return { ms: spent - ms, processor, parsing };
  }

  /** What the floor is told. */
  floorOf(email, bodies) {
    return { url: this.address.url, login: login(email), password: PASSWORD, bodies };
  }

  async stop() {
    for (const application of this.applications) await application.stop();
    this.child.disconnect();
    await this.database.end();
  }
}

function login(email) {
  return `NORD\\${email.split('@')[0]}`;
}
