import { fold } from '../../text/fold.js';
import { type Region } from '../../phone/e164.js';

export interface ReadDate {
  /** RFC 6350 §4.3.1, extended form: `1980-04-12`, `--04-12` without a year. */
  date: string;
  /** `order`: day and month could be the other way round; `year`: of two digits. */
  unsure?: 'order' | 'year';
}

export interface DateHabits {
  /** The program writes month before day or nobody knows, but its files are not French. */
  english: boolean;
  region: Region;
}

/** @returns null when it is no date; `empty` for what programs write in place of none */
export function readDate(text: string, habits: DateHabits): ReadDate | 'empty' | null {
  if (EMPTY.test(text)) return 'empty';
  const withoutYear = /^--(\d\d)-?(\d\d)$/.exec(text);
  if (withoutYear) return dateOf(null, withoutYear[1], withoutYear[2]);
  const yearFirst = /^(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|(\d\d)(\d\d))(?:[T ].*)?$/.exec(text);
  if (yearFirst) return dateOf(yearFirst[1], yearFirst[3] ?? yearFirst[5], yearFirst[4] ?? yearFirst[6]);
  const named = readNamed(text);
  if (named) return named;
  const numbers = /^(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d\d))?\.?(?: 0?0:00(?::00)?)?$/.exec(text);
  if (!numbers) return null;
  const [, first, , second, year = null] = numbers;
  const either = dateOf(null, first, second) !== null && dateOf(null, second, first) !== null;
  const monthFirst = habits.english && MONTH_FIRST.has(habits.region);
  const date = dateOf(year, ...(monthFirst ? ([first, second] as const) : ([second, first] as const)));
  const other = dateOf(year, ...(monthFirst ? ([second, first] as const) : ([first, second] as const)));
  const read = date ?? other;
  if (read === null || read.unsure) return read;
  return either && first !== second && habits.english && !monthFirst ? { ...read, unsure: 'order' } : read;
}

/** Outlook writes 0/0/00 and, in newer versions, 1/1/4501 for no date. */
const EMPTY =
  /^(?:0{1,2}[-/.]0{1,2}[-/.]0{2,4}|0{4}-00-00(?:[T ].*)?|0?1[-/.]0?1[-/.]4501|4501-01-01(?:[T ].*)?)$/;

/** Where the month comes first (Unicode CLDR). */
const MONTH_FIRST = new Set<string>(['US', 'PH', 'FM', 'MH', 'PW', 'GU', 'PR', 'AS', 'VI', 'MP', 'UM']);

/** What Apple and Outlook.com put in place of a year they were not told. */
const NO_YEAR = new Set(['0000', '1604']);
/** Two digits up to this are of this century. */
const CENTURY = 29;

function dateOf(year: string | null, month: string, day: string): ReadDate | null {
  const monthDay = `${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const noYear = year === null || NO_YEAR.has(year);
  const whole = noYear ? null : year.length === 4 ? year : `${Number(year) > CENTURY ? 19 : 20}${year}`;
  if (!isDay(`${whole ?? '2000'}-${monthDay}`)) return null;
  if (whole === null) return { date: `--${monthDay}` };
  return { date: `${whole}-${monthDay}`, ...(year?.length === 2 ? { unsure: 'year' as const } : {}) };
}

function isDay(date: string): boolean {
  const moment = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(date);
}

/** `12 avril 1980`, `12-Apr-80`, `April 12, 1980`, `1er mai`. */
function readNamed(text: string): ReadDate | null {
  const folded = fold(text);
  const dayFirst =
    /^(?:[a-z]+,? )?(\d{1,2})(?:er|st|nd|rd|th|\.)?[ -]([a-z]{3,9})\.?(?:[ ,-]+(\d{4}|\d\d))?$/.exec(folded);
  const monthFirst = /^(?:[a-z]+, )?([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}|\d\d))?$/.exec(
    folded,
  );
  const [month, day, year] = dayFirst
    ? [dayFirst[2], dayFirst[1], dayFirst[3]]
    : monthFirst
      ? [monthFirst[1], monthFirst[2], monthFirst[3]]
      : ['', '', undefined];
  const number = months.get(month);
  return number === undefined ? null : dateOf(year ?? null, number, day);
}

const months = new Map(
  [
    ['january', 'jan', 'janvier', 'janv'],
    ['february', 'feb', 'fevrier', 'fev', 'fevr'],
    ['march', 'mar', 'mars'],
    ['april', 'apr', 'avril', 'avr'],
    ['may', 'mai'],
    ['june', 'jun', 'juin'],
    ['july', 'jul', 'juillet', 'juil'],
    ['august', 'aug', 'aout'],
    ['september', 'sep', 'sept', 'septembre'],
    ['october', 'oct', 'octobre'],
    ['november', 'nov', 'novembre'],
    ['december', 'dec', 'decembre'],
  ].flatMap((names, index) => names.map((name) => [name, String(index + 1)] as const)),
);
