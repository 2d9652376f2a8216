import { groupKinds, groupTables, type GroupKind } from '../accounts/group-tables.js';
import { nameKeyOf } from '../accounts/user-rows.js';
import { limits } from '../config/limits.js';
import { type Id } from '../database/new-id.js';
import {
  type CheckResult,
  type ImportCheck,
  type ImportFacts,
  type LateFinding,
  type Row,
  type Statements,
} from '../imports/import-kind.js';
import { detached } from '../imports/rows.js';
import { type RowProblem } from '../imports/stored-rows.js';
import { isRegion, readPhone, type Region } from '../phone/e164.js';
import { normaliseAddress } from '../text/address.js';
import { codePoints, hasControlCharacters } from '../text/tidy.js';
import { ManagersOfFile } from './managers-of-file.js';
import { DETAIL_CHARACTERS, EXTENSION, groupNames } from './person-rules.js';

/** Longest text of each field, in characters, as its column holds them. */
const longest: Record<string, number> = {
  givenName: limits.nameCharacters,
  familyName: limits.nameCharacters,
  department: DETAIL_CHARACTERS,
  jobTitle: DETAIL_CHARACTERS,
  location: DETAIL_CHARACTERS,
};
const texts = Object.entries(longest);
const phones = ['workPhone', 'mobilePhone'];

/** Groups one or more rows name together, and how many right rows do. */
interface Combination {
  keys: Record<GroupKind, string[]>;
  rows: number;
}

/** Whether each row of a file can become a user, and what the file as a whole would bring. */
export class UserImportCheck implements ImportCheck {
  private readonly columnOf: (field: string) => number;
  private readonly region: Region;
  private readonly lines = new Map<string, number>();
  private readonly extensions = new Map<string, number>();
  private readonly people = new ManagersOfFile();
  private readonly proposing = new Set<number>();
  private readonly names: Record<GroupKind, Map<string, string>> = {
    userGroups: new Map(),
    chatGroups: new Map(),
  };
  private readonly combinations = new Map<string, Combination>();
  private readonly combinationOf = new Map<number, Combination>();
  private right = 0;

  constructor(private readonly facts: ImportFacts) {
    const places = new Map(facts.columns.map((field, column) => [field, column]));
    this.columnOf = (field) => places.get(field) ?? -1;
    this.region = isRegion(facts.region) ? facts.region : 'FR';
  }

  checkRow(row: Row): void {
    this.checkEmail(row);
    for (const [field, most] of texts) this.checkText(row, field, most);
    for (const field of phones) if (row.values[field] !== undefined) this.checkPhone(row, field);
    if (row.values.extension !== undefined) this.checkExtension(row);
    if (row.values.manager !== undefined) this.checkManager(row);
    for (const field of groupKinds) if (row.values[field] !== undefined) this.checkGroups(row, field);
  }

  async checkBatch(database: Statements, rows: readonly Row[]): Promise<void> {
    await this.markKnown(database, rows);
    await this.checkTakenExtensions(database, rows);
    for (const row of rows) if (row.verdict !== 'known') this.note(row, row.problems.length > 0);
  }

  recall(row: Row): void {
    const { email, extension } = row.values;
    const address = email === undefined ? null : normaliseAddress(email);
    if (address !== null) {
      row.values.email = address;
      if (!this.lines.has(address)) this.lines.set(address, row.line);
    }
    if (extension !== undefined && !this.extensions.has(extension)) this.extensions.set(extension, row.line);
    if (row.verdict !== 'known') this.note(row, row.verdict === 'wrong');
  }

  async finish(database: Statements): Promise<CheckResult> {
    await this.people.resolve(database, this.facts.accountId);
    const faults = this.people.faults();
    const column = this.columnOf('manager');
    const late = [...faults].map(([ref, fault]): LateFinding => {
      this.drop(ref);
      return { ref, problem: [column, `user-imports.problem.manager-${fault}`] };
    });
    const made = await this.newGroups(database);
    const declined = new Set([...this.proposing].filter((ref) => !faults.has(ref)));
    const leaning = this.people.leaningOn(declined);
    const withDeclined = new Set([...declined, ...leaning.keys()]);
    return { late, made, newWithoutProposals: this.right - withDeclined.size };
  }

