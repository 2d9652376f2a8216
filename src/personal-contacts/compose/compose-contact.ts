import { limits } from '../../config/limits.js';
import { contactFields, phoneFields, type CardProperty } from '../../contact-card/contact-fields.js';
import { furtherPhones, shownColumns } from '../../csv/contact-columns.js';
import { formatPhone } from '../../phone/e164.js';
import { codePoints } from '../../text/tidy.js';
import { type Composed, type ComposeFacts } from './composed.js';
import { Composing } from './composing.js';
import { emailsOf, type ComposedEmails } from './emails.js';
import { extraOf } from './extra.js';
import { groupsOf } from './groups.js';
import { nameOf, nameParts, noParts, nameProperty, type NameParts } from './names.js';
import { phonesOf, type ComposedPhones } from './phones.js';

/**
 * What a row becomes. No I/O; of a file with ten columns it costs little more than reading its numbers.
 *
 * Where everything is taken from the cells as they stand, `typedPhones` holds what they say; a number put into the values in
 * place of its cell no longer knows it.
 * @param values by column field, tidied; line breaks only in notes and streets matter
 */
export function composeContact(values: Readonly<Record<string, string>>, facts: ComposeFacts): Composed {
  const composing = new Composing(values, facts);
  const emails = emailsOf(composing);
  const numbers = phonesOf(composing);
  const [organization = ''] = composing.several('organization', limits.nameCharacters);
  const parts = partsOf(composing);
  const further = shapeOf(facts.columns).hasMore ? extraOf(composing, organization) : [];
  const displayName = displayNameOf(composing, parts, emails, numbers, organization);
  const notes = notesOf(composing, emails);
  const groups = groupsOf(composing);
  return {
    displayName,
    email: emails.email,
    ...numbers.phones,
    organization: organization === '' ? null : organization,
    typedPhones: numbers.typedPhones,
    ...(numbers.written ? { written: numbers.written } : {}),
    extra: [
      ...nameProperty(parts),
      ...nicknames(composing),
      ...emails.further,
      ...numbers.further,
      ...further,
      ...notes,
    ],
    groups,
    photo: null,
    says: shapeOf(facts.columns).says,
    problems: composing.problems,
    proposals: composing.proposals,
  };
}

/** Which parts of a contact a file speaks of; the same for all of its rows. */
interface Shape {
  says: Composed['says'];
  /** It has columns of parts of a name. */
  hasParts: boolean;
  /** It has columns of what is only kept. */
  hasMore: boolean;
}

const shapes = new WeakMap<ReadonlySet<string>, Shape>();

function shapeOf(columns: ReadonlySet<string>): Shape {
  let shape = shapes.get(columns);
  if (!shape) shapes.set(columns, (shape = newShape([...columns])));
  return shape;
}

function newShape(columns: readonly string[]): Shape {
  const has = (...names: readonly string[]) => names.some((name) => columns.includes(name));
  const numbered = (family: string) => columns.some((column) => column.startsWith(`${family}.`));
  const simple = new Set<string>([...shownColumns, ...nameParts, 'nickname', ...furtherPhones]);
  const extra = columns.some((column) => !(shownColumns as readonly string[]).includes(column));
  return {
    says: new Set([
      ...contactFields.filter((field) => has(field)),
      ...(has('givenName', 'familyName') ? (['displayName'] as const) : []),
      ...(numbered('email') ? (['email'] as const) : []),
      // A file whose numbers say themselves what they are speaks of all kinds.
      ...(numbered('phone') ? phoneFields : []),
      ...(has('groups') ? (['groups'] as const) : []),
      ...(extra ? (['extra'] as const) : []),
    ]),
    hasParts: has(...nameParts),
    hasMore: columns.some((column) => !simple.has(column)),
  };
}

function partsOf(composing: Composing): NameParts {
  if (!shapeOf(composing.facts.columns).hasParts) return noParts;
  return Object.fromEntries(nameParts.map((part) => [part, composing.line(part)])) as NameParts;
}

/** What the file calls the contact; another program's file may leave that to its parts, or to what else it says. */
function displayNameOf(
  composing: Composing,
  parts: NameParts,
  { email, shownName }: ComposedEmails,
  { phones, further }: ComposedPhones,
  organization: string,
): string {
  const most = limits.nameCharacters;
  const own = composing.line('displayName', most);
  if (own !== '') return own;
  const name = nameOf(parts);
  if (name !== '') {
    if (name.length > most && codePoints(name) > most)
      composing.refuse(parts.familyName === '' ? 'givenName' : 'familyName', 'too-long', { max: most });
    return name;
  }
  if (!composing.facts.foreign) {
    composing.refuse('displayName', 'name-missing');
    return '';
  }
  const number = phoneFields.map((field) => phones[field]).find((each) => each !== null);
  const candidates = {
    nickname: composing.line('nickname'),
    'file-as': composing.line('fileAs'),
    'e-mail-name': shownName,
    company: organization,
    email: email ?? '',
    number: number ? formatPhone(number) : String(further[0]?.[3] ?? ''),
  };
  for (const [from, proposed] of Object.entries(candidates)) {
    if (proposed === '' || codePoints(proposed) > most) continue;
    composing.propose('displayName', proposed, `name-from-${from}`, '');
    return proposed;
  }
  composing.refuse('displayName', 'name-nowhere');
  return '';
}

function nicknames(composing: Composing): CardProperty[] {
  return composing.several('nickname').map((text) => ['nickname', {}, 'text', text]);
}

/** Notes, with what stood where an e-mail should. Once the notes hold it, nothing more is said about it. */
function notesOf(composing: Composing, { aside }: ComposedEmails): CardProperty[] {
  let notes = composing.lines('notes');
  for (const { text } of aside) {
    if (notes.split('\n').includes(text)) continue;
    notes = notes === '' ? text : `${notes}\n${text}`;
    composing.propose('notes', notes, 'email-aside', text);
  }
  return notes === '' ? [] : [['note', {}, 'text', notes]];
}
