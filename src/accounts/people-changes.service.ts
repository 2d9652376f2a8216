import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Id } from '../database/id.js';
import { type Actor } from '../journal/actor.js';
import { sameValue } from '../journal/changes.js';
import { type Changes } from '../journal/journal.entities.js';
import { Journal } from '../journal/journal.service.js';
import { features as allFeatures, type Feature, type FeatureChoices } from './features.js';
import { groupKinds, groupTables, memberTables, type GroupKind } from './group-tables.js';
import { addMemberships, refreshRestricted } from './group-memberships.js';
import { mayChange, OWNER_ONLY } from './people-rows.js';
import { type Left } from './person.js';
import { nameKeyOf } from './user-rows.js';
import { type Role, type UserType } from './user.entity.js';

/** A group as it was when it was chosen. */
export interface ChosenGroup {
  id: Id;
  name: string;
}

/** Ids of groups that people join and leave. */
export interface GroupChange {
  add: readonly Id[];
  remove: readonly Id[];
}

/** One change for many people; what is absent stays. */
export interface PeopleChange {
  type?: UserType;
  /** null: as the groups and the account have it. */
  features?: Partial<Record<Feature, boolean | null>>;
  userGroups?: GroupChange;
  chatGroups?: GroupChange;
}

/** Within which act people are changed: everything is written in its transaction and its batch. */
export interface ChangeContext {
  manager: EntityManager;
  actor: Actor;
  batchId: Id;
  now: Date;
}

/** What became of people: changed, already so, or left as they are. */
export interface Changed {
  done: number;
  same: number;
  left: Left[];
}

export const GROUP_GONE = 'accounts.group-gone';
export const CHANGED_SINCE = 'accounts.changed-since';
const NOT_FOUND = 'accounts.user-not-found';

interface Row {
  id: Id;
  role: Role;
  type: UserType;
  features: FeatureChoices | null;
}

type Groups = ReadonlyMap<Id, ChosenGroup[]>;

/** How one person is to be, and what could not be done of it. */
interface Aim {
  type: UserType;
  features: FeatureChoices | null;
  groups: Partial<Record<GroupKind, { add: ChosenGroup[]; remove: ChosenGroup[] }>>;
  left?: string;
}

/**
 * One change for up to some hundred people at once: a read, a write and a line of the journal for all of them
 * together. Who is that already is neither written nor journaled; an admin does not touch an owner.
 */
@Injectable()
export class PeopleChanges {
  constructor(private readonly journal: Journal) {}

  async change(context: ChangeContext, userIds: readonly Id[], wanted: PeopleChange): Promise<Changed> {
    const kinds = groupKinds.filter((kind) => wanted[kind] !== undefined);
    const there = await this.presentGroups(context, kinds, (kind) => [
      ...(wanted[kind]?.add ?? []),
      ...(wanted[kind]?.remove ?? []),
    ]);
    const gone = (kind: GroupKind) => (wanted[kind]?.add ?? []).some((id) => !there[kind].has(id));
    const left = kinds.some(gone) ? GROUP_GONE : undefined;
    const present = (kind: GroupKind, ids: readonly Id[]) =>
      ids.map((id) => there[kind].get(id)).filter((group) => group !== undefined);
    const groups = Object.fromEntries(
      kinds.map((kind) => {
        const { add, remove } = wanted[kind] ?? { add: [], remove: [] };
        return [kind, { add: present(kind, add), remove: present(kind, remove) }];
      }),
    ) as Aim['groups'];
    return this.write(context, userIds, kinds, ({ type, features }) => ({
      type: wanted.type ?? type,
      features: wanted.features ? featuresWith(features, wanted.features) : features,
      groups,
      ...(left ? { left } : {}),
    }));
  }

