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
