import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Id } from '../database/id.js';
import { NotFound } from '../errors/domain-error.js';

/** What somebody has read of their news. */
@Injectable()
export class Reading {
  constructor(private readonly database: DataSource) {}

  /** Reads one, at the first time it is opened. @returns the page it leads to @throws NotFound for somebody else's */
  async open(userId: Id, id: Id): Promise<string> {
    const [news] = await this.database.query<{ href: string }[]>(
      'SELECT href FROM notifications WHERE id = ? AND userId = ?',
      [id, userId],
    );
    if (!news) throw new NotFound();
    await this.database.query(
      'UPDATE notifications SET readAt = UTC_TIMESTAMP(3) WHERE id = ? AND userId = ? AND readAt IS NULL',
      [id, userId],
    );
    return news.href;
  }

  /**
   * Reads all up to this id, which was the newest when the reader looked: what came since was not seen.
   * @param at names the act, for its undo
   * @returns how many
   */
  async readAll(userId: Id, until: Id, at: Date): Promise<number> {
    const { affectedRows } = await this.database.query<{ affectedRows: number }>(
      'UPDATE notifications SET readAt = ? WHERE userId = ? AND readAt IS NULL AND id <= ?',
      [at, userId, until],
    );
    return affectedRows;
  }

  /** @returns how many are unread again */
  async undoReadAll(userId: Id, at: Date): Promise<number> {
    const { affectedRows } = await this.database.query<{ affectedRows: number }>(
      'UPDATE notifications SET readAt = NULL WHERE userId = ? AND readAt = ?',
      [userId, at],
    );
    return affectedRows;
  }
}
