import { nameKeyOf } from '../../accounts/user-rows.js';
import { type Id } from '../../database/new-id.js';
import {
  type CheckResult,
  type ImportCheck,
  type ImportFacts,
  type LateFinding,
  type Row,
  type Statements,
} from '../../imports/import-kind.js';
import { detached } from '../../imports/rows.js';
import { type Changes, type RowProblem } from '../../imports/stored-rows.js';
import { isRespelled } from '../../csv/spreadsheet.js';
import { isRegion, type Region } from '../../phone/e164.js';
import { normaliseAddress } from '../../text/address.js';
import { AccountGroups } from './account-groups.js';
import { groupKinds, type GroupKind } from '../../accounts/group-tables.js';
import {
  clears,
  compareExtension,
  compareGroups,
  comparePhone,
  compareText,
  type Comparison,
} from './comparing.js';
import { ExtensionMoves } from './extension-moves.js';
import { isIdCell, meaningOf } from './own-columns.js';
import {
  actsAsOwner,
  holdersOf,
  idsOfAddresses,
  peopleByEmail,
  peopleById,
  type PersonColumn,
  type StoredPerson,
} from './stored-people.js';

const texts = ['givenName', 'familyName', 'department', 'jobTitle', 'location'] as const;
const phones = ['workPhone', 'mobilePhone'] as const;
const compared = ['status', 'role', 'type'] as const;

/** A batch beside what the database knows of its people. */
interface Known {
  managers: Map<Id, string | null>;
  /** People of the addresses that rows name as managers or give as new addresses. */
  addresses: Map<string, { id: Id; status: string }>;
  groups: Record<GroupKind, Map<Id, { id: Id; name: string; nameKey: string }[]>>;
  /** New addresses asked for already and not confirmed yet, by person. */
  asked: Map<Id, Set<string>>;
}

/**
 * What each row of a file would change of the person it is about. Held for the whole file: who was named in which row,
 * new addresses and extensions; values old and new go with their batch.
 */
export class UserUpdateCheck implements ImportCheck {
  private readonly columns = new Map<string, number>();
  /** What is read of people: what the file has columns for. */
  private readonly read: PersonColumn[];
  private readonly region: Region;
  private readonly clearsEmpty: boolean;
  private readonly groups: AccountGroups;
  private readonly lines = new Map<Id, number>();
  private readonly newAddresses = new Map<string, { id: Id; line: number; ref: number }>();
  private readonly moves = new ExtensionMoves();
  /** Rows whose manager is nobody yet: the new address of somebody further down, or nobody at all. */
  private readonly waiting = new Map<string, { ref: number; id: Id; held: Id | null }[]>();
  private readonly madeBy = new Map<number, [GroupKind, string[]][]>();
  private readonly managers = new Map<Id, string | null>();
  private readonly right = new Set<number>();
  private readonly proposing = new Set<number>();
  private started: Promise<void> | null = null;
  private actorIsOwner = false;
  private unknown = 0;

  constructor(private readonly facts: ImportFacts) {
    facts.columns.forEach((field, column) => {
      if (field !== null && !this.columns.has(field)) this.columns.set(field, column);
    });
    const read: PersonColumn[] = ['id', 'email', 'status', 'role'];
    for (const field of [...texts, 'extension', 'type'] as const)
      if (this.columns.has(field)) read.push(field);
    for (const field of phones) if (this.columns.has(field)) read.push(field, `${field}Typed`);
    if (this.columns.has('manager')) read.push('managerId');
    this.read = read;
    this.region = isRegion(facts.region) ? facts.region : 'FR';
    this.clearsEmpty = facts.choices.empty === 'clear';
    this.groups = new AccountGroups(facts.accountId);
  }

  checkRow(row: Row): void {
    const { id, email } = row.values;
    if (id === undefined && email === undefined) this.refuse(row, 'id', 'nobody-named');
    else if (id !== undefined && !isIdCell(id)) this.refuse(row, 'id', 'id');
    else if (email !== undefined && !clears(email)) this.checkAddress(row, email);
  }

