import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { newId, type Id } from '../database/id.js';
import { inTransaction, isDuplicate } from '../database/transaction.js';
import { Conflict } from '../errors/domain-error.js';
import { type ActFacts, type Actor } from '../journal/actor.js';
import { sameValue } from '../journal/changes.js';
import { type Changes } from '../journal/journal.entities.js';
import { type GroupFeatures } from './features.js';
import { GroupActs } from './group-acts.service.js';
import { type ChatGroupKind } from './group.entities.js';
import { findGroup, insertGroup, nameTaken, recount, type Group } from './group-rows.js';
import { groupTables, type GroupKind } from './group-tables.js';
import { dismissAll, refreshAll, touchAll } from './group-wholes.js';
import { nameKeyOf } from './user-rows.js';

/**
 * Groups made, named, set and deleted by administrators. Whatever changes a group first holds its row, so that of
 * two at once the second sees what the first did. `users.restricted` and the counters of `accounts` follow in the
 * same transaction.
 */
@Injectable()
export class Groups {
  constructor(
    private readonly database: DataSource,
    private readonly acts: GroupActs,
  ) {}

  /** @throws NotFound also for another account's */
  find(accountId: Id, kind: GroupKind, id: Id): Promise<Group> {
    return findGroup(this.database.manager, accountId, kind, id);
  }

  /**
   * @param fields.id made before the form was shown: the same form sent twice makes one group
   * @throws Conflict groups.problem.name-taken with the name and id of the group that has it
   */
  async create(
    actor: Actor,
    facts: ActFacts,
    kind: GroupKind,
    { id = newId(), name, chatKind = 'normal' }: { id?: Id; name: string; chatKind?: ChatGroupKind },
  ): Promise<Id> {
    const { accountId } = actor;
    try {
      await inTransaction(this.database, async (manager) => {
        const batchId = await this.acts.begin(manager, actor, kind, 'create');
        await insertGroup(manager, accountId, kind, { id, name, kind: chatKind, features: null, batchId });
        if (chatKind === 'restricted') await recount(manager, accountId, kind);
        const made: Changes = {
          name: [null, name],
          ...(kind === 'chatGroups' ? { kind: [null, chatKind] satisfies Changes[string] } : {}),
        };
        await this.acts.record(manager, accountId, kind, batchId, id, 'created', made);
        await this.acts.audit(manager, actor, facts, kind, {
          act: 'create',
          id,
          name,
          batchId,
          details: made,
        });
      });
    } catch (error) {
      if (isDuplicate(error, 'PRIMARY')) {
        // The same form once more; somebody else's id would have to be guessed, and shows nothing.
        await this.find(accountId, kind, id);
        return id;
      }
      if (isDuplicate(error, 'name')) {
        const taken = await nameTaken(this.database.manager, accountId, kind, name);
        if (taken.values['id'] === id) return id;
        throw taken;
      }
      throw error;
    }
    return id;
  }

  /** @throws Conflict groups.problem.changed-meanwhile, or groups.problem.name-taken */
  async rename(
    actor: Actor,
    facts: ActFacts,
    kind: GroupKind,
    id: Id,
    { name, revision }: { name: string; revision: number },
  ): Promise<void> {
    const { accountId } = actor;
    try {
      await this.change(actor, kind, id, revision, async (manager, before) => {
        if (before.name === name) return;
        const batchId = await this.acts.begin(manager, actor, kind, 'rename');
        await manager.query(
          `UPDATE ${groupTables[kind]} SET name = ?, nameKey = ?, revision = revision + 1 WHERE id = ?`,
          [name, nameKeyOf(name), id],
        );
        await touchAll(manager, kind, id);
        const changes: Changes = { name: [before.name, name] };
        await this.acts.record(manager, accountId, kind, batchId, id, 'changed', changes);
        await this.acts.audit(manager, actor, facts, kind, {
          act: 'rename',
          id,
          name,
          batchId,
          details: changes,
        });
      });
    } catch (error) {
      if (isDuplicate(error, 'name')) throw await nameTaken(this.database.manager, accountId, kind, name);
      throw error;
    }
  }

