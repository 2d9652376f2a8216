import { type EntityManager } from 'typeorm';
import { contactFields } from '../../contact-card/contact-fields.js';
import { type Id } from '../../database/id.js';
import { type RunCounts } from '../connection.entities.js';
import { type RemoteContact, type RemoteRef } from '../contacts-connector.js';
import { type KeptCloudContact, type StoredCloudContact } from '../contacts/cloud-contact-row.js';
import {
  againFromNothing,
  changeCloudContacts,
  dropCloudContacts,
  folderIdsOf,
  storedCloudContacts,
} from '../contacts/cloud-contact-writes.js';
import { hasLabels } from '../contacts/labels.js';
import { livingOrDefault } from '../contacts/usable-folder.js';
import {
  AccessDenied,
  ContactGone,
  ContactRefused,
  FolderGone,
  NotReachable,
  NotTheService,
  ProviderBusy,
  ProviderError,
  RevisionConflict,
} from '../provider-errors.js';
import { noteConflicts, type NewConflict } from './conflict-writes.js';
import { revive, writeChanges } from './pull.js';
import { scopeKeysOf } from './push-brake.js';
import {
  differenceToPush,
  fieldsOf,
  ourFolderIds,
  remoteFieldsOf,
  remoteFolderIds,
  sameField,
  takeField,
  type FolderIds,
} from './remote-fields.js';
import { type Run, type Saving } from './run.js';
import { stateOf, takeRemote } from './take-remote.js';

/** Where a provider keeps failing with one contact while it answers to all else, the contact is the reason. */
export const MOST_TRIES = 4;
/** Times a change is merged with what somebody changes there meanwhile. */
const ROUNDS = 3;
/** Calls of one contact in one turn: a making, its fields, its folder, and as much again for what is typed meanwhile. */
const MOST_STEPS = 8;

/**
 * Tells the provider what it does not have of one contact. Each call is noted before the next, and compared with what was changed
 * here in the meantime: nothing that is typed during a call is lost.
 * @param held scopes nothing is deleted from
 * @returns whether it was made there
 */
export async function sendContact(run: Run, id: Id, held: ReadonlySet<string>): Promise<boolean> {
  const begun = await begin(run, id, held);
  if (!begun) return false;
  const { row, mayBeMade } = begun;
  const sending = new Sending(run, await folderIdsOf(run.statements, run.connection.id), mayBeMade);
  try {
    await sending.send(row);
  } catch (error) {
    const refused = error instanceof ContactRefused || error instanceof AccessDenied;
    const tooOften = error instanceof ProviderBusy && row.pushAttempts + 1 >= MOST_TRIES;
    if (!refused && !tooOften) throw error;
    await refuse(run, row, error instanceof AccessDenied ? error.key : 'contact-refused');
  }
  return sending.made;
}

interface Begun {
  /** As it stood before. */
  row: StoredCloudContact;
  /** Its making was asked for and not answered, so lately that lists need not have it yet: it is looked for, and not made again. */
  mayBeMade: boolean;
}

/** Notes that it is being sent, before anything is. @returns null when nothing waits any more */
function begin(run: Run, id: Id, held: ReadonlySet<string>): Promise<Begun | null> {
  return run.lease.save(async (manager) => {
    const row = await find(manager, run, id);
    if (!row?.pending || row.goneAt || row.problem) return null;
    if (row.pending === 'remove' && scopeKeysOf(run, row.folderIds).some((key) => held.has(key))) return null;
    // When it was asked for stays.
    if (await mayBeMade(manager, run, row)) return { row, mayBeMade: true };
    await manager.query(
      'UPDATE cloud_contacts SET pushAttempts = pushAttempts + 1, sentAt = UTC_TIMESTAMP(3) WHERE id = ?',
      [id],
    );
    return { row, mayBeMade: false };
  });
}

async function mayBeMade(manager: EntityManager, run: Run, row: StoredCloudContact): Promise<boolean> {
  const minutes = run.connector.listsLagMinutes;
  if (!minutes || row.remoteId !== null || row.agreed === null) return false;
  const lately = await manager.query<unknown[]>(
    'SELECT 1 FROM cloud_contacts WHERE id = ? AND sentAt > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ? MINUTE)',
    [row.id, minutes],
  );
  return lately.length > 0;
}

