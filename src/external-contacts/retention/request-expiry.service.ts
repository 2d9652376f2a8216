import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { every, Sweeper } from '../../jobs/sweeper.service.js';
import { RequestLinks } from '../requests/request-links.js';

/** Requests of one transaction. */
const AT_ONCE = 200;

/**
 * Writes down what every page says since the moment a request ended: on both sides, and its links open nothing more. The
 * sender's row decides; a receiver's that ended before it (sent again while nothing could be brought) comes back with it.
 */
@Injectable()
export class RequestExpiry implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly sweeper: Sweeper,
    private readonly links: RequestLinks,
  ) {}

  onModuleInit(): void {
    this.sweeper.register('external.expire', every.quarterHour, ({ cancelled }) => this.sweep(cancelled));
  }

  async sweep(cancelled?: AbortSignal): Promise<void> {
    for (const end of [endSent, endReceived])
      for (let ended = AT_ONCE; ended === AT_ONCE;) {
        cancelled?.throwIfAborted();
        ended = await inTransaction(this.database, (manager) => end(manager, this.links));
      }
  }
}

const OVER = `state = 'waiting' AND expiresAt <= UTC_TIMESTAMP(3)`;

interface Ended {
  id: Id;
  senderId: Id;
}

/** @returns how many there were */
async function endSent(manager: EntityManager, links: RequestLinks): Promise<number> {
  const due = await manager.query<Ended[]>(
    `SELECT id, senderId FROM external_requests_sent WHERE ${OVER} ORDER BY expiresAt, id LIMIT ${AT_ONCE} FOR UPDATE`,
  );
  if (due.length === 0) return 0;
  const ids = due.map(({ id }) => id);
  await manager.query(
    `UPDATE external_requests_sent SET state = 'expired', openKey = NULL WHERE id IN (?) AND ${OVER}`,
    [ids],
  );
  const received = await manager.query<{ receiverId: Id }[]>(
    'SELECT receiverId FROM external_requests_received WHERE requestId IN (?)',
    [ids],
  );
  await manager.query(
    `UPDATE external_requests_received SET state = 'expired' WHERE requestId IN (?) AND state = 'waiting'`,
    [ids],
  );
  const owners = [...due.map(({ senderId }) => senderId), ...received.map(({ receiverId }) => receiverId)];
  await links.withdraw(manager, [...new Set(owners)], ids);
  return due.length;
}

async function endReceived(manager: EntityManager): Promise<number> {
  const { affectedRows } = await manager.query<{ affectedRows: number }>(
    `UPDATE external_requests_received SET state = 'expired' WHERE ${OVER} ORDER BY expiresAt LIMIT ${AT_ONCE}`,
  );
  return affectedRows;
}