  async checkBatch(database: Statements, rows: readonly Row[]): Promise<void> {
    this.started ??= this.start(database);
    await this.started;
    const people = await this.find(database, rows);
    const found = rows.flatMap((row) => {
      const person = people.get(row.ref);
      return person ? [{ row, person }] : [];
    });
    const known = await this.learn(database, found);
    for (const { row, person } of found) {
      if (row.problems.length > 0) continue;
      this.compare(row, person, known);
      this.note(row);
    }
  }

  recall(row: Row): void {
    const id = row.knownId ?? row.values.id;
    if (row.problems.some(([, key]) => /\.unknown-/.test(key))) this.unknown++;
    if (id === undefined || !isIdCell(id)) return;
    if (!this.lines.has(id)) this.lines.set(detached(id), row.line);
    const { changes } = row;
    if (row.verdict !== 'changed' || !changes) return;
    if (changes.extension) this.moves.add(row.ref, row.line, id, changes.extension);
    const address = changes.email ?? changes.requestedEmail;
    if (address) this.newAddresses.set(String(address[1]), { id, line: row.line, ref: row.ref });
    const [held, manager] = changes.managerId ?? [];
    if (typeof manager === 'string' && manager.includes('@'))
      this.wait(row.ref, id, held as Id | null, manager);
    // Which groups were new then is seen at the end, against those there are.
    for (const field of groupKinds) {
      const names = changes[field]?.[1] as string[] | undefined;
      if (names) this.madeBy.set(row.ref, [...(this.madeBy.get(row.ref) ?? []), [field, names]]);
    }
    this.note(row);
  }

  async finish(database: Statements): Promise<CheckResult> {
    this.started ??= this.start(database);
    await this.started;
    const late: LateFinding[] = [];
    const drop = (ref: number, problem: RowProblem) => {
      if (!this.right.delete(ref)) return;
      late.push({ ref, problem });
    };
    this.placeManagers(late, drop);
    const holders = await holdersOf(database, this.facts.accountId, this.moves.wanted());
    for (const { ref, extension, holder } of this.moves.blocked(holders, this.right))
      drop(ref, [this.columnOf('extension'), problemKey('extension-taken'), { value: extension, holder }]);
    await this.groups.load(database);
    let proposing = 0;
    for (const ref of this.proposing) if (this.right.has(ref)) proposing++;
    return {
      late,
      made: this.made(),
      newWithoutProposals: this.right.size - proposing,
      unknown: this.unknown,
    };
  }

  private async start(database: Statements): Promise<void> {
    const { accountId, ownerId } = this.facts;
    this.actorIsOwner = await actsAsOwner(database, accountId, ownerId);
    await this.groups.load(database);
  }

  private checkAddress(row: Row, email: string): void {
    const address = normaliseAddress(email);
    if (address === null) this.refuse(row, 'email', 'email');
    else row.values.email = address;
  }

  /** Who each row is about: by id if it has one, else by address; the second row about somebody is wrong. */
  private async find(database: Statements, rows: readonly Row[]): Promise<Map<number, StoredPerson>> {
    const { accountId } = this.facts;
    const asking = rows.filter(({ values: { id, email } }) =>
      id === undefined ? email !== undefined : isIdCell(id),
    );
    const ids = asking.flatMap(({ values: { id } }) => id ?? []);
    const emails = asking.flatMap(({ values: { id, email } }) => (id === undefined && email ? [email] : []));
    const byId = new Map(
      (await peopleById(database, accountId, ids, { columns: this.read })).map((person) => [
        person.id,
        person,
      ]),
    );
    const byEmail = new Map(
      (await peopleByEmail(database, accountId, emails, this.read)).map((person) => [person.email, person]),
    );
    const people = new Map<number, StoredPerson>();
    for (const row of asking) {
      const { id, email } = row.values;
      const person = id === undefined ? byEmail.get(email) : byId.get(id);
      if (!person) {
        if (row.problems.length > 0) continue;
        this.unknown++;
        this.refuse(
          row,
          id === undefined ? 'email' : 'id',
          id === undefined ? 'unknown-email' : 'unknown-id',
        );
        continue;
      }
      row.knownId = person.id;
      people.set(row.ref, person);
      const line = this.lines.get(person.id);
      if (line !== undefined) this.refuse(row, id === undefined ? 'email' : 'id', 'person-twice', { line });
      else {
        this.lines.set(person.id, row.line);
        if (person.status === 'erased') this.refuse(row, id === undefined ? 'email' : 'id', 'erased');
      }
    }
    return people;
  }

