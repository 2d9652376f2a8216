import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { statuses, type Status } from '../accounts/user.entity.js';
import { limits } from '../config/limits.js';
import { type Id } from '../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../database/keyset.js';
import { allOf, searchConditions, type Condition } from '../web/list-search.js';
import { hiddenCount, notHidden, PeopleVisible, type Viewer } from './people-visible.query.js';

/** Somebody of the account, and what decides whether the viewer finds them. */
export interface Explained {
  id: Id;
  sortKey: string;
  givenName: string;
  familyName: string;
  email: string;
  status: Status;
  photoHash: string | null;
  found: boolean;
  /** Restricted groups they are in, by name. */
  restrictedTo: string[];
  /** Those of them the viewer is in too. */
  shared: string[];
}

/** Who is hidden from a viewer, and by which groups; somebody in two of them counts in both. */
export interface HiddenCounts {
  people: number;
  groups: { id: Id; name: string; people: number }[];
}

/** Whom somebody does not find in the directory, and why: read for administrators, whom the rule does not bind. */
@Injectable()
export class HiddenPeople {
  constructor(
    private readonly database: DataSource,
    private readonly visible: PeopleVisible,
  ) {}

  /** How many people of the account the viewer does not find. */
  async count(viewer: Viewer): Promise<number> {
    if (viewer.account.restrictedGroups === 0) return 0;
    const { sql, values } = hiddenCount(viewer);
    const [{ people }] = await this.database.query<[{ people: string | number }]>(sql, values);
    return Number(people);
  }

  async counts(viewer: Viewer): Promise<HiddenCounts> {
    if (viewer.account.restrictedGroups === 0) return { people: 0, groups: [] };
    const found = notHidden(viewer, 'u');
    const [people, groups] = await Promise.all([
      this.count(viewer),
      this.database.query<{ id: Id; name: string; people: string | number }[]>(
        `SELECT g.id, g.name, COUNT(*) AS people
         FROM chat_groups g JOIN chat_group_members m ON m.groupId = g.id JOIN users u ON u.id = m.userId
         WHERE g.accountId = ? AND g.kind = 'restricted' AND u.status = 'active' AND u.restricted = 1
           AND NOT (${found.sql})
         GROUP BY g.id, g.name ORDER BY people DESC, g.name LIMIT ${limits.page}`,
        [viewer.accountId, ...found.values],
      ),
    ]);
    return { people, groups: groups.map((group) => ({ ...group, people: Number(group.people) })) };
  }

  /** Everybody of the account who matches, found or not; without a search those alone who are hidden by a group. */
  async page(viewer: Viewer, q: string, place: Place): Promise<KeysetPage<Explained>> {
    if (q.trim() === '' && viewer.account.restrictedGroups === 0) return nobody;
    const { sql, values } = q.trim() === '' ? hiddenFrom(viewer) : searched(q);
    const page = await keysetPage(byName, place, limits.page, ({ where, values: beyond, orderBy, limit }) =>
      this.database.query<Omit<Explained, 'found' | 'restrictedTo' | 'shared'>[]>(
        `SELECT u.id, u.sortKey, u.givenName, u.familyName, u.email, u.status, u.photoHash FROM users u
         WHERE u.accountId = ? AND ${sql} AND ${where} ORDER BY ${orderBy} LIMIT ${limit}`,
        [viewer.accountId, ...values, ...beyond],
      ),
    );
    return { ...page, rows: await this.explained(viewer, page.rows) };
  }

  private async explained(
    viewer: Viewer,
    people: Omit<Explained, 'found' | 'restrictedTo' | 'shared'>[],
  ): Promise<Explained[]> {
    if (people.length === 0) return [];
    const ids = people.map(({ id }) => id);
    const [found, memberships] = await Promise.all([
      this.visible.among(viewer, ids),
      this.database.query<{ userId: Id; groupId: Id; name: string }[]>(
        `SELECT m.userId, m.groupId, g.name FROM chat_group_members m JOIN chat_groups g ON g.id = m.groupId
         WHERE m.userId IN (?) AND g.accountId = ? AND g.kind = 'restricted' ORDER BY g.nameKey`,
        [[...ids, viewer.id], viewer.accountId],
      ),
    ]);
    const theirs = (id: Id) => memberships.filter(({ userId }) => userId === id);
    const own = new Set(theirs(viewer.id).map(({ groupId }) => groupId));
    return people.map((person) => {
      const groups = theirs(person.id);
      return {
        ...person,
        found: found.has(person.id),
        restrictedTo: groups.map(({ name }) => name),
        shared: groups.filter(({ groupId }) => own.has(groupId)).map(({ name }) => name),
      };
    });
  }
}

const byName: KeysetOrder = {
  name: 'explained',
  columns: [
    { sql: 'u.sortKey', name: 'sortKey', kind: 'text' },
    { sql: 'u.id', name: 'id', kind: 'id' },
  ],
};

const nobody: KeysetPage<Explained> = { rows: [], first: null, previous: null, next: null, last: null };

function searched(q: string): Condition {
  const words = searchConditions('u.searchKey', q);
  if (words.length === 0) return { sql: '1 = 0', values: [] };
  return allOf([{ sql: 'u.status IN (?)', values: [statuses] }, ...words]);
}

/** Along the name index, which holds the mark: a page is full before the rest is read. */
function hiddenFrom(viewer: Viewer): Condition {
  const found = notHidden(viewer, 'u');
  return { sql: `u.status = 'active' AND u.restricted = 1 AND NOT (${found.sql})`, values: found.values };
}
