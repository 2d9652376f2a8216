import { features, type Feature } from '../accounts/features.js';
import { type Id } from '../database/id.js';
import { type Changes } from '../journal/journal.entities.js';
import { formatPhone } from '../phone/e164.js';
import { type Words } from '../web/words.js';
import { type NamedPerson } from './user-details.query.js';

/** One changed field of a person, told to a reader. */
export interface ChangeInWords {
  label: string;
  before: string;
  after: string;
}

/** What the journal says of a person's fields, in the order a reader looks for them. */
export function changesInWords(
  words: Words,
  changes: Changes | null,
  named: ReadonlyMap<Id, NamedPerson>,
): ChangeInWords[] {
  return toldFields
    .filter((field) => changes?.[field] !== undefined)
    .map((field) => {
      const [before, after] = changes?.[field] ?? [null, null];
      return {
        label: words.t(`users.field.${field === 'managerId' ? 'manager' : field}`),
        before: valueText(words, field, before, named),
        after: valueText(words, field, after, named),
      };
    });
}

/** Ids of people that changes name: managers before and after. */
export function mentionedIn(told: readonly { changes: Changes | null }[]): Id[] {
  const ids = told.flatMap(({ changes }) => changes?.['managerId'] ?? []);
  return [...new Set(ids.filter((id) => typeof id === 'string'))];
}

export function nameOf({ givenName, familyName, email }: Omit<NamedPerson, 'id'>): string {
  return `${givenName} ${familyName}`.trim() || email;
}

/** Fields whose changes a reader understands; the others follow from these. */
const toldFields = [
  ...['email', 'givenName', 'familyName', 'jobTitle', 'department', 'location', 'managerId', 'workPhone'],
  ...[
    'mobilePhone',
    'extension',
    'userGroups',
    'chatGroups',
    'status',
    'role',
    'type',
    'features',
    'language',
    'newAddress',
    'requestedEmail',
    'externalContacts',
  ],
];

function valueText(words: Words, field: string, value: unknown, named: ReadonlyMap<Id, NamedPerson>): string {
  if (value === null || value === undefined || value === '') return '';
  if (field === 'managerId') {
    const person = named.get(String(value));
    return person ? nameOf(person) : words.t('users.history.somebody');
  }
  if (field === 'features') return featuresText(words, value as Partial<Record<Feature, boolean>>);
  if (Array.isArray(value)) return words.list(value.map(String));
  const text = String(value);
  if (field === 'workPhone' || field === 'mobilePhone') return formatPhone(text);
  if (field === 'language') return words.t(`common.language.${text}`);
  if (field === 'status') return words.t(`common.status.${text}`);
  const key = `users.${field}.${text}`;
  return (field === 'role' || field === 'type') && words.has(key) ? words.t(key) : text;
}

function featuresText(words: Words, choices: Partial<Record<Feature, boolean>>): string {
  return features
    .filter((feature) => choices[feature] !== undefined)
    .map((feature) =>
      words.t(choices[feature] ? 'users.feature.said-on' : 'users.feature.said-off', {
        feature: words.t(`users.feature.${feature}`),
      }),
    )
    .join(', ');
}
