import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { PersonRecords } from '../../accounts/person-records.js';
import { contactFields } from '../../contact-card/contact-fields.js';
import { limits } from '../../config/limits.js';
import { isId, newId, type Id } from '../../database/id.js';
import { inTransaction, isDuplicate } from '../../database/transaction.js';
import { Conflict, NotFound, Refused } from '../../errors/domain-error.js';
import { changesBetween, sameValue } from '../../journal/changes.js';
import { Journal } from '../../journal/journal.service.js';
import { closeConflicts, settleByHand } from '../sync/conflict-writes.js';
import { changesSince, firstChanges } from './cloud-contact-history.js';
import { journaled, nowhere, type KeptCloudContact, type StoredCloudContact } from './cloud-contact-row.js';
import {
  binCloudContacts,
  changeCloudContacts,
  cloudContactsOf,
  insertCloudContacts,
  type CloudAct,
} from './cloud-contact-writes.js';
import { edited, emptyContact, type CloudEdit } from './edited.js';
import { hasLabels } from './labels.js';
import { beginActs, holdConnections, type HeldConnection, type Owner } from './outbox.js';
import { reviveInPlace } from './revive-in-place.js';
import { livingOrDefault, usableFolders, type UsableFolder } from './usable-folder.js';

/** The contact was changed since the form was opened; `present` is how it is now. */
export class CloudEditConflict extends Conflict {
  constructor(readonly present: StoredCloudContact) {
    super('cloud-contact.changed-meanwhile', { name: present.displayName });
  }
}

/** The contact went into the bin since the form was opened. */
export class CloudContactInBin extends Conflict {
  constructor(readonly contact: StoredCloudContact) {
    super('cloud-contact.in-bin-meanwhile', { name: contact.displayName });
  }
}

export interface CloudOutcome {
  done: number;
  /** They were so already. */
  same: number;
  /** Of another mailbox, where that cannot be. */
  elsewhere: number;
  /** No contacts of this person: deleted meanwhile, as a rule. */
  gone: number;
  /** By which it is undone; null when nothing was done. */
  batchId: Id | null;
}

/**
 * What a person does to cloud contacts of theirs: each act changes what is here, and leaves telling the provider to the next
 * push. So all of it works while the provider is away.
 */
