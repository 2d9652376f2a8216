import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  choicesIn,
  features,
  groupValues,
  resolveFeatures,
  type AccountFeatures,
  type Feature,
  type GroupFeatures,
} from '../../accounts/features.js';
import { type Group } from '../../accounts/group-rows.js';
import { type Status, type UserType } from '../../accounts/user.entity.js';
import { type Id } from '../../database/id.js';

/** What new settings of a group would do to its members. */
export interface FeatureEffects {
  members: number;
  /** How many get, and how many lose, each feature. */
  gained: Record<Feature, number>;
  lost: Record<Feature, number>;
}

/** Who of a chat group is found by whom. */
export interface KindCounts {
  /** Active members: those whom a directory lists. */
  active: number;
  /** Members who have not accepted yet, or are deactivated. */
  others: number;
  /** Active members who are in another restricted group too. */
  elsewhere: number;
  /** Active people of the account who are no members. */
  outside: number;
}

/** Says in numbers what a change of a group does, before it is saved. */
@Injectable()
export class GroupEffects {
  constructor(private readonly database: DataSource) {}

  /** Counts members in sorts of people alike in what decides, so that the size of the group does not matter. */
  async ofFeatures(
    accountId: Id,
    { id, features: before }: Group,
    after: GroupFeatures,
  ): Promise<FeatureEffects> {
    const [{ features: rule }] = await this.database.query<[{ features: string }]>(
      'SELECT features FROM accounts WHERE id = ?',
      [accountId],
    );
    const account = JSON.parse(rule) as AccountFeatures;
    const others = [...(await groupValues(this.database.manager, accountId))].filter(
      ([other]) => other !== id,
    );
    const effects: FeatureEffects = { members: 0, gained: none(), lost: none() };
    for (const { own, type, bits, people } of await this.sorts(accountId, id, others)) {
      const values = others
        .map(([, value]) => value)
        .filter((_, place) => BigInt(bits) & (1n << BigInt(place)));
      const choices = choicesIn(own);
      const was = resolveFeatures(account, before ? [before, ...values] : values, choices);
      const becomes = resolveFeatures(account, [after, ...values], choices);
      effects.members += Number(people);
      for (const feature of features) {
        // Calling asks for the licensed type as well: nobody else gets or loses it.
        if (was[feature] === becomes[feature] || (feature === 'phone' && type !== 'licensed')) continue;
        effects[becomes[feature] ? 'gained' : 'lost'][feature] += Number(people);
      }
    }
    return effects;
  }

  async ofKind(accountId: Id, id: Id): Promise<KindCounts> {
    const [rows, [account]] = await Promise.all([
      this.database.query<{ status: Status; elsewhere: number; people: string | number }[]>(
        `SELECT sorted.status, sorted.elsewhere, COUNT(*) AS people FROM (
           SELECT u.status, EXISTS (
             SELECT 1 FROM chat_group_members o JOIN chat_groups g ON g.id = o.groupId
             WHERE o.userId = u.id AND g.kind = 'restricted' AND g.id <> ?) AS elsewhere
           FROM chat_group_members m JOIN users u ON u.id = m.userId
           WHERE m.groupId = ? AND u.accountId = ? AND u.status <> 'erased') sorted
         GROUP BY sorted.status, sorted.elsewhere`,
        [id, id, accountId],
      ),
      this.database.query<{ people: number }[]>(
        `SELECT people FROM user_counters WHERE accountId = ? AND status = 'active'`,
        [accountId],
      ),
    ]);
    const sum = (which: (row: (typeof rows)[number]) => boolean) =>
      rows.filter(which).reduce((all, { people }) => all + Number(people), 0);
    const active = sum(({ status }) => status === 'active');
    return {
      active,
      others: sum(({ status }) => status !== 'active'),
      elsewhere: sum(({ status, elsewhere }) => status === 'active' && Number(elsewhere) === 1),
      outside: Math.max(0, (account?.people ?? 0) - active),
    };
  }

  /** Members counted by their own choices, type, and which of the other deciding groups (a bit each) they are in. */
  private async sorts(
    accountId: Id,
    groupId: Id,
    others: [Id, GroupFeatures][],
  ): Promise<{ own: string | null; type: UserType; bits: string | number; people: string | number }[]> {
    const ids = others.map(([id]) => id);
    // A bit each: of more groups than a number has bits the rest would need a second one; nobody has 60 that decide.
    const bits = ids.slice(0, 60).map((_, place) => `WHEN ? THEN ${1n << BigInt(place)}`);
    const mask =
      bits.length === 0
        ? { sql: '', column: '0', values: [] }
        : {
            sql: `LEFT JOIN (SELECT o.userId, BIT_OR(CASE o.groupId ${bits.join(' ')} ELSE 0 END) AS mask
                    FROM user_group_members o WHERE o.groupId IN (?) GROUP BY o.userId) others ON others.userId = u.id`,
            column: 'COALESCE(others.mask, 0)',
            values: [...ids.slice(0, 60), ids],
          };
    return this.database.query(
      `SELECT u.features AS own, u.type, ${mask.column} AS bits, COUNT(*) AS people
       FROM user_group_members m JOIN users u ON u.id = m.userId ${mask.sql}
       WHERE m.groupId = ? AND u.accountId = ? AND u.status <> 'erased'
       GROUP BY own, type, bits`,
      [...mask.values, groupId, accountId],
    );
  }
}

function none(): Record<Feature, number> {
  return Object.fromEntries(features.map((feature) => [feature, 0])) as Record<Feature, number>;
}
