import { domainToASCII } from 'node:url';
import { codePoints, tidy } from './tidy.js';

/**
 * The one form an e-mail address has here: NFC, lower case as a whole, `mailto:` and angle brackets gone. A dot-atom
 * of ASCII before the `@` (RFC 5321 §4.1.2; quoted local parts and RFC 6531 ones are not delivered everywhere, so
 * they are refused), a domain with at least one dot after it. An internationalised domain is stored in its ASCII
 * form (`xn--…`), so that it has one spelling and a look-alike is seen as one.
 * @returns null when the text is not such an address
 */
export function normaliseAddress(text: string): string | null {
  const address = bare(text);
  if (address.length > 3 * MAX_ADDRESS) return null;
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  if (at < 1 || local.length > MAX_LOCAL || !LOCAL.test(local)) return null;
  const domain = asciiDomain(address.slice(at + 1));
  if (domain === null || at + 1 + domain.length > MAX_ADDRESS) return null;
  return `${local}@${domain}`;
}

/**
 * The mailbox that nearly all servers put the mail of an address into: what stands behind a `+` is the receiver's own
 * sorting (RFC 5233), and who may write no more to one of these addresses may write to none.
 * @param address normalised
 */
export function mailboxOf(address: string): string {
  const at = address.lastIndexOf('@');
  const plus = address.indexOf('+');
  return plus > 0 && plus < at ? address.slice(0, plus) + address.slice(at) : address;
}

export interface ListedAddress {
  address: string;
  givenName: string;
  familyName: string;
  /** This entry as it was pasted. */
  typed: string;
}

export interface ListedProblem {
  /** `twice`: the address stands further up in the list. */
  problem: 'no-address' | 'not-an-address' | 'twice';
  typed: string;
}

/**
 * A pasted list of people: `Ada Lovelace <ada@x.org>; "Hopper, Grace" <grace@x.org>, alan@x.org`, entries separated by
 * semicolons, commas, line breaks, or between bare addresses spaces. Empty entries are passed over; nothing else is.
 */
export function parseAddressList(text: string): (ListedAddress | ListedProblem)[] {
  const seen = new Set<string>();
  return entriesOf(text).map((typed) => {
    // Nobody is called so: a megabyte without a separator is not looked through for a name and an address.
    if (typed.length > LONGEST_ENTRY)
      return { problem: typed.includes('@') ? 'not-an-address' : 'no-address', typed };
    const { address: written, name } = partsOf(typed);
    if (!written.includes('@')) return { problem: 'no-address', typed };
    const address = normaliseAddress(written);
    if (address === null) return { problem: 'not-an-address', typed };
    if (seen.has(address)) return { problem: 'twice', typed };
    seen.add(address);
    return { address, ...namesOf(name, address), typed };
  });
}

/** RFC 5321 §4.5.3.1 with its path brackets taken off. */
const MAX_ADDRESS = 254;
const MAX_LOCAL = 64;
/** An address and a name of 511 characters, with room for quotes and spaces. */
const LONGEST_ENTRY = 2_000;
const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

function bare(text: string): string {
  let address = text;
  // What tidy() would join with a space stays a fault: CR and LF never come near a mail header.
  if (!/^[!-~]+$/.test(address)) {
    address = address.trim();
    if (/[\r\n]/.test(address)) return '';
    address = tidy(address);
  }
  address = address.toLowerCase();
  if (address.startsWith('<') && address.endsWith('>')) address = address.slice(1, -1).trim();
  if (address.startsWith('mailto:')) address = withoutHeaders(address.slice('mailto:'.length));
  return address;
}

/** Without `?subject=…`; by hand, since an expression would look for the end from each of a hundred thousand `@`. */
function withoutHeaders(address: string): string {
  const at = address.indexOf('@');
  const headers = at < 0 ? -1 : address.indexOf('?', at);
  return headers < 0 ? address : address.slice(0, headers);
}

