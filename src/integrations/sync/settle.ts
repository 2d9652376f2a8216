import { contactFields } from '../../contact-card/contact-fields.js';
import { type Id } from '../../database/id.js';
import { type Statements } from '../../imports/import-kind.js';
import { type News } from '../../notifications/notifications.service.js';
import { sortKeyOf } from '../../text/fold.js';
import { type Brake } from '../connection.entities.js';
import { type StoredCloudContact } from '../contacts/cloud-contact-row.js';
import {
  againFromNothing,
  binCloudContacts,
  changeCloudContacts,
  dropCloudContacts,
  folderIdsOf,
  storedCloudContacts,
} from '../contacts/cloud-contact-writes.js';
import { hasLabels } from '../contacts/labels.js';
import { brakeNewsKey, type Counted, needsBrake, UNASKED, type Verdict } from './brake.js';
import { noteConflicts, type NewConflict } from './conflict-writes.js';
import { revive, writeChanges } from './pull.js';
import { numbersOf } from './remote-fields.js';
import { type Run, type Saving } from './run.js';
import { markScope, type Scope } from './scopes.js';
import { countAgainstBrake } from './standing-brake.js';
import { takeRemote, type Arrived, type Reading } from './take-remote.js';
import { noteHeard } from './unheard.js';

/** Contacts of one save. */
const CHUNK = 200;
const HELD = { lock: true, deleted: 'both' } as const;

/** Tells the owner, in the transaction of the cause. */
export type Tell = (saving: Saving, news: Omit<News, 'accountId' | 'userId'>) => Promise<void>;

/** Readings of all folders in one run, until nobody was missed in the last. */
const READINGS = 4;

/**
 * Once everything was read, says what it means that contacts are gone there: they were moved, they were deleted, or they live on
 * because somebody has edited them here. Each save stands for itself, so a run that was cut off goes on from there.
 * @param readAgain all folders; false when they could not be
 */
export async function settle(
  run: Run,
  scopes: ReadonlyMap<string, Scope>,
  tell: Tell,
  readAgain: () => Promise<boolean>,
): Promise<void> {
  await joinArrived(run);
  // Moved while we read, from a folder read late into one read early, a contact is in neither: both are read once more.
  for (
    let reading = 2;
    // A whole book is read in one: nothing is missed in it because it was moved.
    run.connector.scope === 'folder' &&
    run.missed &&
    (await isAny(run, 'goneAt IS NOT NULL AND deletedAt IS NULL'));
    reading++
  ) {
    run.missed = false;
    // Whoever moves things all the time is waited for: the next run decides.
    if (reading > READINGS || !(await readAgain())) return;
    await joinArrived(run);
  }
  if (await isAny(run, 'goneAt IS NOT NULL')) {
    await eachGone(run, (ids) => forgetDeleted(run, ids));
    const emptied = await emptiedFolders(run);
    const mailbox = await isMuchOfMailbox(run, emptied);
    for (const folder of emptied) await decide(run, scopes, folder, mailbox, tell);
  }
  await forgetArrivals(run);
  await releaseBrakes(run, scopes);
}

async function joinArrived(run: Run): Promise<void> {
  if (!(await isAny(run, 'arrivedAs IS NOT NULL'))) return;
  await eachGone(run, (ids) => joinMoved(run, ids));
  await joinReturned(run);
}

/**
 * What came with this run may have left a folder that was read before it went: it counts as new until all was read once more.
 * Its batch tells it from what came earlier.
 */
async function forgetArrivals(run: Run): Promise<void> {
  const earlier = `arrivedAs IS NOT NULL ${run.batchId === null ? '' : 'AND createdByBatch <> ?'}`;
  const values = [run.connection.id, ...(run.batchId === null ? [] : [run.batchId])];
  const [found] = await run.statements.query<unknown[]>(
    `SELECT 1 FROM cloud_contacts WHERE connectionId = ? AND ${earlier} LIMIT 1`,
    values,
  );
  if (!found) return;
  await run.save(({ manager }) =>
    manager.query(`UPDATE cloud_contacts SET arrivedAs = NULL WHERE connectionId = ? AND ${earlier}`, values),
  );
}

