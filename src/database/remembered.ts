import { type Id } from './id.js';

/** How many readers' answers are remembered at once. */
const READERS = 500;

interface Answer<T> {
  given: Promise<T>;
  stamp: string | number;
  until: number;
}

/**
 * What one reader asked a moment ago, remembered in this process for that reader alone: for what is asked with every letter
 * somebody types and may be a little behind. Never for what decides what may be seen.
 */
export class Remembered<T> {
  private readonly readers = new Map<Id, Answer<T>>();

  constructor(private readonly milliseconds: number) {}

  /** @param stamp another one than last time: what was remembered is not true any more */
  of(reader: Id, ask: () => Promise<T>, stamp: string | number = ''): Promise<T> {
    const known = this.readers.get(reader);
    if (known && known.until > Date.now() && known.stamp === stamp) return known.given;
    const given = ask();
    if (this.readers.size >= READERS) this.readers.clear();
    this.readers.set(reader, { given, stamp, until: Date.now() + this.milliseconds });
    // A failure is this request's own; the next one asks again.
    given.catch(() => this.readers.delete(reader));
    return given;
  }
}