  /**
   * Takes back what a batch changed, field by field where its value still stands; a membership is taken back by
   * itself, whatever other groups came or went.
   * @param made what the batch changed of each person
   * @param chosen its groups, so that one that was renamed since is still known
   */
  async revert(
    context: ChangeContext,
    made: ReadonlyMap<Id, Changes>,
    chosen: Partial<Record<GroupKind, readonly ChosenGroup[]>>,
  ): Promise<Changed> {
    const changes = [...made.values()];
    const kinds = groupKinds.filter((kind) => changes.some((each) => each[kind] !== undefined));
    const ids = new Map(
      kinds.map((kind) => [
        kind,
        new Map((chosen[kind] ?? []).map(({ id, name }) => [nameKeyOf(name), id] as const)),
      ]),
    );
    const there = await this.presentGroups(context, kinds, (kind) => [...(ids.get(kind)?.values() ?? [])]);
    return this.write(context, [...made.keys()], kinds, (row) => {
      const { type, features, ...lists } = made.get(row.id) ?? {};
      const aim: Aim = { type: row.type, features: row.features, groups: {} };
      if (type) {
        if (row.type === type[1]) aim.type = type[0] as UserType;
        else aim.left = CHANGED_SINCE;
      }
      if (features) {
        const [before, after] = features as [FeatureChoices | null, FeatureChoices | null];
        const touched = allFeatures.filter((feature) => before?.[feature] !== after?.[feature]);
        const still = touched.filter((feature) => row.features?.[feature] === after?.[feature]);
        if (still.length < touched.length) aim.left = CHANGED_SINCE;
        aim.features = featuresWith(
          row.features,
          Object.fromEntries(still.map((feature) => [feature, before?.[feature] ?? null])),
        );
      }
      for (const kind of kinds) {
        const [before, after] = (lists[kind] ?? [[], []]) as [string[], string[]];
        const groupOf = (name: string) => there[kind].get(ids.get(kind)?.get(nameKeyOf(name)) ?? '');
        const lost = before.filter((name) => !after.includes(name));
        const won = after.filter((name) => !before.includes(name));
        if (lost.some((name) => !groupOf(name))) aim.left = GROUP_GONE;
        aim.groups[kind] = { add: known(lost.map(groupOf)), remove: known(won.map(groupOf)) };
      }
      return aim;
    });
  }

  private async write(
    context: ChangeContext,
    userIds: readonly Id[],
    kinds: readonly GroupKind[],
    aimOf: (row: Row) => Aim,
  ): Promise<Changed> {
    const { manager, actor, batchId } = context;
    const rows = await this.lock(manager, actor.accountId, userIds);
    const found = new Set(rows.map(({ id }) => id));
    const left: Left[] = userIds.filter((id) => !found.has(id)).map((id) => ({ id, key: NOT_FOUND }));
    const mine = rows.filter((row) => mayChange(actor, row));
    for (const row of rows) if (!mayChange(actor, row)) left.push({ id: row.id, key: OWNER_ONLY });
    const ids = mine.map(({ id }) => id);
    const present = {} as Record<GroupKind, Groups>;
    for (const kind of kinds) present[kind] = await this.groupsOf(manager, kind, ids);

    const changed: { row: Row; aim: Aim; changes: Changes }[] = [];
    for (const row of mine) {
      const aim = aimOf(row);
      const changes = changesOf(row, aim, present);
      if (aim.left) left.push({ id: row.id, key: aim.left });
      if (Object.keys(changes).length > 0) changed.push({ row, aim, changes });
    }
    if (changed.length > 0) {
      await this.updateRows(context, changed);
      for (const kind of kinds) await this.moveMembers(context, kind, changed, present[kind]);
      await this.journal.record(
        manager,
        batchId,
        actor.accountId,
        changed.map(({ row: { id }, changes }) => ({
          subjectId: id,
          subjectType: 'user',
          action: 'changed' as const,
          changes,
        })),
      );
    }
    const untouched = new Set(left.map(({ id }) => id));
    for (const { row } of changed) untouched.add(row.id);
    return { done: changed.length, same: userIds.length - untouched.size, left };
  }

  private async lock(manager: EntityManager, accountId: Id, userIds: readonly Id[]): Promise<Row[]> {
    const rows = await manager.query<(Omit<Row, 'features'> & { features: string | null })[]>(
      `SELECT id, role, type, features FROM users
       WHERE id IN (?) AND accountId = ? AND liveKey = 1 AND status <> 'erased' ORDER BY id FOR UPDATE`,
      [userIds, accountId],
    );
    return rows.map(({ features, ...row }) => ({
      ...row,
      features: features === null ? null : (JSON.parse(features) as FeatureChoices),
    }));
  }

  /** Groups that are still there, kept from being deleted until the transaction ends. */
  private async presentGroups(
    { manager, actor }: ChangeContext,
    kinds: readonly GroupKind[],
    idsOf: (kind: GroupKind) => readonly Id[],
  ): Promise<Record<GroupKind, Map<Id, ChosenGroup>>> {
    const there = { userGroups: new Map(), chatGroups: new Map() } as Record<GroupKind, Map<Id, ChosenGroup>>;
    for (const kind of kinds) {
      const ids = idsOf(kind);
      if (ids.length === 0) continue;
      const rows = await manager.query<ChosenGroup[]>(
        `SELECT id, name FROM ${groupTables[kind]} WHERE id IN (?) AND accountId = ? ORDER BY id FOR UPDATE`,
        [ids, actor.accountId],
      );
      there[kind] = new Map(rows.map((group) => [group.id, group]));
    }
    return there;
  }

