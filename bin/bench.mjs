/*
 * The benchmark: what Carnet does beside the least the same work can cost, measured in the same run, so that the
 * ratios hold on slow and busy machines alike. `npm run bench` brings the database (durable settings, as for real
 * data) and the build; BENCH_PEOPLE makes it smaller for a quick look, BENCH_ONLY=users, contacts, find, sync or web measures one part.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import autocannon from 'autocannon';
import mysql from 'mysql2/promise';
import { carnet, startApplication } from './bench/application.mjs';
import { bulkAction } from './bench/bulk.mjs';
import { Client, fieldOf } from './bench/client.mjs';
import { keepMany, measureContactSearch, measureDuplicates, measureReplacing } from './bench/contacts.mjs';
import { settingsOf } from './bench/database.mjs';
import {
  mebibytes,
  milliseconds,
  perSecond,
  quantile,
  seconds,
  table,
  timed,
  timesWhile,
} from './bench/figures.mjs';
import { csvOf } from './bench/people.mjs';
import { measureFinding } from './bench/find.mjs';
import { measureSync } from './bench/sync.mjs';
import { measureUpdate } from './bench/update.mjs';
import { measureUsersList } from './bench/users-list.mjs';
import { measureCalendarPage } from './bench/calendar-page.mjs';
import { measureWebSync } from './bench/web-sync.mjs';
import { root } from './lib/root.mjs';

const people = Number(process.env.BENCH_PEOPLE ?? 100_000);
const server = process.env.BENCH_DATABASE_URL;
if (!server) {
  console.error('BENCH_DATABASE_URL is not set; run npm run bench');
  process.exit(1);
}
const only = process.env.BENCH_ONLY;
if (only !== undefined && !['users', 'contacts', 'find', 'sync', 'web'].includes(only)) {
  console.error('BENCH_ONLY is users, contacts, find, sync or web');
  process.exit(1);
}
const owner = { email: 'owner@bench.example.test', password: 'bench: nine quiet rivers' };
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'carnet-bench-'));
const rows = [];
const show = (line) => console.log(line);

show(
  `Machine: ${os.cpus().length} × ${os.cpus()[0]?.model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${await versionOf(server)}`,
);

try {
  if (only === undefined || only === 'users')
    for (const count of [...new Set([Math.min(10_000, people), people])])
      await measureImport(count, count === people);
  if (only === undefined || only === 'contacts') await measureContacts();
  if (only === undefined || only === 'find') await measureFind();
  if (only === undefined || only === 'sync') await measureMailboxes();
  if (only === undefined || only === 'web') await measureWeb();
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
show(`\n${table(rows)}`);
process.exitCode = rows.every(({ ok }) => ok !== false) ? 0 : 1;

/** Imports into an empty database, and with the full number goes on to pages, search and export. */
async function measureImport(count, goOn) {
  show(`\nImport of ${count} people …`);
  const file = path.join(dataDir, `people-${count}.csv`);
  writeFileSync(file, csvOf(count));
  const env = { DATABASE_URL: schemaUrl(`bench_${count}`), DATA_DIR: dataDir, WORKER: 'on' };
  await carnet(env, 'migrate');
  await createOwner(env);
  const application = await startApplication(env);
  const database = await mysql.createConnection(settingsOf(env.DATABASE_URL));
  try {
    const client = new Client(application.origin);
    await client.signIn(owner.email, owner.password);
    await steady(client, '/contacts', 200);
    const quiet = await readingWhile(client, (n) => n < 400);
    const before = application.memory();
    let most = before;
    const sampling = setInterval(() => (most = Math.max(most, application.memory())), 100);
    let importing = true;
    const meanwhile = goOn ? readingWhile(client, () => importing) : [];
    const spent = await importThrough(application.origin, database, file, count);
    importing = false;
    const busy = await meanwhile;
    clearInterval(sampling);

    const floorUrl = schemaUrl(`bench_floor_${count}`);
    await carnet({ ...env, DATABASE_URL: floorUrl }, 'migrate');
    const floor = await importFloor(floorUrl, file);
    add(
      `import of ${count} users: upload → checked ${seconds(spent.check)}, confirm → done ${seconds(spent.write)}`,
      {
        measured: seconds(spent.check + spent.write),
        floor: seconds(floor),
        ratio: (spent.check + spent.write) / floor,
        atMost: 2,
      },
    );
    if (!goOn) return;
    add('memory gained by the process during it', {
      measured: mebibytes(most - before),
      value: most - before,
      bound: 'under 150 MiB',
      ok: most - before < 150,
    });
    add('p99 of /contacts while it runs (floor: quiet)', {
      measured: milliseconds(quantile(busy, 0.99)),
      floor: milliseconds(quantile(quiet, 0.99)),
      ratio: quantile(busy, 0.99) / quantile(quiet, 0.99),
      atMost: 2,
    });
    await allActive(database);
    await atRest(database);
    await measurePages(env, application, client, '/contacts', 5);
    await measureSearch(client, database);
    await measureExport(application, client, env.DATABASE_URL);
    show('Update …');
    const { check, update, ratio, changed } = await measureUpdate(client, database, people);
    add(`update of ${changed} in ${people} users, upload → done (floor: upload → checked as new users)`, {
      ...{ measured: seconds(update), floor: seconds(check), ratio, atMost: 1.5 },
    });
    show('Filters of /users …');
    await measureUsersList(client, database, add);
    // Last: it gives people another place.
    await measureBulk(client, env.DATABASE_URL);
    client.close();
  } finally {
    await database.end();
    await application.stop();
  }
}

