/*
 * Personal contacts: replacing a list as its owner does it through the pages, beside a bare script; and the list, its
 * search and the search for duplicates at the most one person may keep.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ContactList } from '../../dist/src/personal-contacts/list/contact-list.query.js';
import { readListState } from '../../dist/src/personal-contacts/list/contact-list.state.js';
import { insertContacts } from '../../dist/src/personal-contacts/contact-writes.js';
import { ensureGroups } from '../../dist/src/personal-contacts/group-writes.js';
import { newId } from '../../dist/src/database/new-id.js';
import { root } from '../lib/root.mjs';
import { fieldOf } from './client.mjs';
import { milliseconds, quantile, timed, timesWhile } from './figures.mjs';
import { people } from './people.mjs';

const REPLACED = 1_000;
const ROUNDS = 9;
const KEPT = 10_000;

/** @param dataDir for files; a new one each round: half of the people are found again, the others leave and come */
export async function measureReplacing(client, { database, url, dataDir }, add) {
  const warm = await startFloor(url, [newId(), newId()]);
  const owned = [newId(), newId()];
  const [ours, started, stayed] = [[], [], []];
  for (let round = 0; round <= ROUNDS; round++) {
    const file = path.join(dataDir, 'contacts.csv');
    writeFileSync(file, contactsCsv(REPLACED, (round * REPLACED) / 2));
    // In turn, so that a slow moment of the machine meets both.
    const spent = await replaced(client, database, file, round);
    const cold = await startFloor(url, owned);
    const bare = await replacedBy(cold, file);
    cold.disconnect();
    await once(cold, 'exit');
    const again = await replacedBy(warm, file);
    // The first one warms up.
    if (round === 0) continue;
    ours.push(spent);
    started.push(bare);
    stayed.push(again);
  }
  warm.disconnect();
  const row = (floors) => ({
    measured: milliseconds(quantile(ours, 0.5)),
    floor: milliseconds(quantile(floors, 0.5)),
    ratio: quantile(
      ours.map((spent, round) => spent / floors[round]),
      0.5,
    ),
  });
  add(
    `replacing ${REPLACED} personal contacts, upload → result, ${ROUNDS} pairs, median (floor: bare script, started)`,
    { ...row(started), atMost: 2.5 },
  );
  add('the same, for comparison (floor: the script in a process that stays)', {
    ...row(stayed),
    bound: 'none',
    ok: null,
  });
}

/** A process that waits for files; its start, its modules and its connection are in no figure. */
async function startFloor(url, [accountId, ownerId]) {
  const floor = fork(path.join(root, 'bin/bench/contact-floor.mjs'), [url, accountId, ownerId]);
  await once(floor, 'message');
  return floor;
}

async function replacedBy(floor, file) {
  floor.send(file);
  const [{ milliseconds: spent }] = await once(floor, 'message');
  return spent;
}

/** Upload, check, agreement, result: every page the person sees after choosing the file. @returns the time they took, ms */
async function replaced(client, database, file, round) {
  const form = (await client.get('/personal-contacts/replace')).text;
  const fields = { _csrf: fieldOf(form, '_csrf'), _once: fieldOf(form, '_once'), groupName: 'All' };
  const startedAt = performance.now();
  const uploaded = await client.upload(
    '/personal-contacts/replace',
    fields,
    'contacts.csv',
    readFileSync(file),
  );
  const check = await untilShown(client, uploaded, '/confirmation"');
  const understood = /name="understood" value="(\d+)"/.exec(check.text)?.[1];
  if (round > 0 !== (understood === String(REPLACED / 2))) throw new Error(`${understood} leave the list`);
  const confirmed = await client.post(`${check.location}/confirmation`, {
    _csrf: fieldOf(check.text, '_csrf'),
    ...(understood ? { understood } : {}),
  });
  await untilShown(client, confirmed, '/undo"');
  const spent = performance.now() - startedAt;
  const [[{ n }]] = await database.query(
    'SELECT COUNT(*) AS n FROM personal_contacts WHERE deletedAt IS NULL',
  );
  if (Number(n) < REPLACED) throw new Error(`Only ${n} contacts are there`);
  return spent;
}

/** The page an answer leads to, once it is no longer that of the progress. */
async function untilShown(client, { status, location }, mark) {
  if (status !== 303) throw new Error(`The form answered ${status}`);
  for (;;) {
    const { text } = await client.get(location);
    if (text.includes(mark)) return { text, location };
    await new Promise((done) => setTimeout(done, 10));
  }
}

