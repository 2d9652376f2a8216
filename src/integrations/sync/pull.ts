import { limits } from '../../config/limits.js';
import { newId, type Id } from '../../database/id.js';
import { type Statements } from '../../imports/import-kind.js';
import { changesBetween } from '../../journal/changes.js';
import {
  journaled,
  type KeptCloudContact,
  type SeenContact,
  type StoredCloudContact,
} from '../contacts/cloud-contact-row.js';
import {
  changeCloudContacts,
  folderIdsOf,
  insertCloudContacts,
  reviveCloudContacts,
  storedCloudContacts,
  type CloudAct,
  type CloudContactChange,
} from '../contacts/cloud-contact-writes.js';
import { furtherIn } from '../contacts/further.js';
import { hasLabels } from '../contacts/labels.js';
import { type ChangesPage, type ContactChange } from '../contacts-connector.js';
import { CursorExpired, ProviderBusy, Throttled } from '../provider-errors.js';
import { noteConflicts, type NewConflict } from './conflict-writes.js';
import { markGone, type EmptiedFolder } from './gone.js';
import { sameFolders } from './merge.js';
import { assertRoomToRead, lookForRoom, NoRoom, TOO_MANY_CONTACTS } from './room.js';
import { TurnOver, type Run, type Saving } from './run.js';
import { numbersOf } from './remote-fields.js';
import { saveScope, type Scope } from './scopes.js';
import { newContact, takeRemote, type Arrived, type Reading } from './take-remote.js';
import { LISTED_AFTER_MINUTES, lookForUnheard, noteHeard } from './unheard.js';

/**
 * Reads what changed of one folder (null: of the whole book) since its cursor, page by page; each page is saved with the cursor
 * that follows it. Without a cursor all is read: what is listed notes the pass, and what was not by the end is gone there. A page
 * there is no room for is where it stops (`run.full`).
 * @param pass the number of a reading that would begin now: higher than any before
 */
export async function pull(
  run: Run,
  scope: Scope,
  folder: EmptiedFolder | null,
  pass: () => number,
): Promise<void> {
  try {
    await readFromCursor(run, scope, folder, pass);
  } catch (error) {
    if (!(error instanceof NoRoom)) throw error;
    await stop(run, folder);
  }
}

async function readFromCursor(
  run: Run,
  scope: Scope,
  folder: EmptiedFolder | null,
  pass: () => number,
): Promise<void> {
  try {
    await read(run, scope, folder, pass);
  } catch (error) {
    if (!(error instanceof CursorExpired)) throw error;
    await run.save(({ manager }) =>
      saveScope(manager, run.connection, { ...scope, cursor: null, passing: false }),
    );
    Object.assign(scope, { cursor: null, passing: false });
    await read(run, scope, folder, pass);
  }
}

/** The first time all was read just now: what has made room since is looked for when it is tried again, once a turn. */
async function stop(run: Run, folder: EmptiedFolder | null): Promise<void> {
  run.full = { key: TOO_MANY_CONTACTS, values: { max: limits.cloudContactsPerConnection } };
  const place = folder?.id ?? 'book';
  if (run.connection.problem?.key !== TOO_MANY_CONTACTS || run.listed.has(place)) return;
  run.listed.add(place);
  try {
    await lookForRoom(run, folder);
  } catch (error) {
    // It may not be listed that often: the next turns look again.
    if (!(error instanceof Throttled)) throw error;
  }
}

/** One after the other, until a service that says there is more, and never gives any, is left alone for a while. */
const MOST_EMPTY_PAGES = 1_000;

async function read(run: Run, scope: Scope, folder: EmptiedFolder | null, pass: () => number): Promise<void> {
  if (scope.cursor === null && !scope.passing) {
    const begun = { ...scope, pass: pass(), passing: true };
    await run.save(({ manager }) => saveScope(manager, run.connection, begun));
    Object.assign(scope, begun);
  }
  const known = (remoteIds: readonly string[]) => revisionsOf(run.statements, run.connection.id, remoteIds);
  let empty = 0;
  for await (const page of run.session.contacts(folder?.remoteId ?? null, scope.cursor, known)) {
    run.signal.throwIfAborted();
    await savePage(run, scope, folder, page);
    if (page.last) break;
    empty = page.changes.length > 0 || page.skipped ? 0 : empty + 1;
    const over = performance.now() >= run.endsAt;
    if (!over && empty < MOST_EMPTY_PAGES) continue;
    // Empty pages are not saved one by one.
    const reached: Scope = { ...scope, cursor: page.cursor, aged: false };
    if (scope.cursor !== page.cursor)
      await run.save(({ manager }) => saveScope(manager, run.connection, reached));
    throw over ? new TurnOver() : new ProviderBusy({ code: 'EMPTY_WITHOUT_END' });
  }
  await lookForUnheard(run, folder);
}

