import { limits } from '../config/limits.js';
import { isId, type Id } from '../database/id.js';
import { nameKeyOf } from '../accounts/user-rows.js';
import { likePattern, phoneQueryDigits, QUERY_WORDS, searchWords } from '../text/fold.js';
import { isName, NONE, type SignInChoice, type UserFilters } from './user-list.state.js';

/** A part of a query whose `?` are filled by `values`, in order. */
export interface Condition {
  sql: string;
  values: unknown[];
}

/** So many people are looked through one by one; servers read a longer list of ids as a table. */
export const FEW = 900;
/** Of so many people each row may be looked at: it takes less than a walk through everybody. */
export const SOME = 5_000;

const DAY = 86_400_000;

/**
 * The condition of a list on `users u`, each filter on its own column. Who was removed keeps a status but is not
 * alive.
 */
export function filterOf(accountId: Id, filters: UserFilters): Condition {
  return all([...tabOf(accountId, filters), ...placesOf(filters, 'u'), ...restOf(accountId, filters)]);
}

/**
 * The same, to be walked along an index that goes by name and holds every column it asks for. Search has an index of
 * its own, which is too long for departments and locations: with both, the people of the place are found in theirs.
 */
export function walkOf(accountId: Id, filters: UserFilters): Condition & { index: string } {
  const places = placesOf(filters, 'u');
  const byName = 'ix_users_search';
  if (places.length === 0) return { ...filterOf(accountId, filters), index: byName };
  if (filters.q === '') return { ...filterOf(accountId, filters), index: placeIndex(filters) };
  const { sql, values } = peopleOfPlace(accountId, filters);
  const condition = all([
    ...tabOf(accountId, filters),
    ...restOf(accountId, filters),
    { sql: `u.id IN (${sql})`, values },
  ]);
  return { ...condition, index: byName };
}

/**
 * Filters that may name few people, each as a query for their ids. (A rare role or type is found by the walk, whose
 * index holds it; so is a search.)
 */
export function narrowingOf(accountId: Id, filters: UserFilters): Condition[] {
  const { userGroup, chatGroup, manager, status, q, ids } = filters;
  const narrow: Condition[] = [];
  if (ids)
    narrow.push({
      sql: 'SELECT i.id FROM users i WHERE i.accountId = ? AND i.id IN (?)',
      values: [accountId, ids.split(',')],
    });
  if (userGroup) narrow.push(membersOf(accountId, 'user', userGroup));
  if (chatGroup) narrow.push(membersOf(accountId, 'chat', chatGroup));
  if (manager && manager !== NONE) {
    const { sql, values } = reportsTo(accountId, manager, 'm');
    narrow.push({
      sql: `SELECT m.id FROM users m FORCE INDEX (ix_users_manager) WHERE m.accountId = ? AND m.status = ? AND ${sql}`,
      values: [accountId, status, ...values],
    });
  }
  if (q !== '' && placesOf(filters, 'u').length > 0) narrow.push(peopleOfPlace(accountId, filters));
  return narrow;
}

function tabOf(accountId: Id, { status }: UserFilters): Condition[] {
  return [
    { sql: 'u.accountId = ?', values: [accountId] },
    { sql: 'u.status = ?', values: [status] },
    { sql: 'u.liveKey = 1', values: [] },
  ];
}

/** Department and location, on the alias of a query. */
function placesOf({ department, location, missing }: UserFilters, alias: string): Condition[] {
  return [
    ...(department ? [equal(`${alias}.department`, department)] : []),
    ...(missing === 'department' ? [{ sql: `${alias}.department IS NULL`, values: [] }] : []),
    ...(location ? [equal(`${alias}.location`, location)] : []),
    ...(missing === 'location' ? [{ sql: `${alias}.location IS NULL`, values: [] }] : []),
  ];
}

/** Both have an index that goes by name within a place; that of departments holds the location too. */
function placeIndex({ department, missing }: UserFilters): string {
  return department || missing === 'department' ? 'ix_users_department' : 'ix_users_location';
}

function peopleOfPlace(accountId: Id, filters: UserFilters): Condition {
  const { sql, values } = all(placesOf(filters, 'p'));
  return {
    sql: `SELECT p.id FROM users p FORCE INDEX (${placeIndex(filters)}) WHERE p.accountId = ? AND p.status = ? AND ${sql}`,
    values: [accountId, filters.status, ...values],
  };
}

function restOf(accountId: Id, filters: UserFilters): Condition[] {
  const { role, type, userGroup, chatGroup, manager, missing, ids } = filters;
  return [
    ...(ids ? [{ sql: 'u.id IN (?)', values: [ids.split(',')] }] : []),
    ...(role ? [equal('u.role', role)] : []),
    ...(type ? [equal('u.type', type)] : []),
    ...(manager && manager !== NONE ? [reportsTo(accountId, manager, 'u')] : []),
    ...(manager === NONE || missing === 'manager' ? [{ sql: 'u.managerId IS NULL', values: [] }] : []),
    ...signedInOf(filters),
    ...invitationOf(filters),
    ...searchOf(filters.q),
    ...(userGroup ? [isMember(accountId, 'user', userGroup)] : []),
    ...(chatGroup ? [isMember(accountId, 'chat', chatGroup)] : []),
  ];
}

