import { type FeatureChoices } from '../accounts/features.js';
import {
  groupKinds,
  groupTables,
  IN_RESTRICTED,
  memberTables,
  type GroupKind,
} from '../accounts/group-tables.js';
import {
  linkColumns,
  linkValues,
  nameKeyOf,
  newActivationLink,
  newGroup,
  newUser,
  userColumns,
  userValues,
  type PersonFields,
} from '../accounts/user-rows.js';
import { newId, type Id } from '../database/new-id.js';
import { type ImportFacts, type ImportWriting, type Row, type Statements } from '../imports/import-kind.js';
import { cellValue } from '../imports/rows.js';
import { type E164 } from '../phone/e164.js';
import { ManagersOfFile } from './managers-of-file.js';
import { groupNames } from './person-rules.js';
import { knownGroups, takenExtensions } from './user-import-check.js';

type Groups = Map<string, { id: Id; restricted: boolean }>;

/** Makes pending users with their links, groups and history; sets and batches, no query per row. */
export class UserImportWriting implements ImportWriting {
  private readonly people = new ManagersOfFile();
  private readonly declined = new Set<number>();
  private readonly wanted = { userGroups: new Map<string, string>(), chatGroups: new Map<string, string>() };
  private groups: Record<GroupKind, Groups> = {
    userGroups: new Map(),
    chatGroups: new Map(),
  };
  private leaning = new Set<number>();
  private readonly managerColumn: number;
  /** Ids that turned out otherwise while writing: somebody added that person by hand meanwhile. */
  private readonly moved = new Map<string, Id | null>();

  constructor(
    private readonly facts: ImportFacts,
    private readonly idOf: (ref: number) => Id,
  ) {
    this.managerColumn = facts.columns.indexOf('manager');
  }

  survey(row: Row): void {
    const { email } = row.values;
    if (email === undefined || row.verdict === 'known') return;
    const declined = row.verdict === 'wrong' && row.proposals.length > 0;
    this.people.add(row, row.verdict === 'wrong' && !declined);
    if (declined) this.declined.add(row.ref);
    if (row.verdict !== 'new') return;
    for (const field of groupKinds) {
      const cell = row.values[field];
      if (cell === undefined) continue;
      for (const name of groupNames(cell)) {
        const key = nameKeyOf(name);
        if (!this.wanted[field].has(key)) this.wanted[field].set(key, name);
      }
    }
  }

  async prepare(transaction: Statements, batchId: Id): Promise<void> {
    const { accountId } = this.facts;
    await this.people.resolve(transaction, accountId);
    this.leaning = new Set(this.people.leaningOn(this.declined).keys());
    const now = new Date();
    for (const field of groupKinds) {
      const known = await knownGroups(transaction, accountId, field);
      const missing = [...this.wanted[field]].filter(([key]) => !known.has(key));
      const columns = ['id', 'accountId', 'name', 'nameKey', 'createdByBatch', 'createdAt'] as const;
      const kind = field === 'chatGroups' ? ', kind' : '';
      for (let from = 0; from < missing.length; from += 500) {
        const rows = missing.slice(from, from + 500).map(([, name]) => {
          const group = newGroup({ accountId, name, batchId, now });
          return [...columns.map((column) => group[column]), ...(kind ? ['normal'] : [])];
        });
        // Somebody may have made a group of this name meanwhile: then it is that one.
        await transaction.query(
          `INSERT IGNORE INTO ${groupTables[field]} (${columns.join(', ')}${kind}) VALUES ?`,
          [rows],
        );
      }
      this.groups[field] = await knownGroups(transaction, accountId, field);
    }
  }