async function isAny({ statements, connection }: Run, what: string): Promise<boolean> {
  const found = await statements.query<unknown[]>(
    `SELECT 1 FROM cloud_contacts WHERE connectionId = ? AND ${what} LIMIT 1`,
    [connection.id],
  );
  return found.length > 0;
}

/** All that are gone, also those in the bin, by their ids. */
async function eachGone(run: Run, step: (ids: Id[]) => Promise<void>): Promise<void> {
  for (let after = ''; ;) {
    const rows = await run.statements.query<{ id: Id }[]>(
      `SELECT id FROM cloud_contacts WHERE connectionId = ? AND goneAt IS NOT NULL AND id > ? ORDER BY id LIMIT ${CHUNK}`,
      [run.connection.id, after],
    );
    if (rows.length === 0) return;
    run.signal.throwIfAborted();
    await step(rows.map(({ id }) => id));
    if (rows.length < CHUNK) return;
    after = rows[rows.length - 1].id;
  }
}

/**
 * A contact that is new there and carries the client id of one that is gone, or, unambiguously, all its fields, is the same one:
 * ours keeps its id, star and history, and takes the other's place.
 */
async function joinMoved(run: Run, ids: readonly Id[]): Promise<void> {
  await run.save(async (saving) => {
    const { manager } = saving;
    const gone = [
      ...(await storedCloudContacts(manager, run.connection.id, { ...HELD, ids })).values(),
    ].filter(({ goneAt, agreed }) => goneAt !== null && agreed !== null);
    const arrived = await arrivalsFor(run, manager, gone);
    const pairs = pairsOf(gone, arrived);
    await join(run, saving, pairs);
  });
}

/** What an arrival needs to take the place of another row. */
interface Arrival {
  row: StoredCloudContact;
  arrivedAs: Id;
}

type Pair = readonly [ours: StoredCloudContact, arrival: StoredCloudContact];

/** New contacts nobody has touched here that may be one of these. */
async function arrivalsFor(
  run: Run,
  manager: Statements,
  gone: readonly StoredCloudContact[],
): Promise<Arrival[]> {
  if (gone.length === 0) return [];
  const names = gone.map(({ agreed }) => sortKeyOf('', agreed?.fields.displayName ?? ''));
  const ids = gone.map(({ id }) => id);
  const found = await manager.query<{ id: Id; arrivedAs: Id }[]>(
    `SELECT id, arrivedAs FROM cloud_contacts
     WHERE connectionId = ? AND arrivedAs IS NOT NULL AND deletedAt IS NULL AND goneAt IS NULL AND pending IS NULL
       AND (arrivedAs IN (?) OR sortKey IN (?))`,
    [run.connection.id, ids, names],
  );
  return withRows(run, manager, found);
}

async function withRows(
  run: Run,
  manager: Statements,
  found: readonly { id: Id; arrivedAs: Id }[],
): Promise<Arrival[]> {
  const ids = found.map(({ id }) => id);
  const rows = await storedCloudContacts(manager, run.connection.id, { ids, lock: true });
  return found.flatMap(({ id, arrivedAs }) => {
    const row = rows.get(id);
    return row && row.version === 1 && !row.starred ? [{ row, arrivedAs }] : [];
  });
}

/** By client id first; by fields where one alone is gone and one alone is new. */
export function pairsOf(gone: readonly StoredCloudContact[], arrived: readonly Arrival[]): Pair[] {
  const pairs: Pair[] = [];
  const taken = new Set<StoredCloudContact>();
  for (const ours of gone) {
    const arrival = arrived.find(({ row, arrivedAs }) => arrivedAs === ours.id && !taken.has(row));
    if (!arrival) continue;
    pairs.push([ours, arrival.row]);
    taken.add(ours).add(arrival.row);
  }
  const left = arrived.filter(({ row, arrivedAs }) => !taken.has(row) && arrivedAs === row.id);
  const lonely = gone.filter((ours) => !taken.has(ours));
  const byFields = groupBy(left, ({ row }) => fieldsKey(row));
  for (const [key, [ours, ...others]] of groupBy(lonely, fieldsKey)) {
    const same = byFields.get(key) ?? [];
    if (others.length === 0 && same.length === 1) pairs.push([ours, same[0].row]);
  }
  return pairs;
}

