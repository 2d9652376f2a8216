import { nameKeyOf } from '../../accounts/user-rows.js';
import { limits } from '../../config/limits.js';
import { phoneFields } from '../../contact-card/contact-fields.js';
import { type Id } from '../../database/new-id.js';
import {
  type CheckResult,
  type ImportCheck,
  type ImportFacts,
  type Row,
  type Statements,
} from '../../imports/import-kind.js';
import { type Changes } from '../../imports/stored-rows.js';
import { formatPhone } from '../../phone/e164.js';
import { type Composed } from '../compose/composed.js';
import { contactsLeft } from '../contact-limit.js';
import { type StoredContact } from '../contact-row.js';
import { storedContacts } from '../contact-writes.js';
import { groupsByName } from '../group-writes.js';
import { type ContactIndex, Twins } from '../matching.js';
import { contactIndex } from '../matching.query.js';
import { groupsProblem } from './file-groups.js';
import { RowComposing } from './row-composing.js';
import { rowChanges } from './row-changes.js';

/** Rows named as the same person; more are not told one by one. */
export const TWINS_TOLD = 200;

/** Groups a file asks for are counted so far: it is refused for fewer, and could name millions. */
export const GROUPS_COUNTED = 20 * limits.contactGroupsPerUser;

/** What each row of a file is: a new contact, one that is there already (and what the file changes of it), or wrong. */
export class ContactCheck implements ImportCheck {
  private readonly composing: RowComposing;
  private readonly composed = new Map<number, Composed>();
  /** Contacts a row has been found to be: the next row that could be one of them is another, if there is another. */
  private readonly claimed = new Set<Id>();
  private readonly twins = new Twins();
  private readonly twice: { line: number; earlier: number }[] = [];
  /** Groups rows ask for, by folded name. */
  private readonly groups = new Map<string, string>();
  private started: Promise<void> | null = null;
  private index!: ContactIndex;
  private groupNames = new Map<Id, string>();
  private created = 0;
  private written = 0;
  private proposing = 0;

  constructor(
    private readonly facts: ImportFacts,
    idOf: (ref: number) => Id,
  ) {
    this.composing = new RowComposing(facts, idOf);
  }

  /** The list is on its way while the first rows are read. */
  begin(database: Statements): void {
    this.started ??= this.start(database);
    this.started.catch(() => undefined);
  }

  checkRow(row: Row): void {
    this.composed.set(row.ref, this.composing.check(row));
  }

  async checkBatch(database: Statements, rows: readonly Row[]): Promise<void> {
    this.begin(database);
    await this.started;
    const right = rows.flatMap((row) => {
      const composed = row.problems.length === 0 ? this.composed.get(row.ref) : undefined;
      return composed ? [{ row, composed, candidates: this.index.candidates(composed) }] : [];
    });
    const ids = [...new Set(right.flatMap(({ candidates }) => candidates))];
    const present = await storedContacts(database, this.owner, { ids });
    for (const { row, composed, candidates } of right) {
      const contacts = candidates.flatMap((id) => present.get(id) ?? []);
      this.decide(row, composed, contacts);
      if (row.verdict === 'new') row.shown = shownOf(composed);
      this.note(row, composed);
    }
    this.composed.clear();
  }

  recall(row: Row): void {
    if (row.problems.length > 0) return;
    if (row.knownId !== undefined) this.claimed.add(row.knownId);
    // Its cells are not kept.
    if (row.verdict === 'same') return;
    this.note(row, this.composing.compose(row));
  }

  async finish(database: Statements): Promise<CheckResult> {
    this.begin(database);
    await this.started;
    const known = await groupsByName(database, this.owner);
    const groups = [...this.groups].flatMap(([key, name]) => (known.has(key) ? [] : [name]));
    const left = await contactsLeft(database, this.owner);
    const tooMany = groupsProblem(known.size, groups.length);
    const problem = this.created > left ? noRoom(this.created, left) : tooMany;
    return {
      late: [],
      made: groups.length > 0 && !tooMany ? { groups } : {},
      newWithoutProposals: this.written - this.proposing,
      twice: this.twice.slice(0, TWINS_TOLD),
      ...(problem ? { problem } : {}),
    };
  }