@Injectable()
export class CloudContacts {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
    private readonly records: PersonRecords,
  ) {}

  /**
   * @param wanted folder, or folders of one mailbox where they are labels
   * @param once the form's idempotency key: the same form sent again gives the same contact
   * @throws NotFound for folders of others; Refused cloud-contact.problem.*; Forbidden cloud-contact.read-only
   */
  async add(
    owner: Owner,
    edit: CloudEdit,
    wanted: string | readonly string[],
    once: string | null,
  ): Promise<Id> {
    const folderIds = [wanted].flat();
    let id = isId(once) ? once : newId();
    for (let attempt = 1; ; attempt++) {
      const contact = { ...emptyContact, ...edited(emptyContact, edit) };
      const sent = await this.sentBefore(owner, id, contact, folderIds);
      if (sent === 'same') return id;
      // The browser's Back keeps the key of a form that is filled in for somebody else.
      if (sent === 'other') id = newId();
      try {
        await inTransaction(this.database, async (manager) => {
          const [{ connectionId }] = await usableFolders(manager, owner.id, folderIds);
          const held = await holdConnections(manager, owner, [connectionId]);
          const places = await placesIn(manager, owner, held[0], folderIds);
          const acts = await beginActs(manager, this.journal, owner, held, { kind: 'cloud.add' });
          const act = actOf(acts, connectionId);
          await assertRoom(manager, act, 1);
          const kept = { ...nowhere, id, isPrivate: false, starred: false, folderIds: places };
          await insertCloudContacts(manager, act, [{ ...kept, ...contact }]);
        });
        return id;
      } catch (error) {
        // The same form at the same moment: it is found now, or the key is somebody else's.
        if (attempt === 3 || !isDuplicate(error, 'PRIMARY')) throw error;
        if (attempt === 2) id = newId();
      }
    }
  }

  /**
   * Changes a contact, if nobody has since `version` (null: whatever it is) in what the form holds.
   * @param folderIds where it is to be, of its own mailbox; undefined: where it is
   * @param restore takes it out of the bin first
   * @returns the journal batch; null when nothing changed
   * @throws CloudEditConflict, CloudContactInBin, NotFound, Forbidden
   */
  edit(
    owner: Owner,
    id: string,
    edit: CloudEdit,
    {
      version,
      folderIds,
      restore = false,
    }: { version: number | null; folderIds?: readonly string[]; restore?: boolean },
  ): Promise<{ batchId: Id | null; after: StoredCloudContact }> {
    return inTransaction(this.database, async (manager) => {
      const { connectionId, deletedAt } = await this.find(manager, owner, id);
      const held = await holdConnections(manager, owner, [connectionId]);
      if (restore && deletedAt !== null) return this.restoreAndEdit(manager, owner, id, edit);
      const before = await this.lockedLiving(manager, owner, id);
      if (version !== null && version !== before.version) await assertUntouched(manager, before, version);
      const after = edited(before, edit);
      if (folderIds) after.folderIds = await placesIn(manager, owner, held[0], folderIds);
      if (changesBetween(before, after, journaled) === null) return { batchId: null, after: before };
      const acts = await beginActs(manager, this.journal, owner, held, { kind: 'cloud.edit' });
      return this.editIn(manager, actOf(acts, connectionId), before, after);
    });
  }

  /**
   * Puts contacts into a folder and out of those they are in. One of another mailbox is made in this one, and removed there once
   * that is done.
   * @throws NotFound for folders of others; Refused cloud-contact.problem.*; Forbidden
   */
  move(owner: Owner, ids: readonly string[], folderId: string): Promise<CloudOutcome> {
    return this.act(owner, ids, { kind: 'cloud.move', folderId }, async (manager, acts, contacts, folder) => {
      if (!folder) return 0;
      const target = actOf(acts, folder.connectionId);
      const here = contacts.filter(({ connectionId }) => connectionId === folder.connectionId);
      const away = contacts.filter(({ connectionId }) => connectionId !== folder.connectionId);
      const moved = await changeCloudContacts(
        manager,
        target,
        here.map((before) => ({ before, after: { ...before, folderIds: [folder.id], problem: null } })),
      );
      if (away.length > 0) await assertRoom(manager, target, away.length);
      const copies = away.map((contact) => ({ contact, copy: carriedOver(contact, folder.id) }));
      await insertCloudContacts(
        manager,
        target,
        copies.map(({ copy }) => copy),
      );
      const movedTo = new Map(copies.map(({ contact, copy }) => [contact.id, copy.id]));
      for (const [act, some] of byConnection(acts, away))
        await binCloudContacts(manager, act, some, { movedTo });
      const { id, accountId } = owner;
      const { batchId } = target;
      await this.records.joined.tell({
        manager,
        owner: { id, accountId },
        batchId,
        kind: 'cloud',
        into: movedTo,
      });
      return moved + away.length;
    });
  }

  /**
   * Gives contacts a label, or takes it from them; one that is left without any has the label of all contacts again. Contacts of
   * other mailboxes are left alone.
   * @throws NotFound for labels of others; Refused cloud-contact.problem.*; Forbidden
   */
  label(owner: Owner, ids: readonly string[], folderId: string, given: boolean): Promise<CloudOutcome> {
    const kind = given ? 'cloud.label' : 'cloud.unlabel';
    return this.act(owner, ids, { kind, folderId, within: true }, async (manager, acts, contacts, folder) => {
      if (!folder) return 0;
      const placed = await livingOrDefault(manager, folder.connectionId);
      const changes = contacts.map((before) => {
        const others = before.folderIds.filter((id) => id !== folder.id);
        const folderIds = given ? [...others, folder.id].sort() : others.length > 0 ? others : placed([]);
        const isSame = sameValue(folderIds, before.folderIds);
        return { before, after: { ...before, folderIds, problem: isSame ? before.problem : null } };
      });
      return changeCloudContacts(manager, actOf(acts, folder.connectionId), changes);
    });
  }

  /** Into the bin, and out of the mailbox with the next push. */
  remove(owner: Owner, ids: readonly string[]): Promise<CloudOutcome> {
    return this.act(owner, ids, { kind: 'cloud.remove' }, async (manager, acts, contacts) => {
      for (const [act, some] of byConnection(acts, contacts)) {
        await binCloudContacts(manager, act, some);
        await closeConflicts(manager, act, some);
      }
      return contacts.length;
    });
  }

  /** Out of the bin, those that are in it; made again at the provider where it does not have them any more. */
  restore(owner: Owner, ids: readonly string[]): Promise<CloudOutcome> {
    // A worker has yet to take away what is there for longer.
    const oldest = Date.now() - limits.restoreDays * 86_400_000;
    return this.act(owner, ids, { kind: 'cloud.restore', deleted: true }, async (manager, acts, contacts) => {
      const due = contacts.filter(({ deletedAt }) => Number(deletedAt) > oldest);
      for (const [act, some] of byConnection(acts, due)) {
        await assertRoom(manager, act, some.length);
        await reviveInPlace(manager, act, some);
      }
      return due.length;
    });
  }

  /** A star is ours alone: the provider does not hear of it. */
  star(owner: Owner, ids: readonly string[], starred: boolean): Promise<CloudOutcome> {
    return this.act(owner, ids, { kind: 'cloud.star', send: false }, async (manager, acts, contacts) => {
      let changed = 0;
      for (const [act, some] of byConnection(acts, contacts)) {
        const changes = some.map((before) => ({ before, after: { ...before, starred } }));
        changed += await changeCloudContacts(manager, act, changes);
      }
      return changed;
    });
  }

  /** Living or in the bin. @throws NotFound */
  async find(manager: EntityManager, { id: ownerId }: Owner, id: string): Promise<StoredCloudContact> {
    const found = isId(id)
      ? (await cloudContactsOf(manager, ownerId, { ids: [id], deleted: 'both' })).get(id)
      : undefined;
    if (!found) throw new NotFound('cloud-contact.not-found');
    return found;
  }

  private async lockedLiving(manager: EntityManager, owner: Owner, id: Id): Promise<StoredCloudContact> {
    const contact = (await cloudContactsOf(manager, owner.id, { ids: [id], lock: true })).get(id);
    if (!contact) throw new CloudContactInBin(await this.find(manager, owner, id));
    return contact;
  }

  private async editIn(
    manager: EntityManager,
    act: CloudAct,
    before: StoredCloudContact,
    after: StoredCloudContact,
  ): Promise<{ batchId: Id | null; after: StoredCloudContact }> {
    // What its provider did not take, it may take as it is now.
    await changeCloudContacts(manager, act, [{ before, after: { ...after, problem: null } }]);
    await settleByHand(manager, act, before, after);
    const owner = { id: act.ownerId, accountId: act.accountId };
    return { batchId: act.batchId, after: await this.find(manager, owner, before.id) };
  }

  private async restoreAndEdit(manager: EntityManager, owner: Owner, id: Id, edit: CloudEdit) {
    const inBin = (await cloudContactsOf(manager, owner.id, { ids: [id], lock: true, deleted: true })).get(
      id,
    );
    const { connectionId } = inBin ?? (await this.find(manager, owner, id));
    const held = await holdConnections(manager, owner, [connectionId]);
    const acts = await beginActs(manager, this.journal, owner, held, { kind: 'cloud.restore' });
    const act = actOf(acts, connectionId);
    if (inBin) await reviveInPlace(manager, act, [inBin]);
    const before = await this.lockedLiving(manager, owner, id);
    return this.editIn(manager, act, before, edited(before, edit));
  }

  /** All of it or nothing, in one transaction and one batch; locked in the order of their ids. */
  private async act(
    owner: Owner,
    wanted: readonly string[],
    {
      kind,
      send,
      deleted = false,
      folderId,
      within = false,
    }: {
      kind: string;
      send?: boolean;
      deleted?: boolean;
      folderId?: string;
      /** Only contacts of the mailbox this folder, a label, is in. */
      within?: boolean;
    },
    body: (
      manager: EntityManager,
      acts: ReadonlyMap<Id, CloudAct>,
      contacts: StoredCloudContact[],
      folder: UsableFolder | null,
    ) => Promise<number>,
  ): Promise<CloudOutcome> {
    const ids = [...new Set(wanted.filter(isId))];
    try {
      return await inTransaction(this.database, async (manager) => {
        const [folder = null] =
          folderId === undefined ? [] : await usableFolders(manager, owner.id, [folderId]);
        const all = await cloudContactsOf(manager, owner.id, { ids, deleted });
        const listed = [...all.values()].filter(
          ({ connectionId }) => !within || connectionId === folder?.connectionId,
        );
        const elsewhere = all.size - listed.length;
        const connectionIds = listed.map(({ connectionId }) => connectionId);
        if (folder) connectionIds.push(folder.connectionId);
        const held = await holdConnections(manager, owner, connectionIds);
        if (within && !held.every(({ provider }) => hasLabels(provider)))
          throw new NotFound('cloud-contact.folder-not-found');
        const found = await cloudContactsOf(manager, owner.id, {
          ...{ ids: listed.map(({ id }) => id), deleted, lock: true },
        });
        const acts = await beginActs(manager, this.journal, owner, held, { kind, send });
        const done = found.size === 0 ? 0 : await body(manager, acts, [...found.values()], folder);
        const batchId = [...acts.values()].at(0)?.batchId ?? null;
        const gone = ids.length - elsewhere - found.size;
        const outcome = { done, same: found.size - done, elsewhere, gone, batchId };
        if (done === 0) throw new NothingDone({ ...outcome, batchId: null });
        return outcome;
      });
    } catch (error) {
      if (error instanceof NothingDone) return error.outcome;
      throw error;
    }
  }

  /** Whether a contact of this id was made of this very form before. */
  private async sentBefore(
    { id: ownerId }: Owner,
    id: Id,
    contact: typeof emptyContact,
    folderIds: readonly string[],
  ): Promise<'same' | 'other' | null> {
    const made = (await cloudContactsOf(this.database, ownerId, { ids: [id], deleted: 'both' })).get(id);
    if (!made) return null;
    const said = (await firstChanges(this.database, id, made.createdByBatch)) ?? {};
    const known = (field: string) => said[field]?.[1] ?? null;
    const same =
      contactFields.every((field) => sameValue(known(field), contact[field])) &&
      sameValue(known('typedPhones') ?? {}, contact.typedPhones) &&
      sameValue(known('folderIds'), [...new Set(folderIds)].sort());
    return same ? 'same' : 'other';
  }
}

