/*
 * Search across all sources, and whose number it is, for somebody with 100,000 colleagues, 10,000 personal and 5,000 cloud
 * contacts, beside the bare statements of the same questions over plain mysql2 connections.
 */
import { createHash, randomBytes } from 'node:crypto';
import autocannon from 'autocannon';
import mysql from 'mysql2/promise';
import { RECORDS } from '../../dist/src/accounts/person-records.js';
import { newId } from '../../dist/src/database/new-id.js';
import { ColleagueRecords } from '../../dist/src/directory/people/colleague-records.js';
import { OtherPeople } from '../../dist/src/external-contacts/links/other-people.query.js';
import { ExternalRecords } from '../../dist/src/external-contacts/records/external-records.js';
import { insertCloudContacts } from '../../dist/src/integrations/contacts/cloud-contact-writes.js';
import { nowhere } from '../../dist/src/integrations/contacts/cloud-contact-row.js';
import { CloudRecords } from '../../dist/src/integrations/contacts/records/cloud-records.js';
import { PersonalRecords } from '../../dist/src/personal-contacts/records/personal-records.js';
import { Client } from './client.mjs';
import { contactsOf } from './contacts.mjs';
import { settingsOf } from './database.mjs';
import { milliseconds, quantile, timed } from './figures.mjs';

const CLOUD = 5_000;
const CALLS = 2_000;
const ROUNDS = 30;
/** Lookups that wait at a time, and how many are measured in each round. */
const AT_ONCE = 100;
const LOOKUPS = 6_000;
const USERS = 20;
const words = [
  ...['nguyen', 'do', 'sorensen', 'chatel', 'lukasz woj', 'juriste'],
  ...['person.4711', '0612', 'who is 06 12', 'zzzzqq', 'xy zw'],
];

/** @param {{ origin: string, owner: { email: string, password: string }, database: object, url: string, add: Function }} bench */
export async function measureFinding({ origin, owner, database, url, add }) {
  const [[user]] = await database.query('SELECT id, accountId FROM users WHERE email = ?', [owner.email]);
  await keepCloudContacts(database, user);
  await keepCalls(database, user);
  // As many connections as the application has for pages.
  const pool = mysql.createPool({ ...settingsOf(url), connectionLimit: 10 });
  try {
    const client = new Client(origin);
    await client.signIn(owner.email, owner.password);
    await measureEverywhere(client, pool, readerOf(user), add);
    client.close();
    await measureLookup({ origin, database, pool, user, add });
  } finally {
    await pool.end();
  }
}

/** What is typed in the header, as the page that answers it. */
async function measureEverywhere(client, pool, reader, add) {
  const [ours, least] = [[], []];
  for (let turn = 0; turn < ROUNDS * words.length; turn++) {
    const q = words[turn % words.length];
    const statements = await asked(pool, (source) => source.search(reader, q, 51));
    // In turn, so that a slow moment of the machine meets both.
    const page = await timed(() => found(client, q));
    const bare = await timed(() => Promise.all(statements.map((statement) => pool.query(...statement))));
    if (turn < words.length) continue;
    ours.push(page);
    least.push(bare);
  }
  add('search across all sources through HTTP, p99, no match included (floor: the bare queries, at once)', {
    measured: milliseconds(quantile(ours, 0.99)),
    floor: milliseconds(quantile(least, 0.99)),
    ratio: quantile(ours, 0.99) / quantile(least, 0.99),
    atMost: 3,
  });
  add('the same, median', {
    measured: milliseconds(quantile(ours, 0.5)),
    floor: milliseconds(quantile(least, 0.5)),
    ratio: quantile(ours, 0.5) / quantile(least, 0.5),
    bound: 'none',
    ok: null,
  });
}

async function found(client, q) {
  const { status } = await client.get(`/search?q=${encodeURIComponent(q)}`, { discard: true });
  if (status !== 200) throw new Error(`/search answered ${status}`);
}