/** One person's contacts, in a company of its own: nobody else's are read for them. */
async function measureContacts() {
  show('\nPersonal contacts …');
  const env = { DATABASE_URL: schemaUrl('bench_contacts'), DATA_DIR: dataDir, WORKER: 'on' };
  await carnet(env, 'migrate');
  await createOwner(env);
  const application = await startApplication(env);
  const database = await mysql.createConnection(settingsOf(env.DATABASE_URL));
  try {
    const client = new Client(application.origin);
    await client.signIn(owner.email, owner.password);
    await measureReplacing(client, { database, url: env.DATABASE_URL, dataDir }, add);
    const ownerId = await keepMany(database, owner.email);
    await measurePages(env, application, client, '/personal-contacts', 3);
    await measureContactSearch(client, database, ownerId, add);
    await measureDuplicates(client, add);
    client.close();
  } finally {
    await database.end();
    await application.stop();
  }
}

/** Somebody with as many colleagues, contacts and calls as anybody has. */
async function measureFind() {
  show('\nSearch across all sources …');
  const env = { DATABASE_URL: schemaUrl('bench_find'), DATA_DIR: dataDir, WORKER: 'off' };
  await carnet(env, 'migrate');
  await createOwner(env);
  const database = await mysql.createConnection(settingsOf(env.DATABASE_URL));
  try {
    const [[{ accountId }]] = await database.query('SELECT id AS accountId FROM accounts');
    const file = path.join(dataDir, 'colleagues.csv');
    writeFileSync(file, csvOf(people));
    await importFloor(env.DATABASE_URL, file, accountId);
    await allActive(database);
    await keepMany(database, owner.email);
    const application = await startApplication(env);
    try {
      await measureFinding({ origin: application.origin, owner, database, url: env.DATABASE_URL, add });
    } finally {
      await application.stop();
    }
  } finally {
    await database.end();
  }
}

/** Mailboxes of a company of their own. */
async function measureMailboxes() {
  show('\nMailboxes …');
  const env = { DATABASE_URL: schemaUrl('bench_sync'), DATA_DIR: dataDir, WORKER: 'on' };
  await carnet(env, 'migrate');
  await createOwner(env);
  await measureSync({ env, add });
}