function fieldsKey({ agreed }: StoredCloudContact): string {
  return JSON.stringify(contactFields.map((field) => agreed?.fields[field] ?? null));
}

function groupBy<Each>(all: readonly Each[], keyOf: (each: Each) => string): Map<string, Each[]> {
  const groups = new Map<string, Each[]>();
  for (const each of all) {
    const group = groups.get(keyOf(each));
    if (group) group.push(each);
    else groups.set(keyOf(each), [each]);
  }
  return groups;
}

/** Puts arrivals into the places of ours. The second row goes first: one alone may have the provider's id. */
async function join(run: Run, saving: Saving, pairs: readonly Pair[]): Promise<void> {
  if (pairs.length === 0) return;
  const { manager } = saving;
  const act = await saving.act();
  const reading: Reading = {
    folders: await folderIdsOf(manager, run.connection.id),
    region: run.region,
    several: hasLabels(run.connection.provider),
  };
  await dropCloudContacts(
    manager,
    act,
    pairs.map(([, arrival]) => arrival.id),
  );
  // The reading that listed the other one has listed ours.
  const ids = pairs.map(([ours]) => ours.id);
  await noteHeard(manager, run.connection.id, ids);
  const counted = pairs.filter(([, { createdByBatch }]) => createdByBatch === act.batchId);
  saving.count({ addedHere: -counted.length });
  const taken = pairs.map(([ours, arrival]) => ({ ours, ...takeRemote(ours, arrivedOf(arrival), reading) }));
  await writeChanges(
    run,
    saving,
    taken.flatMap(({ ours, after, changedThere }) => {
      if (ours.deletedAt === null) return [{ before: ours, after }];
      if (ours.agreed === null || changedThere) return [];
      // Deleted here and only re-made there: what was asked for is still to be done.
      const { remoteId, revision, memory, agreed, goneAt } = after;
      return [{ before: ours, after: { ...ours, remoteId, revision, memory, agreed, goneAt } }];
    }),
  );
  const revived = taken.filter(
    ({ ours, changedThere }) => ours.deletedAt !== null && (ours.agreed === null || changedThere),
  );
  if (revived.length > 0)
    await revive(
      manager,
      act,
      revived.map(({ ours, after }) => ({ row: ours, after })),
    );
  saving.count({ addedHere: revived.length });
  const conflicts = taken.flatMap(({ ours, conflicts: fields, changedThere }): NewConflict[] => {
    if (ours.deletedAt !== null)
      return ours.agreed !== null && changedThere ? [{ contactId: ours.id, kind: 'deleted-here' }] : [];
    return Object.keys(fields).length > 0 ? [{ contactId: ours.id, kind: 'fields', fields }] : [];
  });
  if (conflicts.length > 0) saving.count({ conflicts: await noteConflicts(manager, act, run.id, conflicts) });
}

function arrivedOf(row: StoredCloudContact): Arrived {
  const { remoteId, revision, memory, agreed, isPrivate } = row;
  if (remoteId === null || revision === null || agreed === null)
    throw new Error('An arrival stands as it was read');
  return { remoteId, revision, memory, ...agreed, numbers: numbersOf(row, agreed), isPrivate };
}

