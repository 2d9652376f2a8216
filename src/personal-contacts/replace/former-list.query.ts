import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { contactCount } from '../contact-limit.js';
import { contactReplacement } from './replacement.description.js';

/** The last time somebody's list was replaced, while it can be taken back. */
export interface Replaced {
  importId: Id;
  fileName: string;
  at: Date;
  until: Date;
  /** Contacts that left. */
  removed: number;
}

@Injectable()
export class FormerList {
  constructor(private readonly database: DataSource) {}

  async lastReplaced(ownerId: Id, now = Date.now()): Promise<Replaced | null> {
    const kept = limits.restoreDays * 86_400_000;
    const [row] = await this.database.query<
      { id: Id; fileName: string; finishedAt: Date; counts: string | null }[]
    >(
      `SELECT id, fileName, finishedAt, counts FROM imports
       WHERE ownerId = ? AND kind = ? AND state = 'done' AND finishedAt > ? ORDER BY id DESC LIMIT 1`,
      [ownerId, contactReplacement.kind, new Date(now - kept)],
    );
    if (!row) return null;
    const { r = 0 } = JSON.parse(row.counts ?? '{}') as Record<string, number>;
    const at = new Date(row.finishedAt);
    return {
      ...{ importId: row.id, fileName: row.fileName, at, removed: r },
      until: new Date(at.getTime() + kept),
    };
  }

  /** How many contacts the list has now. */
  count(ownerId: Id): Promise<number> {
    return contactCount(this.database, ownerId);
  }
}