/** The same at Google and Microsoft 365, and the page of a calendar. */
async function measureWeb() {
  show('\nGoogle, Microsoft 365 and the calendar …');
  const env = { DATABASE_URL: schemaUrl('bench_web'), DATA_DIR: dataDir, WORKER: 'on' };
  await carnet(env, 'migrate');
  await createOwner(env);
  await measureWebSync({ env, add });
  await measureCalendarPage({ env, owner, add });
}

async function createOwner(env) {
  const { email, password } = owner;
  const name = ['--account', 'Bench', '--first-name', 'Bea', '--last-name', 'Owner'];
  await carnet(env, 'create-owner', '--email', email, '--password', password, ...name);
}

/** Upload to "checked" and confirm to "done", as an administrator would, at the speed of a script. */
async function importThrough(origin, database, file, count) {
  const client = new Client(origin);
  await client.signIn(owner.email, owner.password);
  const { readFileSync } = await import('node:fs');
  const bytes = readFileSync(file);
  const form = (await client.get('/users/import')).text;
  let id;
  const check = await timed(async () => {
    const fields = { _csrf: fieldOf(form, '_csrf'), _once: fieldOf(form, '_once') };
    const answer = await client.upload('/users/import', fields, 'people.csv', bytes);
    id = /^\/imports\/([0-9a-f-]+)/.exec(answer.location ?? '')?.[1];
    if (!id) throw new Error(`The upload answered ${answer.status} ${answer.location ?? ''}`);
    await state(database, id, 'checked');
  });
  const page = (await client.get(`/imports/${id}`)).text;
  const write = await timed(async () => {
    const answer = await client.post(`/imports/${id}/confirmation`, { _csrf: fieldOf(page, '_csrf') });
    if (answer.status !== 303) throw new Error(`The confirmation answered ${answer.status}`);
    await state(database, id, 'done');
  });
  const [[{ n }]] = await database.query(`SELECT COUNT(*) AS n FROM users WHERE status = 'pending'`);
  if (n !== count) throw new Error(`${n} of ${count} people arrived`);
  client.close();
  return { check, write };
}

