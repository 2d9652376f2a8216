import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Id } from '../database/id.js';
import { statuses, type Status } from './user.entity.js';

/** The order in which everybody touches the rows. */
const order: readonly Status[] = [...statuses, 'erased'];

export interface Move {
  from?: Status;
  to?: Status;
  people: number;
}

/**
 * Counts people into another status, in the transaction that moves them. The rows are touched in one order by
 * everybody, and late in the transaction: they are what all changes of an account wait for.
 */
export async function moveCounters(manager: EntityManager, accountId: Id, move: Move): Promise<void> {
  if (move.people === 0 || move.from === move.to) return;
  const changes = new Map<Status, number>();
  if (move.from) changes.set(move.from, -move.people);
  if (move.to) changes.set(move.to, move.people);
  const rows = order.filter((status) => changes.has(status));
  await manager.query(
    `INSERT INTO user_counters (accountId, status, people) VALUES ${rows.map(() => '(?, ?, ?)').join(', ')}
     ON DUPLICATE KEY UPDATE people = people + VALUES(people)`,
    rows.flatMap((status) => [accountId, status, changes.get(status)]),
  );
}

/** How many people an account has in each status, without counting them. */
@Injectable()
export class Counters {
  constructor(private readonly database: DataSource) {}

  async of(accountId: Id): Promise<Record<Status, number>> {
    const rows = await this.database.query<{ status: Status; people: number }[]>(
      'SELECT status, people FROM user_counters WHERE accountId = ?',
      [accountId],
    );
    const counts: Record<Status, number> = { active: 0, pending: 0, deactivated: 0, erased: 0 };
    for (const { status, people } of rows) counts[status] = people;
    return counts;
  }
}