/**
 * Of contacts whose contents we hold, with what is beyond the fields; one that had gone is read again in whole. What we removed there ourselves is listed for a
 * while by providers that are slow to tell: as it was then, it has not come back.
 */
async function revisionsOf(
  database: Statements,
  connectionId: Id,
  remoteIds: readonly string[],
): Promise<Map<string, string>> {
  if (remoteIds.length === 0) return new Map();
  const rows = await database.query<{ remoteId: string; revision: string }[]>(
    `SELECT remoteId, revision FROM cloud_contacts
     WHERE connectionId = ? AND remoteId IN (?) AND revision IS NOT NULL
       AND (agreed IS NOT NULL AND memory LIKE '%"further":%' OR deletedAt IS NOT NULL AND sentAt > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ? MINUTE))`,
    [connectionId, remoteIds, LISTED_AFTER_MINUTES],
  );
  return new Map(rows.map(({ remoteId, revision }) => [remoteId, revision]));
}

/** Saving a page twice does no harm: what is as it says is left alone. */
async function savePage(
  run: Run,
  scope: Scope,
  folder: EmptiedFolder | null,
  page: ChangesPage<ContactChange>,
): Promise<void> {
  const ends = page.last && scope.passing;
  if (page.changes.length === 0 && !page.skipped && !ends && !scope.aged && scope.cursor !== null) return;
  const after: Scope = { ...scope, cursor: page.cursor, passing: scope.passing && !page.last, aged: false };
  await run.save(async (saving) => {
    const { manager } = saving;
    if (page.changes.length > 0) await saveChanges(run, saving, scope, folder, page.changes);
    saving.count({ skipped: page.skipped });
    if (ends && (await markGone(manager, run.connection.id, folder, { pass: scope.pass }))) run.missed = true;
    await saveScope(manager, run.connection, after);
  });
  Object.assign(scope, after);
}

async function saveChanges(
  run: Run,
  saving: Saving,
  scope: Scope,
  folder: EmptiedFolder | null,
  changes: readonly ContactChange[],
): Promise<void> {
  const { manager } = saving;
  const { connection } = run;
  // Of what comes twice the later word counts.
  const latest = new Map(changes.map((change) => [remoteIdOf(change), change]));
  // Of one that is called otherwise by now, the former name is told as removed.
  for (const change of changes)
    for (const formerId of formerIdsOf(change))
      if (latest.get(formerId)?.kind === 'removed') latest.delete(formerId);
  const reading: Reading = {
    folders: await folderIdsOf(manager, connection.id),
    region: run.region,
    several: hasLabels(run.connection.provider),
  };
  const rows = await rowsOf(manager, connection.id, [...latest.values()]);
  const work = new PageWork(reading, rows, scope.passing ? scope.pass : null);
  for (const change of latest.values()) work.take(change, folder);
  await work.write(run, saving);
}

/** What the changes of a page mean for our rows. */
class PageWork {
  private readonly changed: CloudContactChange[] = [];
  private readonly revived: { row: StoredCloudContact; after: KeptCloudContact }[] = [];
  private readonly added: KeptCloudContact[] = [];
  private readonly arrivedAs = new Map<Id, Id>();
  private readonly conflicts: NewConflict[] = [];
  private readonly gone: Id[] = [];
  private readonly listed: Id[] = [];

  constructor(
    private readonly reading: Reading,
    private readonly rows: Rows,
    private readonly pass: number | null,
  ) {}

  take(change: ContactChange, folder: EmptiedFolder | null): void {
    const row = this.rows.rowOf(change);
    if (change.kind === 'removed') this.remove(row, folder);
    else if (change.kind === 'contact') this.takeContact(row, change.contact);
    else if (row) this.see(row, folder);
  }

