import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { Jobs, type Task } from '../../jobs/jobs.service.js';
import { FOLD_VERSION } from '../../text/fold.js';
import { contactKeysOf } from '../contact-row.js';
import { storedContacts } from '../contact-writes.js';

/** A kind of its own for each version: a process that folds otherwise does not know it and leaves it alone. */
const REFOLD = `contacts.refold-${FOLD_VERSION}`;
/** What an installation says of itself once every row has keys of this version. */
const DONE = 'contacts-fold';
const AT_ONCE = 500;

/**
 * Search and sort keys made by an older version of the folding are made anew, once for the installation and in sets: a new
 * version of Carnet finds everybody again without a migration that holds the tables.
 */
@Injectable()
export class Refolding implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('Refolding');

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
    const rows = await this.database.query<{ id: Id; ownerId: Id; foldVersion: number }[]>(
      `SELECT id, ownerId, foldVersion FROM personal_contacts WHERE id > ? ORDER BY id LIMIT ${AT_ONCE}`,
      [after],
    );
    const owners = new Map<Id, Id[]>();
    for (const { id, ownerId, foldVersion } of rows)
      if (foldVersion < FOLD_VERSION) owners.set(ownerId, [...(owners.get(ownerId) ?? []), id]);
    if (owners.size > 0)
      await inTransaction(this.database, async (manager) => {
        await task.extend(manager);
        for (const [ownerId, ids] of owners) {
          await this.refoldThese(manager, ownerId, { ids });
          await this.refoldThese(manager, ownerId, { ids, deleted: true });
        }
        // Another letter may begin a name.
        await manager.query(
          'UPDATE personal_contact_lists SET revision = revision + 1 WHERE ownerId IN (?)',
          [[...owners.keys()]],
        );
      });
    return rows.length === AT_ONCE ? rows[AT_ONCE - 1].id : null;
  }

  private async refoldThese(
    manager: EntityManager,
    ownerId: Id,
    which: { ids: readonly Id[]; deleted?: boolean },
  ): Promise<void> {
    // Locked, so that an edit at this moment does not get the keys of what it replaced.
    const stored = [...(await storedContacts(manager, ownerId, { ...which, lock: true })).values()];
    if (stored.length === 0) return;
    const keys = stored.map((contact) => ({ id: contact.id, ...contactKeysOf(contact) }));
    const cases = `CASE id ${keys.map(() => 'WHEN ? THEN ?').join(' ')} END`;
    // What people see is the same, and so is the revision a form was opened with.
    await manager.query(
      `UPDATE personal_contacts SET searchKey = ${cases}, sortKey = ${cases}, foldVersion = ?
       WHERE ownerId = ? AND id IN (?)`,
      [
        ...keys.flatMap(({ id, searchKey }) => [id, searchKey]),
        ...keys.flatMap(({ id, sortKey }) => [id, sortKey]),
        ...[FOLD_VERSION, ownerId, keys.map(({ id }) => id)],
      ],
    );
  }
}
