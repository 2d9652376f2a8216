import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { Jobs, type Task } from '../../jobs/jobs.service.js';
import { FOLD_VERSION } from '../../text/fold.js';
import { cloudKeysOf } from '../contacts/cloud-contact-row.js';
import { storedCloudContacts } from '../contacts/cloud-contact-writes.js';

/** A kind of its own for each version: a process that folds otherwise does not know it and leaves it alone. */
const REFOLD = `cloud-contacts.refold-${FOLD_VERSION}`;
/** What an installation says of itself once every row has keys of this version. */
const DONE = 'cloud-contacts-fold';
const AT_ONCE = 500;

/**
 * Search and sort keys of cloud contacts made by an older version of the folding are made anew, once for the installation and in
 * sets (as personal-contacts/retention/refolding.service.ts). Only the keys are written: no version, nothing to send.
 */
@Injectable()
export class CloudRefolding implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('CloudRefolding');

  constructor(
    private readonly database: DataSource,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(REFOLD, (_: object, task) => this.refold(task));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.askIfDue().catch((error: unknown) => this.logger.warn(error));
  }

  async askIfDue(): Promise<void> {
    const [row] = await this.database.query<{ value: string }[]>(
      'SELECT value FROM installation WHERE name = ?',
      [DONE],
    );
    if (Number(row?.value ?? 0) >= FOLD_VERSION) return;
    await this.jobs.enqueue(this.database.manager, { kind: REFOLD, payload: {}, uniqueKey: REFOLD });
  }

  private async refold(task: Task): Promise<void> {
    let after: Id | null = '';
    while (after !== null) after = await this.refoldSet(after, task);
    await this.database.query(
      'INSERT INTO installation (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)',
      [DONE, String(FOLD_VERSION)],
    );
  }

  /** @returns where the next set goes on; null behind the last row */
  private async refoldSet(after: Id, task: Task): Promise<Id | null> {
    task.cancelled.throwIfAborted();
    const rows = await this.database.query<{ id: Id; connectionId: Id; foldVersion: number }[]>(
      `SELECT id, connectionId, foldVersion FROM cloud_contacts WHERE id > ? ORDER BY id LIMIT ${AT_ONCE}`,
      [after],
    );
    const connections = new Map<Id, Id[]>();
    for (const { id, connectionId, foldVersion } of rows)
      if (foldVersion < FOLD_VERSION)
        connections.set(connectionId, [...(connections.get(connectionId) ?? []), id]);
    for (const [connectionId, ids] of connections)
      await inTransaction(this.database, async (manager) => {
        await task.extend(manager);
        await refoldThese(manager, connectionId, ids);
      });
    return rows.length === AT_ONCE ? rows[AT_ONCE - 1].id : null;
  }
}

async function refoldThese(manager: EntityManager, connectionId: Id, ids: readonly Id[]): Promise<void> {
  // The connection first, then the contacts: an edit at this moment does not get the keys of what it replaced.
  await manager.query('SELECT id FROM connections WHERE id = ? FOR UPDATE', [connectionId]);
  const which = { ids, lock: true, deleted: 'both' } as const;
  const stored = [...(await storedCloudContacts(manager, connectionId, which)).values()];
  if (stored.length === 0) return;
  const keys = stored.map((contact) => ({ id: contact.id, ...cloudKeysOf(contact) }));
  const cases = `CASE id ${keys.map(() => 'WHEN ? THEN ?').join(' ')} END`;
  await manager.query(
    `UPDATE cloud_contacts SET searchKey = ${cases}, sortKey = ${cases}, foldVersion = ?
     WHERE connectionId = ? AND id IN (?)`,
    [
      ...keys.flatMap(({ id, searchKey }) => [id, searchKey]),
      ...keys.flatMap(({ id, sortKey }) => [id, sortKey]),
      ...[FOLD_VERSION, connectionId, keys.map(({ id }) => id)],
    ],
  );
}
