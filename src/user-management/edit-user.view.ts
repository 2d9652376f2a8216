import { features, type Feature, type FeatureChoices } from '../accounts/features.js';
import { type Id } from '../database/id.js';
import { formatPhone } from '../phone/e164.js';
import { type Submission } from '../web/submitted.js';
import { twoVersions } from '../web/two-versions.js';
import { type Words } from '../web/words.js';
import { type HistoryEntry, type NamedPerson, type UserDetails } from './user-details.query.js';
import { userFormView, valuesOf, type UserFormContext, type UserFormValues } from './user-form.view.js';
import { groupNames } from './person-rules.js';
import { lockedBy } from './user/features.view.js';
import { featureChoices, type UserForm } from './user.form.js';
import { nameOf } from './user.view.js';

/** What the form offers to choose from. */
export type FormChoices = Required<Pick<UserFormContext, 'known' | 'managers' | 'language'>>;

/** `/users/:id/edit`; with a submission, the form as it came back. */
export function editUserView(
  words: Words,
  details: UserDetails,
  { known, managers, language }: FormChoices,
  submission?: Submission<UserForm>,
) {
  const { user, accountFeatures, userGroups } = details;
  const context = {
    accountFeatures,
    groupFeatures: userGroups.map((group) => group.features ?? {}),
    ownFeatures: user.features,
    ...{ known, managers, language },
    lockedBy: (feature: Feature) => lockedBy(words, details, feature),
  };
  const options = { withEmail: false, ...(submission ? { returned: submission } : {}) };
  return {
    ...userFormView(words, valuesOf(details), context, options),
    title: words.t('users.edit-title', { name: nameOf(user) }),
    name: nameOf(user),
    email: user.email,
    action: `/users/${user.id}`,
    backHref: `/users/${user.id}`,
    addressHref: `/users/${user.id}/address`,
    // A form that comes back is still about the version it was opened on.
    revision: submission?.form.revision ?? String(user.revision),
  };
}

interface Present {
  details: UserDetails;
  history: HistoryEntry[];
  named: Map<Id, NamedPerson>;
}

/** Somebody saved the person meanwhile: both versions, field by field. */
export function conflictView(words: Words, present: Present, submission: Submission<UserForm>) {
  const { details, history } = present;
  const { user } = details;
  const theirs = textsOf(details);
  const mine = typedTexts(submission);
  const bases = basesOf(present, user.revision - Number(submission.form.revision));
  const fields = [...mine].map(([name, typed]) => ({
    name,
    label: words.t(`users.field.${name}`),
    ...{ theirs: theirs[name], mine: typed, base: bases.get(name) },
    same: (one: string, other: string) => sameText(name, one, other),
    shown: (text: string) => shownText(words, name, text),
  }));
  const last = history.find(({ action }) => action === 'changed');
  return {
    title: words.t('users.conflict.title', { name: nameOf(user) }),
    text: words.t('users.conflict.text', {
      who: last?.actor ? nameOf(last.actor) : words.t('users.history.by-nobody'),
      when: words.dateTime(last?.at ?? user.updatedAt),
    }),
    name: nameOf(user),
    action: `/users/${user.id}`,
    backHref: `/users/${user.id}`,
    revision: user.revision,
    ...twoVersions(words, fields),
  };
}

type Name = Exclude<keyof UserFormValues, 'email'> | 'features';
const fieldNames: Name[] = [
  ...(['givenName', 'familyName', 'jobTitle', 'department', 'location', 'manager', 'workPhone'] as const),
  ...(['mobilePhone', 'extension', 'type', 'language', 'userGroups', 'chatGroups', 'features'] as const),
];

function textsOf(details: UserDetails): Record<Name, string> {
  return { ...valuesOf(details), features: featureText(details.user.features) };
}

/** What was posted, by field; features as one text. */
function typedTexts({ form, typed }: Submission<UserForm>): Map<Name, string> {
  const texts = new Map<Name, string>();
  for (const name of fieldNames) {
    const value = typed[name];
    if (typeof value === 'string') texts.set(name, value);
  }
  if (form.features.length > 0) {
    const said = [...featureChoices(form.features)].filter(([, choice]) => choice !== null);
    texts.set('features', featureText(Object.fromEntries(said) as FeatureChoices));
  }
  return texts;
}

/** `phone:on;integrations:default`: every feature, so that choosing one side sets all of them. */
function featureText(own: FeatureChoices | null): string {
  return features
    .map((feature) => {
      const choice = own?.[feature];
      return `${feature}:${choice === undefined ? 'default' : choice ? 'on' : 'off'}`;
    })
    .join(';');
}

/** The values this form was opened on, where somebody changed them since: from the journal. */
function basesOf({ history, named }: Present, versions: number): Map<Name, string> {
  const bases = new Map<Name, string>();
  const since = history.filter(({ action, changes }) => action === 'changed' && changes).slice(0, versions);
  // Newest first: the oldest change of a field has the last word.
  for (const { changes } of since) {
    for (const name of fieldNames) {
      const change = changes?.[name === 'manager' ? 'managerId' : name];
      if (change) bases.set(name, baseText(name, change[0], named));
    }
  }
  return bases;
}

function baseText(name: Name, value: unknown, named: Map<Id, NamedPerson>): string {
  if (name === 'features') return featureText(value as FeatureChoices | null);
  if (value === null || value === undefined) return '';
  if (name === 'manager') return named.get(String(value))?.email ?? '';
  if (Array.isArray(value)) return value.join('; ');
  return name === 'workPhone' || name === 'mobilePhone' ? formatPhone(String(value)) : String(value);
}

/** Spaces in a number and the order of groups make no difference. */
function sameText(name: Name, one: string, other: string): boolean {
  const normal = (text: string): string => {
    if (name === 'workPhone' || name === 'mobilePhone') return text.replace(/\D/g, '');
    if (name === 'userGroups' || name === 'chatGroups') return groupNames(text).sort().join(';');
    return text.trim();
  };
  return normal(one) === normal(other);
}

function shownText(words: Words, name: Name, value: string): string {
  if (name === 'type') return words.t(`users.type.${value === 'licensed' ? value : 'basic'}`);
  if (name === 'language')
    return value === '' ? '' : words.t(`common.language.${value === 'fr' ? 'fr' : 'en'}`);
  if (name !== 'features') return value;
  const said = [...featureChoices([value])].filter(([, choice]) => choice !== null);
  return said
    .map(([feature, choice]) =>
      words.t(choice ? 'users.feature.said-on' : 'users.feature.said-off', {
        feature: words.t(`users.feature.${feature}`),
      }),
    )
    .join(', ');
}
