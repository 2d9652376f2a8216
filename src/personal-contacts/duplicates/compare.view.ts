import { phoneFields, type PhoneField } from '../../contact-card/contact-fields.js';
import { type Id } from '../../database/id.js';
import { isE164 } from '../../phone/e164.js';
import { checkbox } from '../../web/fields.js';
import { phoneText } from '../../web/link-texts.js';
import { type Words } from '../../web/words.js';
import { birthdayIn, birthdayText } from '../contact/birthday.js';
import { contactPhotoUrl } from '../contact-photos.js';
import { type StoredContact } from '../contact-row.js';
import { type MergeForm } from './duplicates.forms.js';
import { stateOf } from './duplicates.query.js';
import { detailsOf, DUPLICATES, duplicatesPath, type DuplicatesPlace } from './duplicates.view.js';
import { asideFields, chosenFields, valueOf, type AsideField, type ChosenField } from './merge-contacts.js';

export interface Comparison {
  /** At least two, the one that stays first. */
  contacts: readonly StoredContact[];
  /** Names of the groups any of them is in. */
  groups: readonly string[];
  /** Where one came from. */
  list: DuplicatesPlace['list'];
  returned?: { form: MergeForm; ticked: ReadonlySet<Id> };
  /** `two`: fewer than two were ticked; `changed`: they are no longer as they were shown. */
  problem?: 'two' | 'changed';
}

/** Contacts side by side: which are merged, and of each field that differs which value is taken. */
export function compareView(words: Words, comparison: Comparison) {
  const { contacts, groups, list, returned, problem } = comparison;
  const labels = new Map(contacts.map(({ id, displayName }, place) => [id, `${place + 1}. ${displayName}`]));
  const differing = chosenFields.filter((field) => valuesOf(contacts, field).length > 1);
  const ticked = ({ id }: StoredContact) => (returned ? returned.ticked.has(id) : list !== 'name');
  return {
    title: words.t('contact-duplicates.compare-title'),
    text: words.t('contact-duplicates.compare-text'),
    back: duplicatesPath({ list }),
    backLabel: words.t('contact-duplicates.title'),
    action: `${DUPLICATES}/merges`,
    apartAction: `${DUPLICATES}/distinctions?list=${list}`,
    list,
    shown: contacts.map(stateOf).join(' '),
    changed: problem === 'changed',
    problems:
      problem === 'two' ? [{ text: words.t('contact-duplicates.problem.two'), href: '#contact-1' }] : [],
    problem: problem === 'two' ? words.t('contact-duplicates.problem.two') : '',
    contacts: contacts.map((contact, place) => ({
      id: `contact-${place + 1}`,
      value: stateOf(contact),
      label: labels.get(contact.id),
      checked: ticked(contact),
      href: `/personal-contacts/${contact.id}`,
      openLabel: words.t('contact-duplicates.open', { name: labels.get(contact.id) ?? '' }),
      hint: [
        ...detailsOf(contact),
        words.t('contact-duplicates.added', { date: words.date(contact.createdAt) }),
      ].join(' · '),
    })),
    choices: differing.map((field) => choiceOf(words, field, contacts, labels, returned?.form)),
    same: sameOf(words, contacts, groups, labels),
  };
}

function choiceOf(
  words: Words,
  field: ChosenField,
  contacts: readonly StoredContact[],
  labels: ReadonlyMap<Id, string>,
  form?: MergeForm,
) {
  const values = valuesOf(contacts, field);
  const chosen = values.find(({ having }) => having.some(({ id }) => id === form?.[field])) ?? values[0];
  const aside = asideFields.find((known) => known === field);
  return {
    name: field,
    label: labelOf(words, field),
    options: values.map((value, place) => ({
      id: `${field}-${place + 1}`,
      value: value.having[0].id,
      checked: value === chosen,
      text: shownValue(words, field, value.having[0]),
      photo: field === 'photoHash' ? contactPhotoUrl(value.having[0]) : '',
      whose: words.list(value.having.map(({ id }) => labels.get(id) ?? '')),
    })),
    aside: aside ? asideOf(words, aside, form) : null,
  };
}

function asideOf(words: Words, field: AsideField, form?: MergeForm) {
  const labelKey = `contact-duplicates.aside.${field === 'email' ? 'email' : 'number'}`;
  return {
    ...checkbox(words, { name: 'aside', id: `aside-${field}`, labelKey, value: field }),
    checked: form ? form.aside.includes(field) : true,
  };
}

/** What needs no decision. */
function sameOf(
  words: Words,
  contacts: readonly StoredContact[],
  groups: readonly string[],
  labels: ReadonlyMap<Id, string>,
) {
  const said = chosenFields.flatMap((field) => {
    const values = valuesOf(contacts, field);
    if (values.length !== 1) return [];
    const { having } = values[0];
    // Said by some alone: it comes along if they are ticked.
    const note =
      having.length < contacts.length ? words.list(having.map(({ id }) => labels.get(id) ?? '')) : '';
    return [{ label: labelOf(words, field), value: shownValue(words, field, having[0]), note }];
  });
  return [
    ...said,
    ...(groups.length > 0
      ? [{ label: words.t('personal-contact.field.groupIds'), value: words.list(groups) }]
      : []),
    ...(contacts.some(({ starred }) => starred)
      ? [{ label: words.t('personal-contact.field.starred'), value: words.t('personal-contact.yes') }]
      : []),
  ];
}

interface SaidValue {
  value: string;
  having: StoredContact[];
}

/** What they say in a field, each value once, with those that say it. */
function valuesOf(contacts: readonly StoredContact[], field: ChosenField): SaidValue[] {
  const values = new Map<string, SaidValue>();
  for (const contact of contacts) {
    const value = valueOf(contact, field);
    if (value === null) continue;
    const known = values.get(value);
    if (known) known.having.push(contact);
    else values.set(value, { value, having: [contact] });
  }
  return [...values.values()];
}

function shownValue(words: Words, field: ChosenField, contact: StoredContact): string {
  if (field === 'photoHash') return words.t('personal-contact.a-photo');
  if (field === 'bday') {
    const day = birthdayIn(contact.extra);
    const written = contact.extra.find(([name]) => name === 'bday')?.[3];
    return day === null ? String(written) : birthdayText(words, day);
  }
  const value = contact[field] ?? '';
  return phoneFields.includes(field as PhoneField) && isE164(value) ? phoneText(value) : value;
}

function labelOf(words: Words, field: ChosenField): string {
  return words.t(`personal-contact.field.${field === 'bday' ? 'birthday' : field}`);
}