function asciiDomain(domain: string): string | null {
  // Only where needed: domainToASCII() reads `1.2` as an IP address and decodes `%41`.
  const ascii =
    /^[\p{L}\p{M}\p{N}.-]+$/u.test(domain) && /[^\0-\x7f]/.test(domain) ? domainToASCII(domain) : domain;
  const labels = ascii.split('.');
  if (labels.length < 2 || !labels.every((label) => LABEL.test(label)) || /^\d+$/.test(labels.at(-1)!))
    return null;
  return ascii;
}

/** Entries at separators outside quotes and brackets; `Hopper, Grace <…>` stays together. */
function entriesOf(text: string): string[] {
  const entries: string[] = [];
  const separated = text.replace(/>[^\S\r\n]*(?=[^\s;,])/g, '>;');
  for (const group of split(separated, /[;\r\n]/)) {
    let held: string[] = [];
    for (const piece of split(group, /,/)) {
      if (!piece.includes('@')) {
        entries.push(...held);
        held = [piece];
      } else {
        // What stands before a named address is that person's family name.
        if (held.length > 0 && NAMED.test(piece)) entries.push(`${held[0]}, ${piece}`);
        else for (const entry of [...held, ...bareAddresses(piece)]) entries.push(entry);
        held = [];
      }
    }
    entries.push(...held);
  }
  return entries;
}

/** `Grace <grace@x.org>` or `Grace grace@x.org`. */
const NAMED = /^[^\s<@][^<@]*[\s<]/;

function split(text: string, separator: RegExp): string[] {
  const pieces: string[] = [];
  let piece = '';
  let quoted = false;
  let bracketed = false;
  for (const character of text) {
    if (/[\r\n]/.test(character)) quoted = bracketed = false;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === '<') bracketed = true;
    else if (character === '>') bracketed = false;
    if (!quoted && !bracketed && separator.test(character)) {
      pieces.push(piece);
      piece = '';
    } else piece += character;
  }
  return [...pieces, piece].map((each) => tidy(each)).filter((each) => each !== '');
}

function bareAddresses(entry: string): string[] {
  const words = entry.split(' ');
  return words.length > 1 && words.every((word) => /^[^<]*@/.test(word)) ? words : [entry];
}

function partsOf(entry: string): { address: string; name: string } {
  const bracketed = /^(.*?)<([^<>]*)>\s*$/.exec(entry);
  if (bracketed) return { name: unquoted(bracketed[1]), address: bracketed[2] };
  const commented = /^([^\s@]+@[^\s@]+)\s*\(([^()]*)\)$/.exec(entry);
  if (commented) return { name: unquoted(commented[2]), address: commented[1] };
  const last = entry.split(' ').at(-1)!;
  return last.includes('@')
    ? { address: last, name: unquoted(entry.slice(0, -last.length)) }
    : { address: entry, name: '' };
}

function unquoted(name: string): string {
  return tidy(name.replace(/\\(.)/g, '$1').replace(/^[\s"'“”«»]+|[\s"'“”«»]+$/gu, ''));
}

/** `Hopper, Grace`, `Grace Hopper`, `HOPPER Grace` and `Grace van HOPPER`; a name that only repeats the address is none. */
function namesOf(name: string, address: string): { givenName: string; familyName: string } {
  if (name === '' || codePoints(name) > 511 || name.toLowerCase() === address)
    return { givenName: '', familyName: '' };
  const [family, ...given] = name.split(/\s*,\s*/);
  if (given.length > 0) return { givenName: given.join(' ').trim(), familyName: family };
  const words = name.split(' ');
  const capitals = words.filter(isCapitals);
  if (capitals.length > 0 && capitals.length < words.length && isCapitals(words[0])) {
    const first = words.findIndex((word) => !isCapitals(word));
    return { familyName: words.slice(0, first).join(' '), givenName: words.slice(first).join(' ') };
  }
  return { givenName: words[0], familyName: words.slice(1).join(' ') };
}

/** At least two letters, none of them small: how French files write family names. */
function isCapitals(word: string): boolean {
  return /\p{Lu}.*\p{Lu}/u.test(word) && word === word.toUpperCase();
}
