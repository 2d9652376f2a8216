import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Id } from '../database/id.js';
import {
  features,
  resolveFeatures,
  type AccountFeatures,
  type Feature,
  type FeatureChoices,
  type GroupFeatures,
} from './features.js';
import { type UserType } from './user.entity.js';

/** People for whom everything that decides about features is the same. */
interface Alike {
  type: UserType;
  own: FeatureChoices | null;
  /** What their groups say, as one group each. */
  groups: GroupFeatures[];
  people: number;
}

export interface GroupWithFeatures {
  id: Id;
  name: string;
  features: GroupFeatures;
}

/** Who an account's rules are about: people here and invited, in the few kinds that differ. */
export interface FeatureTally {
  people: number;
  /** With the type that may call. */
  licensed: number;
  alike: Alike[];
  /** Groups with values of their own, A to Z. */
  groups: GroupWithFeatures[];
}

/** For how many people a change of the account's rules changes what they have. */
export interface FeatureMove {
  feature: Feature;
  off: number;
  on: number;
}

/**
 * Counts people by what decides about their features. The database only adds up who is alike; `resolveFeatures` then
 * decides once for each kind, so the numbers are those every request of these people would get.
 */
@Injectable()
export class FeatureTallies {
  constructor(private readonly database: DataSource) {}

  /** @param groups those `groups` gave, when they were asked for already */
  async of(accountId: Id, groups?: GroupWithFeatures[]): Promise<FeatureTally> {
    return this.counted(accountId, groups ?? (await this.groups(accountId)));
  }

  /** Groups with values of their own, A to Z. */
  async groups(accountId: Id): Promise<GroupWithFeatures[]> {
    const rows = await this.database.query<{ id: Id; name: string; features: string }[]>(
      'SELECT id, name, features FROM user_groups WHERE accountId = ? AND features IS NOT NULL ORDER BY nameKey',
      [accountId],
    );
    return rows
      .map((row) => ({ ...row, features: JSON.parse(row.features) as GroupFeatures }))
      .filter((group) => maskOf(group.features) !== 0);
  }

  private async counted(accountId: Id, groups: GroupWithFeatures[]): Promise<FeatureTally> {
    const [types, own, members] = await Promise.all([
      this.types(accountId),
      this.ownValues(accountId),
      this.members(accountId, groups),
    ]);
    // Each count is of the people the one before it holds as well: what is left of it is alike without them.
    const alike = new Map<string, Row & { mask: number }>();
    const add = (row: Row, mask: number, people: number) => {
      const key = `${row.type} ${mask} ${row.features ?? ''}`;
      alike.set(key, { ...row, mask, people: (alike.get(key)?.people ?? 0) + people });
    };
    for (const row of types) add(row, 0, row.people);
    for (const row of own) {
      add({ ...row, features: null }, 0, -row.people);
      add(row, 0, row.people);
    }
    for (const row of members) {
      add(row, 0, -row.people);
      add(row, row.mask, row.people);
    }
    const licensed = types.filter(({ type }) => type === 'licensed');
    return {
      people: sum(types),
      licensed: sum(licensed),
      // Somebody who came between two counts is in one of them alone.
      alike: [...alike.values()].filter(({ people }) => people > 0).map(toAlike),
      groups,
    };
  }

  private async types(accountId: Id): Promise<Row[]> {
    return numbered(
      await this.database.query<Row[]>(
        `SELECT type, NULL AS features, COUNT(*) AS people FROM users
         WHERE accountId = ? AND status IN ('active', 'pending') GROUP BY type`,
        [accountId],
      ),
    );
  }

  private async ownValues(accountId: Id): Promise<Row[]> {
    return numbered(
      await this.database.query<Row[]>(
        `SELECT type, ${ownChoices('features')} AS features, COUNT(*) AS people FROM users
         WHERE accountId = ? AND status IN ('active', 'pending') AND features IS NOT NULL
         GROUP BY 1, 2`,
        [accountId],
      ),
    );
  }