  private checkEmail(row: Row): void {
    const { email } = row.values;
    if (email === undefined) return this.refuse(row, 'email', 'email-missing');
    const written = normaliseAddress(email);
    if (written === null) return this.refuse(row, 'email', 'email');
    const address = detached(written);
    row.values.email = address;
    const line = this.lines.get(address);
    if (line === undefined) this.lines.set(address, row.line);
    else this.refuse(row, 'email', 'email-twice', { line });
  }

  private checkText(row: Row, field: string, most: number): void {
    const text = row.values[field];
    if (text === undefined) {
      if (field === 'givenName' || field === 'familyName') this.refuse(row, field, `${field}-missing`);
      return;
    }
    if (text.length > most && codePoints(text) > most) this.refuse(row, field, 'too-long', { max: most });
    else if (hasControlCharacters(text)) this.refuse(row, field, 'control-characters');
  }

  private checkPhone(row: Row, field: string): void {
    const from = this.facts.foreign ? 'foreign-csv' : 'csv';
    const reading = readPhone(row.values[field], { region: this.region, from });
    if (reading.kind === 'empty') delete row.values[field];
    else if (reading.kind === 'refused') this.refuse(row, field, `phone-${reading.reason}`);
    else if (reading.kind === 'number') row.values[field] = reading.number;
    else {
      const key = `user-imports.problem.phone-${reading.reason}`;
      row.proposals.push([this.columnOf(field), field, reading.number, key]);
    }
  }

  private checkExtension(row: Row): void {
    const { extension } = row.values;
    if (extension.length > limits.extensionCharacters)
      return this.refuse(row, 'extension', 'too-long', { max: limits.extensionCharacters });
    if (!EXTENSION.test(extension)) return this.refuse(row, 'extension', 'extension');
    const line = this.extensions.get(extension);
    if (line === undefined) this.extensions.set(detached(extension), row.line);
    else this.refuse(row, 'extension', 'extension-twice', { line });
  }

  private checkManager(row: Row): void {
    const address = normaliseAddress(row.values.manager);
    if (address === null) return this.refuse(row, 'manager', 'manager-address');
    row.values.manager = detached(address);
    if (address === row.values.email) this.refuse(row, 'manager', 'manager-self');
  }

  private checkGroups(row: Row, field: GroupKind): void {
    for (const name of groupNames(row.values[field])) {
      if (name.length > limits.nameCharacters && codePoints(name) > limits.nameCharacters)
        return this.refuse(row, field, 'too-long', { max: limits.nameCharacters });
      if (hasControlCharacters(name)) return this.refuse(row, field, 'control-characters');
    }
  }

  /** Whoever is in the account already is no error, whatever else the row says: an update can take it. */
  private async markKnown(database: Statements, rows: readonly Row[]): Promise<void> {
    const emails = rows.flatMap(({ values }) => (values.email === undefined ? [] : [values.email]));
    if (emails.length === 0) return;
    const found = await database.query<{ id: Id; email: string }[]>(
      'SELECT id, email FROM users WHERE accountId = ? AND email IN (?) AND liveKey = 1',
      [this.facts.accountId, emails],
    );
    const known = new Map(found.map(({ id, email }) => [email, id]));
    if (known.size === 0) return;
    for (const row of rows) {
      const knownId = known.get(row.values.email);
      if (knownId === undefined) continue;
      row.verdict = 'known';
      row.knownId = knownId;
      row.problems = [];
      row.proposals = [];
    }
  }

