import { type Id } from '../database/new-id.js';
import { emailsOf, numbersOf, personKeyOf, type Recognisable } from './contact-keys.js';

/**
 * Who of one's contacts somebody in a file may be: whoever has the same e-mail (main or further); else the same number and
 * name; else, where neither side has an e-mail or a number, the same name, so that what was exported is found again.
 */
export class ContactIndex {
  private readonly ids = new Set<Id>();
  private readonly byEmail = new Map<string, Id[]>();
  private readonly byNumber = new Named<Id>();
  private readonly byName = new Map<string, Id[]>();

  add(id: Id, contact: Recognisable): void {
    this.ids.add(id);
    const emails = emailsOf(contact);
    const numbers = numbersOf(contact);
    for (const email of emails) addTo(this.byEmail, email, id);
    for (const number of numbers) this.byNumber.add(number, contact.displayName, id);
    if (emails.length === 0 && numbers.length === 0) addTo(this.byName, personKeyOf(contact.displayName), id);
  }

  /** In the order they were added, each once. @param contact `uid`: what a card of our own export is known by */
  candidates(contact: Recognisable & { uid?: string }): Id[] {
    if (contact.uid !== undefined && this.ids.has(contact.uid)) return [contact.uid];
    const emails = emailsOf(contact);
    const withEmail = emails.flatMap((email) => this.byEmail.get(email) ?? []);
    if (withEmail.length > 0) return unique(withEmail);
    const numbers = numbersOf(contact);
    const withNumber = numbers.flatMap((number) => this.byNumber.all(number, contact.displayName));
    if (withNumber.length > 0 || emails.length > 0 || numbers.length > 0) return unique(withNumber);
    return this.byName.get(personKeyOf(contact.displayName)) ?? [];
  }
}

/** The rows of one file that are the same person: they share an e-mail and the name, or a number and the name. */
export class Twins {
  private readonly lines = new Named<number>();

  /** Notes a row. @returns the first row that is the same person, if there was one */
  earlier(contact: Recognisable, line: number): number | undefined {
    let earlier: number | undefined;
    for (const key of [...emailsOf(contact), ...numbersOf(contact)]) {
      const [first] = this.lines.all(key, contact.displayName);
      earlier ??= first;
      if (first === undefined) this.lines.add(key, contact.displayName, line);
    }
    return earlier;
  }
}

/** What is known by a key and a name. A name is folded only where its key is there already, which few are. */
class Named<Value> {
  private readonly entries = new Map<string, { name: string; value: Value } | Map<string, Value[]>>();

  add(key: string, name: string, value: Value): void {
    const present = this.byName(key);
    if (present) addTo(present, personKeyOf(name), value);
    else this.entries.set(key, { name, value });
  }

  /** In the order they were added. */
  all(key: string, name: string): readonly Value[] {
    return this.byName(key)?.get(personKeyOf(name)) ?? [];
  }

  private byName(key: string): Map<string, Value[]> | undefined {
    const present = this.entries.get(key);
    if (present === undefined || present instanceof Map) return present;
    const byName = new Map([[personKeyOf(present.name), [present.value]]]);
    this.entries.set(key, byName);
    return byName;
  }
}

function addTo<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const others = map.get(key);
  if (others) others.push(value);
  else map.set(key, [value]);
}

function unique(ids: Id[]): Id[] {
  return ids.length > 1 ? [...new Set(ids)] : ids;
}
