import { type DataSource } from 'typeorm';
import { type Id } from '../database/id.js';
import { FOLD_VERSION } from '../text/fold.js';
import { type Jobs, type Task } from './jobs.service.js';
import { AT_ONCE, OnceForInstallation } from './once-for-installation.js';

/** A row whose keys are looked at. */
export interface FoldedRow {
  id: Id;
  foldVersion: number;
}

/**
 * Search and sort keys made by an older version of the folding are made anew: a new version of Carnet finds everybody again
 * without a migration that holds the tables. Each table with such keys has a subclass.
 */
export abstract class TableRefolding<Row extends FoldedRow> extends OnceForInstallation {
  /** @param owner column beside id and foldVersion that `refoldThese` needs, or null */
  constructor(
    database: DataSource,
    jobs: Jobs,
    private readonly what: { name: string; table: string; owner: (keyof Row & string) | null },
  ) {
    const { name } = what;
    super(database, jobs, {
      kind: `${name}.refold-${FOLD_VERSION}`,
      done: `${name}-fold`,
      version: FOLD_VERSION,
    });
  }

  /** Rows whose keys are old, of one set, each locked while it is read and written. */
  protected abstract refoldThese(rows: readonly Row[], task: Task): Promise<void>;

  protected async doSet(after: Id, task: Task): Promise<Id | null> {
    const { table, owner } = this.what;
    const rows = await this.database.query<Row[]>(
      `SELECT id, foldVersion${owner ? `, ${owner}` : ''} FROM ${table} WHERE id > ? ORDER BY id LIMIT ${AT_ONCE}`,
      [after],
    );
    const old = rows.filter(({ foldVersion }) => foldVersion < FOLD_VERSION);
    if (old.length > 0) await this.refoldThese(old, task);
    return rows.length === AT_ONCE ? rows[AT_ONCE - 1].id : null;
  }
}
