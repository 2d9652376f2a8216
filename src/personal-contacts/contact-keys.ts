import { phoneFields, type CardProperty, type ContactFields } from '../contact-card/contact-fields.js';
import { isE164, readPhone, type E164, type Region } from '../phone/e164.js';
import { normaliseAddress } from '../text/address.js';
import { fold } from '../text/fold.js';

/**
 * What says that two contacts are one person. The duplicates page and imports share these, so that what the one takes for the
 * same person is not two people to the other.
 */

/** The part of a contact the keys are made of. */
export type Recognisable = Omit<ContactFields, 'organization'> & { extra: readonly CardProperty[] };

/** The e-mail and further ones, normalised, each once; a further one that is no address is not among them. */
export function emailsOf({ email, extra }: Pick<Recognisable, 'email' | 'extra'>): string[] {
  const emails = email === null ? [] : [email];
  if (extra.length === 0) return emails;
  const further = textsOf(extra, 'email').map((text) => normaliseAddress(text));
  return [...new Set([...emails, ...further])].filter((address) => address !== null);
}

/** All numbers and further ones, each once; a further one counts where it says its country. */
export function numbersOf(contact: Omit<Recognisable, 'displayName' | 'email'>): E164[] {
  const numbers: E164[] = [];
  for (const field of phoneFields) {
    const number = contact[field];
    if (number !== null && !numbers.includes(number)) numbers.push(number);
  }
  if (contact.extra.length === 0) return numbers;
  const further = textsOf(contact.extra, 'tel').map((text) => numberIn(text));
  return [...new Set([...numbers, ...further])].filter((number) => number !== null);
}

/**
 * A name as a person is recognised by it: without case, accents, punctuation and the order of its words (`LEFÈVRE, Camille` is
 * `camille lefevre`). A name of signs alone stands for itself.
 */
export function personKeyOf(displayName: string): string {
  const folded = fold(displayName);
  if (PLAIN_WORDS.test(folded)) return folded.split(' ').sort().join(' ');
  const words = folded
    .replace(APOSTROPHES, '')
    .split(BETWEEN_WORDS)
    .filter((word) => word !== '');
  return words.length === 0 ? folded.trim() : words.sort().join(' ');
}

const PLAIN_WORDS = /^[a-z0-9]+(?: [a-z0-9]+)*$/;
/** As src/text/fold.ts takes them out of sort keys: `O’Reilly` is `oreilly`. */
const APOSTROPHES = /['‘’‛`´′ʹ]/gu;
const BETWEEN_WORDS = /[^\p{L}\p{M}\p{N}]+/u;

function textsOf(extra: readonly CardProperty[], name: string): string[] {
  return extra.flatMap(([property, , , ...values]) =>
    property === name ? values.filter((value) => typeof value === 'string') : [],
  );
}

/**
 * @param text a jCard `tel`: text, or an RFC 3966 URI whose extension another person may answer
 * @param region whose numbers say no country; without one such a number is none
 */
export function numberIn(text: string, region: Region | null = null): E164 | null {
  const written = text.replace(/^tel:/i, '');
  if (isE164(written)) return written;
  if ((region === null && !saysCountry(written)) || /[;,x]/i.test(written)) return null;
  // With its country in it, no region is asked for.
  const reading = readPhone(written, { region: region ?? 'FR', from: 'csv' });
  return reading.kind === 'number' || reading.kind === 'proposal' ? reading.number : null;
}

/** Of a `tel`: then it is the same number in every region. */
export function saysCountry(text: string): boolean {
  return /^\s*\(?\+/.test(text.replace(/^tel:/i, ''));
}
