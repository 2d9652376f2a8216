import { limits } from '../../config/limits.js';
import { cardColumns, restOf, type CardColumn } from '../../contact-card/card-row.js';
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
 */
export function composeCard(cells: readonly string[], facts: Pick<ComposeFacts, 'region'>): Composed {
  const rest = restOf(cells) ?? { uid: null, groups: [], extra: [], photo: null, photoSource: null };
  const cell = (column: CardColumn) => cells[cardColumns.indexOf(column)] ?? '';
  const problems: ComposeProblem[] = [];
  const proposals: ComposeProposal[] = [];
  const phones = phonesOf(cell, facts, proposals);
  const email = cell('email');
  const organization = cell('organization');
  const displayName = cell('displayName') || nameOf([organization, email, ...phones.typed], proposals);
  for (const column of ['photo', 'other'] as const)
    if (cell(column) !== '')
      proposals.push({
        ...{ field: column, before: cell(column), after: '' },
        key: `contact-card.problem.${column}-left`,
      });
  check(problems, { displayName, organization }, rest.groups ?? []);
  return {
    displayName,
    email: email === '' ? null : email,
    organization: organization === '' ? null : organization,
    ...phones.numbers,
    typedPhones: phones.beside,
    extra: [...rest.extra, ...phones.aside],
    // As a group may be called: a semicolon parts names in sheets.
    groups: (rest.groups ?? []).map((name) => name.replaceAll(';', ',')),
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
  cell: (column: CardColumn) => string,
  { region }: Pick<ComposeFacts, 'region'>,
  proposals: ComposeProposal[],
): Phones {
  const phones: Phones = {
    numbers: { workPhone: null, homePhone: null, mobilePhone: null, faxNumber: null, mainPhone: null },
    ...{ beside: {}, typed: [], aside: [] },
  };
  for (const field of phoneFields) {
    const before = tidy(cell(field));
    if (before === '') continue;
    phones.typed.push(before);
    const reading = readPhone(before, { region, from: 'foreign-csv' });
    if (reading.kind === 'refused' || reading.kind === 'empty') {
      const type = phoneTypes[field];
      phones.aside.push(['tel', type === null ? {} : { type }, 'text', before]);
      proposals.push({ field, before, after: '', key: 'contact-card.problem.phone-aside' });
      continue;
    }
    phones.numbers[field] = reading.number;
    if (reading.kind === 'proposal') {
      const key = `personal-imports.problem.phone-${reading.reason}`;
      proposals.push({ field, before, after: reading.number, key });
    }
    const beside = typedBeside(reading);
    if (beside !== null) phones.beside[field] = beside;
  }
  return phones;
}

function nameOf(others: readonly string[], proposals: ComposeProposal[]): string {
  const after = others.find((text) => text !== '') ?? '';
  if (after !== '')
    proposals.push({ field: 'displayName', before: '', after, key: 'contact-card.problem.no-name' });
  return after;
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
