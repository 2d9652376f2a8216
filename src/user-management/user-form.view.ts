import {
  features,
  resolveFeatures,
  type AccountFeatures,
  type Feature,
  type FeatureChoices,
  type GroupFeatures,
} from '../accounts/features.js';
import { userTypes } from '../accounts/user.entity.js';
import { limits } from '../config/limits.js';
import { formatPhone } from '../phone/e164.js';
import { field, problemsOf, radioGroup, select, type AnyField, type Returned } from '../web/fields.js';
import { locales, type Locale, type Words } from '../web/words.js';
import { type UserDetails } from './user-details.query.js';
import { DETAIL_CHARACTERS } from './person-rules.js';
import { featureChoices } from './user.form.js';

/** What the fields of a person's form hold before anybody types. */
export interface UserFormValues {
  email: string;
  givenName: string;
  familyName: string;
  jobTitle: string;
  department: string;
  location: string;
  manager: string;
  workPhone: string;
  mobilePhone: string;
  extension: string;
  type: string;
  language: string;
  userGroups: string;
  chatGroups: string;
}

/** What the choices of the form depend on. */
export interface UserFormContext {
  accountFeatures: AccountFeatures;
  /** Of the groups the person is in. */
  groupFeatures: GroupFeatures[];
  ownFeatures: FeatureChoices | null;
  /** Names of groups that exist, A to Z. */
  known: { userGroups: string[]; chatGroups: string[] };
  /** People likely to be somebody's manager, for suggestions. */
  managers?: { email: string; name: string }[];
  /** The company's language, for people who chose none. */
  language?: Locale;
  /** Who has locked a feature, by name; null when nobody has. */
  lockedBy?: (feature: Feature) => string | null;
}

export const emptyUser: UserFormValues = {
  email: '',
  givenName: '',
  familyName: '',
  jobTitle: '',
  department: '',
  location: '',
  manager: '',
  workPhone: '',
  mobilePhone: '',
  extension: '',
  type: 'basic',
  language: '',
  userGroups: '',
  chatGroups: '',
};

export function valuesOf({ user, manager, userGroups, chatGroups }: UserDetails): UserFormValues {
  return {
    email: user.email,
    givenName: user.givenName,
    familyName: user.familyName,
    jobTitle: user.jobTitle ?? '',
    department: user.department ?? '',
    location: user.location ?? '',
    manager: manager?.email ?? '',
    workPhone: user.workPhone ? formatPhone(user.workPhone) : '',
    mobilePhone: user.mobilePhone ? formatPhone(user.mobilePhone) : '',
    extension: user.extension ?? '',
    type: user.type,
    language: user.language ?? '',
    userGroups: userGroups.map(({ name }) => name).join('; '),
    chatGroups: chatGroups.map(({ name }) => name).join('; '),
  };
}

/** The form of one person in its parts, and the summary of what is to be put right. */
export function userFormView(
  words: Words,
  values: UserFormValues,
  context: UserFormContext,
  { withEmail, returned }: { withEmail: boolean; returned?: Returned },
) {
  const line = (name: keyof UserFormValues, maxlength: number, extra: object = {}) =>
    field(
      words,
      {
        name,
        labelKey: `users.field.${name}`,
        value: values[name],
        maxlength,
        autocomplete: 'off',
        ...extra,
      },
      returned,
    );
  const optional = { optional: true };
  const groups = (name: 'userGroups' | 'chatGroups') =>
    line(name, 10_000, {
      optional: true,
      hintKey: context.known[name].length > 0 ? 'users.hint.groups-known' : 'users.hint.groups',
      hintValues: { names: knownText(context.known[name]) },
      suggestions: addedNames(values[name], context.known[name]),
    });
  const sections: { title: string; text?: string; fields: AnyField[] }[] = [
    {
      title: words.t('users.section.person'),
      fields: [
        ...(withEmail
          ? [
              line('email', limits.emailCharacters, {
                type: 'email',
                autofocus: returned === undefined,
                hintKey: 'users.hint.email',
              }),
            ]
          : []),
        line('givenName', limits.nameCharacters),
        line('familyName', limits.nameCharacters),
      ],
    },
    {
      title: words.t('users.section.work'),
      fields: [
        line('jobTitle', DETAIL_CHARACTERS, optional),
        line('department', DETAIL_CHARACTERS, optional),
        line('location', DETAIL_CHARACTERS, optional),
        line('manager', limits.emailCharacters, {
          ...optional,
          type: 'email',
          hintKey: 'users.hint.manager',
          suggestions: (context.managers ?? []).map(({ email, name }) => ({ value: email, label: name })),
        }),
      ],
    },
    {
      title: words.t('users.section.phones'),
      fields: [
        line('workPhone', 64, { ...optional, type: 'tel', hintKey: 'users.hint.phone' }),
        line('mobilePhone', 64, { ...optional, type: 'tel' }),
        line('extension', limits.extensionCharacters, { ...optional, hintKey: 'users.hint.extension' }),
      ],
    },
    {
      title: words.t('users.section.groups'),
      fields: [groups('userGroups'), groups('chatGroups')],
    },
    {
      title: words.t('users.section.access'),
      text: words.t('users.section.access-text'),
      fields: [
        radioGroup(
          words,
          {
            name: 'type',
            labelKey: 'users.field.type',
            value: values.type,
            options: userTypes.map((value) => ({
              value,
              labelKey: `users.type.${value}`,
              hintKey: `users.type.${value}-hint`,
            })),
          },
          returned,
        ),
        ...features.map((feature) => featureField(words, feature, context, returned)),
        languageField(words, values.language, context, returned),
      ],
    },
  ];
  return {
    sections,
    problems: problemsOf(
      words,
      sections.flatMap(({ fields }) => fields),
      returned,
    ),
  };
}

