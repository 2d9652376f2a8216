import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { nameKeyOf } from '../../accounts/user-rows.js';
import { contactFields } from '../../contact-card/contact-fields.js';
import { limits } from '../../config/limits.js';
import { isId, newId, type Id } from '../../database/id.js';
import { inTransaction, isDuplicate } from '../../database/transaction.js';
import { Conflict, NotFound, Refused } from '../../errors/domain-error.js';
import { changesBetween, sameValue } from '../../journal/changes.js';
import { type Changes } from '../../journal/journal.entities.js';
import { Journal } from '../../journal/journal.service.js';
import { assertRoom } from '../contact-limit.js';
import { keepContactPhotos } from '../contact-photos.js';
import { journaled, type StoredContact } from '../contact-row.js';
import {
  changeContacts,
  insertContacts,
  removeContacts,
  restoreContacts,
  storedContacts,
  SUBJECT,
  type ContactAct,
} from '../contact-writes.js';
import { ensureGroups, groupsByName } from '../group-writes.js';
import { assertOwn, type Owner } from '../owner.js';
import { edited, emptyContact, type ContactEdit } from './edited.js';

/** Groups a form puts a contact into: ids of one's own, undefined where they stay; and the name of one more. */
export interface WantedGroups {
  groupIds?: readonly string[];
  newGroup: string | null;
}

/** The contact was changed since the form was opened; `present` is how it is now. */
export class EditConflict extends Conflict {
  constructor(readonly present: StoredContact) {
    super('personal-contact.changed-meanwhile', { name: present.displayName });
  }
}

/** The contact went into the bin since the form was opened. */
export class InBin extends Conflict {
  constructor(readonly contact: StoredContact) {
    super('personal-contact.in-bin-meanwhile', { name: contact.displayName });
  }
}

