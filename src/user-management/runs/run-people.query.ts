import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { statuses, type Role, type Status } from '../../accounts/user.entity.js';
import { type Id } from '../../database/id.js';
import { type Actor } from '../../journal/actor.js';
import { filterOf } from '../user-list.query.js';
import { type UserFilters } from '../user-list.state.js';
import { type RunPreview } from './user-run.entity.js';

/** People of one step, and of one row of `user_run_people`. */
export const CHUNK = 500;

/** Somebody a run may be for, as far as its preview asks. */
export interface RunPerson {
  id: Id;
  role: Role;
  status: Status;
}

/** Finds the people of bulk actions. */
@Injectable()
export class RunPeople {
  constructor(private readonly database: DataSource) {}

  /** Everybody a list shows, on all its pages, at one moment. */
  matching(accountId: Id, filters: UserFilters): Promise<RunPerson[]> {
    const { sql, values } = filterOf(accountId, filters);
    return this.database.query(
      `SELECT u.id, u.role, u.status FROM users u WHERE ${sql} ORDER BY u.id`,
      values,
    );
  }

  /** Of these ids those of the account, whatever became of them since. */
  async ofIds(accountId: Id, ids: readonly Id[]): Promise<RunPerson[]> {
    const people: RunPerson[] = [];
    const wanted = [...new Set(ids)].sort();
    for (let from = 0; from < wanted.length; from += CHUNK) {
      people.push(
        ...(await this.database.query<RunPerson[]>(
          'SELECT id, role, status FROM users WHERE id IN (?) AND accountId = ? ORDER BY id',
          [wanted.slice(from, from + CHUNK), accountId],
        )),
      );
    }
    return people;
  }

  async previewOf(actor: Actor, people: readonly RunPerson[]): Promise<RunPreview> {
    const owners = people.filter(({ role }) => role === 'owner');
    const active = owners.filter(({ status }) => status === 'active').length;
    return {
      statuses: Object.fromEntries(
        [...statuses, 'erased'].map((each) => [each, people.filter(({ status }) => status === each).length]),
      ),
      owners: owners.length,
      self: people.some(({ id }) => id === actor.id),
      allOwners: active > 0 && active === (await this.activeOwners(actor.accountId)),
    };
  }

  /** The first people of a run, to name some. */
  first(runId: Id): Promise<Id[]> {
    return this.chunk(this.database.manager, runId, 0);
  }

  /** People of one step of a run; none beyond the last. */
  async chunk(manager: EntityManager, runId: Id, chunk: number): Promise<Id[]> {
    const [row] = await manager.query<{ userIds: string }[]>(
      'SELECT userIds FROM user_run_people WHERE runId = ? AND chunk = ?',
      [runId, chunk],
    );
    return row ? (JSON.parse(row.userIds) as Id[]) : [];
  }

  async store(
    manager: EntityManager,
    { id: runId, accountId }: { id: Id; accountId: Id },
    ids: readonly Id[],
  ): Promise<void> {
    const rows: unknown[][] = [];
    for (let from = 0; from < ids.length; from += CHUNK)
      rows.push([runId, from / CHUNK, accountId, JSON.stringify(ids.slice(from, from + CHUNK))]);
    // About a megabyte of ids at a time.
    for (let from = 0; from < rows.length; from += 50)
      await manager.query('INSERT INTO user_run_people (runId, chunk, accountId, userIds) VALUES ?', [
        rows.slice(from, from + 50),
      ]);
  }

  private async activeOwners(accountId: Id): Promise<number> {
    const [{ owners }] = await this.database.query<[{ owners: string | number }]>(
      `SELECT COUNT(*) AS owners FROM users
       WHERE accountId = ? AND status = 'active' AND role = 'owner' AND liveKey = 1`,
      [accountId],
    );
    return Number(owners);
  }
}
