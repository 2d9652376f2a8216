import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { Jobs, type Task } from '../../jobs/jobs.service.js';
import { TableRefolding, type FoldedRow } from '../../jobs/refolding.js';
import { FOLD_VERSION } from '../../text/fold.js';
import { contactKeysOf } from '../contact-row.js';
import { storedContacts } from '../contact-writes.js';

interface OwnedRow extends FoldedRow {
  ownerId: Id;
}

@Injectable()
export class Refolding extends TableRefolding<OwnedRow> {
  constructor(database: DataSource, jobs: Jobs) {
    super(database, jobs, { name: 'contacts', table: 'personal_contacts', owner: 'ownerId' });
  }

  protected async refoldThese(rows: readonly OwnedRow[], task: Task): Promise<void> {
    const owners = new Map<Id, Id[]>();
    for (const { id, ownerId } of rows) owners.set(ownerId, [...(owners.get(ownerId) ?? []), id]);
    await inTransaction(this.database, async (manager) => {
      await task.extend(manager);
      for (const [ownerId, ids] of owners) {
        await this.rekey(manager, ownerId, { ids });
        await this.rekey(manager, ownerId, { ids, deleted: true });
      }
      // Another letter may begin a name.
      await manager.query('UPDATE personal_contact_lists SET revision = revision + 1 WHERE ownerId IN (?)', [
        [...owners.keys()],
      ]);
    });
  }

  private async rekey(
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
