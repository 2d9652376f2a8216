import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { newId, type Id } from '../database/id.js';

export interface News {
  accountId: Id;
  userId: Id;
  /** The words are `notifications.kind.<kind>`. */
  kind: string;
  /** What the words name; never a secret. */
  values: Record<string, string | number>;
  /** The page it leads to, a local path. */
  href: string;
  /** The same cause has the same key and is told once. At most 96 characters. */
  onceKey: string;
}

/** Rows of one INSERT. */
const CHUNK = 500;

/** Tells people what happened, in the transaction of its cause. */
@Injectable()
export class Notifications {
  async tell(manager: EntityManager, news: readonly News[]): Promise<void> {
    for (let from = 0; from < news.length; from += CHUNK) {
      const rows = news.slice(from, from + CHUNK);
      await manager.query(
        `INSERT INTO notifications (id, accountId, userId, kind, \`values\`, href, onceKey, at)
         VALUES ${rows.map(() => '(?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))').join(', ')}
         ON DUPLICATE KEY UPDATE onceKey = VALUES(onceKey)`,
        rows.flatMap(({ accountId, userId, kind, values, href, onceKey }) => [
          ...[newId(), accountId, userId, kind, JSON.stringify(values), href, onceKey],
        ]),
      );
    }
  }

  /** Reads what its reader has dealt with on its own page. @param onceKeys as they were told */
  async read(manager: EntityManager, userId: Id, onceKeys: readonly string[]): Promise<void> {
    if (onceKeys.length === 0) return;
    await manager.query(
      'UPDATE notifications SET readAt = UTC_TIMESTAMP(3) WHERE userId = ? AND onceKey IN (?) AND readAt IS NULL',
      [userId, onceKeys],
    );
  }

  /** Takes back what its cause no longer is, and nobody has read yet. @param onceKeys as they were told */
  async takeBack(manager: EntityManager, userId: Id, onceKeys: readonly string[]): Promise<void> {
    if (onceKeys.length === 0) return;
    await manager.query('DELETE FROM notifications WHERE userId = ? AND onceKey IN (?) AND readAt IS NULL', [
      userId,
      onceKeys,
    ]);
  }
}
