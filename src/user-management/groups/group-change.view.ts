import { features, type AccountFeatures, type GroupFeatures } from '../../accounts/features.js';
import { type ChatGroupKind } from '../../accounts/group.entities.js';
import { type Group } from '../../accounts/group-rows.js';
import { problemsOf, select } from '../../web/fields.js';
import { type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { type FeatureEffects, type KindCounts } from './group-effects.query.js';
import { featureBadges, kindBadge, kindChoice } from './group-list.view.js';
import { settingValue, settingValues } from './group.forms.js';

/** What a user group decides: one choice a feature. */
export function settingsView(
  words: Words,
  group: Group,
  account: AccountFeatures,
  chosen = group.features,
  conflict = false,
) {
  const fields = features.map((feature) =>
    select(words, {
      name: 'features',
      id: `feature-${feature}`,
      labelKey: `users.feature.${feature}`,
      ...hintOf(account, feature),
      value: `${feature}:${settingValue(chosen?.[feature])}`,
      options: settingValues.map((value) => ({
        value: `${feature}:${value}`,
        labelKey: `user-groups.setting.${value}`,
      })),
    }),
  );
  return {
    ...changed(words, group, conflict),
    title: words.t('user-groups.settings-of', { name: group.name }),
    text: words.t('user-groups.settings-text'),
    back: { href: `/user-groups/${group.id}`, label: group.name },
    action: `/user-groups/${group.id}/settings`,
    revision: group.revision,
    fields,
    send: words.t('groups.see-effect'),
    present: conflict ? featureBadges(words, group.features) : [],
  };
}

/** What saving them would do to the members. */
export function settingsEffectView(
  words: Words,
  group: Group,
  after: GroupFeatures,
  effects: FeatureEffects,
) {
  const { members, gained, lost } = effects;
  const lines = features.flatMap((feature) => {
    const values = { members, feature: words.t(`users.feature.${feature}`) };
    return [
      ...(lost[feature] > 0 ? [words.t('user-groups.effect.lost', { ...values, count: lost[feature] })] : []),
      ...(gained[feature] > 0
        ? [words.t('user-groups.effect.gained', { ...values, count: gained[feature] })]
        : []),
    ];
  });
  return {
    title: words.t('user-groups.settings-of', { name: group.name }),
    back: { href: `/user-groups/${group.id}/settings`, label: words.t('user-groups.settings') },
    action: `/user-groups/${group.id}/settings`,
    cancelHref: `/user-groups/${group.id}/settings`,
    before: featureBadges(words, group.features),
    after: featureBadges(words, after),
    lines: lines.length > 0 ? lines : [words.t('user-groups.effect.none', { members })],
    hidden: [
      { name: 'revision', value: group.revision },
      ...features.map((feature) => ({
        name: 'features',
        value: `${feature}:${settingValue(after[feature])}`,
      })),
    ],
  };
}

/** What a chat group shows, and to whom. */
export function kindView(words: Words, group: Group, submission?: Submission<object>, conflict = false) {
  const fields = [kindChoice(words, group.kind ?? 'normal', submission)];
  return {
    ...changed(words, group, conflict),
    title: words.t('chat-groups.kind-of', { name: group.name }),
    text: words.t('chat-groups.kind-text'),
    back: { href: `/chat-groups/${group.id}`, label: group.name },
    action: `/chat-groups/${group.id}/kind`,
    revision: group.revision,
    fields,
    problems: problemsOf(words, fields, submission),
    send: words.t('groups.see-effect'),
    present: conflict ? [kindBadge(words, group.kind ?? 'normal')] : [],
  };
}

export function kindEffectView(words: Words, group: Group, kind: ChatGroupKind, counts: KindCounts) {
  return {
    title: words.t('chat-groups.kind-of', { name: group.name }),
    back: { href: `/chat-groups/${group.id}/kind`, label: words.t('chat-groups.change-kind') },
    action: `/chat-groups/${group.id}/kind`,
    cancelHref: `/chat-groups/${group.id}`,
    before: [kindBadge(words, group.kind ?? 'normal')],
    after: [kindBadge(words, kind)],
    lines: kindEffects(words, group.kind ?? 'normal', kind, counts),
    hidden: [
      { name: 'revision', value: group.revision },
      { name: 'kind', value: kind },
    ],
  };
}

/** One sentence for each thing a change of kind does. */
function kindEffects(
  words: Words,
  before: ChatGroupKind,
  after: ChatGroupKind,
  counts: KindCounts,
): string[] {
  const { active, others, elsewhere, outside } = counts;
  const say = (name: string, count: number, more: Record<string, number> = {}) =>
    words.t(`chat-groups.effect.${name}`, { count, ...more });
  const hides = after === 'restricted';
  const reveals = before === 'restricted';
  return [
    ...(hides ? [say('only-each-other', active)] : []),
    ...(hides && elsewhere > 0 ? [say('elsewhere', elsewhere)] : []),
    ...(hides && active > 0 && outside > 0 ? [say('outside', outside)] : []),
    ...(hides && others > 0 ? [say('later', others)] : []),
    ...(reveals ? [say('found-by-all', active - elsewhere)] : []),
    ...(reveals && elsewhere > 0 ? [say('still-hidden', elsewhere)] : []),
    ...(after === 'shared' ? [say('listed-to-all', active)] : []),
    ...(before === 'shared' ? [say('listed-to-members', active)] : []),
  ];
}

function changed(words: Words, { name }: Group, conflict: boolean) {
  return { conflict: conflict ? words.t('groups.problem.changed-meanwhile', { name }) : '' };
}

function hintOf(account: AccountFeatures, feature: keyof AccountFeatures) {
  if (!account[feature].allowed) return { hintKey: 'user-groups.setting-hint.account-off' };
  if (feature === 'phone') return { hintKey: 'users.hint.feature-phone' };
  return { hintKey: account[feature].on ? 'user-groups.setting-hint.on' : 'user-groups.setting-hint.off' };
}
