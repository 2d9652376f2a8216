import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../config/limits.js';
import { type Id } from '../database/id.js';
import { inTransaction, isDuplicate } from '../database/transaction.js';
import { Conflict, Forbidden, NotFound, Refused } from '../errors/domain-error.js';
import { type ActFacts, type Actor } from '../journal/actor.js';
import { JournalBatch, JournalEntry, type Changes } from '../journal/journal.entities.js';
import { Journal } from '../journal/journal.service.js';
import { GroupActs } from './group-acts.service.js';
import {
  eachSubject,
  findGroup,
  insertGroup,
  membersAmong,
  nameTaken,
  recount,
  stillOfAccount,
  type Group,
} from './group-rows.js';
import { groupWords, type GroupKind } from './group-tables.js';
import { recallAll, type Whole } from './group-wholes.js';
import { OWNER_ONLY } from './people-rows.js';

/** Acts on groups that can be taken back for 30 days. */
@Injectable()
export class GroupUndo {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
    private readonly acts: GroupActs,
  ) {}

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
        const undoing = await this.acts.begin(manager, actor, kind, `${act}.undo`, batchId);
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
        const group = await findGroup(manager, accountId, kind, id, 'FOR UPDATE');
        name = group.name;
        const back = act === 'add' ? ('leave' as const) : ('join' as const);
        const members =
          act === 'delete'
            ? await recallAll(manager, { accountId, kind, group, batchId: undoing }, batchId)
            : await this.move(manager, actor, back, { kind, group, batchId: undoing }, batchId);
        const { kind: chatKind, features } = group;
        const done: Changes =
          act === 'delete'
            ? { group: [null, { name, kind: chatKind, features }], members: [0, members] }
            : { [back === 'join' ? 'added' : 'removed']: [0, members] };
        const action = act === 'delete' ? 'restored' : 'changed';
        await this.acts.record(manager, accountId, kind, undoing, id, action, done);
        const details = { undone: act, members };
        await this.acts.audit(manager, actor, facts, kind, {
          act: 'restore',
          id,
          name,
          batchId: undoing,
          details,
        });
        return { id, name };
      });
    } catch (error) {
      if (isDuplicate(error)) throw await nameTaken(this.database.manager, accountId, kind, name);
      throw error;
    }
  }

  /**
   * Of the people a batch moved, those who are where it left them go back, owners only for an owner: a group may lock
   * what its members can do. @returns how many they are. @throws Forbidden where there is nobody but owners
   */
  private async move(
    manager: EntityManager,
    actor: Actor,
    back: 'join' | 'leave',
    { kind, group, batchId }: Omit<Whole, 'accountId'> & { group: Group },
    undone: Id,
  ): Promise<number> {
    const { accountId } = actor;
    let members = 0;
    let left = 0;
    await eachSubject(manager, undone, async (ids) => {
      const people = await stillOfAccount(manager, accountId, ids);
      const within = await membersAmong(manager, kind, group.id, people);
      const owners = actor.role === 'owner' ? new Set<Id>() : await ownersAmong(manager, people);
      const there = people.filter((each) => within.has(each) === (back === 'leave'));
      const moved = there.filter((each) => !owners.has(each));
      left += there.length - moved.length;
      members += moved.length;
      await this.acts[back](manager, accountId, kind, group, moved, batchId);
    });
    if (members === 0 && left > 0) throw new Forbidden(OWNER_ONLY);
    return members;
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
}

async function ownersAmong(manager: EntityManager, ids: readonly Id[]): Promise<Set<Id>> {
  if (ids.length === 0) return new Set();
  const owners = await manager.query<{ id: Id }[]>(
    `SELECT id FROM users WHERE id IN (?) AND role = 'owner'`,
    [ids],
  );
  return new Set(owners.map(({ id }) => id));
}
