import { type Id } from '../database/new-id.js';
import { emailsOf, numbersOf, personKeyOf, type Recognisable } from './contact-keys.js';

/**
 * Who of one's contacts somebody in a file may be: whoever has the same e-mail (main or further); else the same number and
 * name; else, where neither side has an e-mail or a number, the same name, so that what was exported is found again.
 */
export class ContactIndex {
  private readonly ids = new Set<Id>();
  private readonly byEmail = new Map<string, Id[]>();
  private readonly byNumber = new Map<string, Id[]>();
  private readonly byName = new Map<string, Id[]>();

  add(id: Id, contact: Recognisable): void {
    this.ids.add(id);
    const { emails, numbered, bare } = keysOf(contact);
    for (const email of emails) addTo(this.byEmail, email, id);
    for (const key of numbered) addTo(this.byNumber, key, id);
    if (bare !== null) addTo(this.byName, bare, id);
  }

  /** In the order they were added, each once. @param contact `uid`: what a card of our own export is known by */
  candidates(contact: Recognisable & { uid?: string }): Id[] {
    if (contact.uid !== undefined && this.ids.has(contact.uid)) return [contact.uid];
    const { emails, numbered, bare } = keysOf(contact);
    const withEmail = allOf(this.byEmail, emails);
    if (withEmail.length > 0) return withEmail;
    const withNumber = allOf(this.byNumber, numbered);
    if (withNumber.length > 0 || bare === null) return withNumber;
    return allOf(this.byName, [bare]);
  }
}

/** What two rows of one file share when they are the same person: an e-mail and the name, or a number and the name. */
export function twinKeysOf(contact: Recognisable): string[] {
  const { emails, name, numbered } = keysOf(contact);
  return [...emails.map((email) => `${email}\n${name}`), ...numbered];
}

interface Keys {
  emails: string[];
  name: string;
  numbered: string[];
  bare: string | null;
}

/** Asked for twice in a row: who may be meant, and who else of the file. */
let latest: { of: Recognisable; keys: Keys } | null = null;

function keysOf(contact: Recognisable): Keys {
  if (latest?.of === contact) return latest.keys;
  const emails = emailsOf(contact);
  const numbers = numbersOf(contact);
  const name = personKeyOf(contact.displayName);
  const keys = {
    ...{ emails, name },
    numbered: numbers.map((number) => `${number}\n${name}`),
    bare: emails.length === 0 && numbers.length === 0 ? name : null,
  };
  latest = { of: contact, keys };
  return keys;
}

function addTo(map: Map<string, Id[]>, key: string, id: Id): void {
  const others = map.get(key);
  if (others) others.push(id);
  else map.set(key, [id]);
}

function allOf(map: ReadonlyMap<string, Id[]>, keys: readonly string[]): Id[] {
  return [...new Set(keys.flatMap((key) => map.get(key) ?? []))];
}