/** Contacts in the bin that somebody took back there, under a new id: they carry the client id. */
async function joinReturned(run: Run): Promise<void> {
  for (let more = true; more;) {
    more = await run.save(async (saving) => {
      const { manager } = saving;
      const found = await manager.query<{ id: Id; arrivedAs: Id }[]>(
        `SELECT a.id, a.arrivedAs FROM cloud_contacts a
         JOIN cloud_contacts o ON o.id = a.arrivedAs AND o.connectionId = a.connectionId
         WHERE a.connectionId = ? AND a.arrivedAs <> a.id AND a.deletedAt IS NULL AND a.goneAt IS NULL AND a.pending IS NULL
           AND a.version = 1 AND a.starred = 0 AND o.deletedAt IS NOT NULL AND o.agreed IS NULL AND o.remoteId IS NOT NULL
         ORDER BY a.id LIMIT ${CHUNK}`,
        [run.connection.id],
      );
      const arrivals = await withRows(run, manager, found);
      const ids = found.map(({ arrivedAs }) => arrivedAs);
      const ours = await storedCloudContacts(manager, run.connection.id, { lock: true, deleted: true, ids });
      const pairs = pairsOf([...ours.values()], arrivals);
      await join(run, saving, pairs);
      return pairs.length > 0 && found.length === CHUNK;
    });
  }
}

/** Deleted here and there: nothing is left to say. */
async function forgetDeleted(run: Run, ids: readonly Id[]): Promise<void> {
  await run.save(async ({ manager }) => {
    const rows = await storedCloudContacts(manager, run.connection.id, { lock: true, deleted: true, ids });
    const gone = [...rows.values()].filter(({ goneAt }) => goneAt !== null);
    await changeCloudContacts(
      manager,
      run.quietly(),
      gone.map((before) => ({ before, after: { ...before, agreed: null, goneAt: null } })),
    );
  });
}

/** A folder (null: the book) with contacts that are gone there. */
interface Emptied {
  folderId: Id | null;
  name: string;
  gone: number;
}

async function emptiedFolders({ connector, statements, connection }: Run): Promise<Emptied[]> {
  if (connector.scope === 'book') {
    const [{ gone }] = await statements.query<[{ gone: number | string }]>(
      `SELECT COUNT(*) AS gone FROM cloud_contacts
       WHERE connectionId = ? AND goneAt IS NOT NULL AND deletedAt IS NULL`,
      [connection.id],
    );
    return [{ folderId: null, name: '', gone: Number(gone) }];
  }
  const rows = await statements.query<(Emptied & { gone: number | string })[]>(
    `SELECT f.id AS folderId, f.name, COUNT(*) AS gone FROM cloud_contacts c
     JOIN cloud_contact_folders l ON l.contactId = c.id JOIN cloud_folders f ON f.id = l.folderId
     WHERE c.connectionId = ? AND c.goneAt IS NOT NULL AND c.deletedAt IS NULL GROUP BY f.id, f.name ORDER BY f.id`,
    [connection.id],
  );
  return rows.map((row) => ({ ...row, gone: Number(row.gone) }));
}

/** An empty mailbox may have but small folders: a server that came back without its contents must not empty them one by one. */
async function isMuchOfMailbox(run: Run, emptied: readonly Emptied[]): Promise<boolean> {
  const gone = emptied.reduce((all, folder) => all + folder.gone, 0);
  return emptied.length > 1 && gone > UNASKED && needsBrake(gone, await sizeOf(run, null));
}

/** Deletes what was deleted there, unless it is so much that its owner is asked. */
async function decide(
  run: Run,
  scopes: ReadonlyMap<string, Scope>,
  emptied: Emptied,
  mailbox: boolean,
  tell: Tell,
): Promise<void> {
  const key = emptied.folderId ?? 'book';
  const of = mailbox || emptied.gone > UNASKED ? await sizeOf(run, emptied.folderId) : emptied.gone;
  const counted: Counted = { direction: 'here', deleted: emptied.gone, of, ...(mailbox && { mailbox }) };
  const { brake, verdict } = await countAgainstBrake(run, key, counted, (saving, scopeId, asked) =>
    tell(saving, brakeNews(run, scopeId, emptied, asked)),
  );
  const scope = scopes.get(key);
  if (scope) scope.brake = brake;
  if (verdict === 'wait') {
    run.problem ??= { key: 'brake', values: { deleted: emptied.gone } };
    return;
  }
  for (let more = true; more;) more = await carryOut(run, emptied.folderId, verdict);
}