  private async checkTakenExtensions(database: Statements, rows: readonly Row[]): Promise<void> {
    const asking = rows.filter(
      ({ values, problems, verdict }) =>
        values.extension !== undefined && problems.length === 0 && verdict === 'new',
    );
    if (asking.length === 0) return;
    const taken = await takenExtensions(
      database,
      this.facts.accountId,
      asking.map(({ values }) => values.extension),
    );
    for (const row of asking) {
      const holder = taken.get(row.values.extension);
      if (holder !== undefined) this.refuse(row, 'extension', 'extension-taken', { holder });
    }
  }

  /** Takes a row into the sets of the whole file. */
  private note(row: Row, isWrong: boolean): void {
    if (row.values.email !== undefined) this.people.add(row, isWrong);
    if (isWrong) return;
    this.right++;
    if (row.proposals.length > 0) this.proposing.add(row.ref);
    const { userGroups = '', chatGroups = '' } = row.values;
    if (userGroups === '' && chatGroups === '') return;
    const combination = this.combination(userGroups, chatGroups);
    combination.rows++;
    this.combinationOf.set(row.ref, combination);
  }

  /** Many rows name the same groups: they share one list. */
  private combination(userGroups: string, chatGroups: string): Combination {
    const name = `${userGroups}\n${chatGroups}`;
    const known = this.combinations.get(name);
    if (known) return known;
    const keysOf = (field: GroupKind, cell: string) =>
      groupNames(cell).map((each) => {
        const key = nameKeyOf(each);
        if (!this.names[field].has(key)) this.names[field].set(detached(key), detached(each));
        return detached(key);
      });
    const combination: Combination = {
      keys: { userGroups: keysOf('userGroups', userGroups), chatGroups: keysOf('chatGroups', chatGroups) },
      rows: 0,
    };
    this.combinations.set(detached(name), combination);
    return combination;
  }

  private drop(ref: number): void {
    this.right--;
    const combination = this.combinationOf.get(ref);
    if (combination) combination.rows--;
  }

  private async newGroups(database: Statements): Promise<Record<string, string[]>> {
    const made: Record<string, string[]> = {};
    for (const field of groupKinds) {
      const used = new Set<string>();
      for (const { keys, rows } of this.combinations.values())
        if (rows > 0) keys[field].forEach((key) => used.add(key));
      const known = await knownGroups(database, this.facts.accountId, field);
      const names = [...used]
        .filter((key) => !known.has(key))
        .map((key) => this.names[field].get(key) ?? key);
      if (names.length > 0) made[field] = names.sort((one, other) => one.localeCompare(other));
    }
    return made;
  }

  private refuse(row: Row, field: string, reason: string, values?: Record<string, string | number>): void {
    const key = `user-imports.problem.${reason}`;
    const problem: RowProblem = values ? [this.columnOf(field), key, values] : [this.columnOf(field), key];
    row.problems.push(problem);
  }
}

/** Who holds these extensions now, by extension. */
export async function takenExtensions(
  database: Statements,
  accountId: string,
  extensions: readonly string[],
): Promise<Map<string, string>> {
  const found = await database.query<{ extension: string; email: string }[]>(
    'SELECT extension, email FROM users WHERE accountId = ? AND extension IN (?) AND liveKey = 1',
    [accountId, extensions],
  );
  return new Map(found.map(({ extension, email }) => [extension, email]));
}

/** Id and kind of every group of the account, by folded name. */
export async function knownGroups(
  database: Statements,
  accountId: string,
  field: GroupKind,
): Promise<Map<string, { id: string; restricted: boolean }>> {
  const chat = field === 'chatGroups';
  const groups = await database.query<{ id: string; nameKey: string; kind: string }[]>(
    `SELECT id, nameKey${chat ? ', kind' : ", '' AS kind"} FROM ${groupTables[field]} WHERE accountId = ?`,
    [accountId],
  );
  return new Map(groups.map(({ id, nameKey, kind }) => [nameKey, { id, restricted: kind === 'restricted' }]));
}
