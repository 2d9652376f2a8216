import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { groupKinds, groupTables, memberTables, type GroupKind } from '../../accounts/group-tables.js';
import { type ChosenGroup } from '../../accounts/people-changes.service.js';
import { isId, type Id } from '../../database/id.js';
import { RunPeople } from './run-people.query.js';
import { type GroupsById, type RunForm } from './run.form.js';
import { MOST_AT_ONCE } from './user-runs.service.js';
import { type UserRun } from './user-run.entity.js';

/** Groups of a kind that boxes are shown for; others can be named. */
export const OFFERED = 100;

export interface OfferedGroup {
  id: Id;
  name: string;
  /** How many of the selected are in it; null where nobody counted. */
  people: number | null;
  restricted: boolean;
}

/** Groups that the people of a run may join and leave. */
export type OfferedGroups = Record<GroupKind, { join: OfferedGroup[]; leave: OfferedGroup[] }>;

@Injectable()
export class RunGroups {
  constructor(
    private readonly database: DataSource,
    private readonly people: RunPeople,
  ) {}

  /** All groups to join; to leave, those that some of the selected are in, with how many. One more than is shown. */
  async offered(run: UserRun): Promise<OfferedGroups> {
    const counted = run.total <= MOST_AT_ONCE;
    const ids: Id[] = [];
    if (counted)
      for (let chunk = 0; ids.length < run.total; chunk++) {
        const some = await this.people.chunk(this.database.manager, run.id, chunk);
        if (some.length === 0) break;
        ids.push(...some);
      }
    const read = async (kind: GroupKind) => {
      const join = await this.all(run.accountId, kind);
      return { join, leave: counted ? await this.ofPeople(run.accountId, kind, ids) : join };
    };
    const [userGroups, chatGroups] = [await read('userGroups'), await read('chatGroups')];
    return { userGroups, chatGroups };
  }

  /** The groups a form ticked, as far as they are of the account and still there. */
  async ticked(accountId: Id, form: RunForm): Promise<GroupsById> {
    const found: Record<GroupKind, Map<Id, ChosenGroup>> = { userGroups: new Map(), chatGroups: new Map() };
    for (const kind of groupKinds) {
      const ids = [...form[`${kind}Add`], ...form[`${kind}Remove`]].filter(isId);
      if (ids.length === 0) continue;
      const rows = await this.database.query<ChosenGroup[]>(
        `SELECT id, name FROM ${groupTables[kind]} WHERE accountId = ? AND id IN (?)`,
        [accountId, ids],
      );
      for (const group of rows) found[kind].set(group.id, group);
    }
    return found;
  }

  private async all(accountId: Id, kind: GroupKind): Promise<OfferedGroup[]> {
    const rows = await this.database.query<{ id: Id; name: string; kind: string }[]>(
      `SELECT id, name, ${kindColumn(kind)} AS kind FROM ${groupTables[kind]} g
       WHERE accountId = ? ORDER BY nameKey LIMIT ${OFFERED + 1}`,
      [accountId],
    );
    return rows.map(({ kind: which, ...group }) => ({
      ...group,
      people: null,
      restricted: which === 'restricted',
    }));
  }

  private async ofPeople(accountId: Id, kind: GroupKind, ids: readonly Id[]): Promise<OfferedGroup[]> {
    if (ids.length === 0) return [];
    const rows = await this.database.query<{ id: Id; name: string; people: string | number; kind: string }[]>(
      `SELECT g.id, g.name, COUNT(*) AS people, MAX(${kindColumn(kind)}) AS kind
       FROM ${memberTables[kind]} m JOIN ${groupTables[kind]} g ON g.id = m.groupId AND g.accountId = ?
       WHERE m.userId IN (?) GROUP BY g.id, g.name, g.nameKey ORDER BY g.nameKey LIMIT ${OFFERED + 1}`,
      [accountId, ids],
    );
    return rows.map(({ kind: which, people, ...group }) => ({
      ...group,
      people: Number(people),
      restricted: which === 'restricted',
    }));
  }
}

function kindColumn(kind: GroupKind): string {
  return kind === 'chatGroups' ? 'g.kind' : `'normal'`;
}
