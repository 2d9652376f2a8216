import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Id } from '../database/id.js';
import { inTransaction } from '../database/transaction.js';
import { NotFound } from '../errors/domain-error.js';
import { type ActFacts, type Actor } from '../journal/actor.js';
import { type Changes } from '../journal/journal.entities.js';
import { GroupActs } from './group-acts.service.js';
import { findGroup, membersAmong } from './group-rows.js';
import { type GroupKind } from './group-tables.js';
import { inChunks, mayChange, OWNER_ONLY } from './people-rows.js';
import { type Left } from './person.js';
import { type Role } from './user.entity.js';

/** What coming and going did. */
export interface Joined {
  done: number;
  /** Were in it already, or were not in it. */
  same: number;
  left: Left[];
  batchId: Id | null;
}

/** Administrators put people into groups and take them out. The group's row is held first, the people's after it. */
@Injectable()
export class GroupMembers {
  constructor(
    private readonly database: DataSource,
    private readonly acts: GroupActs,
  ) {}

  /** Puts people of the account into a group. @throws NotFound for a group or person that is not of the account */
  async add(actor: Actor, facts: ActFacts, kind: GroupKind, id: Id, userIds: readonly Id[]): Promise<Joined> {
    return this.move(actor, facts, kind, id, userIds, 'add');
  }

  /** Takes people out of a group. @throws NotFound for a group or person that is not of the account */
  async take(
    actor: Actor,
    facts: ActFacts,
    kind: GroupKind,
    id: Id,
    userIds: readonly Id[],
  ): Promise<Joined> {
    return this.move(actor, facts, kind, id, userIds, 'remove');
  }

  private async move(
    actor: Actor,
    facts: ActFacts,
    kind: GroupKind,
    id: Id,
    userIds: readonly Id[],
    act: 'add' | 'remove',
  ): Promise<Joined> {
    const wanted = [...new Set(userIds)].sort();
    return inTransaction(this.database, async (manager) => {
      const { accountId } = actor;
      const group = await findGroup(manager, accountId, kind, id, 'FOR UPDATE');
      const left: Left[] = [];
      const moving: Id[] = [];
      let same = 0;
      await inChunks(wanted, async (chunk) => {
        const people = await peopleOf(manager, accountId, chunk);
        if (people.length !== chunk.length) throw new NotFound('accounts.user-not-found');
        const within = await membersAmong(manager, kind, id, chunk);
        for (const person of people) {
          if (within.has(person.id) === (act === 'add')) same++;
          else if (!mayChange(actor, person)) left.push({ id: person.id, key: OWNER_ONLY });
          else moving.push(person.id);
        }
      });
      if (moving.length === 0) return { done: 0, same, left, batchId: null };
      const batchId = await this.acts.begin(manager, actor, kind, act);
      await inChunks(moving, (chunk) =>
        this.acts[act === 'add' ? 'join' : 'leave'](manager, accountId, kind, group, chunk, batchId),
      );
      const counted: Changes = { [act === 'add' ? 'added' : 'removed']: [0, moving.length] };
      await this.acts.record(manager, accountId, kind, batchId, id, 'changed', counted);
      const { name } = group;
      const details = { people: moving.length, ...(moving.length === 1 ? { userId: moving[0] } : {}) };
      await this.acts.audit(manager, actor, facts, kind, {
        act: `${act}-members`,
        id,
        name,
        batchId,
        details,
      });
      return { done: moving.length, same, left, batchId };
    });
  }
}

/** Those of the account who are not in the bin. */
function peopleOf(
  manager: EntityManager,
  accountId: Id,
  ids: readonly Id[],
): Promise<{ id: Id; role: Role }[]> {
  return manager.query(
    `SELECT id, role FROM users WHERE id IN (?) AND accountId = ? AND liveKey = 1 AND status <> 'erased' ORDER BY id`,
    [ids, accountId],
  );
}
