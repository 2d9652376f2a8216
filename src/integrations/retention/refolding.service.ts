import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { Jobs, type Task } from '../../jobs/jobs.service.js';
import { TableRefolding, type FoldedRow } from '../../jobs/refolding.js';
import { FOLD_VERSION } from '../../text/fold.js';
import { cloudKeysOf } from '../contacts/cloud-contact-row.js';
import { storedCloudContacts } from '../contacts/cloud-contact-writes.js';

interface ConnectedRow extends FoldedRow {
  connectionId: Id;
}

/** Only the keys are written: no version, nothing to send. */
@Injectable()
export class CloudRefolding extends TableRefolding<ConnectedRow> {
  constructor(database: DataSource, jobs: Jobs) {
    super(database, jobs, { name: 'cloud-contacts', table: 'cloud_contacts', owner: 'connectionId' });
  }

  protected async refoldThese(rows: readonly ConnectedRow[], task: Task): Promise<void> {
    const connections = new Map<Id, Id[]>();
    for (const { id, connectionId } of rows)
      connections.set(connectionId, [...(connections.get(connectionId) ?? []), id]);
    for (const [connectionId, ids] of connections)
      await inTransaction(this.database, async (manager) => {
        await task.extend(manager);
        await rekey(manager, connectionId, ids);
      });
  }
}

async function rekey(manager: EntityManager, connectionId: Id, ids: readonly Id[]): Promise<void> {
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
