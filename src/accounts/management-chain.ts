import { type EntityManager } from 'typeorm';
import { type Id } from '../database/id.js';
import { type Words } from '../web/words.js';

/** Somebody in a chain of managers. */
export interface Managed {
  id: Id;
  givenName: string;
  familyName: string;
}

/** Circles of more people than this are not looked for. */
const LONGEST = 50;

/**
 * The circle of managers a person stands in: beginning with them, each one's manager next, the last managed by the
 * first again. Empty for everybody else, also for who only reports into a circle. One query, whatever the data.
 */
export async function managementCycle(manager: EntityManager, accountId: Id, userId: Id): Promise<Managed[]> {
  const chain = await manager.query<(Managed & { managerId: Id | null })[]>(
    `WITH RECURSIVE chain AS (
       SELECT id, givenName, familyName, managerId, 1 AS step FROM users
       WHERE id = ? AND accountId = ? AND liveKey = 1
       UNION ALL
       SELECT u.id, u.givenName, u.familyName, u.managerId, chain.step + 1
       FROM chain JOIN users u ON u.id = chain.managerId AND u.accountId = ? AND u.liveKey = 1
       WHERE chain.step < ${LONGEST} AND chain.managerId <> ?)
     SELECT id, givenName, familyName, managerId FROM chain ORDER BY step`,
    [userId, accountId, accountId, userId],
  );
  if (chain.at(-1)?.managerId !== userId) return [];
  return chain.map(({ id, givenName, familyName }) => ({ id, givenName, familyName }));
}

/** “Ada Lovelace and Grace Hopper are each other’s manager”; null for no circle. */
export function cycleText(words: Words, cycle: readonly Managed[]): string | null {
  const names = cycle.map(({ givenName, familyName }) => `${givenName} ${familyName}`.trim());
  const [first = '', second = ''] = names;
  if (cycle.length === 0) return null;
  if (cycle.length === 1) return words.t('accounts.cycle.self', { name: first });
  if (cycle.length === 2) return words.t('accounts.cycle.pair', { one: first, other: second });
  return words.t('accounts.cycle.ring', { names: [...names, first].join(' → ') });
}
