import { groupKinds, type GroupKind } from '../../accounts/group-tables.js';
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
import {
  clears,
  compareExtension,
  compareGroups,
  comparePhone,
  compareText,
  type Comparison,
} from './comparing.js';
import { ChangesOfFile, type Refuse } from './changes-of-file.js';
import { KnownPeople, type Known } from './known-people.js';
import { isIdCell, meaningOf } from './own-columns.js';
import {
  actsAsOwner,
  holdersOf,
  peopleByEmail,
  peopleById,
  type PersonColumn,
  type StoredPerson,
} from './stored-people.js';

const texts = ['givenName', 'familyName', 'department', 'jobTitle', 'location'] as const;
const phones = ['workPhone', 'mobilePhone'] as const;
const compared = ['status', 'role', 'type'] as const;

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
  private readonly file = new ChangesOfFile();
  private readonly known: KnownPeople;
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
    this.known = new KnownPeople(facts.accountId, this.columns, this.groups);
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
    const known = await this.known.of(database, found);
    for (const { row, person } of found) {
      if (row.problems.length > 0) continue;
      this.compare(row, person, known);
      this.file.note(row, this.refusing(row));
    }
  }

  recall(row: Row): void {
    const id = row.knownId ?? row.values.id;
    if (row.problems.some(([, key]) => /\.unknown-/.test(key))) this.unknown++;
    if (id === undefined || !isIdCell(id)) return;
    if (!this.lines.has(id)) this.lines.set(detached(id), row.line);
    if (row.verdict === 'changed') this.file.recall(row, id, this.refusing(row));
  }

  async finish(database: Statements): Promise<CheckResult> {
    this.started ??= this.start(database);
    await this.started;
    const holders = await holdersOf(database, this.facts.accountId, this.file.wantedExtensions());
    const fallen: LateFinding[] = [];
    const late = this.file.settle(holders, (ref, field, reason, values) =>
      fallen.push({ ref, problem: this.problem(field, reason, values) }),
    );
    await this.groups.load(database);
    return {
      late: [...late, ...fallen],
      made: this.file.made(this.groups),
      newWithoutProposals: this.file.withoutProposals(),
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
      this.file.wait(row.ref, person.id, held, address);
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
      if (read.made.length > 0) this.file.makes(row.ref, field, read.made);
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
    const line = this.file.lineWithAddress(email);
    if (known.addresses.has(email)) return this.refuse(row, 'email', 'address-taken');
    if (line !== undefined) return this.refuse(row, 'email', 'email-twice', { line });
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
    row.problems.push(this.problem(field, reason, values));
  }

  private refusing(row: Row): Refuse {
    return (field, reason, values) => this.refuse(row, field, reason, values);
  }

  private problem(
    field: string | null,
    reason: string,
    values?: Record<string, string | number>,
  ): RowProblem {
    const column = this.columnOf(field);
    return values ? [column, problemKey(reason), values] : [column, problemKey(reason)];
  }
}

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
