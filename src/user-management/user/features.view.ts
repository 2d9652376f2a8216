import { features, resolveFeatures, type Feature } from '../../accounts/features.js';
import { type Words } from '../../web/words.js';
import { type UserDetails } from '../user-details.query.js';

/** Each feature of a person: whether it is on, who says so, and what of theirs a locked value keeps waiting. */
export function featureItems(words: Words, details: UserDetails) {
  const { user, userGroups, accountFeatures } = details;
  const resolved = resolveFeatures(
    accountFeatures,
    userGroups.map((group) => group.features ?? {}),
    user.features,
  );
  const mayCall = user.type === 'licensed';
  return features.map((feature) => ({
    label: words.t(`users.feature.${feature}`),
    value: words.t(resolved[feature] ? 'users.feature.on' : 'users.feature.off'),
    note:
      noteOf(words, details, feature, resolved[feature]) +
      // On, and yet no calls: what is missing is said where it is looked for.
      (feature === 'phone' && resolved.phone && !mayCall ? ` ${words.t('user.feature.needs-licence')}` : ''),
  }));
}

/** Names of the groups whose locked value decides about a feature; null when none does. */
export function lockedBy(words: Words, { userGroups }: UserDetails, feature: Feature): string | null {
  const locked = userGroups.filter((group) => group.features?.[feature]?.locked);
  // Off beats on: those that say off are the ones that decide.
  const off = locked.filter((group) => group.features?.[feature]?.on === false);
  return locked.length === 0 ? null : words.list((off.length > 0 ? off : locked).map(({ name }) => name));
}

function noteOf(words: Words, details: UserDetails, feature: Feature, on: boolean): string {
  const { user, userGroups, accountFeatures } = details;
  const own = user.features?.[feature];
  const waits =
    own === undefined
      ? ''
      : ` ${words.t('user.feature.own-waits', { own: words.t(own ? 'users.feature.on' : 'users.feature.off') })}`;
  if (!accountFeatures[feature].allowed) return words.t('users.feature.source.account-off') + waits;
  const locked = lockedBy(words, details, feature);
  if (locked !== null) return words.t('user.feature.locked-by', { groups: locked }) + waits;
  if (own !== undefined) return words.t('users.feature.source.own');
  const deciding = userGroups.filter((group) => group.features?.[feature]?.on === on);
  return deciding.length > 0
    ? words.t('user.feature.from-group', { groups: words.list(deciding.map(({ name }) => name)) })
    : words.t('users.feature.source.account');
}