  /** What is known to be in another folder by now has only left this one. */
  private remove(row: StoredCloudContact | undefined, folder: EmptiedFolder | null): void {
    if (!row?.agreed || row.goneAt) return;
    if (folder && !row.agreed.folderIds.includes(folder.remoteId)) return;
    this.gone.push(row.id);
  }

  private see(row: StoredCloudContact, folder: EmptiedFolder | null): void {
    const { agreed, remoteId, revision } = row;
    if (!agreed || remoteId === null || revision === null) return;
    const moved = folder && !this.reading.several && !agreed.folderIds.includes(folder.remoteId);
    if (!moved && !row.goneAt) return void this.listed.push(row.id);
    const { fields } = agreed;
    const folderIds = moved ? [folder.remoteId] : agreed.folderIds;
    const { memory, isPrivate } = row;
    const numbers = numbersOf(row, agreed);
    this.takeContact(row, { remoteId, revision, memory, fields, folderIds, numbers, isPrivate });
  }

  private takeContact(
    row: StoredCloudContact | undefined,
    contact: Arrived & { clientId?: Id | null },
  ): void {
    if (!row) return this.add(contact);
    this.listed.push(row.id);
    const isKnown =
      row.revision === contact.revision && row.goneAt === null && furtherIn(row.memory) !== null;
    if (isKnown && row.agreed && sameFolders(row.agreed.folderIds, contact.folderIds)) return;
    const { after, conflicts, changedThere } = takeRemote(row, contact, this.reading);
    if (row.deletedAt === null) {
      this.changed.push({ before: row, after });
      if (Object.keys(conflicts).length > 0)
        this.conflicts.push({ contactId: row.id, kind: 'fields', fields: conflicts });
    } else if (row.remoteId !== null && (row.agreed === null || changedThere)) {
      // It came back by itself, or was edited there while it was deleted here.
      this.revived.push({ row, after });
      if (row.agreed !== null) this.conflicts.push({ contactId: row.id, kind: 'deleted-here' });
    } else {
      const { remoteId, revision, memory, agreed, goneAt } = after;
      this.changed.push({ before: row, after: { ...row, remoteId, revision, memory, agreed, goneAt } });
    }
  }

  private add(contact: Arrived & { clientId?: Id | null }): void {
    const id = newId();
    this.added.push(newContact(id, contact, this.reading, this.pass ?? 0));
    const carried = contact.clientId ?? null;
    this.arrivedAs.set(id, carried !== null && this.rows.byId.has(carried) ? carried : id);
  }

  async write(run: Run, saving: Saving): Promise<void> {
    const { manager, count } = saving;
    const act = () => saving.act();
    const more = this.added.length + this.revived.length;
    if (more > 0) await assertRoomToRead(manager, run.connection, more);
    await writeChanges(run, saving, this.changed);
    if (this.revived.length > 0) await revive(manager, await act(), this.revived);
    if (this.added.length > 0) {
      await insertCloudContacts(manager, await act(), this.added);
      if (!run.isFirstReading) await noteArrivals(manager, run.connection.id, this.arrivedAs);
    }
    await markGoneByIds(manager, run.connection.id, this.gone);
    if (this.gone.length > 0) run.missed = true;
    await noteHeard(manager, run.connection.id, this.listed);
    if (this.pass !== null) await notePass(manager, run.connection.id, this.listed, this.pass);
    const conflicts =
      this.conflicts.length === 0 ? 0 : await noteConflicts(manager, await act(), run.id, this.conflicts);
    count({ addedHere: more, conflicts });
  }
}

/** Writes contacts as they are after; those that look as before get no line in the journal, and open no batch. */
export async function writeChanges(
  run: Run,
  saving: Saving,
  changes: readonly CloudContactChange[],
): Promise<void> {
  const seen = changes.filter(({ before, after }) => changesBetween<SeenContact>(before, after, journaled));
  const quiet = changes.filter((change) => !seen.includes(change));
  if (seen.length > 0)
    saving.count({ changedHere: await changeCloudContacts(saving.manager, await saving.act(), seen) });
  await changeCloudContacts(saving.manager, run.quietly(), quiet);
}