function brakeNews(run: Run, scopeId: Id, { name }: Emptied, brake: Brake) {
  return {
    kind: 'sync-brake',
    values: { folder: name, contacts: brake.deleted },
    href: `/integrations/${run.connection.id}/brake`,
    onceKey: brakeNewsKey(scopeId, brake),
  };
}

/** Contacts a folder has here, with those that are gone there. */
async function sizeOf({ statements, connection }: Run, folderId: Id | null): Promise<number> {
  const [{ size }] = await statements.query<[{ size: number | string }]>(
    folderId === null
      ? 'SELECT COUNT(*) AS size FROM cloud_contacts WHERE connectionId = ? AND deletedAt IS NULL'
      : `SELECT COUNT(*) AS size FROM cloud_contact_folders l JOIN cloud_contacts c ON c.id = l.contactId
         WHERE c.connectionId = ? AND l.folderId = ? AND c.deletedAt IS NULL`,
    folderId === null ? [connection.id] : [connection.id, folderId],
  );
  return Number(size);
}

/** One save of what was decided. @returns whether there is more */
async function carryOut(run: Run, folderId: Id | null, verdict: Verdict): Promise<boolean> {
  return run.save(async (saving) => {
    const { manager } = saving;
    const found = await manager.query<{ id: Id }[]>(
      `SELECT c.id FROM cloud_contacts c WHERE c.connectionId = ? AND c.goneAt IS NOT NULL AND c.deletedAt IS NULL
       ${folderId === null ? '' : 'AND EXISTS (SELECT 1 FROM cloud_contact_folders l WHERE l.contactId = c.id AND l.folderId = ?)'}
       ORDER BY c.id LIMIT ${CHUNK}`,
      folderId === null ? [run.connection.id] : [run.connection.id, folderId],
    );
    if (found.length === 0) return false;
    const ids = found.map(({ id }) => id);
    const rows = [...(await storedCloudContacts(manager, run.connection.id, { lock: true, ids })).values()];
    const edited = rows.filter(({ pending }) => pending !== null);
    // It was we who deleted it there, and whoever had it deleted took it back meanwhile.
    const restored = rows.filter(({ pending, pushAttempts }) => pending === null && pushAttempts > 0);
    const untouched = rows.filter(({ pending, pushAttempts }) => pending === null && pushAttempts === 0);
    // Kept by their owner, edited or restored here: they live, and are made there again.
    const living = verdict === 'keep' ? rows : [...edited, ...restored];
    if (living.length > 0)
      await changeCloudContacts(
        manager,
        run.quietly(),
        living.map((before) => ({ before, after: { ...before, ...againFromNothing(before) } })),
      );
    const act = await saving.act();
    if (verdict !== 'keep') {
      await binCloudContacts(manager, act, untouched, { there: 'gone' });
      saving.count({ removedHere: untouched.length });
      const conflicts = edited.map(({ id }) => ({ contactId: id, kind: 'deleted-there' as const }));
      if (conflicts.length > 0)
        saving.count({ conflicts: await noteConflicts(manager, act, run.id, conflicts) });
    }
    return found.length === CHUNK;
  });
}

/** A brake whose deletions came to nothing, or are done, asks no more. */
async function releaseBrakes(run: Run, scopes: ReadonlyMap<string, Scope>): Promise<void> {
  const held = [...scopes.values()].filter(({ brake }) => brake?.direction === 'here');
  if (held.length === 0) return;
  const emptied = new Set(
    (await emptiedFolders(run)).filter(({ gone }) => gone > 0).map(({ folderId }) => folderId ?? 'book'),
  );
  for (const scope of held.filter(({ key }) => !emptied.has(key))) {
    await run.save(({ manager }) => markScope(manager, scope, 'brake', null));
    scope.brake = null;
  }
}
