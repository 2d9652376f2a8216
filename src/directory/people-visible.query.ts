import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../config/limits.js';
import { isId, type Id } from '../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../database/keyset.js';
import { allOf, searchConditions, type Condition } from '../web/list-search.js';
import { type SignedIn } from '../web/signed-in.js';

/** Who looks. */
export type Viewer = Pick<SignedIn, 'id' | 'accountId' | 'account' | 'restricted'>;

/** What a list of colleagues is narrowed to; '' is no filter. */
export interface PeopleFilters {
  q: string;
  department: string;
  location: string;
  /** Id of a chat group. */
  group: string;
  /** Id of somebody the people report to. */
  manager: string;
  /** '1': those alone whom the viewer has starred. */
  starred: string;
}

/** A colleague as a list shows them. */
export interface ListedPerson {
  id: Id;
  sortKey: string;
  givenName: string;
  familyName: string;
  email: string;
  jobTitle: string | null;
  department: string | null;
  location: string | null;
  workPhone: string | null;
  mobilePhone: string | null;
  extension: string | null;
  photoHash: string | null;
  /** The viewer's star: nobody else is shown it. */
  starred: number;
}

/** A colleague as their own page shows them. */
export interface Person extends Omit<ListedPerson, 'sortKey' | 'starred'> {
  /** Their own, else null: that of the account. */
  timeZone: string | null;
  /** null when there is none, and when the viewer would not find them. */
  manager: { id: Id; givenName: string; familyName: string } | null;
  groups: VisibleGroup[];
}

/** Who reports to somebody: the first by name, and how many they are. */
export interface Reports {
  people: Omit<ListedPerson, 'sortKey' | 'department' | 'location' | 'starred'>[];
  count: number;
}

export interface VisibleGroup {
  id: Id;
  name: string;
}

/** One page of a list. */
export interface PeoplePage extends KeysetPage<ListedPerson> {
  /** How many the whole list has; 0 for a narrowed one, which is not counted. */
  people: number;
}

/** What the list can be narrowed to. */
export interface Choices {
  departments: string[];
  locations: string[];
  groups: VisibleGroup[];
}

/** Values of one filter that are offered; a company with more narrows by search, or by a link of a person's page. */
export const FILTER_VALUES = 500;

/** A to Z by family name, or back. */
export const orders = {
  name: { name: 'name', columns: nameColumns('u') },
  '-name': { name: '-name', columns: nameColumns('u'), descending: true },
} satisfies Record<string, KeysetOrder>;

export type PeopleOrder = keyof typeof orders;

/**
 * The one door to the people of the directory. V finds P if P is active, of V's account, and in no restricted chat
 * group or in one that V is in too; V always finds V. Lists, counts, filter values, search, managers and cards
 * come through here, so that nobody is given away by a number or a menu; colleagues among people of all sources, beside
 * it, by the same rule (people/colleague-records.ts). test/architecture.spec.ts holds that there is no third.
 *
 * While an account has no restricted group the rule adds nothing to a query.
 */
@Injectable()
export class PeopleVisible {
  constructor(private readonly database: DataSource) {}

  /**
   * One page. Unsearched, the index gives the rows in order and reading stops at the 51st. A search first reads the name
   * index alone, through at most once, and only then the rows it found: a search without a match costs a quarter.
   */
  async page(viewer: Viewer, filters: PeopleFilters, order: PeopleOrder, place: Place): Promise<PeoplePage> {
    // The server asks in this order: whom the search does not find is not looked for in groups.
    const where = allOf([...narrowed(viewer, filters), inDirectory(viewer, 'u')]);
    const searched =
      filters.q !== '' || filters.group !== '' || filters.manager !== '' || filters.starred !== '';
    const count = isWhole(filters) ? peopleCount(viewer) : { sql: 'NULL', values: [] };
    const page = await keysetPage(
      orders[order],
      place,
      limits.page,
      ({ where: beyond, values, orderBy, limit }) => {
        const people = `FROM users u WHERE ${where.sql} AND ${beyond} ORDER BY ${orderBy} LIMIT ${limit}`;
        const query = searched
          ? `SELECT ${listColumns}, ${STAR} FROM (SELECT u.id ${people}) page JOIN users u ON u.id = page.id ORDER BY ${orderBy}`
          : `SELECT ${listColumns}, ${STAR}, ${count.sql} AS people ${people}`;
        const counted = searched ? [] : count.values;
        return this.database.query<CountedPerson[]>(query, [
          viewer.id,
          ...counted,
          ...where.values,
          ...values,
        ]);
      },
    );
    return { ...page, people: Number(page.rows[0]?.people ?? 0) };
  }