/** Takes the batch back: there is nothing to tell of and to undo. */
class NothingDone extends Error {
  constructor(readonly outcome: CloudOutcome) {
    super('Nothing was done');
  }
}

export function actOf(acts: ReadonlyMap<Id, CloudAct>, connectionId: Id): CloudAct {
  const act = acts.get(connectionId);
  if (!act) throw new Error('A connection that is not held');
  return act;
}

export function byConnection(
  acts: ReadonlyMap<Id, CloudAct>,
  contacts: readonly StoredCloudContact[],
): [CloudAct, StoredCloudContact[]][] {
  const sets = new Map<Id, StoredCloudContact[]>();
  for (const contact of contacts) {
    const known = sets.get(contact.connectionId);
    if (known) known.push(contact);
    else sets.set(contact.connectionId, [contact]);
  }
  return [...sets].map(([connectionId, some]) => [actOf(acts, connectionId), some]);
}

/** A contact as it begins in another mailbox. What only its former provider knew stays in the bin there. */
function carriedOver(contact: StoredCloudContact, folderId: Id): KeptCloudContact {
  return { ...contact, ...nowhere, id: newId(), folderIds: [folderId], isPrivate: false };
}

/** @throws NotFound for folders that are not of this mailbox; Refused cloud-contact.problem.one-folder */
async function placesIn(
  manager: EntityManager,
  owner: Owner,
  { id: connectionId, provider }: HeldConnection,
  folderIds: readonly string[],
): Promise<Id[]> {
  const folders = await usableFolders(manager, owner.id, folderIds);
  if (folders.some((folder) => folder.connectionId !== connectionId))
    throw new NotFound('cloud-contact.folder-not-found');
  if (folders.length > 1 && !hasLabels(provider)) throw new Refused('cloud-contact.problem.one-folder');
  return folders.map(({ id }) => id).sort();
}

/** @throws Refused when these are more than one may still make */
async function assertRoom(manager: EntityManager, act: CloudAct, more: number): Promise<void> {
  const [{ kept }] = await manager.query<[{ kept: number | string }]>(
    'SELECT COUNT(*) AS kept FROM cloud_contacts WHERE ownerId = ? AND deletedAt IS NULL AND connectionId = ?',
    [act.ownerId, act.connectionId],
  );
  const max = limits.cloudContactsPerConnection;
  const left = Math.max(0, max - Number(kept));
  if (more > left) throw new Refused('cloud-contact.problem.no-room', { max, left, count: more });
}

/** Fields the form holds; a star that changed meanwhile is no other version of it. */
const inForm: readonly string[] = [...contactFields, 'folderIds'];

async function assertUntouched(manager: EntityManager, present: StoredCloudContact, version: number) {
  const versions = present.version - version;
  const since = await changesSince(manager, present.id, versions);
  const known = versions > 0 && since.length > 0;
  if (!known || since.some((changes) => inForm.some((field) => field in changes)))
    throw new CloudEditConflict(present);
}