async function state(database, id, wanted) {
  for (;;) {
    const [[row]] = await database.query('SELECT state FROM imports WHERE id = ?', [id]);
    if (row?.state === wanted) return;
    if (/refused|questions|cancelled/.test(row?.state ?? '')) throw new Error(`The import is ${row.state}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

async function importFloor(url, file, accountId = '01900000-0000-7000-8000-000000000000') {
  const child = fork(path.join(root, 'bin/bench/import-floor.mjs'), [url, file, accountId]);
  const { milliseconds: spent } = await messageOf(child);
  await once(child, 'exit');
  return spent;
}

/** Everybody has accepted: what the directory shows is measured with everybody in it. */
async function allActive(database) {
  for (;;) {
    const [{ affectedRows }] = await database.query(
      `UPDATE users SET status = 'active' WHERE status = 'pending' ORDER BY id LIMIT 5000`,
    );
    if (affectedRows === 0) break;
  }
  await database.query(`UPDATE user_counters SET people = people + ? WHERE status = 'active'`, [people]);
  await database.query(`UPDATE user_counters SET people = 0 WHERE status = 'pending'`);
  await database.query('ANALYZE TABLE users');
}

/** The activation mails are still being written: lets the machine come to rest. */
async function atRest(database) {
  for (let waiting = 1; waiting > 0;) {
    [[{ waiting }]] = await database.query(
      `SELECT COUNT(*) AS waiting FROM jobs WHERE state = 'waiting' AND runAt <= UTC_TIMESTAMP()`,
    );
    await new Promise((done) => setTimeout(done, 500));
  }
}

/** Requests for a list, `rounds` times in turn with its template alone, and its last page beside its first. */
async function measurePages(env, application, client, list, rounds) {
  show(`Pages of ${list} …`);
  const last = /href="([^"]*before=end[^"]*)"/.exec(unescaped((await client.get(list)).text))?.[1];
  if (!last) throw new Error(`${list} has no last page`);
  const floor = fork(path.join(root, 'bin/bench/page-floor.mjs'), [owner.email, owner.password, list], {
    env: { ...process.env, ...env, NODE_ENV: 'production', LOG_LEVEL: 'warn' },
  });
  const { origin } = await messageOf(floor);
  const page = { url: `${application.origin}${list}`, headers: { cookie: client.cookie } };
  const bare = { url: `${origin}${list}` };
  await load(page, 3);
  await load(bare, 3);
  // In turn, so that a slow moment of the machine meets both.
  const ratios = [];
  let [ours, least] = [0, 0];
  for (let i = 0; i < rounds; i++) {
    ours = await load(page, 4);
    least = await load(bare, 4);
    ratios.push(ours / least);
  }
  floor.kill('SIGTERM');
  add(`${list}, 50 people, session and query (floor: template alone)`, {
    measured: perSecond(ours),
    floor: perSecond(least),
    ratio: quantile(ratios, 0.5),
    atLeast: 0.4,
  });
  const first = await steady(client, list, 200);
  const end = await steady(client, last, 200);
  add(`last page of ${list} (floor: first page), median`, {
    measured: milliseconds(quantile(end, 0.5)),
    floor: milliseconds(quantile(first, 0.5)),
    ratio: quantile(end, 0.5) / quantile(first, 0.5),
    atMost: 1.5,
  });
}

/** Requests per second at 8 connections. */
async function load(target, duration) {
  const result = await autocannon({ ...target, connections: 8, duration });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} answers were not pages`);
  return result.requests.average;
}

async function measureSearch(client, database) {
  show('Search …');
  const words = [
    'nguyen',
    'do',
    'sorensen',
    'chatel',
    'lukasz woj',
    'juriste',
    'person.4711',
    '0612',
    'zzzzqq',
    'xy zw',
  ];
  const [[{ accountId }]] = await database.query('SELECT accountId FROM users LIMIT 1');
  // The application's own statement (src/directory/people-visible.query.ts), with the patterns its words become.
  const bare = (word) => {
    const patterns = word.split(' ').map((part) => `%${part.replace(/^0/, '')}%`);
    const columns =
      'u.id, u.sortKey, u.givenName, u.familyName, u.email, u.jobTitle, u.department, u.location';
    return database.query(
      `SELECT ${columns}, u.workPhone, u.mobilePhone, u.photoHash
       FROM (SELECT u.id FROM users u WHERE u.accountId = ? AND u.status = 'active'
             ${patterns.map(() => 'AND CAST(u.searchKey AS BINARY) LIKE ?').join(' ')}
             AND 1 = 1 ORDER BY u.sortKey, u.id LIMIT 51) page
       JOIN users u ON u.id = page.id ORDER BY u.sortKey, u.id`,
      [accountId, ...patterns],
    );
  };
  const ask = (i) =>
    client.get(`/contacts?q=${encodeURIComponent(words[i % words.length])}`, { discard: true });
  for (let i = 0; i < words.length; i++) {
    await ask(i);
    await bare(words[i]);
  }
  const ours = await timesWhile((n) => n === 30 * words.length, ask);
  const least = await timesWhile(
    (n) => n === 30 * words.length,
    (i) => bare(words[i % words.length]),
  );
  add('search through HTTP, p99, no match included (floor: bare SELECT)', {
    measured: milliseconds(quantile(ours, 0.99)),
    floor: milliseconds(quantile(least, 0.99)),
    ratio: quantile(ours, 0.99) / quantile(least, 0.99),
    atMost: 3,
  });
}

async function measureExport(application, client, url) {
  show('Export …');
  await client.get('/users/export.csv', { discard: true });
  const before = application.memory();
  let most = before;
  const sampling = setInterval(() => (most = Math.max(most, application.memory())), 50);
  let bytes = 0;
  const ours = await timed(
    async () => ({ bytes } = await client.get('/users/export.csv', { discard: true })),
  );
  clearInterval(sampling);
  if (bytes < people * 60) throw new Error(`The export has only ${bytes} bytes`);
  const least = await timed(() => exportFloor(url));
  add(`export of ${people} users (floor: mysql2 stream to CSV)`, {
    measured: seconds(ours),
    floor: seconds(least),
    ratio: ours / least,
    atMost: 2,
  });
  add('memory gained by the process during it', {
    measured: mebibytes(most - before),
    bound: 'under 50 MiB',
    ok: most - before < 50,
  });
}

async function measureBulk(client, url) {
  show('Bulk action …');
  const { ours, least, ratio, people: count } = await bulkAction(client, url, 10_000);
  add(`another type for ${count} users by a bulk action (floor: its bare SQL)`, {
    measured: seconds(ours),
    floor: seconds(least),
    ratio,
    atMost: 2,
  });
}

/** The same columns from one streamed query, joined by hand, to a file. */
async function exportFloor(url) {
  const { default: callbacks } = await import('mysql2');
  const connection = callbacks.createConnection(settingsOf(url));
  const out = createWriteStream(path.join(dataDir, 'floor.csv'));
  const groups = (kind) =>
    `(SELECT GROUP_CONCAT(g.name SEPARATOR ';') FROM ${kind}_group_members m JOIN ${kind}_groups g ON g.id = m.groupId WHERE m.userId = u.id)`;
  const stream = connection
    .query(
      `SELECT u.email, u.givenName, u.familyName, u.department, manager.email AS manager, ${groups('user')} AS userGroups,
              ${groups('chat')} AS chatGroups, u.jobTitle, u.location, u.workPhone, u.mobilePhone, u.extension, u.id,
              u.status, u.role, u.type
       FROM users u LEFT JOIN users manager ON manager.id = u.managerId ORDER BY u.sortKey, u.id`,
    )
    .stream();
  for await (const row of stream) {
    const line = Object.values(row)
      .map((value) =>
        value === null ? '' : /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value,
      )
      .join(',');
    if (!out.write(`${line}\r\n`)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
  connection.end();
}

/** Attribute values as they are meant: the templates escape `=` and `&`. */
function unescaped(html) {
  return html.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
}

/** What a helper process has to tell; one that ends without a word has failed. */
async function messageOf(child) {
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`A floor ended with ${code}`)));
  ended.catch(() => undefined);
  const [message] = await Promise.race([once(child, 'message'), ended]);
  return message;
}

function steady(client, page, times) {
  return timesWhile(
    (n) => n === times,
    () => client.get(page, { discard: true }),
  );
}

/** Somebody who opens /contacts, reads a moment and opens it again. @returns the time of each page, ms */
async function readingWhile(client, goesOn) {
  const times = [];
  while (goesOn(times.length)) {
    times.push(await timed(() => client.get('/contacts', { discard: true })));
    await new Promise((done) => setTimeout(done, 20));
  }
  return times;
}

function add(what, { measured, floor, ratio, atMost, atLeast, bound, ok }) {
  const row = {
    what,
    measured,
    floor,
    ratio,
    bound: bound ?? (atMost ? `at most ${atMost} ×` : `at least ${atLeast} ×`),
    ok: ok !== undefined ? ok : atMost ? ratio <= atMost : ratio >= atLeast,
  };
  rows.push(row);
  show(`  ${what}: ${measured}${ratio === undefined ? '' : ` (${ratio.toFixed(2)} ×)`}`);
}

function schemaUrl(name) {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function versionOf(url) {
  const { database: _, ...settings } = settingsOf(url);
  const connection = await mysql.createConnection(settings);
  const [[{ version }]] = await connection.query('SELECT VERSION() AS version');
  await connection.end();
  return version;
}