  /** Filter values in one round trip; the server reads one index entry a value. */
  async choices(viewer: Viewer): Promise<Choices> {
    const parts = [
      distinctValues(viewer, 'department'),
      distinctValues(viewer, 'location'),
      visibleGroups(viewer),
    ];
    const rows = await this.database.query<{ kind: string; id: Id; name: string | null }[]>(
      parts.map(({ sql }) => `(${sql})`).join(' UNION ALL '),
      parts.flatMap(({ values }) => values),
    );
    const of = (kind: string) => rows.filter((row) => row.kind === kind);
    // One of the values may be "none".
    const names = (kind: string) =>
      of(kind)
        .flatMap(({ name }) => name || [])
        .sort(byName);
    return {
      departments: names('department'),
      locations: names('location'),
      groups: of('group')
        .map(({ id, name }) => ({ id, name: name ?? '' }))
        .sort((one, other) => byName(one.name, other.name)),
    };
  }

  /** @returns null for whom the viewer would not find, which tells nobody whether they exist */
  async find(viewer: Viewer, id: string): Promise<Person | null> {
    if (!isId(id)) return null;
    const person = inDirectory(viewer, 'u');
    const manager = inDirectory(viewer, 'm');
    const groups = groupsShownTo(viewer, 'g');
    const [rows, memberships] = await Promise.all([
      this.database.query<(Omit<Person, 'manager' | 'groups'> & Record<`manager${string}`, string | null>)[]>(
        `SELECT u.id, u.givenName, u.familyName, u.email, u.jobTitle, u.department, u.location, u.workPhone,
                u.mobilePhone, u.extension, u.photoHash, u.timeZone,
                m.id AS managerId, m.givenName AS managerGivenName, m.familyName AS managerFamilyName
         FROM users u LEFT JOIN users m ON m.id = u.managerId AND ${manager.sql}
         WHERE u.id = ? AND ${person.sql}`,
        [...manager.values, id, ...person.values],
      ),
      this.database.query<VisibleGroup[]>(
        `SELECT g.id, g.name FROM chat_group_members theirs JOIN chat_groups g ON g.id = theirs.groupId
         WHERE theirs.userId = ? AND ${groups.sql}`,
        [id, ...groups.values],
      ),
    ]);
    if (rows.length === 0) return null;
    const [{ managerId, managerGivenName, managerFamilyName, ...fields }] = rows;
    return {
      ...fields,
      manager: managerId
        ? { id: managerId, givenName: managerGivenName ?? '', familyName: managerFamilyName ?? '' }
        : null,
      groups: memberships.sort((one, other) => byName(one.name, other.name)),
    };
  }

  /** Who reports to somebody the viewer found, as far as the viewer finds them too. */
  async reportsTo(viewer: Viewer, id: Id): Promise<Reports> {
    const { sql, values } = allOf([inDirectory(viewer, 'u'), reporting(viewer, id)]);
    const people = await this.database.query<Reports['people']>(
      `SELECT u.id, u.givenName, u.familyName, u.email, u.workPhone, u.mobilePhone, u.extension, u.jobTitle,
              u.photoHash
       FROM users u
       WHERE ${sql} ORDER BY u.sortKey, u.id LIMIT ${limits.page + 1}`,
      values,
    );
    if (people.length <= limits.page) return { people, count: people.length };
    const [{ count }] = await this.database.query<[{ count: string | number }]>(
      `SELECT COUNT(*) AS count FROM users u WHERE ${sql}`,
      values,
    );
    return { people: people.slice(0, limits.page), count: Number(count) };
  }

