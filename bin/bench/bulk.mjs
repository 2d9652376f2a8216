/*
 * A bulk action as an administrator does it (all that match, confirm, done) beside its bare SQL: one script that
 * updates as many rows and inserts their journal entries in batches of 500, a transaction each. They take turns, each
 * on people of its own, so that a slow moment of the machine meets both.
 */
import mysql from 'mysql2/promise';
import { v7 } from 'uuid';
import { fieldOf } from './client.mjs';
import { settingsOf } from './database.mjs';
import { quantile, timed } from './figures.mjs';

const ROUNDS = 4;
const BATCH = 500;

/** @returns {Promise<{ ours: number, least: number, ratio: number, people: number }>} milliseconds, medians */
export async function bulkAction(client, url, most) {
  const connection = await mysql.createConnection(settingsOf(url));
  try {
    const { accountId, ids } = await twoTeams(connection, most);
    const [ours, least, ratios] = [[], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      const type = round % 2 === 0 ? 'licensed' : 'basic';
      ours.push(await timed(() => throughPages(client, connection, type, ids.length)));
      least.push(await timed(() => bare(connection, accountId, ids, type)));
      ratios.push(ours[round] / least[round]);
    }
    return {
      ours: quantile(ours, 0.5),
      least: quantile(least, 0.5),
      ratio: quantile(ratios, 0.5),
      people: ids.length,
    };
  } finally {
    await connection.end();
  }
}

/** People the pages find by their location, and as many for the script. */
async function twoTeams(connection, most) {
  const [people] = await connection.query(
    `SELECT id, accountId FROM users WHERE status = 'active' AND role = 'member' ORDER BY id LIMIT ?`,
    [2 * most],
  );
  const half = Math.floor(people.length / 2);
  const ids = people.map(({ id }) => id);
  for (const [team, some] of [
    ['bulk pages', ids.slice(0, half)],
    ['bulk script', ids.slice(half, 2 * half)],
  ])
    await connection.query(`UPDATE users SET location = ?, type = 'basic' WHERE id IN (?)`, [team, some]);
  return { accountId: people[0].accountId, ids: ids.slice(half, 2 * half) };
}

async function throughPages(client, connection, type, count) {
  const list = '/users?location=bulk+pages';
  const _csrf = await client.token(list);
  const { location, status } = await client.post('/users/runs', {
    _csrf,
    act: 'type',
    all: 'matching',
    list,
  });
  if (!location) throw new Error(`Choosing the people answered ${status}`);
  const page = (await client.get(location)).text;
  const answer = await client.post(`${location}/confirmation`, { _csrf: fieldOf(page, '_csrf'), type });
  if (answer.status !== 303) throw new Error(`The confirmation answered ${answer.status}`);
  for (;;) {
    const [[run]] = await connection.query('SELECT state, doneCount FROM user_runs WHERE id = ?', [
      location.split('/').at(-1),
    ]);
    if (run.state === 'done') {
      if (run.doneCount !== count) throw new Error(`${run.doneCount} of ${count} people were changed`);
      return;
    }
    await new Promise((done) => setTimeout(done, 10));
  }
}

async function bare(connection, accountId, ids, type) {
  const now = new Date();
  const batchId = v7();
  await connection.query('INSERT INTO journal_batches (id, accountId, kind, at) VALUES (?)', [
    [batchId, accountId, 'users.edit', now],
  ]);
  const changes = JSON.stringify({ type: type === 'basic' ? ['licensed', 'basic'] : ['basic', 'licensed'] });
  for (let from = 0; from < ids.length; from += BATCH) {
    const some = ids.slice(from, from + BATCH);
    await connection.beginTransaction();
    await connection.query(
      'UPDATE users SET type = ?, revision = revision + 1, updatedAt = ? WHERE id IN (?)',
      [type, now, some],
    );
    await connection.query(
      'INSERT INTO journal_entries (batchId, subjectId, accountId, subjectType, action, changes) VALUES ?',
      [some.map((id) => [batchId, id, accountId, 'user', 'changed', changes])],
    );
    await connection.commit();
  }
}