/** Held until the save is done. */
async function find(manager: EntityManager, run: Run, id: Id): Promise<StoredCloudContact | null> {
  const which = { ids: [id], lock: true, deleted: 'both' } as const;
  return (await storedCloudContacts(manager, run.connection.id, which)).get(id) ?? null;
}

/** The calls of one contact in one turn. */
class Sending {
  made = false;
  private counted = false;

  constructor(
    private readonly run: Run,
    private readonly folders: FolderIds,
    private readonly mayBeMade: boolean,
  ) {}

  async send(first: StoredCloudContact): Promise<void> {
    let next: StoredCloudContact | null = first;
    for (let step = 0, rounds = 0; next?.pending && !next.goneAt && step < MOST_STEPS; step++) {
      const row: StoredCloudContact = next;
      try {
        next = await this.step(row);
      } catch (error) {
        if (error instanceof ContactGone) next = await this.noteGone(row);
        else if (error instanceof FolderGone) return this.folderGone(row);
        else if (!(error instanceof RevisionConflict)) throw error;
        // Somebody changes it there again and again: the next run tries anew.
        else if (++rounds > ROUNDS || row.remoteId === null) return;
        else next = await this.mergeAgain(row, row.remoteId);
      }
    }
  }

  private step(row: StoredCloudContact): Promise<StoredCloudContact | null> {
    if (row.pending === 'remove') return this.remove(row);
    return row.remoteId === null ? this.create(row) : this.change(row);
  }

  private async create(row: StoredCloudContact): Promise<StoredCloudContact | null> {
    const { session, connection, statements } = this.run;
    const place = await livingOrDefault(statements, connection.id);
    const folderIds = remoteFolderIds(place(row.folderIds), this.folders);
    if (folderIds.length === 0) throw new FolderGone();
    if (row.pushAttempts > 0) {
      // It may have been made in another folder than it is in by now.
      const found = await session.findByClientId(row.id, await this.livingFolders(folderIds));
      if (found && !(await this.isOfAnother(row, found))) return this.takeIn(row, found);
    }
    // A later turn looks again, and makes it once lists would have it.
    if (this.mayBeMade) return null;
    await this.noteSending(row, folderIds);
    this.run.lease.requireFresh();
    const made = await session
      .create(row.id, folderIds, remoteFieldsOf(row, null))
      .catch(async (error: unknown) => {
        if (saysNo(error)) await this.noteNotMade(row);
        throw error;
      });
    return this.save(row, { addedThere: 1 }, (now) => this.answered(now, row, made, { moved: true }), made);
  }

  /** What is about to be made: should the answer be lost, an edit there can be told from an edit here by it. */
  private async noteSending(row: StoredCloudContact, folderIds: readonly string[]): Promise<void> {
    const agreed = { fields: remoteFieldsOf(row, null), folderIds: [...folderIds].sort() };
    await this.run.lease.save((manager) =>
      manager.query('UPDATE cloud_contacts SET agreed = ? WHERE id = ? AND remoteId IS NULL', [
        JSON.stringify(agreed),
        row.id,
      ]),
    );
  }

  /** It may be asked for again at once. */
  private async noteNotMade({ id }: StoredCloudContact): Promise<void> {
    await this.run.lease.save((manager) =>
      manager.query('UPDATE cloud_contacts SET sentAt = NULL WHERE id = ? AND remoteId IS NULL', [id]),
    );
  }

  private async change(row: StoredCloudContact): Promise<StoredCloudContact | null> {
    const { session, region } = this.run;
    const { fields, folderIds } = differenceToPush(row, this.folders, region);
    const moved = Object.keys(fields).length === 0;
    if (moved && folderIds === null) return this.save(row, {}, (now) => now);
    const answer = moved
      ? await session.move(refOf(row), folderIds ?? [])
      : await session.update(refOf(row), fields);
    return this.save(row, { changedThere: 1 }, (now) => this.answered(now, row, answer, { moved }), answer);
  }

  private async remove(row: StoredCloudContact): Promise<StoredCloudContact | null> {
    const { session } = this.run;
    if (row.remoteId !== null && row.agreed !== null) {
      await session.remove(refOf(row));
      return this.noteRemoved(row, { removedThere: 1 });
    }
    const found = await session.findByClientId(row.id, await this.livingFolders([]));
    if (found) return this.takeIn(row, found);
    return this.mayBeMade ? null : this.noteRemoved(row, {});
  }

