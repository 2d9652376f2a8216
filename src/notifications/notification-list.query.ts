import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../config/limits.js';
import { type Id } from '../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../database/keyset.js';
import { type Told } from './news-text.js';

export interface ListedNews extends Told {
  id: Id;
  at: Date;
  readAt: Date | null;
}

/** Ids are made in the order of time, so the newest come first. */
const newestFirst: KeysetOrder = {
  name: 'told',
  columns: [{ sql: 'id', name: 'id', kind: 'id' }],
  descending: true,
};

/** Reads `/notifications`: one person's own, newest first. */
@Injectable()
export class NotificationList {
  constructor(private readonly database: DataSource) {}

  page(userId: Id, unreadOnly: boolean, place: Place): Promise<KeysetPage<ListedNews>> {
    return keysetPage(newestFirst, place, limits.page, async ({ where, values, orderBy, limit }) => {
      const rows = await this.database.query<(Omit<ListedNews, 'values'> & { values: string })[]>(
        `SELECT id, kind, \`values\`, at, readAt FROM notifications
         WHERE userId = ? ${unreadOnly ? 'AND readAt IS NULL' : ''} AND ${where} ORDER BY ${orderBy} LIMIT ${limit}`,
        [userId, ...values],
      );
      return rows.map((row) => ({ ...row, values: JSON.parse(row.values) as ListedNews['values'] }));
    });
  }
}
