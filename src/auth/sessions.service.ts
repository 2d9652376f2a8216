import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../config/limits.js';
import { type Id } from '../database/id.js';
import { NotFound } from '../errors/domain-error.js';
import { type SignedIn } from '../web/signed-in.js';

/** One signed-in browser, as its owner and administrators see it. */
export interface SessionSummary {
  publicId: Id;
  userAgent: string;
  address: string;
  createdAt: Date;
  lastSeenAt: Date;
}

/** The sessions of a person: seen, and ended. */
@Injectable()
export class Sessions {
  constructor(private readonly database: DataSource) {}

  /** Live sessions, the latest used first. */
  sessionsOf(userId: Id): Promise<SessionSummary[]> {
    return this.database.query<SessionSummary[]>(
      `SELECT publicId, userAgent, address, createdAt, lastSeenAt FROM sessions
       WHERE userId = ? AND expiresAt > UTC_TIMESTAMP(3)
         AND lastSeenAt > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${limits.sessionIdleHours} HOUR)
       ORDER BY lastSeenAt DESC, publicId LIMIT 100`,
      [userId],
    );
  }

  /** Ends one; that it has ended already is no fault. @returns whether it was open. @throws NotFound when it is somebody else's */
  async endSession(
    userId: Id,
    publicId: Id,
    manager: EntityManager = this.database.manager,
  ): Promise<boolean> {
    const { affectedRows } = await manager.query<{ affectedRows: number }>(
      'DELETE FROM sessions WHERE userId = ? AND publicId = ?',
      [userId, publicId],
    );
    if (affectedRows > 0) return true;
    const others = await manager.query<object[]>('SELECT 1 FROM sessions WHERE publicId = ?', [publicId]);
    if (others.length > 0) throw new NotFound();
    return false;
  }

  /** Ends the person's sessions in all browsers but this one. @returns how many */
  async endOthers(user: Pick<SignedIn, 'id' | 'sessionHash'>, manager?: EntityManager): Promise<number> {
    const { affectedRows } = await (manager ?? this.database).query<{ affectedRows: number }>(
      'DELETE FROM sessions WHERE userId = ? AND idHash <> ?',
      [user.id, user.sessionHash],
    );
    return affectedRows;
  }

  /** Ends all sessions of one person, for an administrator. @returns how many */
  async endAllOf(manager: EntityManager, userId: Id): Promise<number> {
    const { affectedRows } = await manager.query<{ affectedRows: number }>(
      'DELETE FROM sessions WHERE userId = ?',
      [userId],
    );
    return affectedRows;
  }

  /** Ends all sessions of these people, in the transaction of what they end for (reset, deactivation, a new role). */
  async endAll(manager: EntityManager, ...userIds: Id[]): Promise<void> {
    if (userIds.length > 0) await manager.query('DELETE FROM sessions WHERE userId IN (?)', [userIds]);
  }

  /** Removes the rows of sessions that have ended; any process may, at any time. @returns how many */
  async sweep(): Promise<number> {
    const { affectedRows } = await this.database.query<{ affectedRows: number }>(
      `DELETE FROM sessions WHERE expiresAt < UTC_TIMESTAMP(3) ORDER BY expiresAt LIMIT 1000`,
    );
    return affectedRows;
  }
}
