import { offsetOf } from '../../web/zone-offset.js';

const DAY = 86_400_000;
/** Before it nobody kept such files; a start so early is another column, or a broken clock. */
const EARLIEST = Date.UTC(1990, 0, 1);
/** Longer is no call but another column. */
const LONGEST_SECONDS = 7 * 86_400;
const QUARTER = 15 * 60_000;
/** Quarters of an hour whose offset is kept: some years of calls. */
const KEPT_OFFSETS = 20_000;

export type StartReading = { at: number } | { problem: 'unreadable' | 'no-day' | 'too-early' | 'future' };

/**
 * When calls began, as files write it: ISO 8601 with or without an offset, with a space for the `T`, or seconds since 1970; a
 * day alone is its midnight, as workbooks write it.
 * What has no offset is a time of `zone`; of an hour that clocks show twice it is the first, of one they skip the next.
 */
export class StartTimes {
  private readonly offsets = new Map<number, number>();

  constructor(
    private readonly zone: string,
    private readonly now: number,
  ) {}

  read(text: string): StartReading {
    const moment = this.momentOf(text);
    if (typeof moment === 'string') return { problem: moment };
    if (moment < EARLIEST) return { problem: 'too-early' };
    return moment > this.now + DAY ? { problem: 'future' } : { at: moment };
  }

  private momentOf(text: string): number | 'unreadable' | 'no-day' {
    if (/^\d{10}$/.test(text)) return Number(text) * 1000;
    const [, date, hour = '0', minute = '0', second = '0', zone] = WRITTEN.exec(text) ?? [];
    if (date === undefined) return 'unreadable';
    const day = Date.parse(`${date}T00:00:00Z`);
    // 31 February would be read as 3 March.
    if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date) return 'no-day';
    if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return 'no-day';
    const wall = day + (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1000;
    if (zone === undefined) return this.inZone(wall);
    return wall - offsetWritten(zone);
  }

  private inZone(wall: number): number {
    const quarter = Math.floor(wall / QUARTER);
    const known = this.offsets.get(quarter);
    if (known !== undefined) return wall - known;
    // The offset of the day before is asked first: where clocks go back it is the one that makes the earlier moment.
    const before = offsetOf(wall - DAY, this.zone);
    const guess = wall - before;
    const offset = offsetOf(guess, this.zone) === before ? before : this.after(wall, before);
    if (this.offsets.size >= KEPT_OFFSETS) this.offsets.clear();
    this.offsets.set(quarter, offset);
    return wall - offset;
  }

  /** The offset after a change, unless clocks skip this time: then the one before makes it the next there is. */
  private after(wall: number, before: number): number {
    const offset = offsetOf(wall - before, this.zone);
    return offsetOf(wall - offset, this.zone) === offset ? offset : before;
  }
}

/**
 * Seconds, written as such or as `h:mm:ss`; null when it is neither, or longer than a week. `3:20` is neither: three minutes to a
 * telephone system, three hours to a spreadsheet.
 */
export function secondsOf(text: string): number | null {
  const [, hours, minutes, seconds] = /^(\d{1,3}):([0-5]\d):([0-5]\d)$/.exec(text) ?? [];
  if (seconds !== undefined) return within(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  return /^\d{1,9}(?:[.,]\d{1,6})?$/.test(text) ? within(Math.round(Number(text.replace(',', '.')))) : null;
}

const WRITTEN =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/i;

function within(seconds: number): number | null {
  return seconds <= LONGEST_SECONDS ? seconds : null;
}

function offsetWritten(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
