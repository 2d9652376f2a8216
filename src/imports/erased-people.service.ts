import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AccountEvents, type PeopleErased } from '../accounts/events.js';
import { type Id } from '../database/new-id.js';
import { ImportKinds } from './import-kinds.js';
import { Import } from './import.entities.js';
import { type ImportSummary, type Reading } from './reading.js';
import { type StoredRow, type StoredRows } from './stored-rows.js';

/** For more at once the rows are not looked through: that holds everybody up, and they go by themselves. */
const FEW = 20;

/**
 * Takes people who are erased for good out of the files of their company that are still kept; after 30 days those go as a
 * whole. What they brought in for themselves alone goes with them, and another's own files stay that person's.
 */
@Injectable()
export class ErasedPeople implements OnModuleInit {
  constructor(
    private readonly events: AccountEvents,
    private readonly kinds: ImportKinds,
  ) {}

  onModuleInit(): void {
    this.events.erased.subscribe((news) => this.forget(news));
  }

  private async forget(news: PeopleErased): Promise<void> {
    const { shared } = this.kinds;
    await this.deleteOwn(news, shared);
    const { ofPeople } = this.kinds;
    if (ofPeople.length > 0) await this.forgetIn(news, ofPeople, shared);
  }

  private async deleteOwn(
    { manager, accountId, userIds }: PeopleErased,
    shared: readonly string[],
  ): Promise<void> {
    const own = await manager.query<{ id: Id }[]>(
      `SELECT id FROM imports WHERE ownerId IN (?) AND accountId = ? AND kind NOT IN (?)`,
      [userIds, accountId, ['', ...shared]],
    );
    if (own.length === 0) return;
    const ids = own.map(({ id }) => id);
    // First, so that a step that runs at this moment finds it gone and ends.
    await manager.query('DELETE FROM imports WHERE id IN (?)', [ids]);
    for (const table of ['import_pieces', 'import_batches'])
      await manager.query(`DELETE FROM ${table} WHERE importId IN (?)`, [ids]);
  }

  private async forgetIn(
    { manager, accountId, userIds }: PeopleErased,
    kinds: readonly string[],
    shared: readonly string[],
  ): Promise<void> {
    const people = await manager.query<{ id: Id; email: string }[]>(
      'SELECT id, email FROM users WHERE id IN (?) AND accountId = ?',
      [userIds, accountId],
    );
    const names = people.flatMap(({ id, email }) => [id, email]);
    const mentions = (text: string | null) => {
      const lower = text?.toLowerCase() ?? '';
      return names.some((name) => lower.includes(name));
    };
    // One that is still to be written is read once more; it ends, or goes, within its 30 days.
    const imports = await manager.query<
      { id: Id; kind: string; reading: string | null; summary: string | null }[]
    >(
      `SELECT id, kind, reading, summary FROM imports
       WHERE accountId = ? AND kind IN (?) AND state IN ('done', 'undone', 'refused', 'cancelled')`,
      [accountId, kinds],
    );
    for (const { id, kind, reading, summary } of imports) {
      if (mentions(reading))
        await manager.update(
          Import,
          { id },
          { reading: { ...(JSON.parse(reading ?? '') as Reading), samples: [] } },
        );
      if (mentions(summary)) {
        const said = JSON.parse(summary ?? '') as ImportSummary;
        const kept = (said.kept ?? []).filter((each) => !mentions(JSON.stringify(each)));
        await manager.update(Import, { id }, { summary: { ...said, kept } });
      }
      const columns = reading === null ? [] : (JSON.parse(reading) as Reading).columns;
      if (people.length <= FEW)
        await this.emptyRows(manager, id, {
          ...{ mentions, email: columns.indexOf('email') },
          // What one admin brought in is of no use to others: a row that names them goes as a whole.
          whole: !shared.includes(kind),
        });
    }
  }

  /** Their rows stay as empty ones, so that the others keep their numbers; where others name them, the name goes. */
  private async emptyRows(
    manager: EntityManager,
    importId: Id,
    { mentions, email, whole }: { mentions: (text: string) => boolean; email: number; whole: boolean },
  ): Promise<void> {
    const without = (row: StoredRow): StoredRow => {
      const [line, verdict, cells, details] = row;
      if (!mentions(JSON.stringify(row))) return row;
      if (whole || mentions(cells[email] ?? '') || mentions(details?.k ?? ''))
        return [line, verdict, cells.map(() => '')];
      const others = cells.map((cell) => (mentions(cell) ? '' : cell));
      return details && !mentions(JSON.stringify(details))
        ? [line, verdict, others, details]
        : [line, verdict, others];
    };
    const batches = await manager.query<{ batch: number }[]>(
      'SELECT batch FROM import_batches WHERE importId = ? ORDER BY batch',
      [importId],
    );
    for (const { batch } of batches) {
      // One at a time: a file of 100,000 rows is never held as a whole.
      const [found] = await manager.query<{ rows: string }[]>(
        'SELECT `rows` FROM import_batches WHERE importId = ? AND batch = ?',
        [importId, batch],
      );
      if (!found || !mentions(found.rows)) continue;
      const stored = JSON.parse(found.rows) as StoredRows;
      await manager.query('UPDATE import_batches SET `rows` = ? WHERE importId = ? AND batch = ?', [
        JSON.stringify({ ...stored, rows: stored.rows.map(without) }),
        importId,
        batch,
      ]);
    }
  }
}
