import { Injectable } from '@nestjs/common';
import { type Reader } from '../../accounts/person-records.js';

/** The most numbers that are looked at. */
export const FREQUENT_NUMBERS = 50;

/** Whom a reader often speaks with. Calls are kept above the directory, which asks without knowing them. */
@Injectable()
export class FrequentNumbers {
  private source: (reader: Reader) => Promise<readonly string[]> = () => Promise.resolve([]);

  /**
   * Once, by the module that keeps calls.
   * @param source numbers (E.164, which a plus tells apart) and extensions of the reader's company, at most `FREQUENT_NUMBERS`, the
   *   most frequent first; none where it is off
   */
  comeFrom(source: (reader: Reader) => Promise<readonly string[]>): void {
    this.source = source;
  }

  /** The most frequent first. */
  async of(reader: Reader): Promise<string[]> {
    return (await this.source(reader)).slice(0, FREQUENT_NUMBERS);
  }
}
