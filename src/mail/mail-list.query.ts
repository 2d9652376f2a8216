import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../config/limits.js';
import { type Id } from '../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../database/keyset.js';
import { likePattern } from '../text/fold.js';
import { type Mail } from './mail.entity.js';

export type ListedMail = Pick<
  Mail,
  'id' | 'toAddress' | 'toName' | 'template' | 'language' | 'values' | 'state' | 'createdAt'
>;

/** Ids are made in the order of time, so the newest come first. */
const newestFirst: KeysetOrder = {
  name: 'written',
  columns: [{ sql: 'id', name: 'id', kind: 'id' }],
  descending: true,
};

/** Reads `/mail`: the mails of an account, newest first. */
@Injectable()
export class MailList {
  constructor(private readonly database: DataSource) {}

  page(accountId: Id, q: string, place: Place): Promise<KeysetPage<ListedMail>> {
    const search =
      q === '' ? { sql: '', values: [] } : { sql: 'AND toAddress LIKE ?', values: [likePattern(q)] };
    return keysetPage(newestFirst, place, limits.page, async ({ where, values, orderBy, limit }) => {
      const rows = await this.database.query<(Omit<ListedMail, 'values'> & { values: string })[]>(
        `SELECT id, toAddress, toName, template, language, \`values\`, state, createdAt FROM mails
         WHERE accountId = ? ${search.sql} AND ${where} ORDER BY ${orderBy} LIMIT ${limit}`,
        [accountId, ...search.values, ...values],
      );
      return rows.map((row) => ({ ...row, values: JSON.parse(row.values) as ListedMail['values'] }));
    });
  }
}
