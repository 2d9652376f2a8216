import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Reader } from '../../accounts/person-records.js';
import { type Id } from '../../database/id.js';
import { Remembered } from '../../database/remembered.js';
import { FREQUENT_NUMBERS, FrequentNumbers } from '../../directory/search/frequent-numbers.js';
import { type E164 } from '../../phone/e164.js';

/** Calls of so many days say whom one often speaks with. */
const DAYS = 90;
/** How long that may be behind: search asks with every letter. */
const MILLISECONDS = 60_000;

/** The numbers somebody has most calls with, in either direction: who is looked for is mostly one of them. */
@Injectable()
export class FrequentCallers implements OnModuleInit {
  private readonly readers = new Remembered<E164[]>(MILLISECONDS);

  constructor(
    private readonly database: DataSource,
    private readonly frequent: FrequentNumbers,
  ) {}

  onModuleInit(): void {
    this.frequent.comeFrom((reader) => this.of(reader));
  }

  of({ id, features }: Pick<Reader, 'id' | 'features'>): Promise<E164[]> {
    return features.phone ? this.readers.of(id, () => this.read(id)) : Promise.resolve([]);
  }

  /** Along the list's index, which holds all it needs; of two with as many calls, the one with the later. */
  private async read(userId: Id): Promise<E164[]> {
    const rows = await this.database.query<{ number: E164 }[]>(
      `SELECT c.number FROM calls c FORCE INDEX (ix_calls_list)
       WHERE c.userId = ? AND c.deletedAt IS NULL AND c.startedAt > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${DAYS} DAY)
         AND c.number IS NOT NULL
       GROUP BY c.number ORDER BY COUNT(*) DESC, MAX(c.startedAt) DESC LIMIT ${FREQUENT_NUMBERS}`,
      [userId],
    );
    return rows.map(({ number }) => number);
  }
}
