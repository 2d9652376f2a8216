import { Injectable } from '@nestjs/common';
import { type Reader } from '../../accounts/person-records.js';
import { type E164 } from '../../phone/e164.js';

/** The most numbers that are looked at. */
export const FREQUENT_NUMBERS = 50;

/** Whom a reader often speaks with. Calls are kept above the directory, which asks without knowing them. */
@Injectable()
export class FrequentNumbers {
  private source: (reader: Reader) => Promise<readonly E164[]> = () => Promise.resolve([]);

  /** Once, by the module that keeps calls. @param source at most `FREQUENT_NUMBERS`, the most frequent first; none where it is off */
  comeFrom(source: (reader: Reader) => Promise<readonly E164[]>): void {
    this.source = source;
  }

  /** The most frequent first. */
  async of(reader: Reader): Promise<E164[]> {
    return (await this.source(reader)).slice(0, FREQUENT_NUMBERS);
  }
}
