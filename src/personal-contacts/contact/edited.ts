import { createHash } from 'node:crypto';
import {
  phoneFields,
  type CardProperty,
  type ContactFields,
  type PhoneField,
  type WholeContact,
} from '../../contact-card/contact-fields.js';
import { fold } from '../../text/fold.js';
import { tidy } from '../../text/tidy.js';
import { type TypedPhone } from '../../web/phone-typed.js';
import { birthdayIn, type Birthday } from './birthday.js';

/** What a form says beyond the fields of a contact; it is kept among the properties of its card. */
export interface Details {
  jobTitle: string;
  birthday: Birthday | null;
  note: string;
}

/** What a form changes; a field it did not send stays as it is. */
export interface ContactEdit {
  fields: Partial<Pick<ContactFields, 'displayName' | 'email' | 'organization'>>;
  phones: Partial<Record<PhoneField, TypedPhone>>;
  details: Partial<Details>;
  /** Further properties to take away, by `fingerprintOf`. */
  without: readonly string[];
}

/** What changes nothing. */
export const emptyEdit: ContactEdit = { fields: {}, phones: {}, details: {}, without: [] };

export type EditedContact = ContactFields & Pick<WholeContact, 'typedPhones' | 'extra'>;

/** A contact nobody has filled in yet. */
export const emptyContact: EditedContact = {
  ...{ displayName: '', email: null, organization: null },
  ...{ workPhone: null, homePhone: null, mobilePhone: null, faxNumber: null, mainPhone: null },
  ...{ typedPhones: {}, extra: [] },
};

/** A contact as a form leaves it. */
export function edited(
  before: EditedContact,
  { fields, phones, details, without }: ContactEdit,
): EditedContact {
  const after: EditedContact = { ...before, ...fields, typedPhones: { ...before.typedPhones } };
  for (const field of phoneFields) {
    const said = phones[field];
    // The form shows the number, not what the source said of it: a number that stays keeps that too.
    if (said === undefined || said.number === before[field]) continue;
    after[field] = said.number;
    delete after.typedPhones[field];
    if (said.typed !== null) after.typedPhones[field] = said.typed;
  }
  const kept = before.extra.filter((property) => !without.includes(fingerprintOf(property)));
  after.extra = withDetails(inStep(kept, before, after), details);
  return after;
}

/** What the form shows of a card's properties. Several notes are one text there. */
export function detailsOf(extra: readonly CardProperty[]): Details {
  return {
    jobTitle: tidy(textsOf(extra, 'title')[0] ?? ''),
    birthday: birthdayIn(extra),
    note: textsOf(extra, 'note').join('\n\n'),
  };
}

/** Tells one property of a card from the others, in a form. */
export function fingerprintOf(property: CardProperty): string {
  return createHash('sha256').update(JSON.stringify(property)).digest('hex').slice(0, 16);
}

/** Only what the form changed is written anew: everything else keeps its parameters and its place. */
function withDetails(extra: readonly CardProperty[], wanted: Partial<Details>): CardProperty[] {
  const present = detailsOf(extra);
  const { jobTitle = present.jobTitle, birthday = present.birthday, note = present.note } = wanted;
  let after = [...extra];
  // Compared as a form sends them back: spaces a field does not keep are no change.
  if (tidy(jobTitle) !== present.jobTitle) after = withFirst(after, 'title', jobTitle && ['text', jobTitle]);
  if (lines(note) !== lines(present.note)) {
    const [first] = after.filter(([name]) => name === 'note');
    after = after.filter((property) => property[0] !== 'note' || property === first);
    after = withFirst(after, 'note', note && ['text', note]);
  }
  // A birthday that is no day (`about 1800`) has no place in the field: an empty field does not take it away.
  if (birthday !== present.birthday)
    after = withFirst(after, 'bday', birthday && ['date-and-or-time', birthday]);
  return after;
}

/** @param value type and value of the first property of this name; falsy takes it away */
function withFirst(
  extra: readonly CardProperty[],
  name: string,
  value: [type: string, value: string] | '' | null,
): CardProperty[] {
  const place = extra.findIndex((property) => property[0] === name);
  if (place < 0) return value ? [...extra, [name, {}, ...value]] : [...extra];
  const rest = extra.filter((_, index) => index !== place);
  if (!value) return rest;
  const { 'x-apple-omit-year': _, ...parameters } = extra[place][1];
  return extra.map((property, index) => (index === place ? [name, parameters, ...value] : property));
}

/**
 * Properties that repeat a field in another shape follow it: an `org` with departments takes the new company, and the
 * parts of a name (`n`) go when the name is another one, since phones show those.
 */
function inStep(extra: readonly CardProperty[], before: ContactFields, after: ContactFields): CardProperty[] {
  return extra.flatMap((property): CardProperty[] => {
    const [name, parameters, type, value] = property;
    if (name === 'n' && before.displayName !== after.displayName)
      return partsIn(value, after.displayName) ? [property] : [];
    if (name === 'org' && before.organization !== after.organization && Array.isArray(value)) {
      const [, ...departments] = value as unknown[];
      return [[name, parameters, type, [after.organization ?? '', ...departments]]];
    }
    return [property];
  });
}

/** True when a name still has all the family and given names of these parts (RFC 6350 §6.2.2). */
function partsIn(parts: unknown, displayName: string): boolean {
  const names: unknown[] = Array.isArray(parts) ? parts.slice(0, 2).flat() : [parts];
  const whole = fold(displayName);
  return names.every((name) => typeof name === 'string' && whole.includes(fold(name)));
}

function lines(text: string): string {
  return tidy(text, { keepLines: true });
}

function textsOf(extra: readonly CardProperty[], name: string): string[] {
  return extra.flatMap(([property, , , ...values]) =>
    property === name ? values.filter((value) => typeof value === 'string') : [],
  );
}