/** What one person does to contacts of theirs one by one. */
@Injectable()
export class PersonalContacts {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
  ) {}

  /**
   * @param once the form's idempotency key: the same form sent again gives the same contact
   * @throws Refused personal-contact.no-room, personal-contact.group-gone; NotFound for groups of others
   */
  async add(owner: Owner, edit: ContactEdit, groups: WantedGroups, once: string | null): Promise<Id> {
    let id = isId(once) ? once : newId();
    for (let attempt = 1; ; attempt++) {
      const contact = { ...edited(emptyContact, edit), id };
      const sent = await this.sentBefore(owner, contact, groups);
      if (sent === 'same') return id;
      // The browser's Back keeps the key of a form that is filled in for somebody else.
      if (sent === 'other') id = contact.id = newId();
      try {
        await inTransaction(this.database, async (manager) => {
          await assertRoom(manager, owner, 1);
          const act = await this.begin(manager, owner, 'contacts.add');
          const groupIds = await groupIdsOf(manager, act, groups, []);
          await insertContacts(manager, act, [{ ...contact, groupIds, photoHash: null, starred: false }]);
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
   * Changes a contact, if nobody has since `revision` (null: whatever it is) in what the form holds.
   * @param restore takes it out of the bin first
   * @returns the journal batch; null when nothing changed
   * @throws EditConflict, InBin, NotFound; Refused personal-contact.group-gone
   */
  async edit(
    owner: Owner,
    id: string,
    edit: ContactEdit,
    groups: WantedGroups,
    { revision, restore = false }: { revision: number | null; restore?: boolean },
  ): Promise<{ batchId: Id | null; after: StoredContact }> {
    return inTransaction(this.database, async (manager) => {
      if (restore) await this.restoreIn(manager, owner, [id]);
      const before = await this.lockedLiving(manager, owner, id);
      if (!restore && revision !== null && revision !== before.revision)
        await assertUntouched(manager, before, before.revision - revision);
      const wanted = { ...before, ...edited(before, edit) };
      const listed = groups.groupIds === undefined || sameValue([...groups.groupIds].sort(), before.groupIds);
      if (listed && groups.newGroup === null && changesBetween(before, wanted, journaled) === null)
        return { batchId: null, after: before };
      const act = await this.begin(manager, owner, 'contacts.edit');
      const groupIds = await groupIdsOf(manager, act, groups, before.groupIds);
      const after = { ...wanted, groupIds };
      const changed = await changeContacts(manager, act, [{ before, after }]);
      return { batchId: changed > 0 ? act.batchId : null, after };
    });
  }

  /** @param picture made small already, or null: takes the photo away. @returns the journal batch; null when nothing changed */
  async changePhoto(owner: Owner, id: string, picture: Buffer | null): Promise<Id | null> {
    return inTransaction(this.database, async (manager) => {
      const before = await this.lockedLiving(manager, owner, id);
      const act = await this.begin(manager, owner, 'contacts.edit');
      const [photoHash = null] = picture === null ? [] : await keepContactPhotos(manager, act, [picture]);
      const changed = await changeContacts(manager, act, [{ before, after: { ...before, photoHash } }]);
      return changed > 0 ? act.batchId : null;
    });
  }

  /** Into the bin. @returns the journal batch; null when it was there already. @throws NotFound */
  async remove(owner: Owner, id: string): Promise<Id | null> {
    return inTransaction(this.database, async (manager) => {
      await this.find(manager, owner, id);
      const act = await this.begin(manager, owner, 'contacts.delete');
      return (await removeContacts(manager, act, [id])) > 0 ? act.batchId : null;
    });
  }

  /**
   * Out of the bin, those of them that are in it.
   * @returns the journal batch (null when none was: they live already, or are gone for good) and how many
   * @throws NotFound when one is not theirs; Refused personal-contact.no-room
   */
  restore(owner: Owner, ids: readonly string[]): Promise<{ batchId: Id | null; restored: number }> {
    return inTransaction(this.database, async (manager) => {
      await assertOwn(manager, owner.id, ids);
      return this.restoreIn(manager, owner, ids);
    });
  }

  /** Living or in the bin. @throws NotFound */
  async find(manager: EntityManager, { id: ownerId }: Owner, id: string): Promise<StoredContact> {
    if (!isId(id)) throw new NotFound();
    const found =
      (await storedContacts(manager, ownerId, { ids: [id] })).get(id) ??
      (await storedContacts(manager, ownerId, { ids: [id], deleted: true })).get(id);
    if (!found) throw new NotFound('personal-contact.not-found');
    return found;
  }

  private async lockedLiving(manager: EntityManager, owner: Owner, id: string): Promise<StoredContact> {
    const contact = isId(id)
      ? (await storedContacts(manager, owner.id, { ids: [id], lock: true })).get(id)
      : undefined;
    if (!contact) throw new InBin(await this.find(manager, owner, id));
    return contact;
  }

  private async restoreIn(manager: EntityManager, owner: Owner, ids: readonly string[]) {
    const inBin = await storedContacts(manager, owner.id, { ids: ids.filter(isId), deleted: true });
    // A worker has yet to take away what is there for longer.
    const oldest = Date.now() - limits.restoreDays * 86_400_000;
    const due = [...inBin.values()].filter(({ deletedAt }) => Number(deletedAt) > oldest);
    if (due.length === 0) return { batchId: null, restored: 0 };
    await assertRoom(manager, owner, due.length);
    const act = await this.begin(manager, owner, 'contacts.restore');
    const restored = await restoreContacts(
      manager,
      act,
      due.map(({ id }) => id),
    );
    return { batchId: restored.length > 0 ? act.batchId : null, restored: restored.length };
  }

  private async begin(manager: EntityManager, owner: Owner, kind: string): Promise<ContactAct> {
    const { id: ownerId, accountId } = owner;
    const batchId = await this.journal.begin(manager, { accountId, actorId: ownerId, kind });
    return { accountId, ownerId, batchId, now: new Date() };
  }

  /** Whether a contact of this id was made of this very form before. */
  private async sentBefore(
    owner: Owner,
    contact: ReturnType<typeof edited> & { id: Id },
    { groupIds = [], newGroup }: WantedGroups,
  ): Promise<'same' | 'other' | null> {
    const [made] = await this.database.query<{ changes: string | null }[]>(
      `SELECT e.changes FROM personal_contacts c
       LEFT JOIN journal_entries e ON e.batchId = c.createdByBatch AND e.subjectId = c.id
       WHERE c.id = ? AND c.ownerId = ?`,
      [contact.id, owner.id],
    );
    if (!made) return null;
    const said = JSON.parse(made.changes ?? '{}') as Changes;
    const named = newGroup === null ? [] : await groupsByName(this.database, owner.id);
    const joined = new Map(named).get(nameKeyOf(newGroup ?? ''))?.id;
    const wanted = [...new Set([...groupIds, ...(joined ? [joined] : [])])].sort();
    const known = (field: string) => said[field]?.[1] ?? null;
    const same =
      contactFields.every((field) => sameValue(known(field), contact[field])) &&
      sameValue(known('extra') ?? [], contact.extra) &&
      sameValue(known('typedPhones') ?? {}, contact.typedPhones) &&
      sameValue([...((known('groupIds') ?? []) as Id[])].sort(), wanted);
    return same ? 'same' : 'other';
  }
}

/** A contact's groups after a form, in the order of their ids. */
async function groupIdsOf(
  manager: EntityManager,
  act: ContactAct,
  { groupIds, newGroup }: WantedGroups,
  present: readonly Id[],
): Promise<Id[]> {
  const wanted = new Set<string>(groupIds ?? present);
  const others = [...wanted].filter((id) => !present.includes(id));
  if (others.length > 0) await assertOwnGroups(manager, act.ownerId, others);
  if (newGroup !== null)
    for (const { id } of (await ensureGroups(manager, act, [newGroup])).values()) wanted.add(id);
  return [...wanted].sort();
}

async function assertOwnGroups(manager: EntityManager, ownerId: Id, ids: readonly string[]): Promise<void> {
  if (!ids.every(isId)) throw new NotFound();
  const found = await manager.query<{ id: Id; name: string; liveKey: number | null }[]>(
    'SELECT id, name, liveKey FROM personal_contact_groups WHERE ownerId = ? AND id IN (?)',
    [ownerId, ids],
  );
  if (found.length < ids.length) throw new NotFound();
  const gone = found.find(({ liveKey }) => liveKey === null);
  if (gone) throw new Refused('personal-contact.problem.group-gone', { name: gone.name });
}

/** What changed a contact in its last `versions` versions, newest first. */
export async function changesSince(
  manager: EntityManager,
  { id }: Pick<StoredContact, 'id'>,
  versions: number,
): Promise<Changes[]> {
  if (versions < 1) return [];
  const rows = await manager.query<{ changes: string | null }[]>(
    `SELECT changes FROM journal_entries WHERE subjectId = ? AND subjectType = ? AND action <> 'created'
     ORDER BY batchId DESC LIMIT ${Math.min(versions, 1_000)}`,
    [id, SUBJECT],
  );
  return rows.map(({ changes }) => (changes === null ? {} : (JSON.parse(changes) as Changes)));
}

/** Fields the form holds; a star or a photo that changed meanwhile is no other version of it. */
const inForm: readonly string[] = [...contactFields, 'extra', 'groupIds'];

async function assertUntouched(manager: EntityManager, present: StoredContact, versions: number) {
  const since = await changesSince(manager, present, versions);
  const known = versions > 0 && since.length >= versions;
  if (!known || since.some((changes) => inForm.some((field) => field in changes)))
    throw new EditConflict(present);
}
