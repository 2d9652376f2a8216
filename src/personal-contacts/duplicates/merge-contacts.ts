import { phoneFields, type CardProperty, type PhoneField } from '../../contact-card/contact-fields.js';
import { type Id } from '../../database/new-id.js';
import { sameValue } from '../../journal/changes.js';
import { type E164 } from '../../phone/e164.js';
import { emailsOf, numbersOf } from '../contact-keys.js';
import { type StoredContact } from '../contact-row.js';

/** What one contact has once, in the order pages ask about it. */
export const chosenFields = [
  ...(['displayName', 'email'] as const),
  ...phoneFields,
  ...(['organization', 'bday', 'photoHash'] as const),
];
export type ChosenField = (typeof chosenFields)[number];

/** Fields whose other values are kept as further ones. */
export const asideFields = ['email', ...phoneFields] as const;
export type AsideField = (typeof asideFields)[number];

export interface MergeChoices {
  /** By field the contact whose value is taken; of the first that has one where nobody chose. */
  values: Partial<Record<ChosenField, Id>>;
  /** Fields of which values that were not chosen stay with the contact. */
  aside: ReadonlySet<AsideField>;
}

/** Nothing is left out. */
export const everythingAside: MergeChoices = { values: {}, aside: new Set(asideFields) };

export interface Merged {
  /** Keeps its id and history: the oldest. */
  survivor: StoredContact;
  after: StoredContact;
  losers: StoredContact[];
}

/**
 * Several contacts as one: chosen values, all groups, a star if one has it, and what their cards say beyond the fields. What is
 * not taken over stays in the bin with the contact that said it.
 */
export function mergeContacts(contacts: readonly StoredContact[], choices: MergeChoices): Merged {
  const [survivor, ...losers] = oldestFirst(contacts);
  const all = [survivor, ...losers];
  const chosen = (field: ChosenField): StoredContact => {
    const having = all.filter((contact) => valueOf(contact, field) !== null);
    return having.find(({ id }) => id === choices.values[field]) ?? having.at(0) ?? survivor;
  };
  const after: StoredContact = {
    ...survivor,
    displayName: chosen('displayName').displayName,
    email: chosen('email').email,
    organization: chosen('organization').organization,
    photoHash: chosen('photoHash').photoHash,
    starred: all.some(({ starred }) => starred),
    groupIds: [...new Set(all.flatMap(({ groupIds }) => groupIds))].sort(),
    typedPhones: {},
  };
  for (const field of phoneFields) {
    const { [field]: number, typedPhones } = chosen(field);
    after[field] = number;
    const typed = typedPhones[field];
    if (typed !== undefined) after.typedPhones = { ...after.typedPhones, [field]: typed };
  }
  after.extra = extraOf(all, after, chosen, choices.aside);
  return { survivor, after, losers };
}

/** As they are shown, the one that stays first. */
export function oldestFirst<Each extends { id: Id; createdAt: Date }>(contacts: readonly Each[]): Each[] {
  return [...contacts].sort(
    (one, other) => Number(one.createdAt) - Number(other.createdAt) || (one.id < other.id ? -1 : 1),
  );
}

/** What a contact says in a field, as text that is equal where they say the same. */
export function valueOf(contact: StoredContact, field: ChosenField): string | null {
  if (field !== 'bday') return contact[field];
  const birthday = contact.extra.find(([name]) => name === 'bday');
  return birthday ? JSON.stringify(birthday.slice(3)) : null;
}

/** Properties a card has once (RFC 6350: `*1`), by the field whose choice they follow; the others go with the one that stays. */
const once = new Map<string, ChosenField | null>([
  ['bday', 'bday'],
  ['n', 'displayName'],
  ['org', 'organization'],
  ['anniversary', null],
  ['gender', null],
  ['kind', null],
  ['sort-string', null],
]);

function extraOf(
  all: readonly StoredContact[],
  after: StoredContact,
  chosen: (field: ChosenField) => StoredContact,
  aside: ReadonlySet<AsideField>,
): CardProperty[] {
  const united: CardProperty[] = [];
  const add = (property: CardProperty) => {
    if (!united.some((known) => sameValue(known, property))) united.push(property);
  };
  for (const contact of all)
    for (const property of inGroupsOfItsOwn(contact, all.indexOf(contact))) {
      const [name] = property;
      const field = once.get(name);
      if (field && chosen(field) !== contact) continue;
      if (field === null && united.some(([known]) => known === name)) continue;
      add(property);
    }
  const known = { emails: new Set<string>(), numbers: new Set<string>() };
  if (after.email) known.emails.add(after.email);
  for (const field of phoneFields) if (after[field]) known.numbers.add(after[field]);
  // A further e-mail or number that a field says by now, or that stands there twice, is said once.
  const kept = united.filter((property) => {
    if (property[0] === 'email') return isNews(emailsOf({ email: null, extra: [property] }), known.emails);
    if (property[0] === 'tel') return isNews(numbersOf({ ...noPhones, extra: [property] }), known.numbers);
    return true;
  });
  for (const contact of all) {
    if (aside.has('email') && contact.email && isNews([contact.email], known.emails))
      kept.push(['email', {}, 'text', contact.email]);
    for (const field of phoneFields) {
      const number = contact[field];
      if (number && aside.has(field) && isNews([number], known.numbers))
        kept.push(['tel', { type: types[field] }, 'text', number]);
    }
  }
  return kept;
}

const noPhones = {
  ...{ workPhone: null, homePhone: null, mobilePhone: null, faxNumber: null },
  mainPhone: null as E164 | null,
};

const types: Record<PhoneField, string> = {
  workPhone: 'work',
  homePhone: 'home',
  mobilePhone: 'cell',
  faxNumber: 'fax',
  mainPhone: 'voice',
};

/** What cannot be read as an address or number is always news. */
function isNews(keys: readonly string[], known: Set<string>): boolean {
  if (keys.length > 0 && keys.every((key) => known.has(key))) return false;
  for (const key of keys) known.add(key);
  return true;
}

/** `item1` of one card is not that of another, and its label would name the other's value. */
function inGroupsOfItsOwn({ extra }: StoredContact, place: number): readonly CardProperty[] {
  if (place === 0) return extra;
  return extra.map(([name, parameters, ...rest]): CardProperty => {
    const { group } = parameters;
    return typeof group === 'string'
      ? [name, { ...parameters, group: `m${place}${group}` }, ...rest]
      : [name, parameters, ...rest];
  });
}
