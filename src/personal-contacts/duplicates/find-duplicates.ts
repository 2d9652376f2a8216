import { phoneFields, type CardProperty, type ContactFields } from '../../contact-card/contact-fields.js';
import { type Id } from '../../database/new-id.js';
import { fold } from '../../text/fold.js';
import { emailsOf, numbersOf, personKeyOf } from '../contact-keys.js';

/** What the search reads of a contact. */
export interface Candidate extends ContactFields {
  id: Id;
  revision: number;
  /** At least its further e-mails and numbers and its birthday. */
  extra: readonly CardProperty[];
}

export const duplicateLists = ['safe', 'decide', 'name'] as const;
/**
 * `safe`: same name and a shared e-mail or number, and nothing they say contradicts the other; `decide`: a shared e-mail or
 * number; `name`: the name alone.
 */
export type DuplicateList = (typeof duplicateLists)[number];

export type Duplicates = Record<DuplicateList, Candidate[][]>;

/** An address or number that more names than these share is that of a switchboard, a shop or a mailing list. */
const MOST_NAMES = 4;
/** Of more contacts than these that are kept apart among each other, only the first are compared one by one. */
const MOST_COMPARED = 60;

/**
 * Contacts that may be one person, in groups of two and more, A to Z. One walk through the contacts and one through what they
 * share: no contact is compared with every other.
 * @param contacts by id
 * @param apart pairs somebody said are not one person (`pairOf`)
 */
export function findDuplicates(contacts: readonly Candidate[], apart: ReadonlySet<string>): Duplicates {
  const names = contacts.map(({ displayName }) => personKeyOf(displayName));
  const shared = sharers(contacts);

  const same = new Sets(contacts.length);
  const kept = new Apart(contacts, apart, same);
  for (const members of shared)
    for (const namesakes of groupedBy(members, (member) => names[member]).values()) kept.link(namesakes);
  const persons = same.groups();
  const agreeing = new Set(
    persons.filter(
      (members) => !kept.parts(members) && !contradict(members.map((member) => contacts[member])),
    ),
  );

  const alike = same.copy();
  const keptAlike = new Apart(contacts, apart, alike);
  for (const members of shared)
    if (new Set(members.map((member) => names[member])).size <= MOST_NAMES) keptAlike.link(members);
  const first = new Map(persons.flatMap((members) => members.map((member) => [member, members] as const)));
  /** A group that is safe stands for one contact in the others. */
  const standsFor = (member: number) => {
    const group = first.get(member);
    return !group || !agreeing.has(group) || group[0] === member;
  };
  const toDecide = alike
    .groups()
    .map((members) => members.filter(standsFor))
    .filter((members) => members.length > 1);

  const byName = [...groupedBy(contacts.keys(), (member) => names[member]).values()].flatMap((namesakes) => {
    const found = alike.firsts(namesakes);
    return found.length < 2 ? [] : new Apart(contacts, apart, alike).clusters(found);
  });
  const listed = (groups: Iterable<readonly number[]>) =>
    [...groups]
      .map((members) => ({
        key: `${fold(contacts[members[0]].displayName)} ${contacts[members[0]].id}`,
        members,
      }))
      .sort((one, other) => (one.key < other.key ? -1 : 1))
      .map(({ members }) => members.map((member) => contacts[member]));
  return { safe: listed(agreeing), decide: listed(toDecide), name: listed(byName) };
}

/** Two contacts, in whatever order they are named. */
export function pairOf(one: Id, other: Id): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

/** E-mails and numbers that at least two of these contacts have. */
export function sharedBy(contacts: readonly Candidate[]): string[] {
  const seen = new Map<string, number>();
  for (const contact of contacts) for (const key of keysOf(contact)) seen.set(key, (seen.get(key) ?? 0) + 1);
  return [...seen].filter(([, times]) => times > 1).map(([key]) => key);
}

function keysOf(contact: Candidate): string[] {
  return [...emailsOf(contact), ...numbersOf(contact)];
}

/** By e-mail and number, who has it, where several do. */
function sharers(contacts: readonly Candidate[]): number[][] {
  const having = new Map<string, number[]>();
  contacts.forEach((contact, member) => {
    for (const key of keysOf(contact)) {
      const known = having.get(key);
      if (known) known.push(member);
      else having.set(key, [member]);
    }
  });
  return [...having.values()].filter((members) => members.length > 1);
}

const compared = ['email', ...phoneFields, 'organization'] as const;

