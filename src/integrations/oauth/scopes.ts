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
export const lesserOf = ofEach(Math.min);

/** The higher one of each. */
export const higherOf = ofEach(Math.max);

function ofEach(choose: (one: number, other: number) => number) {
  const chosen = (one: Permission, other: Permission) =>
    ranks[choose(ranks.indexOf(one), ranks.indexOf(other))];
  return (one: Permissions, other: Permissions): Permissions => ({
    contacts: chosen(one.contacts, other.contacts),
    calendar: chosen(one.calendar, other.calendar),
  });
}

export function isSame(one: Permissions, other: Permissions): boolean {
  return one.contacts === other.contacts && one.calendar === other.calendar;
}

/** With nothing to read there is nothing to connect. */
export function isNothing({ contacts, calendar }: Permissions): boolean {
  return contacts === 'none' && calendar === 'none';
}