  /** Those of these people whom the viewer finds, with their names. */
  async among(viewer: Viewer, ids: readonly Id[]): Promise<Map<Id, string>> {
    const known = ids.filter(isId);
    if (known.length === 0) return new Map();
    const { sql, values } = inDirectory(viewer, 'u');
    const rows = await this.database.query<{ id: Id; name: string }[]>(
      `SELECT u.id, TRIM(CONCAT(u.givenName, ' ', u.familyName)) AS name FROM users u WHERE u.id IN (?) AND ${sql}`,
      [known, ...values],
    );
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  /** People the viewer finds, the viewer too, by these normalised addresses. */
  async cardsAmong(
    viewer: Viewer,
    addresses: readonly string[],
  ): Promise<{ id: Id; email: string; name: string }[]> {
    if (addresses.length === 0) return [];
    const { sql, values } = inDirectory(viewer, 'u');
    return this.database.query(
      `SELECT u.id, u.email, TRIM(CONCAT(u.givenName, ' ', u.familyName)) AS name FROM users u
       WHERE u.email IN (?) AND ${sql}`,
      [addresses, ...values],
    );
  }

  /** Of these normalised addresses, those of people the viewer finds, and the viewer's own. */
  async addressesAmong(viewer: Viewer, addresses: readonly string[]): Promise<Set<string>> {
    if (addresses.length === 0) return new Set();
    const { sql, values } = inDirectory(viewer, 'u');
    const rows = await this.database.query<{ email: string }[]>(
      `SELECT u.email FROM users u WHERE u.email IN (?) AND ${sql}`,
      [addresses, ...values],
    );
    return new Set(rows.map(({ email }) => email));
  }
}

/** Nothing narrows the list: everybody is in it. */
export function isWhole(filters: PeopleFilters): boolean {
  return Object.values(filters).every((value) => value === '');
}

const listColumns = `u.id, u.sortKey, u.givenName, u.familyName, u.email, u.jobTitle, u.department, u.location,
  u.workPhone, u.mobilePhone, u.extension, u.photoHash`;

/** Asked of the rows of a page alone, by their key: a query of its own for them costs more. */
const STAR = 'EXISTS (SELECT 1 FROM directory_stars s WHERE s.ownerId = ? AND s.userId = u.id) AS starred';

function nameColumns(alias: string): KeysetOrder['columns'] {
  return [
    { sql: `${alias}.sortKey`, name: 'sortKey', kind: 'text' },
    { sql: `${alias}.id`, name: 'id', kind: 'id' },
  ];
}

interface CountedPerson extends ListedPerson {
  people?: number | string | null;
}

/** The rule, for the row of `users` called `alias`. */
export function inDirectory(viewer: Viewer, alias: string): Condition {
  const ours = { sql: `${alias}.accountId = ? AND ${alias}.status = 'active'`, values: [viewer.accountId] };
  return viewer.account.restrictedGroups === 0 ? ours : allOf([ours, notHidden(viewer, alias)]);
}

/**
 * In no restricted group, the viewer themselves, or in a restricted group with the viewer. Who is in none shares none:
 * they need no more than the mark of each row, which the name index holds.
 */
export function notHidden(viewer: Pick<Viewer, 'id' | 'restricted'>, alias: string): Condition {
  if (!viewer.restricted) return { sql: `${alias}.restricted = 0`, values: [] };
  // Asked of each row that is come to: a page ends after 51, and a group of all would be read whole for each.
  return {
    sql: `(${alias}.restricted = 0 OR ${alias}.id = ? OR EXISTS (
      SELECT 1 FROM chat_group_members mine
      JOIN chat_groups shared ON shared.id = mine.groupId AND shared.kind = 'restricted'
      JOIN chat_group_members theirs ON theirs.groupId = mine.groupId
      WHERE mine.userId = ? AND theirs.userId = ${alias}.id))`,
    values: [viewer.id, viewer.id],
  };
}

/** Shared groups are listed to all, others to their members. */
function groupsShownTo(viewer: Viewer, alias: string): Condition {
  return {
    sql: `${alias}.accountId = ? AND (${alias}.kind = 'shared' OR ${alias}.id IN (
      SELECT mine.groupId FROM chat_group_members mine WHERE mine.userId = ?))`,
    values: [viewer.accountId, viewer.id],
  };
}

function narrowed(viewer: Viewer, filters: PeopleFilters): Condition[] {
  const { q, department, location, group, manager, starred } = filters;
  const conditions = searchConditions('u.searchKey', q);
  if (q.trim() !== '' && conditions.length === 0) conditions.push(nobody);
  if (department !== '') conditions.push({ sql: 'u.department = ?', values: [department] });
  if (location !== '') conditions.push({ sql: 'u.location = ?', values: [location] });
  if (group !== '') conditions.push(isId(group) ? inGroup(viewer, group) : nobody);
  if (manager !== '') conditions.push(isId(manager) ? reporting(viewer, manager) : nobody);
  if (starred !== '') conditions.push(starredBy(viewer));
  return conditions;
}

/** Who has this manager; nobody when the viewer does not find the manager, whom a list would give away. */
function reporting(viewer: Viewer, manager: Id): Condition {
  const found = inDirectory(viewer, 'boss');
  return {
    sql: `u.managerId = ? AND EXISTS (SELECT 1 FROM users boss WHERE boss.id = ? AND ${found.sql})`,
    values: [manager, manager, ...found.values],
  };
}

/** A group the viewer is not shown has nobody in it for them. */
function inGroup(viewer: Viewer, group: Id): Condition {
  const shown = groupsShownTo(viewer, 'g');
  return {
    sql: `u.id IN (SELECT m.userId FROM chat_groups g JOIN chat_group_members m ON m.groupId = g.id
          WHERE g.id = ? AND ${shown.sql})`,
    values: [group, ...shown.values],
  };
}

/** Whom the viewer has starred (stars/). */
export function starredBy({ id }: Pick<Viewer, 'id'>): Condition {
  return { sql: 'u.id IN (SELECT s.userId FROM directory_stars s WHERE s.ownerId = ?)', values: [id] };
}

const nobody: Condition = { sql: '1 = 0', values: [] };

/**
 * How many colleagues the viewer has, as an expression: exact, the viewer included; the account's counter of active
 * people, less those whom the viewer does not find, counted along the name index.
 */
function peopleCount(viewer: Viewer): Condition {
  const counter = {
    sql: `(SELECT people FROM user_counters WHERE accountId = ? AND status = 'active')`,
    values: [viewer.accountId],
  };
  if (viewer.account.restrictedGroups === 0) return counter;
  const hidden = hiddenCount(viewer);
  return { sql: `${counter.sql} - (${hidden.sql})`, values: [...counter.values, ...hidden.values] };
}

/** How many active people of the account the viewer does not find, as a query. */
export function hiddenCount(viewer: Viewer): Condition {
  const marked = {
    sql: `SELECT COUNT(*) AS people FROM users hidden
          WHERE hidden.accountId = ? AND hidden.status = 'active' AND hidden.restricted = 1`,
    values: [viewer.accountId],
  };
  if (!viewer.restricted) return marked;
  // All are counted: here the groups are read whole, once, which takes a fifth of asking for each.
  return allOf([
    marked,
    {
      sql: `hidden.id <> ? AND hidden.id NOT IN (
      SELECT theirs.userId FROM chat_group_members mine
      JOIN chat_groups shared ON shared.id = mine.groupId AND shared.kind = 'restricted'
      JOIN chat_group_members theirs ON theirs.groupId = mine.groupId
      WHERE mine.userId = ?)`,
      values: [viewer.id, viewer.id],
    },
  ]);
}

/**
 * The different values of a column. Grouping by the index's first columns as well makes the server jump from value to
 * value (0.4 ms for 65 departments of 100,000 people instead of 30). With restricted groups a value counts when
 * somebody whom the viewer finds has it.
 */
function distinctValues(viewer: Viewer, column: 'department' | 'location'): Condition {
  const { accountId } = viewer;
  const values = `SELECT '${column}' AS kind, '' AS id, u.${column} AS name FROM users u
                  WHERE u.accountId = ? AND u.status = 'active'
                  GROUP BY u.accountId, u.status, u.${column}`;
  const limit = `LIMIT ${FILTER_VALUES + 2}`;
  if (viewer.account.restrictedGroups === 0) return { sql: `${values} ${limit}`, values: [accountId] };
  const somebody = inDirectory(viewer, 'u');
  return {
    sql: `SELECT * FROM (${values}) found
          WHERE (SELECT u.id FROM users u WHERE ${somebody.sql} AND u.${column} = found.name LIMIT 1) IS NOT NULL
          ${limit}`,
    values: [accountId, ...somebody.values],
  };
}

function visibleGroups(viewer: Viewer): Condition {
  const shown = groupsShownTo(viewer, 'g');
  return {
    sql: `SELECT 'group' AS kind, g.id, g.name FROM chat_groups g WHERE ${shown.sql}
          ORDER BY g.nameKey LIMIT ${FILTER_VALUES + 1}`,
    values: shown.values,
  };
}

const collator = new Intl.Collator('en', { numeric: true });

function byName(one: string, other: string): number {
  return collator.compare(one, other);
}
