import { type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';

/** Those of these calls that are here, in the bin or not. */
export async function knownCalls(
  database: Statements,
  calls: readonly { userId: Id; callId: string }[],
): Promise<{ userId: Id; callId: string; startedAt: Date }[]> {
  if (calls.length === 0) return [];
  const ids = new Map<Id, string[]>();
  for (const { userId, callId } of calls) {
    const others = ids.get(userId);
    if (others) others.push(callId);
    else ids.set(userId, [callId]);
  }
  return database.query(
    `SELECT userId, callId, startedAt FROM calls WHERE ${[...ids].map(() => '(userId = ? AND callId IN (?))').join(' OR ')}`,
    [...ids].flat(),
  );
}
