import { type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';
import { sameValue } from '../../journal/changes.js';
import { type Changes, type JournalEntry } from '../../journal/journal.entities.js';

/** What an act did to one of its subjects. */
export interface Noted {
  subjectType: string;
  subjectId: Id;
  action: JournalEntry['action'];
  changes: Changes | null;
}

/**
 * Adds what an act did to its subjects. A run may come to the same contact twice (read, then sent); the journal has one line a
 * subject and batch, so the second joins the first.
 */
export async function noteEntries(
  database: Statements,
  { accountId, batchId }: { accountId: Id; batchId: Id },
  entries: readonly Noted[],
): Promise<void> {
  if (entries.length === 0) return;
  // Of what is only made now there is no line yet.
  const known = entries.filter(({ action }) => action !== 'created').map(({ subjectId }) => subjectId);
  const earlier = await entriesOf(database, batchId, known);
  await database.query(
    `INSERT INTO journal_entries (batchId, subjectId, accountId, subjectType, action, changes) VALUES ?
     ON DUPLICATE KEY UPDATE action = VALUES(action), changes = VALUES(changes)`,
    [
      entries.map((entry) => {
        const { subjectType, subjectId, action, changes } = joined(earlier.get(entry.subjectId), entry);
        return [batchId, subjectId, accountId, subjectType, action, changes && JSON.stringify(changes)];
      }),
    ],
  );
}

/** Lines a batch has of these subjects. */
async function entriesOf(
  database: Statements,
  batchId: Id,
  ids: readonly Id[],
): Promise<Map<Id, Pick<Noted, 'action' | 'changes'>>> {
  if (ids.length === 0) return new Map();
  const rows = await database.query<{ subjectId: Id; action: Noted['action']; changes: string | null }[]>(
    'SELECT subjectId, action, changes FROM journal_entries WHERE batchId = ? AND subjectId IN (?)',
    [batchId, ids],
  );
  return new Map(
    rows.map(({ subjectId, action, changes }) => [
      subjectId,
      { action, changes: changes === null ? null : (JSON.parse(changes) as Changes) },
    ]),
  );
}

/** Two things one act did to a subject, as one: from the first `before` to the last `after`. */
export function joined<Entry extends Pick<Noted, 'action' | 'changes'>>(
  earlier: Pick<Noted, 'action' | 'changes'> | undefined,
  later: Entry,
): Entry {
  if (!earlier) return later;
  const changes: Changes = { ...earlier.changes };
  for (const [field, [before, after]] of Object.entries(later.changes ?? {})) {
    const first = changes[field] === undefined ? before : changes[field][0];
    if (sameValue(first, after)) delete changes[field];
    else changes[field] = [first, after];
  }
  return {
    ...later,
    action: actionOf(earlier.action, later.action),
    changes: Object.keys(changes).length > 0 ? changes : null,
  };
}

function actionOf(earlier: Noted['action'], later: Noted['action']): Noted['action'] {
  if (later === 'changed') return earlier;
  // Away and back again: what is left is what was changed on the way.
  if (earlier === 'removed' && later === 'restored') return 'changed';
  return later;
}
