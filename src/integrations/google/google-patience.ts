import { Throttled } from '../provider-errors.js';

const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 15 * 60_000;
const HOUR_MS = 60 * 60_000;
/** Readings of the whole book an hour: they have a quota of their own that nobody can raise. */
const WHOLE_READINGS = 4;

/** How often one mailbox is asked; nothing is lost with it. */
export class Patience {
  private throttled = 0;
  private readings: number[] = [];

  /** Google seldom says for how long to wait: twice as long each time, and a little more by chance. */
  waitMs(random = Math.random()): number {
    const wait = Math.min(FIRST_WAIT_MS * 2 ** this.throttled++, LONGEST_WAIT_MS);
    return Math.round(wait * (1 + random / 4));
  }

  served(): void {
    this.throttled = 0;
  }

  /** A token that is refused again and again leads to no reading after the other. @throws Throttled */
  requireWholeReading(now = Date.now()): void {
    this.readings = this.readings.filter((at) => at > now - HOUR_MS);
    if (this.readings.length >= WHOLE_READINGS)
      throw new Throttled(this.readings[0] + HOUR_MS - now, { code: 'WHOLE_READINGS' });
  }

  /** Its first page came: a service that was away for a while is read as soon as it is back. */
  noteWholeReading(now = Date.now()): void {
    this.readings.push(now);
  }

  /** Whether forgetting it changes nothing. */
  get isUsual(): boolean {
    return this.throttled === 0 && this.readings.every((at) => at <= Date.now() - HOUR_MS);
  }
}