/** The reports of one person, or of everybody who is called so; an address that is nobody's in the account has none. */
function reportsTo(accountId: Id, manager: string, alias: string): Condition {
  if (isId(manager)) return equal(`${alias}.managerId`, manager);
  if (isName(manager)) {
    // The index holds all that is asked; without it the servers look each report's manager up.
    const called = all(
      searchWords(manager).map((word) => ({ sql: 'boss.sortKey LIKE ?', values: [likePattern(word)] })),
    );
    return {
      sql: `${alias}.managerId IN (SELECT boss.id FROM users boss FORCE INDEX (ix_users_search) WHERE boss.accountId = ? AND boss.liveKey = 1 AND ${called.sql || '1 = 0'})`,
      values: [accountId, ...called.values],
    };
  }
  return {
    sql: `${alias}.managerId = (SELECT boss.id FROM users boss WHERE boss.accountId = ? AND boss.email = ? AND boss.liveKey = 1)`,
    values: [accountId, manager],
  };
}

function isMember(accountId: Id, kind: 'user' | 'chat', group: string): Condition {
  const { sql, values } = membersOf(accountId, kind, group);
  return { sql: `u.id IN (${sql})`, values };
}

/** Members of a group given by its id, or by its name. */
function membersOf(accountId: Id, kind: 'user' | 'chat', group: string): Condition {
  return {
    sql: `SELECT m.userId AS id FROM ${kind}_group_members m
          WHERE m.groupId = (SELECT g.id FROM ${kind}_groups g
                             WHERE g.accountId = ? AND g.${isId(group) ? 'id' : 'nameKey'} = ?)`,
    values: [accountId, isId(group) ? group : nameKeyOf(group)],
  };
}

function signedInOf({ signedIn, signedInFrom, signedInTo }: UserFilters): Condition[] {
  const column = 'u.lastSignInAt';
  return [
    ...(signedIn ? [signedInAs(column, signedIn)] : []),
    ...(signedInFrom ? [{ sql: `${column} >= ?`, values: [new Date(signedInFrom)] }] : []),
    // The last day is meant as a whole.
    ...(signedInTo
      ? [{ sql: `${column} < ?`, values: [new Date(new Date(signedInTo).getTime() + DAY)] }]
      : []),
  ];
}

function signedInAs(column: string, choice: SignInChoice): Condition {
  if (choice === 'never') return { sql: `${column} IS NULL`, values: [] };
  const days = Number(/\d+/.exec(choice)?.[0]);
  const sign = choice.startsWith('over-') ? '<' : '>=';
  return { sql: `${column} ${sign} ?`, values: [new Date(Date.now() - days * DAY)] };
}

/** An invitation holds for so many days from the moment it was last sent. */
function invitationOf({ invitation }: UserFilters): Condition[] {
  if (!invitation) return [];
  const values = [new Date(Date.now() - limits.invitationDays * DAY)];
  return invitation === 'open'
    ? [{ sql: 'u.invitedAt > ?', values }]
    : [{ sql: '(u.invitedAt <= ? OR u.invitedAt IS NULL)', values }];
}

/**
 * Every word somewhere in the folded key, in any order. Bytes are compared, which UTF-8 allows and which is a third
 * quicker here than characters.
 */
function searchOf(q: string): Condition[] {
  if (q === '') return [];
  const terms = searchTerms(q);
  // Signs alone are no words: nobody is found by them.
  if (terms.length === 0) return [{ sql: '1 = 0', values: [] }];
  return terms.map((term) => ({ sql: 'CAST(u.searchKey AS BINARY) LIKE ?', values: [likePattern(term)] }));
}

/**
 * A telephone number is looked for as its digits, whatever it is written with, an extension too; anything else word by
 * word. `Ada 06 12 34` is a word and a number.
 */
export function searchTerms(q: string): string[] {
  const whole = phoneQueryDigits(q);
  if (whole !== null) return [whole];
  const terms: string[] = [];
  let number: string[] = [];
  const endNumber = () => {
    if (number.length > 0) {
      const digits = phoneQueryDigits(number.join(' '));
      terms.push(...(digits === null ? number.flatMap(asExtension) : [digits]));
    }
    number = [];
  };
  for (const word of q.split(/\s+/u)) {
    if (PART_OF_NUMBER.test(word)) number.push(word);
    else {
      endNumber();
      terms.push(...searchWords(word));
    }
  }
  endNumber();
  return [...new Set(terms)].slice(0, QUERY_WORDS);
}

const PART_OF_NUMBER = /^[+(]*\d[\d().\-‐-―/]*$|^[*#][\d*#]*\d[\d*#]*$|^\d[\d*#]*$/u;

/** Of an extension (`*42#`) the digits are kept. */
function asExtension(text: string): string[] {
  const digits = text.replace(/\D/g, '');
  return digits === '' ? [] : [digits];
}

function equal(column: string, value: unknown): Condition {
  return { sql: `${column} = ?`, values: [value] };
}

function all(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map(({ sql }) => sql).join(' AND '),
    values: conditions.flatMap(({ values }) => values),
  };
}
