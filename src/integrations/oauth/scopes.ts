import { type Connection } from '../connection.entities.js';
import { type OAuthProvider } from './oauth-clients.js';

type Permissions = Pick<Connection, 'contacts' | 'calendar'>;
type Permission = Connection['contacts'];

const google = 'https://www.googleapis.com/auth/';

/** What stands for each permission, and nothing beyond it. */
const scopes: Record<
  OAuthProvider,
  { who: string[]; contacts: Record<Permission, string[]>; calendar: Record<Permission, string[]> }
> = {
  google: {
    who: ['openid', 'email'],
    contacts: { none: [], read: [`${google}contacts.readonly`], write: [`${google}contacts`] },
    calendar: {
      none: [],
      read: [`${google}calendar.calendarlist.readonly`, `${google}calendar.events.readonly`],
      write: [`${google}calendar.calendarlist.readonly`, `${google}calendar.events`],
    },
  },
  office365: {
    who: ['openid', 'profile', 'offline_access', 'User.Read'],
    contacts: { none: [], read: ['Contacts.Read'], write: ['Contacts.ReadWrite'] },
    calendar: { none: [], read: ['Calendars.Read'], write: ['Calendars.ReadWrite'] },
  },
};

const ranks: readonly Permission[] = ['none', 'read', 'write'];

/** What is asked of the provider for these permissions. */
export function scopesFor(provider: OAuthProvider, { contacts, calendar }: Permissions): string[] {
  const { who, ...by } = scopes[provider];
  return [...who, ...by.contacts[contacts], ...by.calendar[calendar]];
}

/** What a token answer's `scope` allows. Microsoft may name scopes with the address of Graph before them. */
export function grantedBy(provider: OAuthProvider, scope: string): Permissions {
  const given = new Set(
    scope.split(/\s+/).map((name) => (provider === 'google' ? name : name.replace(/^https:\/\/.*\//, ''))),
  );
  const has = (needed: readonly string[]) => needed.every((name) => given.has(name));
  const highest = ({ write, read }: Record<Permission, string[]>): Permission =>
    has(write) ? 'write' : has(read) ? 'read' : 'none';
  const { contacts, calendar } = scopes[provider];
  return { contacts: highest(contacts), calendar: highest(calendar) };
}

/** Of what was wanted, what was granted. */
export function lesserOf(wanted: Permissions, granted: Permissions): Permissions {
  const lesser = (one: Permission, other: Permission) =>
    ranks[Math.min(ranks.indexOf(one), ranks.indexOf(other))];
  return {
    contacts: lesser(wanted.contacts, granted.contacts),
    calendar: lesser(wanted.calendar, granted.calendar),
  };
}

/** The higher one of each. */
export function higherOf(one: Permissions, other: Permissions): Permissions {
  const higher = (first: Permission, second: Permission) =>
    ranks[Math.max(ranks.indexOf(first), ranks.indexOf(second))];
  return {
    contacts: higher(one.contacts, other.contacts),
    calendar: higher(one.calendar, other.calendar),
  };
}

export function isSame(one: Permissions, other: Permissions): boolean {
  return one.contacts === other.contacts && one.calendar === other.calendar;
}

/** With nothing to read there is nothing to connect. */
export function isNothing({ contacts, calendar }: Permissions): boolean {
  return contacts === 'none' && calendar === 'none';
}
