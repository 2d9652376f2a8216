import { nameKeyOf } from '../../accounts/user-rows.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/new-id.js';
import {
  type CheckResult,
  type ImportCheck,
  type ImportFacts,
  type Row,
  type Statements,
} from '../../imports/import-kind.js';
import { type Removal, type RemovalGroup } from '../../imports/removal.js';
import { type Composed } from '../compose/composed.js';
import { storedContacts } from '../contact-writes.js';
import { groupsByName } from '../group-writes.js';
import { GROUPS_COUNTED, groupsOfRow, noRoom, TWINS_TOLD, weightOf } from '../import/contact-check.js';
import { type Known } from '../import/row-changes.js';
import { groupsProblem } from '../import/file-groups.js';
import { RowComposing } from '../import/row-composing.js';
import { type ContactIndex, Twins } from '../matching.js';
import { contactIndex, type IndexedContact } from '../matching.query.js';
import { PeopleOfWrongRows } from './people-of-wrong-rows.js';
import { replaceChanges } from './replace-changes.js';
import { memberships } from './whole-list.js';

/** Contacts that stay and are named; the others are counted. */
export const NAMED_STAYING = 1_000;

/** What a file that becomes the list adds, changes and leaves as it is, and who of the list it does not name. */
export class ReplaceCheck implements ImportCheck {
  private readonly composing: RowComposing;
  private readonly composed = new Map<number, Composed>();
  /** Contacts a row has been found to be, with the groups they will be in (null: those they are in). */
  private readonly claimed = new Map<Id, string[] | null>();
  private readonly wrong: PeopleOfWrongRows;
  private readonly twins = new Twins();
  private readonly twice: { line: number; earlier: number }[] = [];
  /** Of new contacts. */
  private readonly newGroups: string[][] = [];
  /** Groups they ask for, by folded name. */
  private readonly asked = new Set<string>();
  private started: Promise<void> | null = null;
  private readonly list: IndexedContact[] = [];
  private readonly listed = new Map<Id, IndexedContact>();
  private groupIds = new Map<Id, Id[]>();
  private groupNames = new Map<Id, string>();
  private index!: ContactIndex;
  private right = 0;
  private written = 0;
  private proposing = 0;

