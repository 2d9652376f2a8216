import { isDeepStrictEqual } from 'node:util';
import { newId, type Id } from '../../database/id.js';
import { type Statements } from '../../imports/import-kind.js';
import { type Brake } from '../connection.entities.js';
import { braked, type Counted, type Verdict } from './brake.js';
import { type Run, type Saving } from './run.js';

/** Tells the owner what is asked, in the transaction that asks it. */
export type Ask = (saving: Saving, scopeId: Id, brake: Brake) => Promise<void>;

/**
 * Counts against the brake of a scope as it stands at this moment, for its owner may have answered since the run began. Written
 * only where it changes, and then under the row of the connection, which whoever answers holds too.
 */
export async function countAgainstBrake(
  run: Run,
  scopeKey: string,
  counted: Counted,
  ask: Ask,
): Promise<{ brake: Brake | null; verdict: Verdict }> {
  const standing = await scopeOf(run, run.statements, scopeKey);
  const decided = next(standing?.brake ?? null, counted);
  if (isDeepStrictEqual(decided.brake, standing?.brake ?? null)) return decided;
  return run.save(async (saving) => {
    const { manager } = saving;
    const scope = await scopeOf(run, manager, scopeKey, 'FOR UPDATE');
    const { brake, verdict } = next(scope?.brake ?? null, counted);
    if (isDeepStrictEqual(brake, scope?.brake ?? null)) return { brake, verdict };
    const scopeId = scope?.id ?? newId();
    const { accountId, id: connectionId } = run.connection;
    await manager.query(
      `INSERT INTO sync_scopes (id, accountId, connectionId, scopeKey, brake) VALUES (?, ?, ?, ?, ?)
       ON DUPLICATE KEY UPDATE brake = VALUES(brake)`,
      [scopeId, accountId, connectionId, scopeKey, brake && JSON.stringify(brake)],
    );
    if (brake && !brake.decision) await ask(saving, scopeId, brake);
    return { brake, verdict };
  });
}

function next(brake: Brake | null, counted: Counted) {
  // Decided, and done: the next time is another question.
  if (counted.deleted === 0 && brake?.direction === counted.direction)
    return { brake: null, verdict: 'carry-out' as const };
  return braked(brake, counted, new Date());
}

async function scopeOf(
  { connection }: Run,
  database: Statements,
  scopeKey: string,
  lock = '',
): Promise<{ id: Id; brake: Brake | null } | null> {
  const [found] = await database.query<{ id: Id; brake: string | null }[]>(
    `SELECT id, brake FROM sync_scopes WHERE connectionId = ? AND scopeKey = ? ${lock}`,
    [connection.id, scopeKey],
  );
  if (!found) return null;
  return { id: found.id, brake: found.brake === null ? null : (JSON.parse(found.brake) as Brake) };
}