  private async learn(
    database: Statements,
    found: readonly { row: Row; person: StoredPerson }[],
  ): Promise<Known> {
    const { accountId } = this.facts;
    const ids = found.map(({ person }) => person.id);
    const addresses: string[] = [];
    const moving: Id[] = [];
    for (const { row, person } of found) {
      const { email } = row.values;
      if (email === undefined || clears(email) || email === person.email) continue;
      addresses.push(email);
      moving.push(person.id);
    }
    if (this.columns.has('manager')) {
      await this.learnManagers(database, found);
      for (const { row, person } of found) {
        const { manager } = row.values;
        if (manager === undefined || manager === this.managers.get(person.managerId ?? '')) continue;
        const address = normaliseAddress(manager);
        if (address !== null) addresses.push(address);
      }
    }
    const ofPeople = (field: GroupKind) =>
      this.columns.has(field) ? this.groups.ofPeople(database, field, ids) : new Map<Id, never[]>();
    return {
      managers: this.managers,
      addresses: await idsOfAddresses(database, accountId, addresses),
      groups: { userGroups: await ofPeople('userGroups'), chatGroups: await ofPeople('chatGroups') },
      asked: await openRequests(database, accountId, moving),
    };
  }

  /** Addresses of the managers these people have. A few manage many, so each is asked for about once. */
  private async learnManagers(
    database: Statements,
    found: readonly { person: StoredPerson }[],
  ): Promise<void> {
    if (this.managers.size > MANAGERS) this.managers.clear();
    const wanted = new Set<Id>();
    for (const { person } of found)
      if (person.managerId !== null && !this.managers.has(person.managerId)) wanted.add(person.managerId);
    if (wanted.size === 0) return;
    const managers = await database.query<{ id: Id; email: string }[]>(
      'SELECT id, email FROM users WHERE id IN (?) AND accountId = ? AND liveKey = 1',
      [[...wanted], this.facts.accountId],
    );
    for (const id of wanted) this.managers.set(id, null);
    for (const { id, email } of managers) this.managers.set(id, email);
  }

  private compare(row: Row, person: StoredPerson, known: Known): void {
    const changes: Changes = {};
    let respelled = 0;
    const settle = (field: string, held: string | null, comparison: Comparison) => {
      if (comparison.is === 'same') {
        if (comparison.respelled) respelled++;
      } else if (comparison.is === 'wrong') this.refuse(row, field, comparison.reason, comparison.values);
      else if (comparison.is === 'empty') {
        if (!this.emptied(row, field) || (held ?? '') === '') return;
        if (field === 'givenName' || field === 'familyName') this.refuse(row, field, `${field}-cleared`);
        else changes[field] = [held, null];
      } else changes[field] = [held, comparison.value];
      return comparison;
    };
    for (const field of texts) {
      const column = this.columns.get(field);
      if (column === undefined || row.cells[column] === (person[field] ?? '')) continue;
      settle(field, person[field], compareText(field, person[field], row.values[field] ?? ''));
    }
    for (const field of phones) {
      const column = this.columns.get(field);
      if (column === undefined || row.cells[column] === (person[field] ?? '')) continue;
      const typed = person[`${field}Typed`];
      const { region, facts } = this;
      const read = settle(
        field,
        person[field],
        comparePhone(person[field], typed, row.values[field] ?? '', { region, foreign: facts.foreign }),
      );
      if (!changes[field]) continue;
      const beside = read?.is === 'other' ? (read.typed ?? null) : null;
      if (beside !== typed) changes[`${field}Typed`] = [typed, beside];
      if (read?.is === 'other' && read.proposal !== undefined)
        row.proposals.push([column, field, read.value, `user-imports.problem.${read.proposal}`]);
    }
    if (this.columns.has('extension'))
      settle('extension', person.extension, compareExtension(person.extension, row.values.extension ?? ''));
    if (this.columns.has('manager')) this.compareManager(row, person, known, changes);
    for (const field of groupKinds) {
      const column = this.columns.get(field);
      if (column !== undefined && this.compareGroups(row, person, field, known, changes)) respelled++;
    }
    this.compareAddress(row, person, known, changes);
    this.compareOwn(row, person);
    if (respelled > 0) row.respelled = respelled;
    if (Object.keys(changes).length === 0) {
      if (row.problems.length === 0) row.verdict = 'same';
      return;
    }
    if (person.role === 'owner' && !this.actorIsOwner) this.refuse(row, null, 'owner-by-owner');
    if (row.problems.length > 0) return;
    row.verdict = 'changed';
    row.changes = changes;
  }

