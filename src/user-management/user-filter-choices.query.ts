import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { nameKeyOf } from '../accounts/user-rows.js';
import { isId, type Id } from '../database/id.js';
import { type Condition } from './user-filter.sql.js';
import { isName, NONE, type UserFilters } from './user-list.state.js';

/** Values of one filter that are offered; others are typed. */
export const FILTER_VALUES = 500;

export interface GroupNamed {
  id: Id;
  name: string;
}

/** What the filters of `/users` offer, A to Z and one more than are offered where there are more, and what is chosen. */
export interface FilterChoices {
  departments: string[];
  locations: string[];
  userGroups: GroupNamed[];
  chatGroups: GroupNamed[];
  /** Name of what a filter holds by id; absent when there is no such thing in the account. */
  chosen: { userGroup?: string; chatGroup?: string; manager?: { email: string; name: string } };
}

/** Reads what the filters of `/users` offer. */
@Injectable()
export class UserFilterChoices {
  constructor(private readonly database: DataSource) {}

  async of(accountId: Id, filters: UserFilters): Promise<FilterChoices> {
    const parts = [
      valuesOf(accountId, filters, 'department'),
      valuesOf(accountId, filters, 'location'),
      groupsOf(accountId, 'userGroup'),
      groupsOf(accountId, 'chatGroup'),
      ...chosenIn(accountId, filters),
    ];
    const [rows, manager] = await Promise.all([
      this.database.query<{ kind: Kind; id: string; name: string }[]>(
        parts.map(({ sql }) => `(${sql})`).join(' UNION ALL '),
        parts.flatMap(({ values }) => values),
      ),
      this.managerIn(accountId, filters),
    ]);
    const named = (kind: Kind) =>
      rows.filter((row) => row.kind === kind).map(({ id, name }) => ({ id, name }));
    const texts = (kind: Kind) =>
      named(kind)
        .map(({ name }) => name)
        .filter(Boolean)
        .sort(collator.compare);
    return {
      departments: texts('department'),
      locations: texts('location'),
      userGroups: named('userGroup'),
      chatGroups: named('chatGroup'),
      chosen: {
        userGroup: named('chosen-userGroup')[0]?.name,
        chatGroup: named('chosen-chatGroup')[0]?.name,
        manager,
      },
    };
  }

  private async managerIn(
    accountId: Id,
    { manager }: UserFilters,
  ): Promise<FilterChoices['chosen']['manager']> {
    if (!manager || manager === NONE) return undefined;
    if (isName(manager)) return { email: manager, name: manager };
    const [found] = await this.database.query<({ email: string; name: string } | undefined)[]>(
      `SELECT email, CONCAT(givenName, ' ', familyName) AS name FROM users
       WHERE accountId = ? AND liveKey = 1 AND ${isId(manager) ? 'id' : 'email'} = ?`,
      [accountId, manager],
    );
    return found;
  }
}

type Kind = 'department' | 'location' | GroupKind | `chosen-${GroupKind}`;
type GroupKind = 'userGroup' | 'chatGroup';

const collator = new Intl.Collator('en', { numeric: true });
const tables: Record<GroupKind, string> = { userGroup: 'user_groups', chatGroup: 'chat_groups' };

/**
 * The different values of a column among a tab's people. Grouping by the index's first columns as well makes the
 * server jump from value to value instead of reading everybody.
 */
function valuesOf(accountId: Id, { status }: UserFilters, column: 'department' | 'location'): Condition {
  return {
    sql: `SELECT '${column}' AS kind, '' AS id, u.${column} AS name FROM users u
          WHERE u.accountId = ? AND u.status = ? GROUP BY u.accountId, u.status, u.${column} LIMIT ${FILTER_VALUES + 2}`,
    values: [accountId, status],
  };
}

function groupsOf(accountId: Id, kind: GroupKind): Condition {
  return {
    sql: `SELECT '${kind}' AS kind, id, name FROM ${tables[kind]} WHERE accountId = ?
          ORDER BY nameKey LIMIT ${FILTER_VALUES + 1}`,
    values: [accountId],
  };
}

/** What the filters hold may stand beyond what is offered, be gone, or be another account's. */
function chosenIn(accountId: Id, { userGroup, chatGroup }: UserFilters): Condition[] {
  const group = (kind: GroupKind, value: string): Condition => ({
    sql: `SELECT 'chosen-${kind}' AS kind, id, name FROM ${tables[kind]}
          WHERE accountId = ? AND ${isId(value) ? 'id' : 'nameKey'} = ?`,
    values: [accountId, isId(value) ? value : nameKeyOf(value)],
  });
  return [
    ...(userGroup ? [group('userGroup', userGroup)] : []),
    ...(chatGroup ? [group('chatGroup', chatGroup)] : []),
  ];
}
