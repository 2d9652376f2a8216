import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ConnectionOwner } from '../connections/connections.service.js';
import { type Id } from '../../database/id.js';

/** What somebody lets colleagues know of their calendar: nothing, unless they say so. */
@Injectable()
export class CalendarConsents {
  constructor(private readonly database: DataSource) {}

  async of(userId: Id): Promise<{ freeBusy: boolean }> {
    const [row] = await this.database.query<{ freeBusy: number }[]>(
      'SELECT freeBusy FROM calendar_sharing WHERE userId = ?',
      [userId],
    );
    return { freeBusy: Boolean(row?.freeBusy) };
  }

  /** Holds from this moment on, both ways. */
  async agree({ id, accountId }: ConnectionOwner, freeBusy: boolean): Promise<void> {
    await this.database.query(
      `INSERT INTO calendar_sharing (userId, accountId, freeBusy, updatedAt) VALUES (?, ?, ?, UTC_TIMESTAMP(3))
       ON DUPLICATE KEY UPDATE accountId = VALUES(accountId), freeBusy = VALUES(freeBusy), updatedAt = VALUES(updatedAt)`,
      [id, accountId, freeBusy ? 1 : 0],
    );
  }
}
