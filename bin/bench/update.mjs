/*
 * What an update costs beside the check of new users alone: the same file, in which nearly everybody is as they are
 * here already. Comparing must be cheap, and what does not change must not be written.
 */
import { fieldOf } from './client.mjs';
import { quantile, timed } from './figures.mjs';
import { header, people } from './people.mjs';

const ROUNDS = 3;
/** One person in so many changes. */
const CHANGED = 100;

/** @returns the times in ms and how they compare round by round, medians, and how many people changed */
export async function measureUpdate(client, database, count) {
  const [checks, updates] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    // In turn, so that a slow moment of the machine meets both.
    const bytes = fileOf(count, `Mobility ${Date.now()}`);
    checks.push(await timed(() => checked(client, database, '/users/import', bytes)));
    updates.push(await timed(() => updated(client, database, bytes, Math.ceil(count / CHANGED))));
  }
  const ratios = updates.map((update, round) => update / checks[round]);
  const [check, update, ratio] = [checks, updates, ratios].map((values) => quantile(values, 0.5));
  return { check, update, ratio, changed: Math.ceil(count / CHANGED) };
}

async function updated(client, database, bytes, changed) {
  const id = await checked(client, database, '/users/update', bytes);
  const answer = await client.post(`/imports/${id}/confirmation`, {
    _csrf: await client.token(`/imports/${id}`),
  });
  if (answer.status !== 303) throw new Error(`The confirmation answered ${answer.status}`);
  const { counts } = await inState(database, id, 'done');
  const { written } = JSON.parse(counts);
  if (written !== changed) throw new Error(`${written} of ${changed} people changed: ${counts}`);
}

async function checked(client, database, path, bytes) {
  const form = (await client.get(path)).text;
  const fields = { _csrf: fieldOf(form, '_csrf'), _once: fieldOf(form, '_once') };
  const answer = await client.upload(path, fields, 'people.csv', bytes);
  const id = /^\/imports\/([0-9a-f-]+)/.exec(answer.location ?? '')?.[1];
  if (!id) throw new Error(`The upload answered ${answer.status} ${answer.location ?? ''}`);
  await inState(database, id, 'checked');
  return id;
}

async function inState(database, id, wanted) {
  for (;;) {
    const [[row]] = await database.query('SELECT state, counts FROM imports WHERE id = ?', [id]);
    if (row?.state === wanted) return row;
    if (/refused|questions|cancelled/.test(row?.state ?? '')) throw new Error(`The import is ${row.state}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** The people of the benchmark; one in a hundred in another department. */
function fileOf(count, department) {
  const lines = [header];
  let place = 0;
  for (const cells of people(count)) {
    if (place++ % CHANGED === 0) cells[3] = department;
    lines.push(
      cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(','),
    );
  }
  return Buffer.from(lines.join('\r\n') + '\r\n');
}