  private async start(database: Statements): Promise<void> {
    const [index, groups] = await Promise.all([
      contactIndex(database, this.owner),
      groupsByName(database, this.owner),
    ]);
    this.index = index;
    this.groupNames = new Map([...groups.values()].map(({ id, name }) => [id, name]));
  }

  private get owner(): Id {
    return this.facts.ownerId ?? '';
  }

  private decide(row: Row, composed: Composed, contacts: readonly StoredContact[]): void {
    if (contacts.length === 0) return;
    const { existing } = this.facts.choices;
    const free = contacts.filter(({ id }) => !this.claimed.has(id));
    const [best] = (free.length > 0 ? free : contacts)
      .map((contact) => ({ contact, changes: this.changesOf(composed, contact) }))
      // Of several who it may be, the one it differs from least; a stable sort keeps the oldest first.
      .sort((one, other) => weightOf(one.changes) - weightOf(other.changes));
    row.knownId = best.contact.id;
    const differs = Object.keys(best.changes).length > 0;
    if (!differs && (free.length > 0 || existing !== 'keep')) row.verdict = 'same';
    else if (existing === 'keep') return;
    else if (existing === 'update' && free.length > 0) {
      row.verdict = 'changed';
      row.changes = best.changes;
    } else row.verdict = 'known';
    // Nothing is asked about what is not written.
    if (row.verdict !== 'changed') row.proposals = [];
    this.claimed.add(best.contact.id);
  }

  private changesOf(composed: Composed, contact: StoredContact): Changes {
    return rowChanges(composed, contact, {
      groupsOf: ({ groupIds }) => groupIds.flatMap((id) => this.groupNames.get(id) ?? []),
      groups: groupsOfRow(composed, this.facts),
    });
  }

  /** What a right row means for the file as a whole. */
  private note(row: Row, composed: Composed): void {
    const earlier = this.twins.earlier(composed, row.line);
    if (earlier !== undefined && row.verdict === 'new') this.twice.push({ line: row.line, earlier });
    if (row.verdict !== 'new' && row.verdict !== 'changed') return;
    this.written++;
    if (row.verdict === 'new') this.created++;
    if (row.proposals.length > 0) this.proposing++;
    const names =
      row.verdict === 'new'
        ? groupsOfRow(composed, this.facts)
        : ((row.changes?.groups?.[1] as string[] | undefined) ?? []);
    if (this.groups.size > GROUPS_COUNTED) return;
    for (const name of names) if (!this.groups.has(nameKeyOf(name))) this.groups.set(nameKeyOf(name), name);
  }
}

/** Groups a row's contact is put into: the file's, and the one named for all. */
export function groupsOfRow({ groups }: Composed, { choices }: Pick<ImportFacts, 'choices'>): string[] {
  const named = typeof choices.groupName === 'string' ? [choices.groupName] : [];
  if (groups.length === 0) return named.filter(isName);
  const byKey = new Map([...named, ...groups].map((name) => [nameKeyOf(name), name] as const).reverse());
  byKey.delete('');
  return [...byKey.values()].reverse();
}

/** The one name for all rows of a file is not folded a thousand times. */
let latest = { name: '', isName: false };

function isName(name: string): boolean {
  if (latest.name !== name) latest = { name, isName: nameKeyOf(name) !== '' };
  return latest.isName;
}

/** Why so many contacts cannot be added. */
export function noRoom(count: number, left: number) {
  return {
    key: 'personal-imports.no-room',
    values: { count, left, max: limits.personalContactsPerUser },
  };
}

/** Who somebody is at a glance. */
export function shownOf(composed: Composed): string[] {
  const { displayName, email, organization } = composed;
  const number = phoneFields.map((field) => composed[field]).find((each) => each !== null);
  return [displayName, email, number ? formatPhone(number) : null, organization].filter(
    (text) => text !== null,
  );
}

/** How much a row differs from a contact; a group to join says nothing about who it is. */
export function weightOf({ groups, ...others }: Changes): number {
  return Object.keys(others).length * 2 + (groups ? 1 : 0);
}
