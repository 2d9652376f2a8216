import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { emptyChanges } from '../../accounts/erasure-final.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { accountsWithDue } from '../../jobs/due-accounts.js';
import { every, Sweeper } from '../../jobs/sweeper.service.js';
import { requestPurposes } from '../requests/request-links.js';

/** Rows of one transaction. */
const AT_ONCE = 200;
/** Sets of one account (or state) at each turn; the rest waits for the next. */
const SETS = 20;
/** Accounts of one turn. */
const ACCOUNTS = 500;

/**
 * The end of what is over: contacts and folders 30 days after they ended, with what the journal says of them, and
 * requests `externalRequestDays` after they would have. In sets, a transaction each; whatever came back meanwhile is no
 * longer found.
 */
@Injectable()
export class KeptForDays implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly sweeper: Sweeper,
  ) {}

  onModuleInit(): void {
    this.sweeper.register('external.retention', every.hour, ({ cancelled }) => this.sweep(cancelled));
  }

  async sweep(cancelled?: AbortSignal): Promise<void> {
    const sets = async (erase: (manager: EntityManager) => Promise<number>) => {
      for (let set = 0; set < SETS; set++) {
        cancelled?.throwIfAborted();
        if ((await inTransaction(this.database, erase)) < AT_ONCE) return;
      }
    };
    for (const kept of ['external_contacts', 'external_folders'] as const)
      for (const accountId of await this.accountsWithDue(kept))
        await sets((manager) => eraseKept(manager, kept, accountId));
    for (const state of ['accepted', 'declined', 'withdrawn', 'expired', 'blocked']) {
      await sets((manager) => eraseSent(manager, state));
      await sets((manager) => eraseReceived(manager, state));
    }
  }

  private accountsWithDue(kept: Kept): Promise<Id[]> {
    const due = { table: kept, column: endOf[kept], over: OVER, most: ACCOUNTS };
    return accountsWithDue(this.database, due);
  }
}

type Kept = keyof typeof endOf;

const endOf = { external_contacts: 'endedAt', external_folders: 'deletedAt' } as const;
const memberOf = { external_contacts: 'contactId', external_folders: 'folderId' } as const;

const OVER = `DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${limits.restoreDays} DAY)`;
const LONG_OVER = `DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${limits.externalRequestDays} DAY)`;

/** @returns how many there were */
async function eraseKept(manager: EntityManager, kept: Kept, accountId: Id): Promise<number> {
  const due = await manager.query<{ id: Id }[]>(
    `SELECT id FROM ${kept} WHERE accountId = ? AND ${endOf[kept]} < ${OVER} LIMIT ${AT_ONCE} FOR UPDATE`,
    [accountId],
  );
  if (due.length === 0) return 0;
  const ids = due.map(({ id }) => id);
  await manager.query(`DELETE FROM external_folder_members WHERE ${memberOf[kept]} IN (?)`, [ids]);
  await manager.query(`DELETE FROM ${kept} WHERE id IN (?)`, [ids]);
  await emptyChanges(manager, accountId, ids);
  return due.length;
}

/** With the links of their mails, which say whom they were to. */
async function eraseSent(manager: EntityManager, state: string): Promise<number> {
  const due = await manager.query<{ id: Id; senderId: Id; receiverId: Id | null }[]>(
    `SELECT s.id, s.senderId, r.receiverId FROM external_requests_sent s
     LEFT JOIN external_requests_received r ON r.requestId = s.id
     WHERE s.state = ? AND s.expiresAt < ${LONG_OVER} LIMIT ${AT_ONCE}`,
    [state],
  );
  if (due.length === 0) return 0;
  const ids = due.map(({ id }) => id);
  const owners = due.flatMap(({ senderId, receiverId }) => [senderId, receiverId ?? senderId]);
  await manager.query(
    'DELETE FROM one_time_links WHERE userId IN (?) AND purpose IN (?) AND subjectId IN (?)',
    [[...new Set(owners)], requestPurposes, ids],
  );
  await manager.query(`DELETE FROM external_requests_sent WHERE id IN (?) AND state = ?`, [ids, state]);
  return due.length;
}

async function eraseReceived(manager: EntityManager, state: string): Promise<number> {
  const { affectedRows } = await manager.query<{ affectedRows: number }>(
    `DELETE FROM external_requests_received WHERE state = ? AND expiresAt < ${LONG_OVER} LIMIT ${AT_ONCE}`,
    [state],
  );
  return affectedRows;
}