/** 10,000 contacts in 40 groups, a tenth of them there twice. @returns whose they are */
export async function keepMany(database, owner) {
  const query = async (sql, values) => (await database.query(sql, values))[0];
  const [{ id: ownerId, accountId }] = await query('SELECT id, accountId FROM users WHERE email = ?', [
    owner,
  ]);
  await query('DELETE FROM personal_contact_group_members WHERE ownerId = ?', [ownerId]);
  await query('DELETE FROM personal_contact_reach WHERE ownerId = ?', [ownerId]);
  await query('DELETE FROM personal_contacts WHERE ownerId = ?', [ownerId]);
  const act = { accountId, ownerId, batchId: newId(), now: new Date() };
  await query('INSERT INTO journal_batches (id, accountId, actorId, kind, at) VALUES (?)', [
    [act.batchId, accountId, ownerId, 'contacts.import', act.now],
  ]);
  const names = Array.from({ length: 40 }, (_, n) => `Group ${n}`);
  const groups = [...(await ensureGroups({ query }, act, names)).values()];
  const distinct = [...contactsOf(KEPT * 0.9)];
  const all = [...distinct, ...distinct.slice(0, KEPT * 0.1)];
  await insertContacts(
    { query },
    act,
    all.map(
      ([displayName, email, workPhone, homePhone, mobilePhone, faxNumber, mainPhone, organization], n) => ({
        ...{ id: newId(), displayName, email, organization, photoHash: null, starred: n % 50 === 0 },
        ...{ workPhone: workPhone || null, homePhone: homePhone || null, mobilePhone: mobilePhone || null },
        ...{ faxNumber: faxNumber || null, mainPhone: mainPhone || null, typedPhones: {}, extra: [] },
        groupIds: [groups[n % groups.length].id],
      }),
    ),
  );
  await query('ANALYZE TABLE personal_contacts, personal_contact_groups, personal_contact_group_members');
  return ownerId;
}

export async function measureContactSearch(client, database, ownerId, add) {
  const list = new ContactList({ query: async (sql, values) => (await database.query(sql, values))[0] });
  const words = [
    'nguyen',
    'do',
    'sorensen',
    'chatel',
    'lukasz woj',
    'person.4711',
    '0612',
    'zzzzqq',
    'xy zw',
  ];
  const [ours, least] = [[], []];
  for (let turn = 0; turn < 20 * words.length; turn++) {
    const q = words[turn % words.length];
    const page = await timed(() =>
      client.get(`/personal-contacts?q=${encodeURIComponent(q)}`, { discard: true }),
    );
    const state = readListState({ q });
    const bare = await timed(() => list.page(ownerId, state));
    if (turn < words.length) continue;
    ours.push(page);
    least.push(bare);
  }
  add(`search in ${KEPT} personal contacts, p99, no match included (floor: bare SELECT)`, {
    measured: milliseconds(quantile(ours, 0.99)),
    floor: milliseconds(quantile(least, 0.99)),
    ratio: quantile(ours, 0.99) / quantile(least, 0.99),
    atMost: 3,
  });
}

export async function measureDuplicates(client, add) {
  const answer = await client.get('/personal-contacts/duplicates');
  if (answer.status !== 200) throw new Error(`/personal-contacts/duplicates answered ${answer.status}`);
  const times = await timesWhile(
    (n) => n === 5,
    () => client.get('/personal-contacts/duplicates', { discard: true }),
  );
  const slowest = Math.max(...times);
  add(`duplicates among ${KEPT} personal contacts, slowest of 5 pages`, {
    measured: milliseconds(slowest),
    bound: 'under 2 s',
    ok: slowest < 2_000,
  });
}

/** People as a file of our own form has them, from the given one on. */
function contactsCsv(count, from) {
  const lines = ['Name,Email Address,Office,Home,Mobile,Fax,Phone,Company'];
  for (const cells of contactsOf(count, from)) lines.push(cells.map((cell) => `"${cell}"`).join(','));
  return Buffer.from(lines.join('\r\n') + '\r\n');
}

export function* contactsOf(count, from = 0) {
  let place = 0;
  for (const [email, given, family, department, , , , location, phone] of people(from + count)) {
    if (place++ < from) continue;
    const tail = String(10_000_000 + place * 7).slice(-8);
    yield [
      ...[`${given} ${family} ${place}`, email, `+331${tail}`, place % 5 === 0 ? `+334${tail}` : '', phone],
      ...[place % 10 === 0 ? `+335${tail}` : '', '', `${department} ${location}`],
    ];
  }
}