  constructor(
    private readonly facts: ImportFacts,
    idOf: (ref: number) => Id,
  ) {
    this.composing = new RowComposing(facts, idOf);
    this.wrong = new PeopleOfWrongRows(this.composing);
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
      const composed = this.composed.get(row.ref);
      if (composed && row.problems.length === 0)
        return [{ row, composed, candidates: this.index.candidates(composed) }];
      this.wrong.add(row);
      return [];
    });
    const ids = [...new Set(right.flatMap(({ candidates }) => candidates))];
    const present = await this.present(database, ids);
    for (const { row, composed, candidates } of right) {
      if (candidates.length > 0)
        this.decide(
          row,
          composed,
          candidates.flatMap((id) => present.get(id) ?? []),
        );
      this.note(row, composed);
    }
    this.composed.clear();
  }

  recall(row: Row): void {
    if (row.verdict === 'wrong') return this.wrong.add(row);
    if (row.verdict === 'same') {
      this.right++;
      if (row.knownId !== undefined) this.claimed.set(row.knownId, null);
      return;
    }
    if (row.knownId !== undefined)
      this.claimed.set(row.knownId, (row.changes?.['groups']?.[1] as string[] | undefined) ?? null);
    this.note(row, this.composing.compose(row));
  }

  async finish(database: Statements): Promise<CheckResult> {
    this.begin(database);
    await this.started;
    const rowOf = await this.wrong.among(database, this.owner);
    const unnamed = this.list.filter(({ id }) => !this.claimed.has(id));
    const leaving = unnamed.filter(({ id }) => !rowOf.has(id));
    const staying = unnamed.filter(({ id }) => rowOf.has(id));
    const removal: Removal = {
      leaving: leaving.map(({ id, revision }) => [id, revision]),
      named: this.list.flatMap(({ id, revision }) =>
        this.claimed.has(id) ? [[id, revision] as [Id, number]] : [],
      ),
      staying: staying.slice(0, NAMED_STAYING).map(({ id, displayName }) => ({
        ...{ id, name: displayName, reason: 'wrong-row', line: rowOf.get(id) },
      })),
      stayingCount: staying.length,
      groups: this.groupsAfter(new Set(leaving.map(({ id }) => id))),
    };
    const created = this.newGroups.length;
    const left = limits.personalContactsPerUser - this.list.length + leaving.length;
    const made = removal.groups.flatMap(({ id, name }) => (id === null && name !== null ? [name] : []));
    const tooMany = groupsProblem(this.groupNames.size, made.length);
    const problem =
      this.right === 0
        ? { key: 'personal-replace.no-right-rows' }
        : created > left
          ? noRoom(created, left)
          : tooMany;
    // A page of them would be longer than anybody reads.
    if (tooMany) removal.groups = removal.groups.filter(({ id, name }) => id !== null || name === null);
    return {
      late: [],
      made: made.length > 0 && !tooMany ? { groups: made } : {},
      newWithoutProposals: this.written - this.proposing,
      twice: this.twice.slice(0, TWINS_TOLD),
      removal,
      ...(problem ? { problem } : {}),
    };
  }

  /** The list and its index are one: whoever is added afterwards is not counted as going, and stays. */
  private async start(database: Statements): Promise<void> {
    const [index, groupIds, groups] = await Promise.all([
      contactIndex(database, this.owner, (contact) => this.list.push(contact)),
      memberships(database, this.owner),
      groupsByName(database, this.owner),
    ]);
    this.index = index;
    this.groupIds = groupIds;
    this.groupNames = new Map([...groups.values()].map(({ id, name }) => [id, name]));
    // As `wholeList` has it.
    this.list.sort((one, other) =>
      one.sortKey < other.sortKey || (one.sortKey === other.sortKey && one.id < other.id) ? -1 : 1,
    );
    for (const contact of this.list) this.listed.set(contact.id, contact);
  }

  /** Contacts of the list with all they say. */
  private async present(database: Statements, ids: readonly Id[]): Promise<ReadonlyMap<Id, Known>> {
    const known = new Map<Id, Known>();
    const long: Id[] = [];
    for (const id of ids) {
      const contact = this.listed.get(id);
      if (!contact?.extra) long.push(id);
      else
        known.set(
          id,
          Object.assign(contact, { extra: contact.extra, groupIds: this.groupIds.get(id) ?? [] }),
        );
    }
    for (const [id, contact] of await storedContacts(database, this.owner, { ids: long }))
      known.set(id, contact);
    return known;
  }

  private get owner(): Id {
    return this.facts.ownerId ?? '';
  }

  private decide(row: Row, composed: Composed, contacts: readonly Known[]): void {
    const free = contacts.filter(({ id }) => !this.claimed.has(id));
    const [best] = (free.length > 0 ? free : contacts)
      .map((contact) => ({
        contact,
        changes: replaceChanges(composed, contact, this.facts, (each) => this.namesOf(each.groupIds)),
      }))
      // Of several who it may be, the one it differs from least; a stable sort keeps the oldest first.
      .sort((one, other) => weightOf(one.changes) - weightOf(other.changes));
    if (!best) return;
    const differs = Object.keys(best.changes).length > 0;
    // Somebody else under the same address; what stands in the file twice word by word is one contact.
    if (free.length === 0 && differs) return;
    row.knownId = best.contact.id;
    row.verdict = differs ? 'changed' : 'same';
    if (differs) row.changes = best.changes;
    if (free.length > 0)
      this.claimed.set(best.contact.id, (best.changes['groups']?.[1] as string[] | undefined) ?? null);
  }

  /** What a right row means for the file as a whole. */
  private note(row: Row, composed: Composed): void {
    this.right++;
    const earlier = this.twins.earlier(composed, row.line);
    if (earlier !== undefined) this.twice.push({ line: row.line, earlier });
    if (row.verdict === 'same') return;
    this.written++;
    if (row.verdict === 'new') this.newGroups.push(this.counted(groupsOfRow(composed, this.facts)));
    if (row.proposals.length > 0) this.proposing++;
  }

  /** Names are kept as far as they are counted. */
  private counted(names: string[]): string[] {
    if (this.asked.size > GROUPS_COUNTED) return [];
    const isAsked = names.length === 1 && names[0] === this.newGroups.at(-1)?.[0];
    if (!isAsked) for (const name of names) this.asked.add(nameKeyOf(name));
    return names;
  }

  private namesOf(groupIds: readonly Id[]): string[] {
    return groupIds.flatMap((id) => this.groupNames.get(id) ?? []);
  }

  /** How many each group has, loses and will have. */
  private groupsAfter(leaving: ReadonlySet<Id>): RemovalGroup[] {
    const groups = new Map<string, RemovalGroup>();
    // By name as it is written: most of ten thousand contacts are in a handful of groups.
    const written = new Map<string, RemovalGroup>();
    const group = (name: string, id: Id | null = null) => {
      const same = written.get(name);
      if (same) return same;
      const key = nameKeyOf(name);
      const known = groups.get(key) ?? {
        id,
        name: name || null,
        before: 0,
        leaving: 0,
        after: 0,
        goes: false,
      };
      groups.set(key, known);
      written.set(name, known);
      return known;
    };
    for (const [id, name] of this.groupNames) group(name, id);
    for (const { id } of this.list) {
      const held = orNone(this.namesOf(this.groupIds.get(id) ?? []));
      for (const name of held) {
        group(name).before++;
        if (leaving.has(id)) group(name).leaving++;
      }
      if (!leaving.has(id)) for (const name of orNone(this.claimed.get(id) ?? held)) group(name).after++;
    }
    for (const names of this.newGroups) for (const name of orNone(names)) group(name).after++;
    const none = groups.get('');
    return [...[...groups.values()].filter((each) => each !== none), ...(none ? [none] : [])]
      .filter(({ before, after }) => before > 0 || after > 0)
      .map((each) => ({ ...each, goes: each.id !== null && each.before > 0 && each.after === 0 }));
  }
}

/** Who is in no group counts under no name. */
function orNone(names: readonly string[]): readonly string[] {
  return names.length > 0 ? names : [''];
}