  private compareManager(row: Row, person: StoredPerson, known: Known, changes: Changes): void {
    const { managerId: held } = person;
    const { manager } = row.values;
    if (manager === undefined || clears(manager)) {
      // A manager who is gone stands in no file.
      if (this.emptied(row, 'manager') && held !== null && known.managers.get(held) !== null)
        changes.managerId = [held, null];
      return;
    }
    if (held !== null && manager === known.managers.get(held)) return;
    const address = normaliseAddress(manager);
    if (address === null) return this.refuse(row, 'manager', 'manager-address');
    if (address === person.email || address === row.values.email)
      return this.refuse(row, 'manager', 'manager-self');
    const found = known.addresses.get(address);
    if (found === undefined) {
      changes.managerId = [held, address];
      this.wait(row.ref, person.id, held, address);
    } else if (found.id !== held) {
      if (found.status === 'erased') return this.refuse(row, 'manager', 'manager-erased');
      changes.managerId = [held, found.id];
    }
  }

  /** @returns whether a spreadsheet respelled the cell */
  private compareGroups(
    row: Row,
    { id }: StoredPerson,
    field: GroupKind,
    { groups }: Known,
    changes: Changes,
  ): boolean {
    const held = groups[field].get(id) ?? [];
    const value = row.values[field];
    const add = this.facts.choices[field] === 'add';
    // An empty cell adds nothing.
    if (value === undefined && (add || !this.emptied(row, field))) return false;
    const read = compareGroups(held, value ?? '', {
      add,
      find: (name) => this.groups.named(field, name),
      lost: (name) => {
        for (const group of this.groups.all(field)) if (isRespelled(group.name, name)) return group;
        return undefined;
      },
    });
    if (read.is === 'wrong') {
      this.refuse(row, field, read.reason, read.values);
      return false;
    }
    if (read.is === 'other') {
      changes[field] = [held.map(({ name }) => name), read.names];
      if (read.made.length > 0)
        this.madeBy.set(row.ref, [...(this.madeBy.get(row.ref) ?? []), [field, read.made.map(detached)]]);
    }
    return read.respelled;
  }

  /** Of a row found by its id; another address is a change the new one has to confirm. */
  private compareAddress(row: Row, person: StoredPerson, known: Known, changes: Changes): void {
    if (!this.columns.has('email') || row.values.id === undefined) return;
    const { email } = row.values;
    if (email === undefined || clears(email)) {
      if (this.emptied(row, 'email')) this.refuse(row, 'email', 'email-cleared');
      return;
    }
    if (email === person.email || known.asked.get(person.id)?.has(email)) return;
    // For one's own there is the profile, which asks for the password.
    if (person.id === this.facts.ownerId) return this.refuse(row, 'email', 'own-address');
    const other = this.newAddresses.get(email);
    if (known.addresses.has(email)) return this.refuse(row, 'email', 'address-taken');
    if (other) return this.refuse(row, 'email', 'email-twice', { line: other.line });
    changes[person.status === 'pending' ? 'email' : 'requestedEmail'] = [person.email, email];
  }

  private compareOwn(row: Row, person: StoredPerson): void {
    for (const field of compared) {
      const value = row.values[field];
      if (value === undefined || value === person[field] || meaningOf(field, value) === person[field])
        continue;
      (row.notTaken ??= []).push([field, person[field], value.slice(0, 60)]);
    }
  }