/** Two of them say different things where there can be one alone. */
function contradict(contacts: readonly Candidate[]): boolean {
  const differ = (values: (string | null)[]) => new Set(values.filter((value) => value !== null)).size > 1;
  return (
    compared.some((field) =>
      differ(contacts.map(({ [field]: value }) => (value === null ? null : fold(value)))),
    ) || differ(contacts.map(birthdayOf))
  );
}

function birthdayOf({ extra }: Candidate): string | null {
  const birthday = extra.find(([name]) => name === 'bday');
  return birthday ? JSON.stringify(birthday.slice(3)) : null;
}

function groupedBy<Each>(all: Iterable<Each>, keyOf: (each: Each) => string): Map<string, Each[]> {
  const groups = new Map<string, Each[]>();
  for (const each of all) {
    const key = keyOf(each);
    const known = groups.get(key);
    if (known) known.push(each);
    else groups.set(key, [each]);
  }
  return groups;
}

/** Numbers in sets that are joined (a union-find); of each set the lowest number stands for it. */
class Sets {
  constructor(
    private readonly size: number,
    private readonly parents = Int32Array.from({ length: size }, (_, index) => index),
  ) {}

  of(member: number): number {
    let root = member;
    while (this.parents[root] !== root) root = this.parents[root];
    while (this.parents[member] !== root) [this.parents[member], member] = [root, this.parents[member]];
    return root;
  }

  join(one: number, other: number): void {
    const [a, b] = [this.of(one), this.of(other)];
    this.parents[Math.max(a, b)] = Math.min(a, b);
  }

  copy(): Sets {
    return new Sets(this.size, this.parents.slice());
  }

  /** Those of two and more, each and all in order. */
  groups(): number[][] {
    const groups = groupedBy(this.parents.keys(), (member) => String(this.of(member)));
    return [...groups.values()].filter((members) => members.length > 1);
  }

  /** Of each set the first that is named. */
  firsts(members: readonly number[]): number[] {
    const seen = new Set<number>();
    return members.filter((member) => {
      const set = this.of(member);
      return !seen.has(set) && seen.add(set);
    });
  }
}

/** Joins contacts in sets, but those somebody keeps apart. What was said of one contact holds for the set it stood in before. */
class Apart {
  /** By set, those it is kept apart from. */
  private readonly others = new Map<number, Set<number>>();
  private readonly setOf: Int32Array;

  constructor(
    contacts: readonly Candidate[],
    apart: ReadonlySet<string>,
    private readonly sets: Sets,
  ) {
    this.setOf = Int32Array.from(contacts.keys(), (member) => sets.of(member));
    if (apart.size === 0) return;
    const places = new Map(contacts.map(({ id }, member) => [id, member]));
    for (const pair of apart) {
      const [one, other] = pair.split(' ').map((id) => places.get(id));
      if (one === undefined || other === undefined) continue;
      const [a, b] = [this.setOf[one], this.setOf[other]];
      this.note(a, b);
      this.note(b, a);
    }
  }

  link(members: readonly number[]): void {
    for (const cluster of this.clusters(members))
      for (const member of cluster) this.sets.join(cluster[0], member);
  }

  /** What is left together of these when those kept apart are taken from each other; at least two in each. */
  clusters(members: readonly number[]): number[][] {
    if (members.length < 2) return [];
    if (!this.concerns(members)) return [[...members]];
    const together = new Sets(members.length);
    const few = Math.min(members.length, MOST_COMPARED);
    for (let one = 0; one < few; one++)
      for (let other = one + 1; other < few; other++)
        if (!this.keeps(members[one], members[other])) together.join(one, other);
    return together.groups().map((cluster) => cluster.map((place) => members[place]));
  }

  /** Two of these are kept apart. */
  parts(members: readonly number[]): boolean {
    if (!this.concerns(members)) return false;
    // From what was said, which is little: ten thousand namesakes have millions of pairs.
    const present = new Set(members.map((member) => this.setOf[member]));
    return [...present].some((set) => [...(this.others.get(set) ?? [])].some((other) => present.has(other)));
  }

  private concerns(members: readonly number[]): boolean {
    return this.others.size > 0 && members.some((member) => this.others.has(this.setOf[member]));
  }

  private keeps(one: number, other: number): boolean {
    return this.others.get(this.setOf[one])?.has(this.setOf[other]) ?? false;
  }

  private note(set: number, other: number): void {
    const known = this.others.get(set);
    if (known) known.add(other);
    else this.others.set(set, new Set([other]));
  }
}
