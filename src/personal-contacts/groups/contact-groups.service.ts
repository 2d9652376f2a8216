import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { nameKeyOf } from '../../accounts/user-rows.js';
import { isId, newId, type Id } from '../../database/id.js';
import { inTransaction, isDuplicate } from '../../database/transaction.js';
import { Conflict, NotFound } from '../../errors/domain-error.js';
import { Journal } from '../../journal/journal.service.js';
import { regroupContacts, type ContactAct } from '../contact-writes.js';
import {
  GROUP_NAME_INDEX,
  groupsByName,
  insertGroup,
  removeGroups,
  renameGroups,
  storedGroups,
  type StoredGroup,
} from '../group-writes.js';
import { type Owner } from '../owner.js';

/** Groups of contacts made, named, merged and deleted by whom they belong to. */
@Injectable()
export class ContactGroupActs {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
  ) {}

  /**
   * @param fields.id made before the form was shown: the same form sent twice makes one group
   * @throws Conflict contact-groups.problem.name-taken with the name and id of the group that has it
   */
  async create(owner: Owner, { id = newId(), name }: { id?: Id; name: string }): Promise<Id> {
    try {
      await inTransaction(this.database, async (manager) =>
        insertGroup(manager, await this.begin(manager, owner, 'create'), { id, name }),
      );
      return id;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      // The same form once more; somebody else's id would have to be guessed, and shows nothing.
      if ((await storedGroups(this.database, owner.id, { ids: [id] })).has(id)) return id;
      if (isDuplicate(error, GROUP_NAME_INDEX)) throw await this.taken(owner, name);
      throw new NotFound('contact-groups.not-found');
    }
  }

  /**
   * @returns the batch to undo it by; null when it was called so already
   * @throws Conflict contact-groups.problem.changed-meanwhile, or contact-groups.problem.name-taken
   */
  async rename(
    owner: Owner,
    id: Id,
    { name, revision }: { name: string; revision: number },
  ): Promise<Id | null> {
    try {
      return await inTransaction(this.database, async (manager) => {
        const before = await held(manager, owner, id);
        if (before.revision !== revision) throw new Conflict('contact-groups.problem.changed-meanwhile');
        if (before.name === name) return null;
        const act = await this.begin(manager, owner, 'rename');
        await renameGroups(manager, act, [{ before, name }]);
        return act.batchId;
      });
    } catch (error) {
      if (isDuplicate(error, GROUP_NAME_INDEX)) throw await this.taken(owner, name);
      throw error;
    }
  }

  /** Its contacts stay. @returns the batch to undo it by */
  remove(owner: Owner, id: string): Promise<{ group: StoredGroup; batchId: Id }> {
    return inTransaction(this.database, async (manager) => {
      const group = await held(manager, owner, id);
      const act = await this.begin(manager, owner, 'delete');
      await removeGroups(manager, act, [group.id]);
      return { group, batchId: act.batchId };
    });
  }

  /** The contacts of a group come into another, and it goes. @returns the batch to undo it by, and how many contacts came */
  merge(
    owner: Owner,
    id: string,
    intoId: Id,
  ): Promise<{ group: StoredGroup; into: StoredGroup; contacts: number; batchId: Id }> {
    return inTransaction(this.database, async (manager) => {
      // Both in the order of their ids: two merges of the same two groups wait for each other, and do not meet.
      const both = await storedGroups(manager, owner.id, { ids: [id, intoId].filter(isId), lock: true });
      const [group, into] = [both.get(id), both.get(intoId)];
      if (!group || !into || group === into) throw new NotFound('contact-groups.not-found');
      const act = await this.begin(manager, owner, 'merge');
      const members = await manager.query<{ contactId: Id }[]>(
        'SELECT contactId FROM personal_contact_group_members WHERE groupId = ? AND ownerId = ? ORDER BY contactId',
        [group.id, owner.id],
      );
      const { changed: contacts } = await regroupContacts(
        manager,
        act,
        members.map(({ contactId }) => contactId),
        { add: [into.id], leave: [group.id] },
      );
      await removeGroups(manager, act, [group.id]);
      return { group, into, contacts, batchId: act.batchId };
    });
  }

  private async begin(manager: EntityManager, owner: Owner, act: string): Promise<ContactAct> {
    const { accountId, id: ownerId } = owner;
    const kind = `contact-groups.${act}`;
    const batchId = await this.journal.begin(manager, { accountId, actorId: ownerId, kind });
    return { accountId, ownerId, batchId, now: new Date() };
  }

  private async taken(owner: Owner, name: string): Promise<Conflict> {
    const there = (await groupsByName(this.database, owner.id)).get(nameKeyOf(name));
    return new Conflict('contact-groups.problem.name-taken', there && { id: there.id, name: there.name });
  }
}

/** Until the transaction ends. @throws NotFound for what is deleted, and for another person's */
async function held(manager: EntityManager, owner: Owner, id: string): Promise<StoredGroup> {
  const found = isId(id) ? await storedGroups(manager, owner.id, { ids: [id], lock: true }) : null;
  const group = found?.get(id);
  if (!group) throw new NotFound('contact-groups.not-found');
  return group;
}
