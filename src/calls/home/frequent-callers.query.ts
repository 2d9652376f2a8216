import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Reader } from '../../accounts/person-records.js';
import { type Id } from '../../database/id.js';
import { Remembered } from '../../database/remembered.js';
import { FREQUENT_NUMBERS, FrequentNumbers } from '../../directory/search/frequent-numbers.js';
import { EXTENSION_SAID } from '../who/dialled.js';

/** Calls of so many days say whom one often speaks with. */
const DAYS = 90;
/** How long that may be behind: search asks with every letter. */
const MILLISECONDS = 60_000;

/** The numbers and extensions somebody has most calls with, in either direction: who is looked for is mostly one of them. */
@Injectable()
export class FrequentCallers implements OnModuleInit {
  private readonly readers = new Remembered<string[]>(MILLISECONDS);

  constructor(
    private readonly database: DataSource,
    private readonly frequent: FrequentNumbers,
  ) {}

  onModuleInit(): void {
    this.frequent.comeFrom((reader) => this.of(reader));
  }

  of({ id, features }: Pick<Reader, 'id' | 'features'>): Promise<string[]> {
    return features.phone ? this.readers.of(id, () => this.read(id)) : Promise.resolve([]);
  }

  /** Along the list's index, which holds all it needs; of two with as many calls, the one with the later. */
  private async read(userId: Id): Promise<string[]> {
    const rows = await this.database.query<{ called: string }[]>(
      `SELECT COALESCE(c.number, ${EXTENSION_SAID}) AS called FROM calls c FORCE INDEX (ix_calls_list)
       WHERE c.userId = ? AND c.deletedAt IS NULL AND c.startedAt > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${DAYS} DAY)
         AND (c.number IS NOT NULL OR ${EXTENSION_SAID} REGEXP '^[0-9*#]{1,20}$')
       GROUP BY called ORDER BY COUNT(*) DESC, MAX(c.startedAt) DESC LIMIT ${FREQUENT_NUMBERS}`,
      [userId],
    );
    return rows.map(({ called }) => called);
  }
}