  /** What a chat group shows, and to whom. @throws Conflict groups.problem.changed-meanwhile */
  async changeKind(
    actor: Actor,
    facts: ActFacts,
    id: Id,
    { kind, revision }: { kind: ChatGroupKind; revision: number },
  ): Promise<void> {
    const { accountId } = actor;
    await this.change(actor, 'chatGroups', id, revision, async (manager, before) => {
      if (before.kind === kind) return;
      const batchId = await this.acts.begin(manager, actor, 'chatGroups', 'kind');
      await manager.query('UPDATE chat_groups SET kind = ?, revision = revision + 1 WHERE id = ?', [
        kind,
        id,
      ]);
      if (kind === 'restricted' || before.kind === 'restricted') {
        await refreshAll(manager, id, kind === 'restricted' ? 'restricted' : 'open');
        await recount(manager, accountId, 'chatGroups');
      }
      const changes: Changes = { kind: [before.kind, kind] };
      await this.acts.record(manager, accountId, 'chatGroups', batchId, id, 'changed', changes);
      const { name } = before;
      await this.acts.audit(manager, actor, facts, 'chatGroups', {
        act: 'kind',
        id,
        name,
        batchId,
        details: changes,
      });
    });
  }

  /** What a user group decides about features. @throws Conflict groups.problem.changed-meanwhile */
  async setFeatures(
    actor: Actor,
    facts: ActFacts,
    id: Id,
    { features, revision }: { features: GroupFeatures; revision: number },
  ): Promise<void> {
    const { accountId } = actor;
    const after = Object.keys(features).length === 0 ? null : features;
    await this.change(actor, 'userGroups', id, revision, async (manager, before) => {
      if (sameValue(before.features, after)) return;
      const batchId = await this.acts.begin(manager, actor, 'userGroups', 'settings');
      await manager.query('UPDATE user_groups SET features = ?, revision = revision + 1 WHERE id = ?', [
        after && JSON.stringify(after),
        id,
      ]);
      await recount(manager, accountId, 'userGroups');
      const changes: Changes = { features: [before.features, after] };
      await this.acts.record(manager, accountId, 'userGroups', batchId, id, 'changed', changes);
      const { name } = before;
      await this.acts.audit(manager, actor, facts, 'userGroups', {
        ...{ act: 'settings', id, name, batchId, details: changes },
      });
    });
  }

  /** @returns the batch to restore it by. @throws NotFound when somebody was first */
  async remove(
    actor: Actor,
    facts: ActFacts,
    kind: GroupKind,
    id: Id,
  ): Promise<{ group: Group; batchId: Id }> {
    return inTransaction(this.database, async (manager) => {
      const { accountId } = actor;
      const group = await findGroup(manager, accountId, kind, id, 'FOR UPDATE');
      const batchId = await this.acts.begin(manager, actor, kind, 'delete');
      const members = await dismissAll(manager, { accountId, kind, group, batchId });
      await manager.query(`DELETE FROM ${groupTables[kind]} WHERE id = ?`, [id]);
      await recount(manager, accountId, kind);
      const { name, features, createdAt } = group;
      const was = {
        name,
        createdAt,
        ...(group.kind ? { kind: group.kind } : {}),
        ...(features ? { features } : {}),
      };
      const changes: Changes = { group: [was, null], members: [members, 0] };
      await this.acts.record(manager, accountId, kind, batchId, id, 'removed', changes);
      await this.acts.audit(manager, actor, facts, kind, {
        act: 'delete',
        id,
        name,
        batchId,
        details: { members },
      });
      return { group, batchId };
    });
  }

  /** Holds the group's row and runs `body`, unless the group was changed since `revision` was read. */
  private async change(
    actor: Actor,
    kind: GroupKind,
    id: Id,
    revision: number,
    body: (manager: EntityManager, before: Group) => Promise<void>,
  ): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      const before = await findGroup(manager, actor.accountId, kind, id, 'FOR UPDATE');
      if (before.revision !== revision) {
        throw new Conflict('groups.problem.changed-meanwhile', { name: before.name });
      }
      await body(manager, before);
    });
  }
}
