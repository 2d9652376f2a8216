import { type Id } from '../database/id.js';

/** What an account, a group or a user may switch; the order of decision is in `resolveFeatures`. */
export const features = ['phone', 'external-contacts', 'integrations', 'personal-contacts'] as const;
export type Feature = (typeof features)[number];

/** An account's rule for one feature: whether anybody may have it, and what people start with. */
export interface AccountFeature {
  allowed: boolean;
  on: boolean;
}
export type AccountFeatures = Record<Feature, AccountFeature>;
export type FeatureChoices = Partial<Record<Feature, boolean>>;
export type GroupFeatures = Partial<Record<Feature, { on: boolean; locked: boolean }>>;
export type ResolvedFeatures = Record<Feature, boolean>;

/** New accounts: all allowed, all on but calling. */
export function newAccountFeatures(): AccountFeatures {
  return {
    phone: { allowed: true, on: false },
    'external-contacts': { allowed: true, on: true },
    integrations: { allowed: true, on: true },
    'personal-contacts': { allowed: true, on: true },
  };
}

/**
 * Account off → off; a locked group value (off beats on); the user's own value; an unlocked group value (off
 * beats on); the account's default.
 */
export function resolveFeatures(
  account: AccountFeatures,
  groups: GroupFeatures[],
  own: FeatureChoices | null,
): ResolvedFeatures {
  const decide = (feature: Feature): boolean => {
    if (!account[feature].allowed) return false;
    const values = groups.map((group) => group[feature]).filter((value) => value !== undefined);
    const locked = values.filter((value) => value.locked);
    if (locked.length > 0) return locked.every((value) => value.on);
    const choice = own?.[feature];
    if (choice !== undefined) return choice;
    if (values.length > 0) return values.every((value) => value.on);
    return account[feature].on;
  };
  return Object.fromEntries(features.map((feature) => [feature, decide(feature)])) as ResolvedFeatures;
}

/** What many people have, in a few queries. Whether somebody may call also asks for the licensed type. */
export async function featuresOf(
  manager: Queries,
  accountId: Id,
  userIds: readonly Id[],
): Promise<Map<Id, ResolvedFeatures>> {
  const resolved = new Map<Id, ResolvedFeatures>();
  if (userIds.length === 0) return resolved;
  const [account] = await manager.query<{ features: string; groupFeatures: number }[]>(
    'SELECT features, groupFeatures FROM accounts WHERE id = ?',
    [accountId],
  );
  if (!account) return resolved;
  const rule = JSON.parse(account.features) as AccountFeatures;
  const inGroups = new Map<Id, GroupFeatures[]>();
  const groups =
    account.groupFeatures === 0 ? new Map<Id, GroupFeatures>() : await groupValues(manager, accountId);
  for (let from = 0; from < userIds.length; from += CHUNK) {
    const chunk = userIds.slice(from, from + CHUNK);
    const memberships =
      groups.size === 0
        ? []
        : await manager.query<{ userId: Id; groupId: Id }[]>(
            'SELECT userId, groupId FROM user_group_members WHERE userId IN (?) AND groupId IN (?)',
            [chunk, [...groups.keys()]],
          );
    for (const { userId, groupId } of memberships) {
      inGroups.set(userId, [...(inGroups.get(userId) ?? []), groups.get(groupId) ?? {}]);
    }
    const people = await manager.query<{ id: Id; features: string | null }[]>(
      'SELECT id, features FROM users WHERE accountId = ? AND id IN (?)',
      [accountId, chunk],
    );
    for (const { id, features: own } of people) {
      resolved.set(id, resolveFeatures(rule, inGroups.get(id) ?? [], choicesIn(own)));
    }
  }
  return resolved;
}

/** A person's own choices as their column holds them. */
export function choicesIn(column: string | null): FeatureChoices | null {
  return column === null ? null : (JSON.parse(column) as FeatureChoices);
}

/** The user groups of an account that decide about features, with what they say. */
export async function groupValues(manager: Queries, accountId: Id): Promise<Map<Id, GroupFeatures>> {
  const groups = await manager.query<{ id: Id; features: string }[]>(
    'SELECT id, features FROM user_groups WHERE accountId = ? AND features IS NOT NULL ORDER BY id',
    [accountId],
  );
  return new Map(groups.map(({ id, features: values }) => [id, JSON.parse(values) as GroupFeatures]));
}

/** An entity manager, or what threads without the object mapper have. */
interface Queries {
  query<Result>(sql: string, values?: unknown[]): Promise<Result>;
}

/** People of one statement. */
const CHUNK = 500;