  /** Takes a right row that changes something into the sets of the whole file. */
  private note(row: Row): void {
    const { ref, line, changes, knownId, verdict } = row;
    if (row.problems.length > 0 || verdict !== 'changed' || !changes || knownId === undefined) return;
    this.right.add(ref);
    if (row.proposals.length > 0) this.proposing.add(ref);
    if (changes.extension) {
      const earlier = this.moves.add(ref, line, knownId, changes.extension);
      if (earlier !== null) {
        this.right.delete(ref);
        this.refuse(row, 'extension', 'extension-twice', { line: earlier });
      }
    }
    const address = changes.email ?? changes.requestedEmail;
    if (!address) return;
    const email = detached(String(address[1]));
    const other = this.newAddresses.get(email);
    if (!other) this.newAddresses.set(email, { id: knownId, line, ref });
    else if (other.ref !== ref) {
      this.right.delete(ref);
      this.refuse(row, 'email', 'email-twice', { line: other.line });
    }
  }

  private wait(ref: number, id: Id, held: Id | null, address: string): void {
    const others = this.waiting.get(address);
    if (others) others.push({ ref, id, held });
    else this.waiting.set(detached(address), [{ ref, id, held }]);
  }

  /** Managers named by an address that a right row of this file brings; others are nobody. */
  private placeManagers(late: LateFinding[], drop: (ref: number, problem: RowProblem) => void): void {
    const column = this.columnOf('manager');
    for (const [address, rows] of this.waiting) {
      const somebody = this.newAddresses.get(address);
      const id = somebody && this.right.has(somebody.ref) ? somebody.id : null;
      for (const { ref, id: own, held } of rows) {
        if (id === null) drop(ref, [column, problemKey('manager-unknown')]);
        else if (id === own) drop(ref, [column, problemKey('manager-self')]);
        else late.push({ ref, change: ['managerId', id === held ? null : [held, id]] });
      }
    }
  }

  private made(): Record<string, string[]> {
    const made: Record<string, string[]> = {};
    for (const field of groupKinds) {
      const names = new Map<string, string>();
      for (const [ref, lists] of this.madeBy) {
        if (!this.right.has(ref)) continue;
        for (const [where, list] of lists)
          if (where === field)
            for (const name of list) if (!this.groups.named(field, name)) names.set(nameKeyOf(name), name);
      }
      if (names.size > 0) made[field] = [...names.values()].sort((one, other) => one.localeCompare(other));
    }
    return made;
  }

  /** Whether an empty cell, or the word for it, empties the field. */
  private emptied(row: Row, field: string): boolean {
    const value = row.values[field];
    return value === undefined ? this.clearsEmpty : clears(value);
  }

  private columnOf(field: string | null): number {
    return field === null ? -1 : (this.columns.get(field) ?? -1);
  }

  private refuse(
    row: Row,
    field: string | null,
    reason: string,
    values?: Record<string, string | number>,
  ): void {
    const column = this.columnOf(field);
    row.problems.push(values ? [column, problemKey(reason), values] : [column, problemKey(reason)]);
  }
}

/** Managers remembered between batches. */
const MANAGERS = 20_000;

/** Sentences both kinds of import have in common stand with the older one. */
const own = new Set([
  ...['nobody-named', 'id', 'unknown-id', 'unknown-email', 'person-twice', 'erased', 'owner-by-owner'],
  ...['givenName-cleared', 'familyName-cleared', 'email-cleared', 'address-taken', 'manager-unknown'],
  'own-address',
  ...['manager-erased', 'group-letters', 'extension-scientific', 'gone'],
]);

export function problemKey(reason: string): string {
  return `user-${own.has(reason) ? 'updates' : 'imports'}.problem.${reason}`;
}

/** New addresses that were asked for and wait to be confirmed. */
async function openRequests(
  database: Statements,
  accountId: Id,
  userIds: readonly Id[],
): Promise<Map<Id, Set<string>>> {
  const asked = new Map<Id, Set<string>>();
  if (userIds.length === 0) return asked;
  const found = await database.query<{ userId: Id; address: string }[]>(
    `SELECT userId, address FROM one_time_links WHERE userId IN (?) AND purpose = 'email-change' AND accountId = ?
       AND usedAt IS NULL AND withdrawnAt IS NULL AND expiresAt > UTC_TIMESTAMP(3)`,
    [userIds, accountId],
  );
  for (const { userId, address } of found) asked.set(userId, (asked.get(userId) ?? new Set()).add(address));
  return asked;
}