/** One feature: as the groups and the account have it, or the person's own choice. */
function featureField(words: Words, feature: Feature, context: UserFormContext, returned?: Returned) {
  const { accountFeatures, groupFeatures, ownFeatures, lockedBy } = context;
  const without = { ...ownFeatures };
  delete without[feature];
  const inherited = resolveFeatures(accountFeatures, groupFeatures, without)[feature];
  const locked = groupFeatures.some((group) => group[feature]?.locked);
  const hint = !accountFeatures[feature].allowed
    ? 'users.hint.feature-off'
    : locked
      ? lockedBy
        ? 'user.feature.hint-locked'
        : 'users.hint.feature-locked'
      : feature === 'phone'
        ? 'users.hint.feature-phone'
        : undefined;
  const own = typedChoice(feature, returned) ?? saidOf(ownFeatures?.[feature]);
  return select(words, {
    name: 'features',
    id: `features-${feature}`,
    labelKey: `users.feature.${feature}`,
    ...(hint ? { hintKey: hint, hintValues: { groups: lockedBy?.(feature) ?? '' } } : {}),
    disabled: !accountFeatures[feature].allowed || locked,
    value: `${feature}:${own}`,
    options: [
      {
        value: `${feature}:default`,
        label: words.t(inherited ? 'users.feature.default-on' : 'users.feature.default-off'),
      },
      { value: `${feature}:on`, label: words.t('users.feature.on') },
      { value: `${feature}:off`, label: words.t('users.feature.off') },
    ],
  });
}

/** The language Carnet speaks to the person, until they choose themselves. */
function languageField(
  words: Words,
  value: string,
  { language }: UserFormContext,
  returned: Returned | undefined,
) {
  const company = language ? words.t(`common.language.${language}`) : '';
  return select(
    words,
    {
      ...{ name: 'language', labelKey: 'user.language', value },
      options: [
        { value: '', label: words.t('profile.as-company', { value: company }) },
        ...locales.map((each) => ({ value: each, labelKey: `common.language.${each}` })),
      ],
    },
    returned,
  );
}

/** What is there with one group more each: a list to choose from also where several stand in one line. */
function addedNames(present: string, known: readonly string[]): { value: string }[] {
  const there = new Set(present.split(';').map((name) => name.trim()));
  const before = present === '' ? '' : `${present}; `;
  return known.filter((name) => !there.has(name)).map((name) => ({ value: `${before}${name}` }));
}

function typedChoice(feature: Feature, returned: Returned | undefined): string | undefined {
  const { features: typed } = (returned?.typed ?? {}) as { features?: unknown };
  if (!Array.isArray(typed)) return undefined;
  const choices = featureChoices(typed.filter((value) => typeof value === 'string'));
  const choice = choices.get(feature);
  return choice === undefined ? undefined : saidOf(choice ?? undefined);
}

function saidOf(choice: boolean | undefined): 'on' | 'off' | 'default' {
  return choice === undefined ? 'default' : choice ? 'on' : 'off';
}

/** The first names of a list, enough to see how they are written. */
export function knownText(names: readonly string[]): string {
  const some = names.slice(0, 12).join('; ');
  return names.length > 12 ? `${some}…` : some;
}
