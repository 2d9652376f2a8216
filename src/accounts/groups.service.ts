import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../config/limits.js';
import { newId, type Id } from '../database/id.js';
import { inTransaction, isDuplicate } from '../database/transaction.js';
import { Conflict, NotFound, Refused } from '../errors/domain-error.js';
import { type ActFacts, type Actor } from '../journal/actor.js';
import { sameValue } from '../journal/changes.js';
import { JournalBatch, JournalEntry, type Changes } from '../journal/journal.entities.js';
import { Journal } from '../journal/journal.service.js';
import { type GroupFeatures } from './features.js';
import { type ChatGroupKind } from './group.entities.js';
import { addMemberships, groupNamesOf, refreshRestricted } from './group-memberships.js';
import { groupTables, groupWords, memberTables, type GroupKind } from './group-tables.js';
import { mayChange, OWNER_ONLY } from './people-rows.js';
import { type Left } from './person.js';
import { nameKeyOf } from './user-rows.js';
import { type Role } from './user.entity.js';

/** A group of either kind; what only one kind has is null for the other. */
export interface Group {
  id: Id;
  name: string;
  revision: number;
  createdAt: Date;
  /** Of a chat group. */
  kind: ChatGroupKind | null;
  /** Of a user group. */
  features: GroupFeatures | null;
}

/** What coming and going did. */
export interface Joined {
  done: number;
  /** Were in it already, or were not in it. */
  same: number;
  left: Left[];
  batchId: Id | null;
}

/** People of one statement. */
const CHUNK = 500;

/**
 * Groups made, named, filled and deleted by administrators. Whatever changes a group first holds its row, so that of
 * two at once the second sees what the first did. `users.restricted` and the counters of `accounts` follow in the
 * same transaction.
 */
