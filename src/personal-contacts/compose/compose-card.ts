import { limits } from '../../config/limits.js';
import { restOf } from '../../contact-card/card-row.js';
import {
  contactFields,
  phoneFields,
  type CardProperty,
  type PhoneField,
  type WholeContact,
} from '../../contact-card/contact-fields.js';
import { phoneTypes } from '../../contact-card/read-card.js';
import { readPhone, typedBeside } from '../../phone/e164.js';
import { codePoints, hasControlCharacters, tidy } from '../../text/tidy.js';
import { type Composed, type ComposeFacts, type ComposeProblem, type ComposeProposal } from './composed.js';

/**
 * What a card of a vCard file says of one contact (its cells: contact-card/card-row.ts). Nothing in a card is lost: a number
 * that no field can take is kept beside them as it is written, once the person agrees.
 * @param values by field; a proposal that was taken stands there instead of the cell
 */
export function composeCard(
  cells: readonly string[],
  values: Readonly<Record<string, string>>,
  facts: Pick<ComposeFacts, 'region'>,
): Composed {
  const rest = restOf(cells) ?? { uid: null, groups: [], extra: [], photo: null, photoSource: null };
  const problems: ComposeProblem[] = [];
  const proposals: ComposeProposal[] = [];
  const phones = phonesOf(cells, values, facts, proposals);
  // Out of the cells: values have lost the apostrophe that sheets put before formulas, and a card puts none.
  const [name = '', email = ''] = cells;
  const organization = cells[contactFields.indexOf('organization')] ?? '';
  const displayName =
    name || nameOf(values['displayName'], [organization, email, ...phones.typed], proposals);
  const photoLeft = values['photo'] ?? '';
  if (photoLeft !== '') proposals.push(left('photo', photoLeft));
  const otherLeft = values['other'] ?? '';
  if (otherLeft !== '') proposals.push(left('other', otherLeft));
  check(problems, { displayName, organization }, rest.groups ?? []);
  return {
    displayName,
    email: email === '' ? null : email,
    organization: organization === '' ? null : organization,
    ...phones.numbers,
    typedPhones: phones.beside,
    extra: [...rest.extra, ...phones.aside],
    groups: rest.groups ?? [],
    photo: rest.photo === null ? null : Buffer.from(rest.photo, 'base64'),
    ...(rest.photoSource === null ? {} : { photoSource: rest.photoSource }),
    ...(rest.uid === null ? {} : { uid: rest.uid }),
    // A card is a whole contact; only groups and photos are often left out by those who write them.
    says: new Set([
      ...contactFields,
      'extra',
      ...(rest.groups === null ? [] : (['groups'] as const)),
      ...(rest.photo === null ? [] : (['photo'] as const)),
    ]),
    ...{ problems, proposals },
  };
}

interface Phones {
  numbers: Pick<WholeContact, PhoneField>;
  beside: WholeContact['typedPhones'];
  /** As written, of fields that have one. */
  typed: string[];
  /** What no field can take. */
  aside: CardProperty[];
}

function phonesOf(
  cells: readonly string[],
  values: Readonly<Record<string, string>>,
  { region }: Pick<ComposeFacts, 'region'>,
  proposals: ComposeProposal[],
): Phones {
  const phones: Phones = {
    numbers: { workPhone: null, homePhone: null, mobilePhone: null, faxNumber: null, mainPhone: null },
    ...{ beside: {}, typed: [], aside: [] },
  };
  for (const field of phoneFields) {
    const written = tidy(cells[contactFields.indexOf(field)] ?? '');
    const value = values[field] ?? written;
    if (written === '' && value === '') continue;
    phones.typed.push(written);
    const reading = readPhone(value, { region, from: 'foreign-csv' });
    if (reading.kind === 'refused' || reading.kind === 'empty') {
      const type = phoneTypes[field];
      phones.aside.push(['tel', type === null ? {} : { type }, 'text', written]);
      if (value !== '')
        proposals.push({ field, before: written, after: '', key: 'contact-card.problem.phone-aside' });
      continue;
    }
    phones.numbers[field] = reading.number;
    if (reading.kind === 'proposal') {
      const key = `personal-imports.problem.phone-${reading.reason}`;
      proposals.push({ field, before: written, after: reading.number, key });
    }
    const beside = value === written ? typedBeside(reading) : written.slice(0, LONGEST_TYPED);
    if (beside !== null && beside !== reading.number) phones.beside[field] = beside;
  }
  return phones;
}

/** As contact-fields.ts keeps it. */
const LONGEST_TYPED = 64;

function nameOf(taken: string | undefined, others: readonly string[], proposals: ComposeProposal[]): string {
  if (taken) return taken;
  const proposed = others.find((text) => text !== '') ?? '';
  if (proposed !== '')
    proposals.push({
      ...{ field: 'displayName', before: '', after: proposed },
      key: 'contact-card.problem.no-name',
    });
  return proposed;
}

function left(field: 'photo' | 'other', before: string): ComposeProposal {
  return { field, before, after: '', key: `contact-card.problem.${field}-left` };
}

function check(
  problems: ComposeProblem[],
  texts: Pick<WholeContact, 'displayName'> & { organization: string },
  groups: readonly string[],
): void {
  if (texts.displayName === '') problems.push({ field: 'displayName', key: 'contact-card.problem.nameless' });
  for (const [field, text] of [
    ...Object.entries(texts),
    ...groups.map((name) => ['groups', name] as const),
  ]) {
    if (codePoints(text) > limits.nameCharacters)
      problems.push({
        field,
        key: 'contact-card.problem.too-long-text',
        values: { max: limits.nameCharacters },
      });
    else if (hasControlCharacters(text)) problems.push({ field, key: 'contact-card.problem.control' });
  }
}