  async writeBatch(transaction: Statements, rows: readonly Row[], batchId: Id): Promise<void> {
    const { accountId } = this.facts;
    const right = await this.stillRight(transaction, rows);
    if (right.length === 0) return;
    const now = new Date();
    const people = right.map((row) => ({ row, user: this.userOf(row, batchId, now) }));
    await transaction.query(`INSERT INTO users (${userColumns.join(', ')}) VALUES ?`, [
      people.map(({ user }) => userValues(user)),
    ]);
    await transaction.query(`INSERT INTO one_time_links (${linkColumns.join(', ')}) VALUES ?`, [
      people.map(({ user }) => linkValues(newActivationLink(user, now))),
    ]);
    await transaction.query(
      'INSERT INTO journal_entries (batchId, subjectId, accountId, subjectType, action, line, changes) VALUES ?',
      [people.map(({ row, user }) => [batchId, user.id, accountId, 'user', 'created', row.line, null])],
    );
    for (const field of groupKinds) {
      const members = people.flatMap(({ row, user }) =>
        this.groupsOf(row, field).map((group) => [group.id, user.id, accountId]),
      );
      if (members.length > 0)
        await transaction.query(`INSERT INTO ${memberTables[field]} (groupId, userId, accountId) VALUES ?`, [
          members,
        ]);
    }
    await transaction.query(
      `INSERT INTO user_counters (accountId, status, people) VALUES (?, 'pending', ?)
       ON DUPLICATE KEY UPDATE people = people + VALUES(people)`,
      [accountId, people.length],
    );
  }

  async finish(transaction: Statements, batchId: Id): Promise<void> {
    const { accountId } = this.facts;
    await this.followKinds(transaction, batchId);
    await sendInvitations(transaction, accountId, batchId);
  }

  /**
   * A group may have become restricted, or ceased to be, while its people came in: they follow, once, before their
   * invitations go out; until then they are pending and nobody finds them. Raising the row of each group makes whoever
   * changes it at this moment wait, or be done before.
   */
  private async followKinds(transaction: Statements, batchId: Id): Promise<void> {
    const { accountId } = this.facts;
    const ids = [...this.wanted.chatGroups.keys()]
      .flatMap((key) => this.groups.chatGroups.get(key)?.id ?? [])
      .sort();
    for (let from = 0; from < ids.length; from += 500)
      await transaction.query(
        'UPDATE chat_groups SET arrivals = arrivals + 1 WHERE accountId = ? AND id IN (?)',
        [accountId, ids.slice(from, from + 500)],
      );
    if (ids.length === 0) return;
    const [restricted] = await transaction.query(
      `SELECT 1 FROM chat_groups WHERE accountId = ? AND kind = 'restricted' LIMIT 1`,
      [accountId],
    );
    const own = [accountId, batchId];
    if (restricted)
      await transaction.query(
        `UPDATE users SET restricted = 1
         WHERE accountId = ? AND createdByBatch = ? AND restricted = 0 AND ${IN_RESTRICTED}`,
        own,
      );
    await transaction.query(
      `UPDATE users SET restricted = 0
       WHERE accountId = ? AND createdByBatch = ? AND restricted = 1 AND NOT ${IN_RESTRICTED}`,
      own,
    );
  }

  /** What has changed since the check: people added meanwhile, extensions given away. */
  private async stillRight(transaction: Statements, rows: readonly Row[]): Promise<Row[]> {
    const { accountId } = this.facts;
    if (rows.length === 0) return [];
    const found = await transaction.query<{ id: Id; email: string }[]>(
      'SELECT id, email FROM users WHERE accountId = ? AND email IN (?) AND liveKey = 1',
      [accountId, rows.map(({ values }) => values.email)],
    );
    const there = new Map(found.map(({ id, email }) => [email, id]));
    const extensions = rows.flatMap(({ values }) => values.extension ?? []);
    const taken =
      extensions.length > 0
        ? await takenExtensions(transaction, accountId, extensions)
        : new Map<string, string>();
    const right: Row[] = [];
    for (const row of rows) {
      const { email, extension, manager } = row.values;
      const present = there.get(email);
      if (present !== undefined) {
        row.verdict = 'known';
        row.proposals = [];
        await this.move(transaction, row, present);
        continue;
      }
      const holder = extension === undefined ? undefined : taken.get(extension);
      if (holder !== undefined)
        row.problems.push([
          this.facts.columns.indexOf('extension'),
          'user-imports.problem.extension-taken',
          { holder },
        ]);
      if (this.leaning.has(row.ref))
        row.problems.push([this.managerColumn, 'user-imports.problem.manager-wrong-row']);
      else if (manager !== undefined && this.managerId(manager) === null)
        row.problems.push([this.managerColumn, 'user-imports.problem.manager-unknown']);
      if (row.problems.length === 0) right.push(row);
      else {
        row.verdict = 'wrong';
        await this.move(transaction, row, null);
      }
    }
    return right;
  }

