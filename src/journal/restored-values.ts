import { type Id } from '../database/new-id.js';
import { type Changes } from './journal.entities.js';

interface Statements {
  query<Result>(sql: string, values?: unknown[]): Promise<Result>;
}

/** What later batches gave a subject, and took from it, all in all. */
export interface Moved {
  given: Id[];
  taken: Id[];
}

/**
 * What subjects said when this act brought them back, in the fields that were changed since: the first value that a later batch
 * replaced.
 * @param sets fields that hold ids of what may itself be gone for a while, and is left out of the journal as long: of these a `Moved`
 */
export async function restoredValues<Field extends string>(
  database: Statements,
  ids: readonly Id[],
  act: Id,
  fields: readonly Field[],
  sets: readonly Field[] = [],
): Promise<Map<Id, Partial<Record<Field, unknown>>>> {
  type Values = Partial<Record<Field, unknown>>;
  const values = new Map<Id, Values>();
  if (ids.length === 0) return values;
  const rows = await database.query<{ subjectId: Id; changes: string | null }[]>(
    `SELECT subjectId, changes FROM journal_entries
     WHERE subjectId IN (?) AND batchId > ? AND action = 'changed' ORDER BY subjectId, batchId`,
    [ids, act],
  );
  for (const { subjectId, changes } of rows) {
    const known: Values = values.get(subjectId) ?? {};
    const said = parsedChanges(changes);
    for (const field of fields) {
      const change = said?.[field];
      if (!change) continue;
      if (sets.includes(field)) known[field] = movedOn(known[field] as Moved | undefined, change);
      else if (!(field in known)) known[field] = change[0];
    }
    values.set(subjectId, known);
  }
  return values;
}

function movedOn(moved: Moved = { given: [], taken: [] }, [before, after]: Changes[string]): Moved {
  const without = (ids: readonly Id[], others: readonly Id[]) => ids.filter((id) => !others.includes(id));
  const [was, is] = [(before ?? []) as Id[], (after ?? []) as Id[]];
  const [given, taken] = [without(is, was), without(was, is)];
  return {
    given: [...without(moved.given, taken), ...without(given, moved.taken)],
    taken: [...without(moved.taken, given), ...without(taken, moved.given)],
  };
}

/** The changes of an entry as its row holds them. */
export function parsedChanges(changes: string | null): Changes | null {
  return changes === null ? null : (JSON.parse(changes) as Changes);
}