  /** Groups of each of these people, A to Z. */
  private async groupsOf(manager: EntityManager, kind: GroupKind, userIds: readonly Id[]): Promise<Groups> {
    const groups = new Map<Id, ChosenGroup[]>(userIds.map((id) => [id, []]));
    if (userIds.length === 0) return groups;
    const rows = await manager.query<(ChosenGroup & { userId: Id })[]>(
      `SELECT m.userId, g.id, g.name FROM ${memberTables[kind]} m
       JOIN ${groupTables[kind]} g ON g.id = m.groupId WHERE m.userId IN (?) ORDER BY g.nameKey`,
      [userIds],
    );
    for (const { userId, ...group } of rows) groups.get(userId)?.push(group);
    return groups;
  }

  /** One statement for all who get the same values. */
  private async updateRows(
    { manager, now }: ChangeContext,
    changed: readonly { row: Row; aim: Aim }[],
  ): Promise<void> {
    const alike = new Map<string, { type: UserType; features: string | null; ids: Id[] }>();
    for (const { row, aim } of changed) {
      const features = aim.features === null ? null : JSON.stringify(aim.features);
      const key = `${aim.type} ${features ?? ''}`;
      const group = alike.get(key) ?? { type: aim.type, features, ids: [] };
      alike.set(key, group);
      group.ids.push(row.id);
    }
    for (const { type, features, ids } of alike.values()) {
      await manager.query(
        'UPDATE users SET type = ?, features = ?, revision = revision + 1, updatedAt = ? WHERE id IN (?)',
        [type, features, now, ids],
      );
    }
  }

  private async moveMembers(
    { manager, actor }: ChangeContext,
    kind: GroupKind,
    changed: readonly { row: Row; aim: Aim }[],
    present: Groups,
  ): Promise<void> {
    const joins: { userId: Id; groupId: Id }[] = [];
    const leaves = new Map<Id, Id[]>();
    for (const { row, aim } of changed) {
      const { add, remove } = moves(aim, kind, present.get(row.id) ?? []);
      for (const { id: groupId } of add) joins.push({ userId: row.id, groupId });
      for (const { id: groupId } of remove) leaves.set(groupId, [...(leaves.get(groupId) ?? []), row.id]);
    }
    await addMemberships(manager, kind, actor.accountId, joins);
    for (const [groupId, ids] of leaves)
      await manager.query(`DELETE FROM ${memberTables[kind]} WHERE groupId = ? AND userId IN (?)`, [
        groupId,
        ids,
      ]);
    if (kind === 'chatGroups')
      await refreshRestricted(
        manager,
        changed.map(({ row }) => row.id),
      );
  }
}

/** A person's own choices with some made anew; null when none is left. */
function featuresWith(
  own: FeatureChoices | null,
  made: Partial<Record<Feature, boolean | null>>,
): FeatureChoices | null {
  const choices: FeatureChoices = { ...own };
  for (const [feature, value] of Object.entries(made) as [Feature, boolean | null][]) {
    if (value === null) delete choices[feature];
    else choices[feature] = value;
  }
  return Object.keys(choices).length > 0 ? choices : null;
}

/** What a person really joins and leaves: nobody joins twice, or leaves where they are not. */
function moves(aim: Aim, kind: GroupKind, present: readonly ChosenGroup[]) {
  const { add, remove } = aim.groups[kind] ?? { add: [], remove: [] };
  const ids = new Set(present.map(({ id }) => id));
  const leaving = new Set(remove.map(({ id }) => id));
  return {
    add: add.filter(({ id }) => !ids.has(id) && !leaving.has(id)),
    remove: remove.filter(({ id }) => ids.has(id)),
  };
}

function changesOf(row: Row, aim: Aim, present: Record<GroupKind, Groups>): Changes {
  const changes: Changes = {};
  if (row.type !== aim.type) changes['type'] = [row.type, aim.type];
  if (!sameValue(row.features, aim.features)) changes['features'] = [row.features, aim.features];
  for (const kind of groupKinds) {
    const groups = present[kind]?.get(row.id);
    if (!groups) continue;
    const { add, remove } = moves(aim, kind, groups);
    if (add.length + remove.length === 0) continue;
    const leaving = new Set(remove.map(({ id }) => id));
    const after = [...groups.filter(({ id }) => !leaving.has(id)), ...add].sort((one, other) =>
      nameKeyOf(one.name) < nameKeyOf(other.name) ? -1 : 1,
    );
    changes[kind] = [groups.map(({ name }) => name), after.map(({ name }) => name)];
  }
  return changes;
}

function known<Item>(items: readonly (Item | undefined)[]): Item[] {
  return items.filter((item) => item !== undefined);
}
