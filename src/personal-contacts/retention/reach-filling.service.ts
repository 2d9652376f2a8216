import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { Jobs, type Task } from '../../jobs/jobs.service.js';
import { type CardProperty } from '../../contact-card/contact-fields.js';
import { changeReachOf } from '../contact-reach.js';

const AT_ONCE = 500;
/** Raised where more can be read from a card, or otherwise: then all is read once more. */
const VERSION = 1;
const KIND = `contacts.fill-reach-${VERSION}`;
const DONE = 'contacts-reach';

interface Row {
  id: Id;
  accountId: Id;
  ownerId: Id;
  extra: string;
}

/** Further numbers and addresses of the contacts that were there before they were kept, once for the installation and in sets. */
@Injectable()
export class ReachFilling implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger(ReachFilling.name);

  constructor(
    private readonly database: DataSource,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(KIND, (_: object, task) => this.fill(task));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.askIfDue().catch((error: unknown) => this.logger.warn(error));
  }

  async askIfDue(): Promise<void> {
    const [row] = await this.database.query<{ value: string }[]>(
      'SELECT value FROM installation WHERE name = ?',
      [DONE],
    );
    if (Number(row?.value ?? 0) >= VERSION) return;
    await this.jobs.enqueue(this.database.manager, { kind: KIND, payload: {}, uniqueKey: KIND });
  }

  private async fill(task: Task): Promise<void> {
    for (let after: Id | null = ''; after !== null;) after = await this.fillSet(after, task);
    await this.database.query(
      'INSERT INTO installation (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)',
      [DONE, String(VERSION)],
    );
  }

  /** Those in the bin too. @returns where the next set goes on; null behind the last contact */
  private async fillSet(after: Id, task: Task): Promise<Id | null> {
    task.cancelled.throwIfAborted();
    const rows = await this.database.query<{ id: Id; found: number }[]>(
      `SELECT id, extra LIKE '%["tel",%' OR extra LIKE '%["email",%' AS found FROM personal_contacts
       WHERE id > ? ORDER BY id LIMIT ${AT_ONCE}`,
      [after],
    );
    const ids = rows.flatMap(({ id, found }) => (found ? id : []));
    if (ids.length > 0)
      await inTransaction(this.database, async (manager) => {
        await task.extend(manager);
        // Locked, so that an edit at this moment does not get what it replaced.
        const held = await manager.query<Row[]>(
          'SELECT id, accountId, ownerId, extra FROM personal_contacts WHERE id IN (?) ORDER BY id FOR UPDATE',
          [ids],
        );
        for (const own of byOwner(held)) await changeReachOf(manager, own[0], own.map(unchanged));
      });
    return rows.length === AT_ONCE ? rows[AT_ONCE - 1].id : null;
  }
}

function byOwner(rows: readonly Row[]): Row[][] {
  const owners = new Map<Id, Row[]>();
  for (const row of rows) owners.set(row.ownerId, [...(owners.get(row.ownerId) ?? []), row]);
  return [...owners.values()];
}

function unchanged({ id, extra }: Row) {
  const contact = { id, extra: JSON.parse(extra) as CardProperty[] };
  return { before: contact, after: contact };
}
