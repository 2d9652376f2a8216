import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { accountsWithDue } from '../../jobs/due-accounts.js';
import { every, Sweeper } from '../../jobs/sweeper.service.js';
import { eraseCloudContacts, eraseConnections } from './connection-rows.js';

/** Rows of one transaction. */
const AT_ONCE = 200;
/** Sets of one account at each turn; the rest waits for the next. */
const SETS = 20;
/** Accounts of one turn. */
const ACCOUNTS = 500;

/**
 * The end of what is over: cloud contacts in the bin and settled conflicts after 30 days, runs after 90, and ended connections
 * with all they hold after 30. In sets, a transaction each; whatever came back meanwhile is no longer found.
 */
@Injectable()
export class KeptIntegrations implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly sweeper: Sweeper,
  ) {}

  onModuleInit(): void {
    this.sweeper.register('connections.retention', every.hour, ({ cancelled }) => this.sweep(cancelled));
  }

  async sweep(cancelled?: AbortSignal): Promise<void> {
    for (const { table, column, over, erase } of kinds)
      for (const accountId of await accountsWithDue(this.database, { table, column, over, most: ACCOUNTS }))
        for (let set = 0; set < SETS; set++) {
          cancelled?.throwIfAborted();
          if ((await inTransaction(this.database, (manager) => erase(manager, accountId))) < AT_ONCE) break;
        }
  }
}

const OVER = `DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${limits.restoreDays} DAY)`;
const RUNS_OVER = `DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${limits.syncRunDays} DAY)`;

/** Not read from nothing for so long: its connection rests, or fails. */
const WINDOW_OVER = 'DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 4 DAY)';

/** What is kept for its days. @returns how many it found due */
const kinds: {
  table: string;
  column: string;
  over: string;
  erase: (manager: EntityManager, accountId: Id) => Promise<number>;
}[] = [
  { table: 'connections', column: 'endedAt', over: OVER, erase: eraseEnded },
  { table: 'cloud_contacts', column: 'deletedAt', over: OVER, erase: eraseBinned },
  { table: 'cloud_conflicts', column: 'resolvedAt', over: OVER, erase: eraseSettled },
  { table: 'sync_runs', column: 'startedAt', over: RUNS_OVER, erase: eraseRuns },
  { table: 'calendars', column: 'windowFrom', over: WINDOW_OVER, erase: erasePast },
];

/** One connection's contacts, set by set; once it holds none, the connection itself. */
async function eraseEnded(manager: EntityManager, accountId: Id): Promise<number> {
  const [connection] = await manager.query<{ id: Id }[]>(
    `SELECT id FROM connections WHERE accountId = ? AND endedAt < ${OVER} ORDER BY endedAt LIMIT 1 FOR UPDATE`,
    [accountId],
  );
  if (!connection) return 0;
  // Those of the connection alone: a server that goes by ids waits for whoever holds a contact of another.
  const contacts = await manager.query<{ id: Id }[]>(
    `SELECT id FROM cloud_contacts FORCE INDEX (uq_cloud_contacts_remote)
     WHERE connectionId = ? ORDER BY id LIMIT ${AT_ONCE} FOR UPDATE`,
    [connection.id],
  );
  await eraseCloudContacts(
    manager,
    accountId,
    contacts.map(({ id }) => id),
  );
  if (contacts.length < AT_ONCE) await eraseConnections(manager, [connection.id]);
  // There may be another connection.
  return AT_ONCE;
}

/** One whose deletion the provider has not been told yet waits: forgotten here, it would come back from there. */
async function eraseBinned(manager: EntityManager, accountId: Id): Promise<number> {
  const due = await manager.query<{ id: Id; connectionId: Id }[]>(
    `SELECT id, connectionId FROM cloud_contacts
     WHERE accountId = ? AND deletedAt < ${OVER} AND pending IS NULL ORDER BY deletedAt LIMIT ${AT_ONCE}`,
    [accountId],
  );
  if (due.length === 0) return 0;
  // The rows of connections first, as everything that changes contacts.
  await manager.query('SELECT id FROM connections WHERE id IN (?) ORDER BY id FOR UPDATE', [
    [...new Set(due.map(({ connectionId }) => connectionId))],
  ]);
  const still = await manager.query<{ id: Id }[]>(
    `SELECT id FROM cloud_contacts WHERE id IN (?) AND deletedAt < ${OVER} AND pending IS NULL ORDER BY id FOR UPDATE`,
    [due.map(({ id }) => id)],
  );
  await eraseCloudContacts(
    manager,
    accountId,
    still.map(({ id }) => id),
  );
  return due.length;
}

async function eraseSettled(manager: EntityManager, accountId: Id): Promise<number> {
  const { affectedRows } = await manager.query<{ affectedRows: number }>(
    `DELETE FROM cloud_conflicts WHERE accountId = ? AND resolvedAt < ${OVER} LIMIT ${AT_ONCE}`,
    [accountId],
  );
  return affectedRows;
}

async function eraseRuns(manager: EntityManager, accountId: Id): Promise<number> {
  const { affectedRows } = await manager.query<{ affectedRows: number }>(
    `DELETE FROM sync_runs WHERE accountId = ? AND startedAt < ${RUNS_OVER} LIMIT ${AT_ONCE}`,
    [accountId],
  );
  return affectedRows;
}

/** Events that are over, of calendars nobody reads at the moment; those that are read forget them by themselves. */
async function erasePast(manager: EntityManager, accountId: Id): Promise<number> {
  const { affectedRows } = await manager.query<{ affectedRows: number }>(
    `DELETE FROM calendar_events WHERE accountId = ? AND endsAt < DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 3 DAY)
       AND calendarId IN (SELECT id FROM calendars WHERE accountId = ? AND windowFrom < ${WINDOW_OVER}) LIMIT ${AT_ONCE}`,
    [accountId, accountId],
  );
  return affectedRows;
}
