import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type CardProperty } from '../../contact-card/contact-fields.js';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { Jobs, type Task } from '../../jobs/jobs.service.js';
import { AT_ONCE, OnceForInstallation } from '../../jobs/once-for-installation.js';
import { changeReachOf } from '../contact-reach.js';

/** Raised where more can be read from a card, or otherwise: then all is read once more. */
const VERSION = 1;

interface Row {
  id: Id;
  accountId: Id;
  ownerId: Id;
  extra: string;
}

/** Further numbers and addresses of the contacts that were there before they were kept, those in the bin too. */
@Injectable()
export class ReachFilling extends OnceForInstallation {
  constructor(database: DataSource, jobs: Jobs) {
    const kind = `contacts.fill-reach-${VERSION}`;
    super(database, jobs, { kind, done: 'contacts-reach', version: VERSION });
  }

  protected async doSet(after: Id, task: Task): Promise<Id | null> {
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
