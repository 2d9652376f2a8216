/*
 * The least an import can cost: one script that parses, validates and inserts the same rows into the same tables in
 * batches with mysql2. No upload, no check page, no choice, no crash safety. A process of its own, like the application.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse';
import parsePhone from 'libphonenumber-js/max';
import mysql from 'mysql2/promise';
import { v7 } from 'uuid';
import { settingsOf } from './database.mjs';

const [, , url, file, accountId] = process.argv;
const connection = await mysql.createConnection(settingsOf(url));
const startedAt = performance.now();
const batchId = v7();
const importId = v7();
const groups = new Map();
const seen = new Set();
const now = new Date();
const expiry = new Date(now.getTime() + 30 * 86_400_000);
let batchNumber = 0;

await connection.query('INSERT INTO journal_batches (id, accountId, kind, at) VALUES (?)', [
  [batchId, accountId, 'users.import', now],
]);
const bytes = readFileSync(file);
for (let at = 0, piece = 0; at < bytes.length; at += 512 * 1024, piece++) {
  await connection.query('INSERT INTO import_pieces (importId, piece, accountId, bytes) VALUES (?)', [
    [importId, piece, accountId, bytes.subarray(at, at + 512 * 1024)],
  ]);
}

const rows = [];
const parser = parse({ from_line: 2 });
parser.end(bytes);
for await (const cells of parser) {
  rows.push(cells);
  if (rows.length === 500) await store(rows.splice(0));
}
if (rows.length > 0) await store(rows);
await connection.end();
process.send?.({ milliseconds: performance.now() - startedAt });

async function store(batch) {
  const people = batch.filter(valid).map((cells) => ({ id: v7(), cells }));
  const emails = people.map(({ cells }) => cells[0]);
  await connection.beginTransaction();
  await connection.query('SELECT email FROM users WHERE accountId = ? AND email IN (?)', [accountId, emails]);
  await connection.query(
    'INSERT INTO import_batches (importId, batch, accountId, readingNumber, firstLine, rowCount, counts, `rows`, written) VALUES (?)',
    [[importId, batchNumber++, accountId, 1, 2, batch.length, '{}', JSON.stringify(batch), 1]],
  );
  await connection.query(
    `INSERT INTO users (id, accountId, email, status, role, type, givenName, familyName, department, jobTitle, location,
       workPhone, searchKey, sortKey, foldVersion, createdByBatch, invitedAt, createdAt, updatedAt) VALUES ?`,
    [
      people.map(({ id, cells: [email, given, family, department, , , title, location, phone] }) => [
        ...[id, accountId, email, 'pending', 'member', 'basic', given, family, department, title, location],
        ...[
          phone || null,
          fold([given, family, email, title, department, phone].join(' ')),
          fold(`${family} ${given}`),
        ],
        ...[1, batchId, now, now, now],
      ]),
    ],
  );
  await connection.query('INSERT INTO one_time_links (id, accountId, userId, purpose, expiresAt) VALUES ?', [
    people.map(({ id }) => [v7(), accountId, id, 'activation', expiry]),
  ]);
  await connection.query(
    'INSERT INTO journal_entries (batchId, subjectId, accountId, subjectType, action, line) VALUES ?',
    [people.map(({ id }, i) => [batchId, id, accountId, 'user', 'created', i])],
  );
  await addToGroups('user', people, 4);
  await addToGroups('chat', people, 5);
  await connection.query(
    `INSERT INTO user_counters (accountId, status, people) VALUES (?) ON DUPLICATE KEY UPDATE people = people + VALUES(people)`,
    [[accountId, 'pending', people.length]],
  );
  await connection.commit();
}

async function addToGroups(kind, people, column) {
  const members = [];
  for (const { id, cells } of people) {
    const name = cells[column];
    let group = groups.get(`${kind}:${name}`);
    if (!group) {
      group = v7();
      groups.set(`${kind}:${name}`, group);
      await connection.query(
        `INSERT INTO ${kind}_groups (id, accountId, name, nameKey, createdAt) VALUES (?)`,
        [[group, accountId, name, fold(name), now]],
      );
    }
    members.push([group, id, accountId]);
  }
  await connection.query(`INSERT INTO ${kind}_group_members (groupId, userId, accountId) VALUES ?`, [
    members,
  ]);
}

function valid([email, given, family, , , , , , phone]) {
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email) || !given || !family || seen.has(email)) return false;
  if (phone && !parsePhone(phone)?.isPossible()) return false;
  return Boolean(seen.add(email));
}

function fold(text) {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().slice(0, 190);
}