  /** People of groups with values, by all that their groups say together. */
  private async members(
    accountId: Id,
    groups: readonly GroupWithFeatures[],
  ): Promise<(Row & { mask: number })[]> {
    if (groups.length === 0) return [];
    const byMask = new Map<number, Id[]>();
    for (const { id, features: said } of groups)
      byMask.set(maskOf(said), [...(byMask.get(maskOf(said)) ?? []), id]);
    const cases = [...byMask].map(() => 'WHEN groupId IN (?) THEN ?').join(' ');
    const rows = await this.database.query<(Row & { mask: string })[]>(
      `SELECT u.type, ${ownChoices('u.features')} AS features, m.mask, COUNT(*) AS people
       FROM (SELECT userId, BIT_OR(CASE ${cases} ELSE 0 END) AS mask FROM user_group_members
             WHERE groupId IN (?) GROUP BY userId) m
       JOIN users u ON u.id = m.userId
       WHERE u.accountId = ? AND u.status IN ('active', 'pending')
       GROUP BY 1, 2, 3`,
      [...[...byMask].flatMap(([mask, ids]) => [ids, mask]), groups.map(({ id }) => id), accountId],
    );
    return rows.map((row) => ({ ...row, people: Number(row.people), mask: Number(row.mask) }));
  }
}

/** How many people have each feature under these rules. */
export function holdersOf(tally: FeatureTally, rules: AccountFeatures): Record<Feature, number> {
  const counts = Object.fromEntries(features.map((feature) => [feature, 0])) as Record<Feature, number>;
  for (const kind of tally.alike) {
    const resolved = resolvedFor(kind, rules);
    for (const feature of features) if (resolved[feature]) counts[feature] += kind.people;
  }
  return counts;
}

/** What other rules take from people and give to them; features where nothing changes are left out. */
export function movesBetween(
  tally: FeatureTally,
  before: AccountFeatures,
  after: AccountFeatures,
): FeatureMove[] {
  const moves = features.map((feature) => ({ feature, off: 0, on: 0 }));
  for (const kind of tally.alike) {
    const [had, has] = [resolvedFor(kind, before), resolvedFor(kind, after)];
    for (const move of moves) {
      if (had[move.feature] === has[move.feature]) continue;
      move[has[move.feature] ? 'on' : 'off'] += kind.people;
    }
  }
  return moves.filter(({ off, on }) => off + on > 0);
}

/** How many people chose a feature for themselves, or had it chosen for them alone. */
export function ownValuesOf({ alike }: FeatureTally, feature: Feature): { on: number; off: number } {
  const said = (value: boolean) => sum(alike.filter(({ own }) => own?.[feature] === value));
  return { on: said(true), off: said(false) };
}

function resolvedFor({ type, own, groups }: Alike, rules: AccountFeatures): Record<Feature, boolean> {
  const resolved = resolveFeatures(rules, groups, own);
  // Calling needs the licensed type as well.
  return { ...resolved, phone: resolved.phone && type === 'licensed' };
}

interface Row {
  type: UserType;
  features: string | null;
  people: number;
}

/**
 * A person's own choices as a short text, which all of them fit in: grouping by a long one would go through a file
 * of the server for each row.
 */
function ownChoices(column: string): string {
  return `LEFT(${column}, 250)`;
}

/** Four bits a feature, one for each thing a group can say of it. */
const sayings = [
  { on: false, locked: true },
  { on: true, locked: true },
  { on: false, locked: false },
  { on: true, locked: false },
];

function maskOf(said: GroupFeatures): number {
  let mask = 0;
  features.forEach((feature, place) => {
    const value = said[feature];
    if (!value) return;
    const bit = sayings.findIndex(({ on, locked }) => on === value.on && locked === value.locked);
    mask |= 1 << (place * sayings.length + bit);
  });
  return mask;
}

function groupsSaying(mask: number): GroupFeatures[] {
  return features.flatMap((feature, place) =>
    sayings
      .filter((_, bit) => mask & (1 << (place * sayings.length + bit)))
      .map((saying) => ({ [feature]: saying })),
  );
}

function toAlike({ type, features: own, mask, people }: Row & { mask: number }): Alike {
  return {
    ...{ type, people, groups: groupsSaying(mask) },
    own: own === null ? null : (JSON.parse(own) as FeatureChoices),
  };
}

/** The driver gives counts as text. */
function numbered(rows: Row[]): Row[] {
  return rows.map((row) => ({ ...row, people: Number(row.people) }));
}

function sum(rows: readonly { people: number }[]): number {
  return rows.reduce((total, { people }) => total + people, 0);
}
