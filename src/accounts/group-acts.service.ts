import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Id } from '../database/id.js';
import { type ActFacts, type Actor } from '../journal/actor.js';
import { type Changes, type JournalEntry } from '../journal/journal.entities.js';
import { Journal } from '../journal/journal.service.js';
import { addMemberships, groupNamesOf, refreshRestricted } from './group-memberships.js';
import { type Group } from './group-rows.js';
import { groupWords, memberTables, type GroupKind } from './group-tables.js';
import { nameKeyOf } from './user-rows.js';

/** How journal and audit log hear of what is done to groups, and how people come into one and leave it. */
@Injectable()
export class GroupActs {
  constructor(private readonly journal: Journal) {}

  /** @returns the batch of an act. @param undoes the batch it takes back */
  begin(manager: EntityManager, actor: Actor, kind: GroupKind, act: string, undoes?: Id): Promise<Id> {
    const { accountId, id: actorId } = actor;
    return this.journal.begin(manager, { accountId, actorId, kind: `${groupWords[kind]}s.${act}`, undoes });
  }

  record(
    manager: EntityManager,
    accountId: Id,
    kind: GroupKind,
    batchId: Id,
    subjectId: Id,
    action: JournalEntry['action'],
    changes: Changes,
  ): Promise<void> {
    const entry = { subjectId, subjectType: groupWords[kind], action, changes };
    return this.journal.record(manager, batchId, accountId, [entry]);
  }

  /** One line of the audit log. */
  audit(
    manager: EntityManager,
    actor: Actor,
    facts: ActFacts,
    kind: GroupKind,
    { act, id, name, batchId, details }: Audited,
  ): Promise<void> {
    return this.journal.audit(manager, actor, facts, {
      action: `${groupWords[kind]}s.${act}`,
      targetType: groupWords[kind],
      targetId: id,
      targetName: name,
      batchId,
      details,
    });
  }

  /** These people come in, none of whom is in it; each finds it in their own history. */
  async join(
    manager: EntityManager,
    accountId: Id,
    kind: GroupKind,
    group: Group,
    userIds: readonly Id[],
    batchId: Id,
  ): Promise<void> {
    if (userIds.length === 0) return;
    const names = await groupNamesOf(manager, kind, userIds);
    const members = userIds.map((userId) => ({ userId, groupId: group.id }));
    await addMemberships(manager, kind, accountId, members);
    await this.recordPeople(manager, accountId, kind, batchId, names, (before) =>
      sortedNames([...before, group.name]),
    );
    if (group.kind === 'restricted') await refreshRestricted(manager, userIds);
  }

  /** These people, all of whom are in it, leave. */
  async leave(
    manager: EntityManager,
    accountId: Id,
    kind: GroupKind,
    group: Group,
    userIds: readonly Id[],
    batchId: Id,
  ): Promise<void> {
    if (userIds.length === 0) return;
    const names = await groupNamesOf(manager, kind, userIds);
    await manager.query(`DELETE FROM ${memberTables[kind]} WHERE groupId = ? AND userId IN (?)`, [
      group.id,
      userIds,
    ]);
    await this.recordPeople(manager, accountId, kind, batchId, names, (before) =>
      before.filter((name) => name !== group.name),
    );
    if (group.kind === 'restricted') await refreshRestricted(manager, userIds);
  }

  /** One entry a person, and their revision raised: a form opened before would bring the old groups back. */
  private async recordPeople(
    manager: EntityManager,
    accountId: Id,
    kind: GroupKind,
    batchId: Id,
    names: ReadonlyMap<Id, string[]>,
    after: (before: string[]) => string[],
  ): Promise<void> {
    const entries = [...names].map(([subjectId, before]) => ({
      subjectId,
      subjectType: 'user',
      action: 'changed' as const,
      changes: { [kind]: [before, after(before)] } as Changes,
    }));
    await this.journal.record(manager, batchId, accountId, entries);
    await manager.query('UPDATE users SET revision = revision + 1, updatedAt = ? WHERE id IN (?)', [
      new Date(),
      [...names.keys()],
    ]);
  }
}

interface Audited {
  act: string;
  id: Id;
  name: string;
  batchId: Id;
  details: Record<string, unknown>;
}

/** In the order `groupNamesOf` gives. */
function sortedNames(names: string[]): string[] {
  const keys = new Map(names.map((name) => [name, nameKeyOf(name)]));
  return names.sort((one, other) => ((keys.get(one) ?? '') < (keys.get(other) ?? '') ? -1 : 1));
}
