import { addressesOf, type PersonRecord } from '../../accounts/person-records.js';
import { type Reachable } from '../../web/reach.js';
import { keyOf } from './same-person.js';

/** Somebody as the reader knows them: all their entries, wherever they are kept. */
export interface Person {
  /** At least one, who is believed most first; at most `RECORDS_OF_A_PERSON`. */
  records: PersonRecord[];
  /** The rest is what the first of the entries says that says anything of it. */
  name: string;
  sortKey: string;
  email: string | null;
  /** All addresses, each once. */
  emails: string[];
  /** All numbers, each once, in the order in which they are called; a fax last. */
  numbers: PersonRecord['numbers'];
  extension: string | null;
  organization: string | null;
  jobTitle: string | null;
  department: string | null;
  photoUrl: string | null;
  /** One of the entries is. */
  starred: boolean;
  /** The card where there are several entries, else the page of the entry. */
  href: string;
}

/** @param records of one person, as `peopleAmong` gives them */
export function personOf(records: readonly PersonRecord[]): Person {
  const [first] = records;
  return {
    ...{ records: [...records], name: first.name, sortKey: first.sortKey },
    ...{ email: firstOf(records, 'email'), emails: emailsOf(records), numbers: numbersOf(records) },
    ...{ extension: firstOf(records, 'extension'), organization: firstOf(records, 'organization') },
    ...{ jobTitle: firstOf(records, 'jobTitle'), department: firstOf(records, 'department') },
    photoUrl: firstOf(records, 'photoUrl'),
    starred: records.some(({ starred }) => starred),
    href: records.length > 1 ? cardHref(first) : first.href,
  };
}

/** True of who is known from the directory of one's own company, whose address is then the one that counts. */
export function isColleague({ records: [first] }: Pick<Person, 'records'>): boolean {
  return first.kind === 'colleague';
}

/** The extension that calls them from inside the reader's company; what others say of theirs is another company's. */
export function insideExtension({ records }: Pick<Person, 'records'>): string | null {
  return records.find(({ kind }) => kind === 'colleague')?.extension ?? null;
}

/** As whom they are reached: by the number that is called first, colleagues without one by their extension. */
export function reachableAs(person: Person): Reachable {
  const { name, email, numbers } = person;
  const number = numbers.find(({ field }) => field !== 'faxNumber')?.number ?? null;
  return { name, email, number, extension: insideExtension(person), colleague: isColleague(person) };
}

/** The card of whoever has this entry. */
export function cardHref({ kind, id }: Pick<PersonRecord, 'kind' | 'id'>): string {
  return `/people/${kind}/${id}`;
}

/** Entries that several questions gave, each once. */
export function distinct(records: readonly PersonRecord[]): PersonRecord[] {
  return [...new Map([...records].reverse().map((record) => [keyOf(record), record])).values()].reverse();
}

type Said = 'email' | 'extension' | 'organization' | 'jobTitle' | 'department' | 'photoUrl';

function firstOf(records: readonly PersonRecord[], field: Said): string | null {
  return records.find((record) => record[field])?.[field] ?? null;
}

function emailsOf(records: readonly PersonRecord[]): string[] {
  return [...new Set(records.flatMap(addressesOf))];
}

/** A number that one entry calls a fax and another does not is called: the fax is the last that is asked. */
function numbersOf(records: readonly PersonRecord[]): Person['numbers'] {
  const all = records.flatMap(({ numbers }) => numbers);
  const inOrder = [...all.filter(({ field }) => field !== 'faxNumber'), ...all.filter(isFax)];
  return inOrder.filter(({ number }, index) => inOrder.findIndex((each) => each.number === number) === index);
}

function isFax({ field }: PersonRecord['numbers'][number]): boolean {
  return field === 'faxNumber';
}
