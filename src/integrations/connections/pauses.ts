import { type EntityManager } from 'typeorm';
import { AccountSettings } from '../../accounts/account-settings.entity.js';
import { featuresOf } from '../../accounts/features.js';
import { newSettings } from '../../accounts/settings.js';
import { type Id } from '../../database/id.js';
import { type Connection, type ConnectionPause } from '../connection.entities.js';

/**
 * Why connections of an account may not run now; one that may is left out. The one rule of everything that pauses and lets go on:
 * the account is open, its person active, the feature on, the provider allowed.
 */
export async function pausesOf(
  manager: EntityManager,
  accountId: Id,
  connections: readonly Pick<Connection, 'id' | 'userId' | 'provider'>[],
): Promise<Map<Id, ConnectionPause>> {
  if (connections.length === 0) return new Map();
  const userIds = [...new Set(connections.map(({ userId }) => userId))];
  const [account] = await manager.query<{ closedAt: Date | null }[]>(
    'SELECT closedAt FROM accounts WHERE id = ?',
    [accountId],
  );
  const allowed = (await manager.findOneBy(AccountSettings, { accountId })) ?? newSettings(accountId);
  const here = await manager.query<{ id: Id }[]>(
    `SELECT id FROM users WHERE id IN (?) AND accountId = ? AND status = 'active' AND liveKey = 1`,
    [userIds, accountId],
  );
  const active = new Set(here.map(({ id }) => id));
  const features = await featuresOf(manager, accountId, userIds);
  const reason = ({ userId, provider }: Pick<Connection, 'userId' | 'provider'>): ConnectionPause | null => {
    if (!account || account.closedAt !== null) return 'account';
    if (!active.has(userId)) return 'person';
    if (!features.get(userId)?.integrations) return 'feature';
    return allowed[provider] ? null : 'provider';
  };
  return new Map(
    connections.flatMap((connection) => {
      const why = reason(connection);
      return why === null ? [] : [[connection.id, why] as const];
    }),
  );
}