@Injectable()
export class Groups {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
  ) {}

  /** @throws NotFound also for another account's */
  async find(
    accountId: Id,
    kind: GroupKind,
    id: Id,
    manager: EntityManager = this.database.manager,
    lock = '',
  ): Promise<Group> {
    const own = kind === 'chatGroups' ? 'kind, NULL AS features' : 'NULL AS kind, features';
    const [row] = await manager.query<(Omit<Group, 'features'> & { features: string | null })[]>(
      `SELECT id, name, revision, createdAt, ${own} FROM ${groupTables[kind]} WHERE id = ? AND accountId = ? ${lock}`,
      [id, accountId],
    );
    if (!row) throw new NotFound('groups.problem.gone');
    return { ...row, features: row.features === null ? null : (JSON.parse(row.features) as GroupFeatures) };
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
        const batchId = await this.begin(manager, actor, kind, 'create');
        await insertGroup(manager, accountId, kind, { id, name, kind: chatKind, features: null, batchId });
        if (chatKind === 'restricted') await recount(manager, accountId, kind);
        const made: Changes = {
          name: [null, name],
          ...(kind === 'chatGroups' ? { kind: [null, chatKind] satisfies Changes[string] } : {}),
        };
        await this.recordGroup(manager, accountId, kind, batchId, id, 'created', made);
        await this.audit(manager, actor, facts, kind, { act: 'create', id, name, batchId, details: made });
      });
    } catch (error) {
      if (isDuplicate(error, 'PRIMARY')) {
        // The same form once more; somebody else's id would have to be guessed, and shows nothing.
        await this.find(accountId, kind, id);
        return id;
      }
      if (isDuplicate(error, 'name')) {
        const taken = await this.nameTaken(accountId, kind, name);
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
        const batchId = await this.begin(manager, actor, kind, 'rename');
        await manager.query(
          `UPDATE ${groupTables[kind]} SET name = ?, nameKey = ?, revision = revision + 1 WHERE id = ?`,
          [name, nameKeyOf(name), id],
        );
        const changes: Changes = { name: [before.name, name] };
        await this.recordGroup(manager, accountId, kind, batchId, id, 'changed', changes);
        await this.audit(manager, actor, facts, kind, { act: 'rename', id, name, batchId, details: changes });
      });
    } catch (error) {
      if (isDuplicate(error, 'name')) throw await this.nameTaken(accountId, kind, name);
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
      const batchId = await this.begin(manager, actor, 'chatGroups', 'kind');
      await manager.query('UPDATE chat_groups SET kind = ?, revision = revision + 1 WHERE id = ?', [
        kind,
        id,
      ]);
      if (kind === 'restricted' || before.kind === 'restricted') {
        await eachMember(manager, 'chatGroups', id, (ids) => refreshRestricted(manager, ids));
        await recount(manager, accountId, 'chatGroups');
      }
      const changes: Changes = { kind: [before.kind, kind] };
      await this.recordGroup(manager, accountId, 'chatGroups', batchId, id, 'changed', changes);
      const { name } = before;
      await this.audit(manager, actor, facts, 'chatGroups', {
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
      const batchId = await this.begin(manager, actor, 'userGroups', 'settings');
      await manager.query('UPDATE user_groups SET features = ?, revision = revision + 1 WHERE id = ?', [
        after && JSON.stringify(after),
        id,
      ]);
      await recount(manager, accountId, 'userGroups');
      const changes: Changes = { features: [before.features, after] };
      await this.recordGroup(manager, accountId, 'userGroups', batchId, id, 'changed', changes);
      const { name } = before;
      await this.audit(manager, actor, facts, 'userGroups', {
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
      const group = await this.find(accountId, kind, id, manager, 'FOR UPDATE');
      const batchId = await this.begin(manager, actor, kind, 'delete');
      let members = 0;
      await eachMember(manager, kind, id, async (ids) => {
        members += ids.length;
        await this.leave(manager, accountId, kind, group, ids, batchId);
      });
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
      await this.recordGroup(manager, accountId, kind, batchId, id, 'removed', changes);
      await this.audit(manager, actor, facts, kind, {
        act: 'delete',
        id,
        name,
        batchId,
        details: { members },
      });
      return { group, batchId };
    });
  }

  /**
   * Takes one act on a group back: a deletion with name, settings and members, or people added or removed. Who left
   * the company meanwhile stays away.
   * @throws NotFound, Refused accounts.undo-over, Conflict accounts.undone-already or groups.problem.name-taken
   */
  async undo(actor: Actor, facts: ActFacts, kind: GroupKind, batchId: Id): Promise<{ id: Id; name: string }> {
    const { accountId } = actor;
    let name = '';
    try {
      return await inTransaction(this.database, async (manager) => {
        const batch = await this.undoable(manager, accountId, kind, batchId);
        const subjectType = groupWords[kind];
        const entry = await manager.findOneByOrFail(JournalEntry, { batchId, accountId, subjectType });
        const { subjectId: id, changes } = entry;
        const act = batch.kind.slice(batch.kind.indexOf('.') + 1);
        const undoing = await this.begin(manager, actor, kind, `${act}.undo`, batchId);
        if (act === 'delete') {
          const [was] = (changes?.['group'] ?? [{}]) as [Partial<Group>];
          name = was.name ?? '';
          await insertGroup(manager, accountId, kind, {
            id,
            name,
            kind: was.kind ?? 'normal',
            features: was.features ?? null,
            batchId: null,
            createdAt: was.createdAt ? new Date(was.createdAt) : undefined,
          });
          await recount(manager, accountId, kind);
        }
        const group = await this.find(accountId, kind, id, manager, 'FOR UPDATE');
        name = group.name;
        const back = act === 'add' ? ('leave' as const) : ('join' as const);
        let members = 0;
        await eachSubject(manager, batchId, async (ids) => {
          const people = await existing(manager, accountId, ids);
          const within = await membersAmong(manager, kind, id, people);
          const moved = people.filter((each) => within.has(each) === (back === 'leave'));
          members += moved.length;
          await this[back](manager, accountId, kind, group, moved, undoing);
        });
        const { kind: chatKind, features } = group;
        const done: Changes =
          act === 'delete'
            ? { group: [null, { name, kind: chatKind, features }], members: [0, members] }
            : { [back === 'join' ? 'added' : 'removed']: [0, members] };
        const action = act === 'delete' ? 'restored' : 'changed';
        await this.recordGroup(manager, accountId, kind, undoing, id, action, done);
        const details = { undone: act, members };
        await this.audit(manager, actor, facts, kind, {
          act: 'restore',
          id,
          name,
          batchId: undoing,
          details,
        });
        return { id, name };
      });
    } catch (error) {
      if (isDuplicate(error)) throw await this.nameTaken(accountId, kind, name);
      throw error;
    }
  }

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
      const group = await this.find(accountId, kind, id, manager, 'FOR UPDATE');
      const left: Left[] = [];
      const moving: Id[] = [];
      let same = 0;
      for (let from = 0; from < wanted.length; from += CHUNK) {
        const chunk = wanted.slice(from, from + CHUNK);
        const people = await peopleOf(manager, accountId, chunk);
        if (people.length !== chunk.length) throw new NotFound('accounts.user-not-found');
        const within = await membersAmong(manager, kind, id, chunk);
        for (const person of people) {
          if (within.has(person.id) === (act === 'add')) same++;
          else if (!mayChange(actor, person)) left.push({ id: person.id, key: OWNER_ONLY });
          else moving.push(person.id);
        }
      }
      if (moving.length === 0) return { done: 0, same, left, batchId: null };
      const batchId = await this.begin(manager, actor, kind, act);
      for (let from = 0; from < moving.length; from += CHUNK) {
        const chunk = moving.slice(from, from + CHUNK);
        await this[act === 'add' ? 'join' : 'leave'](manager, accountId, kind, group, chunk, batchId);
      }
      const counted: Changes = { [act === 'add' ? 'added' : 'removed']: [0, moving.length] };
      await this.recordGroup(manager, accountId, kind, batchId, id, 'changed', counted);
      const { name } = group;
      const details = { people: moving.length, ...(moving.length === 1 ? { userId: moving[0] } : {}) };
      await this.audit(manager, actor, facts, kind, { act: `${act}-members`, id, name, batchId, details });
      return { done: moving.length, same, left, batchId };
    });
  }

  /** These people come in, none of whom is in it; each finds it in their own history. */
  private async join(
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

  private async leave(
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

  /** Holds the group's row and runs `body`, unless the group was changed since `revision` was read. */
  private async change(
    actor: Actor,
    kind: GroupKind,
    id: Id,
    revision: number,
    body: (manager: EntityManager, before: Group) => Promise<void>,
  ): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      const before = await this.find(actor.accountId, kind, id, manager, 'FOR UPDATE');
      if (before.revision !== revision) {
        throw new Conflict('groups.problem.changed-meanwhile', { name: before.name });
      }
      await body(manager, before);
    });
  }

  private async undoable(
    manager: EntityManager,
    accountId: Id,
    kind: GroupKind,
    batchId: Id,
  ): Promise<JournalBatch> {
    const batch = await manager.findOneBy(JournalBatch, { id: batchId, accountId });
    const kinds = ['delete', 'add', 'remove'].map((act) => `${groupWords[kind]}s.${act}`);
    if (!batch || !kinds.includes(batch.kind)) throw new NotFound();
    if (batch.at.getTime() < Date.now() - limits.restoreDays * 86_400_000)
      throw new Refused('accounts.undo-over');
    if (!(await this.journal.markUndone(manager, accountId, batchId)))
      throw new Conflict('accounts.undone-already');
    return batch;
  }

  private begin(
    manager: EntityManager,
    actor: Actor,
    kind: GroupKind,
    act: string,
    undoes?: Id,
  ): Promise<Id> {
    const { accountId, id: actorId } = actor;
    return this.journal.begin(manager, { accountId, actorId, kind: `${groupWords[kind]}s.${act}`, undoes });
  }

  private recordGroup(
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

  private audit(
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

  private async nameTaken(accountId: Id, kind: GroupKind, name: string): Promise<Conflict> {
    const [holder] = await this.database.query<{ id: Id; name: string }[]>(
      `SELECT id, name FROM ${groupTables[kind]} WHERE accountId = ? AND nameKey = ?`,
      [accountId, nameKeyOf(name)],
    );
    return new Conflict('groups.problem.name-taken', { name: holder?.name ?? name, id: holder?.id ?? '' });
  }
}

interface Audited {
  act: string;
  id: Id;
  name: string;
  batchId: Id;
  details: Record<string, unknown>;
}

interface GroupRow {
  id: Id;
  name: string;
  kind: ChatGroupKind;
  features: GroupFeatures | null;
  batchId: Id | null;
  createdAt?: Date;
}

async function insertGroup(
  manager: EntityManager,
  accountId: Id,
  kind: GroupKind,
  { id, name, kind: chatKind, features, batchId, createdAt = new Date() }: GroupRow,
): Promise<void> {
  const own = kind === 'chatGroups' ? ['kind', chatKind] : ['features', features && JSON.stringify(features)];
  await manager.query(
    `INSERT INTO ${groupTables[kind]} (id, accountId, name, nameKey, createdByBatch, createdAt, ${own[0]})
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [id, accountId, name, nameKeyOf(name), batchId, createdAt, own[1]],
  );
}

/**
 * Counts again what sessions and directory go by. The account's row is held first, in a statement of its own: the
 * second of two at once then counts what the first left.
 */
async function recount(manager: EntityManager, accountId: Id, kind: GroupKind): Promise<void> {
  const [column, condition] =
    kind === 'chatGroups'
      ? ['restrictedGroups', `kind = 'restricted'`]
      : ['groupFeatures', 'features IS NOT NULL'];
  await manager.query(`SELECT ${column} FROM accounts WHERE id = ? FOR UPDATE`, [accountId]);
  const [{ count }] = await manager.query<[{ count: string | number }]>(
    `SELECT COUNT(*) AS count FROM ${groupTables[kind]} WHERE accountId = ? AND ${condition}`,
    [accountId],
  );
  await manager.query(`UPDATE accounts SET ${column} = ? WHERE id = ?`, [Number(count), accountId]);
}

/** Hands over all members, whatever their state, some hundred at a time; `body` may take them out. */
async function eachMember(
  manager: EntityManager,
  kind: GroupKind,
  groupId: Id,
  body: (userIds: Id[]) => Promise<void>,
): Promise<void> {
  await eachId(
    (after) =>
      manager.query<{ id: Id }[]>(
        `SELECT userId AS id FROM ${memberTables[kind]} WHERE groupId = ? AND userId > ? ORDER BY userId LIMIT ${CHUNK}`,
        [groupId, after],
      ),
    body,
  );
}

/** The people a batch of the journal is about. */
async function eachSubject(
  manager: EntityManager,
  batchId: Id,
  body: (userIds: Id[]) => Promise<void>,
): Promise<void> {
  await eachId(
    (after) =>
      manager.query<{ id: Id }[]>(
        `SELECT subjectId AS id FROM journal_entries
         WHERE batchId = ? AND subjectId > ? AND subjectType = 'user' ORDER BY subjectId LIMIT ${CHUNK}`,
        [batchId, after],
      ),
    body,
  );
}

async function eachId(
  read: (after: Id) => Promise<{ id: Id }[]>,
  body: (ids: Id[]) => Promise<void>,
): Promise<void> {
  let after = '';
  for (;;) {
    const ids = (await read(after)).map(({ id }) => id);
    if (ids.length > 0) await body(ids);
    if (ids.length < CHUNK) return;
    after = ids[ids.length - 1] ?? '';
  }
}

/** Those who are of the account still, the bin included: whoever comes back from there has their groups. */
async function existing(manager: EntityManager, accountId: Id, ids: readonly Id[]): Promise<Id[]> {
  const rows = await manager.query<{ id: Id }[]>(
    'SELECT id FROM users WHERE id IN (?) AND accountId = ? AND liveKey = 1 ORDER BY id',
    [ids, accountId],
  );
  return rows.map(({ id }) => id);
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

async function membersAmong(
  manager: EntityManager,
  kind: GroupKind,
  groupId: Id,
  userIds: readonly Id[],
): Promise<Set<Id>> {
  if (userIds.length === 0) return new Set();
  const rows = await manager.query<{ userId: Id }[]>(
    `SELECT userId FROM ${memberTables[kind]} WHERE groupId = ? AND userId IN (?)`,
    [groupId, userIds],
  );
  return new Set(rows.map(({ userId }) => userId));
}

/** In the order `groupNamesOf` gives. */
function sortedNames(names: string[]): string[] {
  const keys = new Map(names.map((name) => [name, nameKeyOf(name)]));
  return names.sort((one, other) => ((keys.get(one) ?? '') < (keys.get(other) ?? '') ? -1 : 1));
}
