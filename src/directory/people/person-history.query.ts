import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type RecordRef } from '../../accounts/person-records.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { LINK, type Owner } from './person-links.service.js';

/** One act about somebody's entries. */
export interface LinkEvent {
  batchId: Id;
  kind: string;
  at: Date;
  undoneAt: Date | null;
}

/** The last ones are enough to take one back; the journal keeps all. */
const SHOWN = 10;
/** Pairs looked at, of which something was said last: those of the largest person, and some that were taken apart. */
const PAIRS = 500;

/** What its owner said of somebody's entries in the last 30 days, newest first; not what merging entries carried over. */
@Injectable()
export class PersonHistory {
  constructor(private readonly database: DataSource) {}

  async of({ id: ownerId, accountId }: Owner, refs: readonly RecordRef[]): Promise<LinkEvent[]> {
    const ids = refs.map(({ id }) => id);
    if (ids.length === 0) return [];
    const since = `DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${limits.restoreDays} DAY)`;
    const pairs = await this.database.query<{ id: Id }[]>(
      `(SELECT id FROM person_links WHERE ownerId = ? AND oneId IN (?) AND saidAt >= ${since} ORDER BY saidAt DESC LIMIT ${PAIRS})
       UNION (SELECT id FROM person_links WHERE ownerId = ? AND otherId IN (?) AND saidAt >= ${since} ORDER BY saidAt DESC LIMIT ${PAIRS})`,
      [ownerId, ids, ownerId, ids],
    );
    if (pairs.length === 0) return [];
    return this.database.query<LinkEvent[]>(
      `SELECT DISTINCT b.id AS batchId, b.kind, b.at, b.undoneAt FROM journal_entries e
       JOIN journal_batches b ON b.id = e.batchId
       WHERE e.subjectId IN (?) AND e.subjectType = ? AND b.accountId = ? AND b.actorId = ? AND b.at >= ${since}
         AND b.kind LIKE 'person-links.%'
       ORDER BY b.at DESC, b.id DESC LIMIT ${SHOWN}`,
      [pairs.map(({ id }) => id), LINK, accountId, ownerId],
    );
  }
}
