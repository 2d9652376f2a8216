import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { emptyChanges } from '../../accounts/erasure-final.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { accountsWithDue } from '../../jobs/due-accounts.js';
import { every, Sweeper } from '../../jobs/sweeper.service.js';
import { sweepContactPhotos } from '../contact-photos.js';
import { eraseContacts } from '../erase-contacts.js';

/** Rows of one transaction. */
const AT_ONCE = 200;
/** Sets of one account at each turn; the rest waits for the next. */
const SETS = 20;
/** Accounts of one turn. */
const ACCOUNTS = 500;

/**
 * The end of the 30 days: contacts and groups in the bin go for good, in sets, a transaction each, so that a process may
 * end at any moment and any other goes on. Whatever was restored meanwhile is no longer found. Pictures nobody has any more
 * follow.
 */
@Injectable()
export class EmptiedBins implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly sweeper: Sweeper,
  ) {}

  onModuleInit(): void {
    this.sweeper.register('contacts.empty-bins', every.quarterHour, ({ cancelled }) => this.sweep(cancelled));
  }

  async sweep(cancelled?: AbortSignal): Promise<void> {
    for (const table of ['personal_contacts', 'personal_contact_groups'] as const) {
      const due = { table, column: 'deletedAt', over: OVER, most: ACCOUNTS };
      for (const accountId of await accountsWithDue(this.database, due)) {
        cancelled?.throwIfAborted();
        for (let set = 0; set < SETS && (await this.emptySome(table, accountId)) === AT_ONCE; set++);
      }
    }
    await sweepContactPhotos(this.database);
  }

  /** @returns how many were due */
  private async emptySome(table: Binned, accountId: Id): Promise<number> {
    const due = await this.database.query<{ id: Id }[]>(
      `SELECT id FROM ${table} WHERE accountId = ? AND deletedAt < ${OVER} ORDER BY deletedAt LIMIT ${AT_ONCE}`,
      [accountId],
    );
    if (due.length === 0) return 0;
    await inTransaction(this.database, async (manager) => {
      const still = await manager.query<{ id: Id; ownerId: Id }[]>(
        `SELECT id, ownerId FROM ${table} WHERE id IN (?) AND accountId = ? AND deletedAt < ${OVER}
         ORDER BY id FOR UPDATE`,
        [due.map(({ id }) => id), accountId],
      );
      for (const [ownerId, ids] of byOwner(still)) {
        if (table === 'personal_contacts') await eraseContacts(manager, ownerId, ids);
        else await eraseGroups(manager, accountId, ids);
      }
    });
    return due.length;
  }
}

type Binned = 'personal_contacts' | 'personal_contact_groups';

const OVER = `DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${limits.restoreDays} DAY)`;

async function eraseGroups(manager: EntityManager, accountId: Id, ids: readonly Id[]): Promise<void> {
  for (const [table, column] of [
    ['personal_contact_group_members', 'groupId'],
    ['personal_contact_groups', 'id'],
  ])
    await manager.query(`DELETE FROM ${table} WHERE accountId = ? AND ${column} IN (?)`, [accountId, ids]);
  await emptyChanges(manager, accountId, ids);
}

function byOwner(rows: readonly { id: Id; ownerId: Id }[]): Map<Id, Id[]> {
  const owners = new Map<Id, Id[]>();
  for (const { id, ownerId } of rows) owners.set(ownerId, [...(owners.get(ownerId) ?? []), id]);
  return owners;
}