/** Takes contacts out of the bin as they are there. */
export async function revive(
  manager: Statements,
  act: CloudAct,
  revived: readonly { row: StoredCloudContact; after: KeptCloudContact }[],
): Promise<void> {
  const states = new Map(
    revived.map(({ row, after: { remoteId, revision, memory, agreed } }) => [
      row.id,
      { remoteId, revision, memory, agreed, pushAttempts: 0 },
    ]),
  );
  await reviveCloudContacts(
    manager,
    act,
    revived.map(({ row }) => row),
    states,
  );
  const ids = revived.map(({ row }) => row.id);
  const living = await storedCloudContacts(manager, act.connectionId, { ids, lock: true });
  await changeCloudContacts(
    manager,
    act,
    revived.flatMap(({ row, after }) => {
      const before = living.get(row.id);
      return before ? [{ before, after: { ...before, ...seenOf(after) } }] : [];
    }),
  );
}

function seenOf(contact: KeptCloudContact): Partial<SeenContact> {
  return Object.fromEntries(journaled.map((field) => [field, contact[field]]));
}

/** Our rows a page speaks of, held until it is saved. */
interface Rows {
  rowOf(change: ContactChange): StoredCloudContact | undefined;
  byId: ReadonlyMap<Id, StoredCloudContact>;
}

async function rowsOf(
  manager: Statements,
  connectionId: Id,
  changes: readonly ContactChange[],
): Promise<Rows> {
  const remoteIds = changes.flatMap((change) => [remoteIdOf(change), ...formerIdsOf(change)]);
  const held = { lock: true, deleted: 'both' } as const;
  const known = await storedCloudContacts(manager, connectionId, { ...held, remoteIds });
  const byRemoteId = new Map([...known.values()].map((row) => [row.remoteId, row]));
  const clientIds = changes.flatMap((change) =>
    change.kind === 'contact' && change.contact.clientId && !byRemoteId.has(change.contact.remoteId)
      ? [change.contact.clientId]
      : [],
  );
  const byId = await storedCloudContacts(manager, connectionId, { ...held, ids: [...new Set(clientIds)] });
  const taken = new Set<Id>();
  const listed = new Set(changes.map(remoteIdOf));
  const named = new Set(
    [...known.values()].flatMap(({ id, remoteId }) => (listed.has(remoteId ?? '') ? [id] : [])),
  );
  return {
    byId,
    rowOf(change) {
      const row = [remoteIdOf(change), ...formerIdsOf(change)]
        .map((remoteId) => byRemoteId.get(remoteId))
        // Two that were one are not both the same row.
        .find((each) => each !== undefined && (each.remoteId === remoteIdOf(change) || !named.has(each.id)));
      if (row) named.add(row.id);
      if (row || change.kind !== 'contact') return row;
      // What a sending whose answer was lost has made. A second one that carries the id is a copy.
      const made = byId.get(change.contact.clientId ?? '');
      if (!made || made.remoteId !== null || taken.has(made.id)) return undefined;
      taken.add(made.id);
      return made;
    },
  };
}

function remoteIdOf(change: ContactChange): string {
  return change.kind === 'contact' ? change.contact.remoteId : change.remoteId;
}

function formerIdsOf(change: ContactChange): readonly string[] {
  return change.kind === 'contact' ? (change.formerIds ?? []) : [];
}

async function noteArrivals(
  manager: Statements,
  connectionId: Id,
  arrivedAs: ReadonlyMap<Id, Id>,
): Promise<void> {
  const carrying = [...arrivedAs].filter(([id, as]) => id !== as);
  const cases = carrying.length === 0 ? '' : `CASE id ${carrying.map(() => 'WHEN ? THEN ?').join(' ')} ELSE`;
  await manager.query(
    `UPDATE cloud_contacts SET arrivedAs = ${cases} id ${cases && 'END'} WHERE connectionId = ? AND id IN (?)`,
    [...carrying.flat(), connectionId, [...arrivedAs.keys()]],
  );
}

async function markGoneByIds(manager: Statements, connectionId: Id, ids: readonly Id[]): Promise<void> {
  if (ids.length === 0) return;
  await manager.query(
    'UPDATE cloud_contacts SET goneAt = UTC_TIMESTAMP(3) WHERE connectionId = ? AND id IN (?)',
    [connectionId, ids],
  );
}

async function notePass(
  manager: Statements,
  connectionId: Id,
  ids: readonly Id[],
  pass: number,
): Promise<void> {
  if (ids.length === 0) return;
  await manager.query('UPDATE cloud_contacts SET pass = ? WHERE connectionId = ? AND id IN (?)', [
    pass,
    connectionId,
    ids,
  ]);
}