  private noteRemoved(row: StoredCloudContact, counts: RunCounts): Promise<StoredCloudContact | null> {
    return this.save(row, counts, (now) =>
      now.deletedAt === null
        ? // Taken out of the bin meanwhile: it is made there again.
          { ...now, ...againFromNothing(now) }
        : // The revision stays: by it a late list is told from one that has it again.
          { ...now, agreed: null, pushAttempts: 0 },
    );
  }

  /** What that means is settled with the next whole run, as for whatever was deleted there. */
  private noteGone(row: StoredCloudContact): Promise<null> {
    return this.run.lease.save(async (manager) => {
      await manager.query(
        'UPDATE cloud_contacts SET goneAt = UTC_TIMESTAMP(3) WHERE id = ? AND agreed IS NOT NULL',
        [row.id],
      );
      return null;
    });
  }

  /** It stays where it is there. One that is to be made waits until the tree was read, and is then made in another folder. */
  private async folderGone(row: StoredCloudContact): Promise<void> {
    const { agreed } = row;
    if (agreed === null) return;
    const place = ourFolderIds(agreed.folderIds, this.folders);
    if (place.length === 0) return;
    await this.save(row, { refused: 1 }, (now) =>
      sameIds(now.folderIds, row.folderIds) ? { ...now, folderIds: place } : now,
    );
  }

  /** It is newer there than we knew: takes in what it is by now. */
  private async mergeAgain(row: StoredCloudContact, remoteId: string): Promise<StoredCloudContact | null> {
    const { run } = this;
    const remote = await run.session.contact(remoteId);
    if (!remote) return row.pending === 'remove' ? this.noteRemoved(row, {}) : this.noteGone(row);
    return this.takeIn(row, remote);
  }

  /** Takes in what a contact is there by now; what was changed here alone is still to be sent. */
  private async takeIn(row: StoredCloudContact, remote: RemoteContact): Promise<StoredCloudContact | null> {
    const { run } = this;
    const made = row.remoteId === null;
    const saved = await run.save(async (saving) => {
      const { manager } = saving;
      const now = await find(manager, run, row.id);
      if (!now) return null;
      if (now.remoteId !== remote.remoteId) await this.giveWay(manager, row.id, remote.remoteId);
      const { after, conflicts, changedThere } = takeRemote(now, remote, this.reading);
      if (now.deletedAt === null) {
        await writeChanges(run, saving, [{ before: now, after: { ...after, pushAttempts: 0 } }]);
        if (Object.keys(conflicts).length > 0)
          await this.noteConflict(saving, { kind: 'fields', fields: conflicts }, now);
      } else if (changedThere) {
        await revive(manager, await saving.act(), [{ row: now, after }]);
        saving.count({ addedHere: 1 });
        await this.noteConflict(saving, { kind: 'deleted-here' }, now);
      } else {
        const { remoteId, revision, memory, agreed } = after;
        const deleted = { before: now, after: { ...now, remoteId, revision, memory, agreed } };
        await changeCloudContacts(manager, run.quietly(), [deleted]);
      }
      if (made) saving.count({ addedThere: 1 });
      return find(manager, run, row.id);
    });
    this.counted ||= made;
    this.made ||= made;
    return saved;
  }

  private async noteConflict(
    { manager, count }: Saving,
    conflict: Omit<NewConflict, 'contactId'>,
    { id: contactId }: StoredCloudContact,
  ): Promise<void> {
    const { run } = this;
    count({ conflicts: await noteConflicts(manager, run.quietly(), run.id, [{ ...conflict, contactId }]) });
  }

  /**
   * Notes what a call did. @param after of the contact as it is by now, which may be another way than when it was sent
   * @returns how it stands then; null when it is not here any more
   */
  private async save(
    { id }: StoredCloudContact,
    counts: RunCounts,
    after: (now: StoredCloudContact) => KeptCloudContact,
    there?: RemoteRef,
  ): Promise<StoredCloudContact | null> {
    const { run, counted } = this;
    const saved = await run.save(async (saving) => {
      const { manager, count } = saving;
      const now = await find(manager, run, id);
      if (!now) return null;
      if (there && there.remoteId !== now.remoteId) await this.giveWay(manager, id, there.remoteId);
      await writeChanges(run, saving, [{ before: now, after: after(now) }]);
      // People count contacts, not calls.
      if (!counted) count(counts);
      return find(manager, run, id);
    });
    this.counted ||= Object.keys(counts).length > 0;
    this.made ||= counts.addedThere !== undefined;
    return saved;
  }