/** A telephone system that asks for a hundred callers at a time, on behalf of twenty people. */
async function measureLookup({ origin, database, pool, user, add }) {
  const users = await licensed(database, user);
  const token = await keepToken(database, user);
  const calls = (await callers(database, user)).map((number, i) => ({
    number,
    user: users[i % users.length],
  }));
  const requests = calls.map(({ number, user: { email } }) => ({
    path: `/api/v1/lookup?number=${encodeURIComponent(number)}&user=${encodeURIComponent(email)}`,
    headers: { authorization: `Bearer ${token}` },
  }));
  const statements = await Promise.all(
    calls.map(({ number, user: each }) => {
      const reader = readerOf(each);
      return asked(pool, (source) => source.byNumbers(reader, [number]));
    }),
  );
  const ratios = [];
  let [ours, least] = [0, 0];
  for (let round = -1; round < 5; round++) {
    ours = await requestsAtOnce(origin, requests);
    least = quantile(await atOnce(pool, statements), 0.99);
    // The first one warms up.
    if (round >= 0) ratios.push(ours / least);
  }
  add(
    `whose number, ${AT_ONCE} requests at once, p99, median of 5 rounds (floor: the bare queries, as many at once)`,
    {
      measured: milliseconds(ours),
      floor: milliseconds(least),
      ratio: quantile(ratios, 0.5),
      atMost: 2,
    },
  );
}

/** @returns p99 of the answers, ms */
async function requestsAtOnce(url, requests) {
  const times = [];
  const run = autocannon({ url, requests, connections: AT_ONCE, amount: LOOKUPS });
  run.on('response', (_, status, __, spent) => {
    if (status !== 200) throw new Error(`/api/v1/lookup answered ${status}`);
    times.push(spent);
  });
  const { errors } = await run;
  if (errors > 0 || times.length < LOOKUPS) throw new Error(`${errors} of ${LOOKUPS} lookups failed`);
  return quantile(times, 0.99);
}

