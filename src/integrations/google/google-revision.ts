import { type ContactSource } from './people.js';

/**
 * `<updateTime>|<etag>` of the contact's own source. The etag of a whole person is another for each set of fields that is
 * asked for, and the time tells which of two is older.
 */
export function revisionOf({ updateTime, etag }: ContactSource): string {
  return `${updateTime ?? ''}|${etag}`;
}

/** A list lags behind our own writes by minutes: what it says of a contact may be older than what we know. */
export function isOlder(listed: ContactSource, known: string): boolean {
  const [one, other] = [listed.updateTime ?? '', known.split('|')[0]].map(sortable);
  return one !== null && other !== null && one < other;
}

/** RFC 3339 in UTC, with any number of decimals, as text in order of time. */
function sortable(time: string): string | null {
  const [, seconds, decimals = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(time) ?? [];
  return seconds === undefined ? null : `${seconds}.${decimals.padEnd(9, '0')}`;
}
