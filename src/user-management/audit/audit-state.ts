import { isId, type Id } from '../../database/id.js';
import { placeQuery, type Place } from '../../database/keyset.js';
import { type MessageValues } from '../../errors/domain-error.js';
import { tidy } from '../../text/tidy.js';
import { placeOf, textOf } from '../../web/list-address.js';
import { startOfDay } from './days.js';

/** Value of `who` for the operator's command line, which is nobody of the account. */
export const OPERATOR = 'operator';

/** Which acts are shown: what the list, its pages and its export have in common. */
export interface AuditFilters {
  who: Id | typeof OPERATOR | null;
  /** One act (`users.edit`) or all that begin alike (`users`). */
  action: string | null;
  /** One person, group or import; `q` looks for people and groups by name. */
  target: Id | null;
  q: string;
  /** From this moment, and before that one. */
  from: Date | null;
  until: Date | null;
}

/** The whole state of `/audit-log`, as its query string carries it. */
export interface AuditState extends AuditFilters {
  /** Days as they were typed, in the reader's time zone. */
  days: { from: string; to: string };
  problems: { field: 'from' | 'to'; key: string; values?: MessageValues }[];
  place: Place;
}

/** What a query string says. A day that is none is named in `problems`; any other unknown value counts as absent. */
export function readAuditState(query: Readonly<Record<string, unknown>>, timeZone: string): AuditState {
  const who = query['who'];
  const target = query['target'];
  const action = textOf(query['action']);
  const days = { from: tidy(textOf(query['from'])).slice(0, 40), to: tidy(textOf(query['to'])).slice(0, 40) };
  const from = startOfDay(days.from, timeZone);
  const until = startOfDay(days.to, timeZone, 1);
  return {
    who: who === OPERATOR || isId(who) ? who : null,
    action: ACTION.test(action) && action.length <= 48 ? action : null,
    target: isId(target) ? target : null,
    q: isId(target) ? '' : tidy(textOf(query['q'])).slice(0, 200),
    ...{ from, until, days },
    problems: problemsOf(days, from, until),
    place: placeOf(query),
  };
}

/** True when something narrows the log. */
export function isNarrowed({ who, action, target, q, days }: AuditState): boolean {
  return [who, action, target, q, days.from, days.to].some(Boolean);
}

/** The address of the log in a state. */
export function auditPath(
  { who, action, target, q, days, place = {} }: Partial<AuditState>,
  path = '/audit-log',
): string {
  const named = { q, who, action, target, from: days?.from, to: days?.to, ...placeQuery(place) };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(named)) if (value) query.set(name, value);
  return query.size > 0 ? `${path}?${query.toString()}` : path;
}

const ACTION = /^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)*$/;

function problemsOf(days: AuditState['days'], from: Date | null, until: Date | null): AuditState['problems'] {
  const problems: AuditState['problems'] = [];
  for (const [field, moment] of [['from', from] as const, ['to', until] as const]) {
    const typed = days[field];
    if (typed !== '' && !moment) problems.push({ field, key: 'audit-log.day-unknown', values: { typed } });
  }
  if (from && until && from >= until) problems.push({ field: 'to', key: 'audit-log.days-reversed' });
  return problems;
}