  /** A copy made there carries the mark too; once somebody has touched it here, it is a contact of its own. */
  private async isOfAnother({ id }: StoredCloudContact, { remoteId }: RemoteContact): Promise<boolean> {
    const { statements, connection } = this.run;
    const rows = await storedCloudContacts(statements, connection.id, { remoteIds: [remoteId] });
    return [...rows.values()].some((row) => row.id !== id && (row.version > 1 || row.starred));
  }

  /** A run that read what this very sending made, before it knew whose it is, took it for a new contact. */
  private async giveWay(manager: EntityManager, id: Id, remoteId: string): Promise<void> {
    const { run } = this;
    const which = { remoteIds: [remoteId], lock: true, deleted: 'both' } as const;
    const others = [...(await storedCloudContacts(manager, run.connection.id, which)).values()];
    const doubles = others.filter((other) => other.id !== id).map((other) => other.id);
    if (doubles.length > 0) await dropCloudContacts(manager, run.quietly(), doubles);
  }

  /**
   * A contact after its provider's answer: both have agreed on what that says. Where the answer is another than what was sent, it
   * stands, unless somebody changed the field here meanwhile.
   */
  private answered(
    now: StoredCloudContact,
    sent: StoredCloudContact,
    answer: RemoteContact,
    { moved }: { moved: boolean },
  ): KeptCloudContact {
    const { region } = this.run;
    const after: KeptCloudContact = { ...now, ...stateOf(answer), pushAttempts: 0 };
    after.typedPhones = { ...now.typedPhones };
    const said = fieldsOf(answer, region);
    const [mine, was] = [now, sent].map((row) => remoteFieldsOf(row, null));
    for (const field of contactFields) {
      const untouched = sameField(field, mine[field], was[field], region);
      if (untouched && !sameField(field, answer.fields[field], was[field], region))
        takeField(after, said, field);
    }
    const place = ourFolderIds(answer.folderIds, this.folders);
    if (moved && place.length > 0 && sameIds(now.folderIds, sent.folderIds)) after.folderIds = place;
    return after;
  }

  private get reading() {
    return {
      folders: this.folders,
      region: this.run.region,
      several: hasLabels(this.run.connection.provider),
    };
  }

  private async livingFolders(first: readonly string[]): Promise<string[]> {
    const rows = await this.run.statements.query<{ remoteId: string }[]>(
      'SELECT remoteId FROM cloud_folders WHERE connectionId = ? AND living = 1 ORDER BY isDefault DESC, id',
      [this.run.connection.id],
    );
    return [...new Set([...first, ...rows.map(({ remoteId }) => remoteId)])];
  }
}

/** @throws when nothing is known of it there, which no pending change but a making has */
function refOf({ id, remoteId, revision, memory, agreed }: StoredCloudContact): RemoteRef {
  if (remoteId === null || revision === null || agreed === null)
    throw new Error(`Contact ${id} is not there`);
  return { remoteId, revision, memory, folderIds: agreed.folderIds, clientId: id };
}

/** The provider does not take it as it is; an edit meanwhile is another try. */
async function refuse(run: Run, { id, version }: StoredCloudContact, key: string): Promise<void> {
  await run.save(async ({ manager, count }) => {
    const now = await find(manager, run, id);
    if (!now || now.version !== version) return;
    const problem = { key, since: new Date().toISOString() };
    await changeCloudContacts(manager, run.quietly(), [{ before: now, after: { ...now, problem } }]);
    count({ refused: 1 });
  });
}

/** Whether the provider has answered that it did nothing, and has not only failed. */
function saysNo(error: unknown): boolean {
  const failed = [ProviderBusy, NotReachable, NotTheService].some((kind) => error instanceof kind);
  return error instanceof ProviderError && !failed && error.facts['status'] !== 503;
}

function sameIds(one: readonly Id[], other: readonly Id[]): boolean {
  return one.length === other.length && one.every((id) => other.includes(id));
}
