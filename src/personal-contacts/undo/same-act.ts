import { type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';

/** Nobody goes back and forth more often and then wants what was at first. */
const DEEPEST = 50;

/** Those of these batches that are this one, or take its undo back (or the undo of that, and so on). */
export async function ofSameAct(database: Statements, batchIds: readonly Id[], act: Id): Promise<Set<Id>> {
  const same = new Set<Id>();
  /** For each batch still looked at, where its chain of undone batches has led. */
  let led = new Map([...new Set(batchIds)].map((id) => [id, id]));
  for (let depth = 0; led.size > 0 && depth < DEEPEST; depth++) {
    for (const [id, reached] of led) if (reached === act) same.add(id);
    const open = [...led].filter(([id]) => !same.has(id));
    if (open.length === 0) break;
    const rows = await database.query<{ id: Id; undoes: Id | null }[]>(
      'SELECT id, undoes FROM journal_batches WHERE id IN (?)',
      [[...new Set(open.map(([, reached]) => reached))]],
    );
    const undoes = new Map(rows.map((row) => [row.id, row.undoes]));
    led = new Map(
      open.flatMap(([id, reached]) => {
        const next = undoes.get(reached);
        return next ? [[id, next] as const] : [];
      }),
    );
  }
  return same;
}
