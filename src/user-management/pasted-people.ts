import { limits } from '../config/limits.js';
import { isId, type Id } from '../database/id.js';
import { parseAddressList } from '../text/address.js';
import { codePoints, hasControlCharacters } from '../text/tidy.js';

/** Somebody of a pasted list who can be invited. */
export interface PastedPerson {
  id: Id | undefined;
  email: string;
  givenName: string;
  familyName: string;
}

/** An entry of a pasted list that cannot be taken as it is. */
export interface PastedProblem {
  typed: string;
  /** Catalogue key of the reason, with `typed` and what else it names. */
  key: string;
  values: Record<string, string | number>;
  /** The entry as it could stand in the list; taken only when it is sent again. */
  proposal?: string;
}

export interface PastedPeople {
  people: PastedPerson[];
  problems: PastedProblem[];
}

/**
 * What a pasted list says: `Ada Lovelace <ada@x.org>; …`. Both names are needed, as in a file; where an address spells
 * them (`ada.lovelace@…`) they are proposed.
 *
 * @param once the form's idempotency key: the same list sent twice gives everybody the same id again
 */
export function readPastedPeople(text: string, once: string | null): PastedPeople {
  const entries = parseAddressList(text);
  const people: PastedPerson[] = [];
  const problems: PastedProblem[] = [];
  if (entries.length > limits.pastedAddresses) {
    const values = { typed: '', count: entries.length, max: limits.pastedAddresses };
    return { people, problems: [{ typed: '', key: 'users.pasted.too-many', values }] };
  }
  entries.forEach((entry, place) => {
    const { typed } = entry;
    const refuse = (why: string, more: Partial<PastedProblem> = {}) =>
      problems.push({ typed, key: `users.pasted.${why}`, values: { typed }, ...more });
    if ('problem' in entry) return refuse(entry.problem);
    const { address: email, givenName, familyName } = entry;
    if ([givenName, familyName].some((name) => codePoints(name) > limits.nameCharacters)) {
      return refuse('long-name', { values: { typed, max: limits.nameCharacters } });
    }
    if (hasControlCharacters(givenName + familyName)) return refuse('control-characters');
    if (givenName !== '' && familyName !== '') {
      return people.push({ id: idOf(once, place), email, givenName, familyName });
    }
    const name = nameSpeltBy(email);
    if (givenName === '' && familyName === '' && name) {
      const proposal = `${name} <${email}>`;
      return refuse('name-proposed', { values: { typed, proposal }, proposal });
    }
    return refuse(givenName === '' && familyName === '' ? 'no-name' : 'one-name');
  });
  return { people, problems };
}

/** The list as it comes back in its field: proposals in the place of what they are for. */
export function proposedText(text: string, problems: readonly PastedProblem[]): string {
  return problems.reduce(
    (list, { typed, proposal }) => (proposal ? replaceEntry(list, typed, proposal) : list),
    text,
  );
}

/** `ada.lovelace` and `jean-paul.martin` spell a name; `info` and `alovelace2` do not. */
function nameSpeltBy(email: string): string | null {
  const parts = email.slice(0, email.lastIndexOf('@')).split(/[._]/);
  if (parts.length !== 2 || !parts.every((part) => /^[a-z]{2,}(?:-[a-z]{2,})*$/.test(part))) return null;
  return parts.map((part) => part.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())).join(' ');
}

/** The entry where it stands alone, not inside a longer address. */
function replaceEntry(list: string, typed: string, proposal: string): string {
  const escaped = typed.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return list.replace(
    new RegExp(`(^|[\\s;,])${escaped}(?=$|[\\s;,])`, 'u'),
    (_, before: string) => before + proposal,
  );
}

/** A UUIDv7 of its own for each place of a list, made from the form's; its last digits are random (RFC 9562 §5.7). */
function idOf(once: string | null, place: number): Id | undefined {
  if (!isId(once)) return undefined;
  const tail = (parseInt(once.slice(-6), 16) + place) % 0x1000000;
  return once.slice(0, -6) + tail.toString(16).padStart(6, '0');
}
