import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountEvents, type PersonMoved } from '../accounts/events.js';
import { type Id } from '../database/new-id.js';
import { Conflict } from '../errors/domain-error.js';
import { type ImportState } from './import.entities.js';

/** A step is under way that names its owner: what it writes must not be left behind. */
const WORKING: readonly ImportState[] = ['checking', 'importing', 'undoing', 'redoing'];

/** Somebody who moves to a company takes along their own files, so that an import is undone and looked at as before. */
@Injectable()
export class MovedPeople implements OnModuleInit {
  constructor(private readonly events: AccountEvents) {}

  onModuleInit(): void {
    this.events.moved.subscribe((news) => this.bring(news));
  }

  /** @throws Conflict (`account-moving.import-runs`) while one is being read or written */
  private async bring({ manager, from, to }: PersonMoved): Promise<void> {
    const own = await manager.query<{ id: Id; state: ImportState }[]>(
      'SELECT id, state FROM imports WHERE ownerId = ? ORDER BY id FOR UPDATE',
      [from.userId],
    );
    if (own.length === 0) return;
    if (own.some(({ state }) => WORKING.includes(state))) throw new Conflict('account-moving.import-runs');
    const ids = own.map(({ id }) => id);
    await manager.query(
      `UPDATE imports SET ownerId = ?, accountId = ?, state = IF(state = 'uploading', 'cancelled', state) WHERE id IN (?)`,
      [to.userId, to.accountId, ids],
    );
    for (const table of ['import_pieces', 'import_batches'])
      await manager.query(`UPDATE ${table} SET accountId = ? WHERE importId IN (?)`, [to.accountId, ids]);
  }
}
