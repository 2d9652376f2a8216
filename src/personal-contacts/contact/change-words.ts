import {
  contactFields,
  phoneFields,
  type CardProperty,
  type PhoneField,
} from '../../contact-card/contact-fields.js';
import { type Id } from '../../database/id.js';
import { type Changes } from '../../journal/journal.entities.js';
import { formatPhone } from '../../phone/e164.js';
import { type Words } from '../../web/words.js';
import { extraInWords } from './extra.view.js';

/** One changed field of a contact, told to its owner. */
export interface ChangeInWords {
  label: string;
  before: string;
  after: string;
}

/** Names of what changes mention by id. */
export interface Mentioned {
  groups: ReadonlyMap<Id, string>;
  contacts: ReadonlyMap<Id, string>;
}

/** What the journal says of a contact's fields, in the order of the form. */
export function changesInWords(words: Words, changes: Changes | null, mentioned: Mentioned): ChangeInWords[] {
  if (changes === null) return [];
  const told = toldFields
    .filter((field) => changes[field] !== undefined)
    .map((field) => {
      const [before, after] = changes[field];
      return {
        label: words.t(`personal-contact.field.${field}`),
        before: valueText(words, field, before, mentioned),
        after: valueText(words, field, after, mentioned),
      };
    });
  return [...told, ...extraChanges(words, changes['extra'])];
}

/** Ids that changes name: groups before and after, the contact they were merged into. */
export function mentionedIn(told: readonly { changes: Changes | null }[]): { groups: Id[]; contacts: Id[] } {
  const idsOf = (field: string) => [
    ...new Set(
      told.flatMap(({ changes }) =>
        (changes?.[field] ?? []).flat().filter((id): id is Id => typeof id === 'string'),
      ),
    ),
  ];
  return { groups: idsOf('groupIds'), contacts: idsOf('mergedInto') };
}

/** What the source said of a number goes with the number. */
const toldFields = [...contactFields, 'groupIds', 'starred', 'photoHash', 'mergedInto'];

function valueText(words: Words, field: string, value: unknown, { groups, contacts }: Mentioned): string {
  if (field === 'starred') return words.t(value ? 'personal-contact.yes' : 'personal-contact.no');
  if (value === null || value === undefined || value === '') return '';
  if (field === 'photoHash') return words.t('personal-contact.a-photo');
  if (field === 'groupIds')
    return words.list((value as Id[]).map((id) => groups.get(id) ?? words.t('personal-contact.group-gone')));
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (field === 'mergedInto') return contacts.get(text) ?? words.t('personal-contact.contact-gone');
  return phoneFields.includes(field as PhoneField) ? formatPhone(text) : text;
}

/** Further details by their label: what is told of both sides alike is no change. */
function extraChanges(words: Words, change: Changes[string] | undefined): ChangeInWords[] {
  if (change === undefined) return [];
  const [before, after] = change.map((side) => byLabel(words, (side ?? []) as CardProperty[]));
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((label) => {
      const [one, other] = [before.get(label) ?? [], after.get(label) ?? []];
      return {
        label,
        before: one.filter((text) => !other.includes(text)).join(', '),
        after: other.filter((text) => !one.includes(text)).join(', '),
      };
    })
    .filter((told) => told.before !== '' || told.after !== '');
}

function byLabel(words: Words, extra: readonly CardProperty[]): Map<string, string[]> {
  const texts = new Map<string, string[]>();
  for (const { label, value } of extraInWords(words, extra, { displayName: '' }))
    texts.set(label, [...(texts.get(label) ?? []), value]);
  return texts;
}
