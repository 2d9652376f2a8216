/*
 * `/users` with every pair of filters, frequent and rare values and ones that nobody has, beside the bare SELECTs that
 * find the same people: the application's own statements over a plain mysql2 connection.
 */
import { UserList } from '../../dist/src/user-management/user-list.query.js';
import { readListState } from '../../dist/src/user-management/user-list.state.js';
import { milliseconds, quantile, timed } from './figures.mjs';

/** Each pair is asked for so often: all of them together make the p99. */
const ROUNDS = 4;

export async function measureUsersList(client, database, add) {
  const accountId = await spread(database);
  const bare = new UserList({ query: async (sql, values) => (await database.query(sql, values))[0] });
  const pairs = pairsOf(await valuesOf(database, accountId));
  const [ours, least] = [[], []];
  const byPair = [];
  for (const query of pairs) {
    const state = readListState(Object.fromEntries(new URLSearchParams(query)));
    const times = { query, ours: [], least: [] };
    for (let round = 0; round <= ROUNDS; round++) {
      // In turn, so that a slow moment of the machine meets both.
      const page = await timed(() => client.get(`/users?${query}`, { discard: true }));
      const select = await timed(() => bare.page(accountId, state));
      // The first one warms up.
      if (round === 0) continue;
      times.ours.push(page);
      times.least.push(select);
    }
    ours.push(...times.ours);
    least.push(...times.least);
    byPair.push({ ...times, median: quantile(times.ours, 0.5) });
  }
  add(`/users with two filters, ${pairs.length} pairs, p99 (floor: bare SELECTs)`, {
    measured: milliseconds(quantile(ours, 0.99)),
    floor: milliseconds(quantile(least, 0.99)),
    ratio: quantile(ours, 0.99) / quantile(least, 0.99),
    atMost: 3,
  });
  const slowest = byPair.reduce((one, other) => (other.median > one.median ? other : one));
  add(`the slowest pair, median: ${slowest.query}`, {
    measured: milliseconds(slowest.median),
    floor: milliseconds(quantile(slowest.least, 0.5)),
    ratio: slowest.median / quantile(slowest.least, 0.5),
    atMost: 3,
  });
  return byPair;
}

/** Managers, types and last sign-ins as a company has them: few manage many, a fifth never signed in. */
async function spread(database) {
  const [[{ accountId }]] = await database.query('SELECT accountId FROM users LIMIT 1');
  const [bosses] = await database.query('SELECT id FROM users WHERE accountId = ? ORDER BY id LIMIT 2000', [
    accountId,
  ]);
  await database.query('DROP TABLE IF EXISTS bench_bosses');
  await database.query(
    'CREATE TABLE bench_bosses (n int PRIMARY KEY, id char(36) CHARACTER SET ascii COLLATE ascii_bin)',
  );
  // One of them is the manager of a third.
  const rows = Array.from({ length: 3_000 }, (_, n) => [n, bosses[n < bosses.length ? n : 0].id]);
  await database.query('INSERT INTO bench_bosses VALUES ?', [rows]);
  await database.query(
    `UPDATE users u
     SET u.managerId = (SELECT b.id FROM bench_bosses b WHERE b.n = CRC32(u.id) % 3300), u.type = IF(CRC32(u.id) % 4 = 0, 'licensed', 'basic'),
         u.location = IF(CRC32(u.id) % 3001 = 0, 'Reykjavík', u.location),
         u.lastSignInAt = IF(CRC32(u.id) % 5 = 0, NULL, UTC_TIMESTAMP(3) - INTERVAL CRC32(REVERSE(u.id)) % 500 DAY)
     WHERE u.accountId = ?`,
    [accountId],
  );
  await database.query('DROP TABLE bench_bosses');
  await database.query('ANALYZE TABLE users, user_group_members, chat_group_members');
  return accountId;
}

/** Of each filter a value that many have, one that few have, and one that nobody has. */
async function valuesOf(database, accountId) {
  const groupOf = async (kind) => {
    const [[{ id }]] = await database.query(`SELECT id FROM ${kind}_groups WHERE accountId = ? LIMIT 1`, [
      accountId,
    ]);
    return id;
  };
  const [managers] = await database.query(
    `SELECT managerId AS id FROM users WHERE accountId = ? AND managerId IS NOT NULL
     GROUP BY managerId ORDER BY COUNT(*) DESC`,
    [accountId],
  );
  return {
    q: ['nguyen', 'juriste', 'zzzzqq'],
    department: ['Ventes', 'R&D'],
    location: ['Paris', 'Reykjavík', 'Nowhere'],
    userGroup: [await groupOf('user')],
    chatGroup: [await groupOf('chat')],
    manager: [managers[0].id, managers.at(-1).id],
    missing: ['manager'],
    role: ['member', 'admin'],
    type: ['licensed'],
    signedIn: ['never', '7d', 'over-365d'],
  };
}

function pairsOf(values) {
  const names = Object.keys(values);
  return names.flatMap((one, place) =>
    names
      .slice(place + 1)
      .flatMap((other) =>
        values[one].flatMap((first) =>
          values[other].map((second) => new URLSearchParams({ [one]: first, [other]: second }).toString()),
        ),
      ),
  );
}