/** @returns the time of each, ms, while as many as that wait */
async function atOnce(pool, statements) {
  const times = [];
  let next = 0;
  const caller = async () => {
    while (next < LOOKUPS) {
      const one = statements[next++ % statements.length];
      times.push(await timed(() => Promise.all(one.map((statement) => pool.query(...statement)))));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  return times;
}

/** The statements a question comes to, as the application asks them. */
async function asked(pool, question) {
  const statements = [];
  const database = {
    async query(sql, values) {
      statements.push([sql, values]);
      return (await pool.query(sql, values))[0];
    },
  };
  // The people of external contacts are asked for by the database of their own query.
  const people = new OtherPeople({ manager: database });
  const sources = [
    new ColleagueRecords(database),
    new ExternalRecords(database, people),
    new CloudRecords(database),
    new PersonalRecords(database),
  ];
  const answers = await Promise.all(sources.map(question));
  if (answers.flat().length > 4 * RECORDS) throw new Error('A source gave more than it may');
  return statements;
}

function readerOf({ id, accountId }) {
  const features = { phone: true, 'external-contacts': true, integrations: true, 'personal-contacts': true };
  const account = { kind: 'company', region: 'FR', restrictedGroups: 0 };
  return { id, accountId, account, features, restricted: false };
}

/** Half of them numbers of somebody, in each source; half of nobody. */
async function callers(database, { id, accountId }) {
  const some = async (sql, of) => (await database.query(sql, [of]))[0].map(({ number }) => number);
  const known = [
    ...(await some(
      'SELECT workPhone AS number FROM users WHERE accountId = ? AND workPhone IS NOT NULL LIMIT 40',
      accountId,
    )),
    ...(await some(
      'SELECT mobilePhone AS number FROM personal_contacts WHERE ownerId = ? AND mobilePhone IS NOT NULL LIMIT 40',
      id,
    )),
    ...(await some(
      'SELECT mobilePhone AS number FROM cloud_contacts WHERE ownerId = ? AND mobilePhone IS NOT NULL LIMIT 20',
      id,
    )),
    ...(await some(
      "SELECT value AS number FROM cloud_contact_reach WHERE ownerId = ? AND field <> 'email' LIMIT 20",
      id,
    )),
  ];
  if (known.length < 120) throw new Error(`Only ${known.length} numbers are known`);
  return known.flatMap((number, i) => [number, `+4930${10_000_000 + i}`]);
}

/** Who may call: the one with all the contacts, and colleagues. */
async function licensed(database, { id, accountId }) {
  const [users] = await database.query(
    'SELECT id, accountId, email FROM users WHERE accountId = ? ORDER BY id = ? DESC, id LIMIT ?',
    [accountId, id, USERS],
  );
  await database.query(`UPDATE users SET type = 'licensed', features = '{"phone":true}' WHERE id IN (?)`, [
    users.map((user) => user.id),
  ]);
  return users;
}

/** A token of their company. */
async function keepToken(database, { id, accountId }) {
  const token = `carnet_${randomBytes(32).toString('base64url')}`;
  const hash = createHash('sha256').update(token).digest('hex');
  await database.query(
    `INSERT INTO api_tokens (id, accountId, name, tokenHash, ending, scopes, createdBy, createdAt)
     VALUES (?, ?, 'Bench', ?, ?, 'lookup:read', ?, UTC_TIMESTAMP(3))`,
    [newId(), accountId, hash, token.slice(-4), id],
  );
  return token;
}

async function keepCloudContacts(database, { id: ownerId, accountId }) {
  const [connectionId, folderId, batchId] = [newId(), newId(), newId()];
  const query = async (sql, values) => (await database.query(sql, values))[0];
  await query(
    `INSERT INTO connections (id, accountId, userId, provider, mailboxId, accountName, slotKey, state, contacts, calendar,
       details, createdAt)
     VALUES (?, ?, ?, 'google', 'bench', 'bench', 'one', 'connected', 'write', 'none', '{}', UTC_TIMESTAMP(3))`,
    [connectionId, accountId, ownerId],
  );
  await query('INSERT INTO journal_batches (id, accountId, actorId, kind, at) VALUES (?)', [
    [batchId, accountId, ownerId, 'cloud-contacts.sync', new Date()],
  ]);
  const act = { accountId, ownerId, connectionId, region: 'FR', batchId, now: new Date() };
  const contacts = [...contactsOf(CLOUD, 20_000)].map(
    ([displayName, email, workPhone, homePhone, mobilePhone, , , organization], n) => ({
      ...nowhere,
      // Every fourth has a second mobile, and an address that nothing shows.
      memory: n % 4 === 0 ? { further: furtherOfOne(n, email) } : null,
      ...{
        id: newId(),
        remoteId: `people/${email}`,
        displayName,
        email,
        organization,
        typedPhones: {},
      },
      ...{ workPhone: workPhone || null, homePhone: homePhone || null, mobilePhone: mobilePhone || null },
      ...{ faxNumber: null, mainPhone: null, isPrivate: false, starred: false, folderIds: [folderId] },
    }),
  );
  for (let from = 0; from < contacts.length; from += 500)
    await insertCloudContacts({ query }, act, contacts.slice(from, from + 500));
  await query('ANALYZE TABLE cloud_contacts, cloud_contact_reach');
}

function furtherOfOne(n, email) {
  const number = `+3376${String(1_000_000 + n)}`;
  return { numbers: [{ field: 'mobilePhone', text: number, number }], emails: [`also.${email}`] };
}

/** Three months of somebody who is called by few people often, and by many once. */
async function keepCalls(database, { id: userId, accountId }) {
  const numbers = (
    await database.query(
      'SELECT mobilePhone AS number FROM personal_contacts WHERE ownerId = ? AND mobilePhone IS NOT NULL LIMIT 200',
      [userId],
    )
  )[0].map(({ number }) => number);
  const rows = Array.from({ length: CALLS }, (_, i) => {
    const startedAt = new Date(Date.now() - (i * 85 * 86_400_000) / CALLS);
    const number = i % 3 === 0 ? numbers[i % 20] : numbers[i % numbers.length];
    return [
      ...[newId(), accountId, userId, `bench-${i}`, 'incoming', 'answered', number, startedAt, 60, startedAt],
      ...['api', number.slice(1), 1, startedAt, startedAt],
    ];
  });
  await database.query(
    `INSERT INTO calls (id, accountId, userId, callId, direction, outcome, number, startedAt, seconds, heardAt, source,
       searchKey, foldVersion, createdAt, updatedAt) VALUES ?`,
    [rows],
  );
  await database.query('ANALYZE TABLE calls');
}