  private managerId(email: string): Id | null {
    const moved = this.moved.get(email);
    if (moved !== undefined) return moved;
    const known = this.people.inAccount(email);
    if (known !== undefined) return known;
    const ref = this.people.inFile(email);
    return ref === undefined ? null : this.idOf(ref);
  }

  /** A person others may already name as manager did not come in under the id the file had for them. */
  private async move(transaction: Statements, { ref, values: { email } }: Row, id: Id | null): Promise<void> {
    if (!this.people.isNamed(email)) return;
    this.moved.set(email, id);
    await transaction.query('UPDATE users SET managerId = ? WHERE accountId = ? AND managerId = ?', [
      id,
      this.facts.accountId,
      this.idOf(ref),
    ]);
  }

  private userOf({ ref, values, cells }: Row, batchId: Id, now: Date) {
    const { accountId, choices } = this.facts;
    const typed = (field: 'workPhone' | 'mobilePhone') => {
      if (values[field] === undefined) return null;
      const cell = cellValue(cells[this.facts.columns.indexOf(field)] ?? '');
      return cell === values[field] ? null : cell.slice(0, 64);
    };
    const fields: PersonFields = {
      email: values.email,
      givenName: values.givenName,
      familyName: values.familyName,
      department: values.department,
      jobTitle: values.jobTitle,
      location: values.location,
      managerId: values.manager === undefined ? null : this.managerId(values.manager),
      workPhone: values.workPhone as E164 | undefined,
      workPhoneTyped: typed('workPhone'),
      mobilePhone: values.mobilePhone as E164 | undefined,
      mobilePhoneTyped: typed('mobilePhone'),
      extension: values.extension,
      type: choices.type === 'licensed' ? 'licensed' : 'basic',
      features: featuresOf(choices),
    };
    const user = newUser(fields, { accountId, status: 'pending', batchId, now, id: this.idOf(ref) });
    const restricted = this.groupsOf({ values }, 'chatGroups').some((group) => group.restricted);
    return restricted ? { ...user, restricted } : user;
  }

  private groupsOf({ values }: Pick<Row, 'values'>, field: GroupKind) {
    const cell = values[field];
    if (cell === undefined) return [];
    const keys = new Set(groupNames(cell).map(nameKeyOf));
    return [...keys].flatMap((key) => this.groups[field].get(key) ?? []);
  }
}

/** Asks for the activation mails of a batch; each person gets one, however often this is asked. */
export async function sendInvitations(transaction: Statements, accountId: Id, batchId: Id): Promise<void> {
  await transaction.query(
    `INSERT INTO jobs (id, accountId, kind, payload, uniqueKey, state, runAt, attempts, fence, createdAt)
     VALUES (?, ?, 'invitations.send', ?, ?, 'waiting', UTC_TIMESTAMP(3), 0, 0, UTC_TIMESTAMP(3))
     ON DUPLICATE KEY UPDATE runAt = IF(leaseToken IS NULL, runAt, DATE_ADD(runAt, INTERVAL 1000 MICROSECOND))`,
    [newId(), accountId, JSON.stringify({ accountId, batchId }), `invitations.send:${batchId}`],
  );
}

/** `default` for a feature leaves it to the account and the person's groups. */
function featuresOf(choices: ImportFacts['choices']): FeatureChoices | null {
  const chosen = Object.entries(choices).flatMap(([name, value]) =>
    name.startsWith('feature-') && (value === 'on' || value === 'off')
      ? [[name.slice('feature-'.length), value === 'on'] as const]
      : [],
  );
  return chosen.length > 0 ? Object.fromEntries(chosen) : null;
}
