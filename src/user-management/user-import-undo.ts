import { groupKinds, groupTables, memberTables, REFRESH_RESTRICTED } from '../accounts/group-tables.js';
import { type Id } from '../database/new-id.js';
import {
  type Affected,
  type ImportUndoing,
  type Statements,
  type UndoFacts,
  type UndoStep,
} from '../imports/import-kind.js';
import { bringBackGroups, entry, removeEmptyGroups } from './user-import-groups.js';
import { sendInvitations } from './user-import-write.js';

const STEP = 500;

interface Person {
  id: Id;
  email: string;
  givenName: string;
  familyName: string;
  status: string;
  role: string;
  revision: number;
}

/**
 * Takes back the people an import made, but for those who activated their account, were edited or given a role since.
 */
export class UserImportUndoing implements ImportUndoing {
  constructor(private readonly facts: UndoFacts) {}

  async undoStep(transaction: Statements, after: Id | null): Promise<UndoStep> {
    const { accountId, batchId, now } = this.facts;
    const people = await transaction.query<Person[]>(
      `SELECT id, email, givenName, familyName, status, role, revision FROM users
       WHERE accountId = ? AND createdByBatch = ? AND id > ? AND liveKey = 1 ORDER BY id LIMIT ? FOR UPDATE`,
      [accountId, batchId, after ?? '', STEP],
    );
    const removed = people.filter(
      ({ status, role, revision }) => status === 'pending' && role === 'member' && revision === 1,
    );
    if (removed.length > 0) {
      const ids = removed.map(({ id }) => id);
      await this.record(transaction, ids);
      await transaction.query(
        `UPDATE users SET liveKey = NULL, deletedAt = ?, updatedAt = ? WHERE id IN (?) AND accountId = ?`,
        [now, now, ids, accountId],
      );
      for (const kind of groupKinds)
        await transaction.query(`DELETE FROM ${memberTables[kind]} WHERE userId IN (?)`, [ids]);
      // A mail that still waits for its link is not sent; one that arrived says that it was withdrawn.
      await transaction.query(
        `UPDATE one_time_links SET withdrawnAt = ?
         WHERE userId IN (?) AND purpose = 'activation' AND usedAt IS NULL AND withdrawnAt IS NULL`,
        [now, ids],
      );
      await countPending(transaction, accountId, -removed.length);
    }
    const kept = people
      .filter((person) => !removed.includes(person))
      .map(({ id, givenName, familyName, email, status }) => ({
        id,
        name: `${givenName} ${familyName} (${email})`,
        reason: status === 'pending' ? 'edited' : status,
      }));
    return { next: people.length === STEP ? people[STEP - 1].id : null, done: removed.length, kept };
  }

  async finish(transaction: Statements): Promise<void> {
    const { accountId, batchId, now } = this.facts;
    const orphans = await transaction.query<{ id: Id; managerId: Id }[]>(
      `SELECT u.id, u.managerId FROM users u JOIN users m ON m.id = u.managerId
       WHERE u.accountId = ? AND u.liveKey = 1 AND m.accountId = ? AND m.createdByBatch = ? AND m.liveKey IS NULL`,
      [accountId, accountId, batchId],
    );
    for (let from = 0; from < orphans.length; from += STEP) {
      const some = orphans.slice(from, from + STEP);
      await transaction.query(
        'INSERT IGNORE INTO journal_entries (batchId, subjectId, accountId, subjectType, action, line, changes) VALUES ?',
        [
          some.map(({ id, managerId }) =>
            entry(this.facts, id, 'user', 'changed', { managerId: [managerId, null] }),
          ),
        ],
      );
      await transaction.query('UPDATE users SET managerId = NULL, updatedAt = ? WHERE id IN (?)', [
        now,
        some.map(({ id }) => id),
      ]);
    }
    await removeEmptyGroups(transaction, this.facts);
  }

  /** Who was in which groups, so that taking the undo back finds it again. */
  private async record(transaction: Statements, ids: readonly Id[]): Promise<void> {
    const groupsOf = new Map<Id, Record<string, Id[]>>(ids.map((id) => [id, {}]));
    for (const kind of groupKinds) {
      const found = await transaction.query<{ groupId: Id; userId: Id }[]>(
        `SELECT groupId, userId FROM ${memberTables[kind]} WHERE userId IN (?)`,
        [ids],
      );
      for (const { groupId, userId } of found) {
        const groups = groupsOf.get(userId);
        if (groups) groups[kind] = [...(groups[kind] ?? []), groupId];
      }
    }
    await transaction.query(
      'INSERT INTO journal_entries (batchId, subjectId, accountId, subjectType, action, line, changes) VALUES ?',
      [
        [...groupsOf].map(([id, groups]) =>
          entry(
            this.facts,
            id,
            'user',
            'removed',
            Object.fromEntries(Object.entries(groups).map(([field, list]) => [field, [list, []]])),
          ),
        ),
      ],
    );
  }
}

/** Brings back whom an undo took away, unless the address or the extension is somebody else's by now. */
export class UserImportRedoing implements ImportUndoing {
  constructor(private readonly facts: UndoFacts) {}

  async undoStep(transaction: Statements, after: Id | null): Promise<UndoStep> {
    const { accountId, undoBatchId, now } = this.facts;
    if (after === null) await bringBackGroups(transaction, this.facts);
    const entries = await transaction.query<{ subjectId: Id; changes: string | null }[]>(
      `SELECT subjectId, changes FROM journal_entries
       WHERE batchId = ? AND subjectType = 'user' AND action = 'removed' AND subjectId > ? ORDER BY subjectId LIMIT ?`,
      [undoBatchId, after ?? '', STEP],
    );
    const next = entries.length === STEP ? entries[STEP - 1].subjectId : null;
    if (entries.length === 0) return { next, done: 0, kept: [] };
    const people = await transaction.query<(Person & { taken: number; deletedAt: Date })[]>(
      `SELECT u.id, u.email, u.givenName, u.familyName, u.deletedAt,
         EXISTS (SELECT 1 FROM users o WHERE o.accountId = u.accountId AND o.email = u.email AND o.liveKey = 1)
         OR EXISTS (SELECT 1 FROM users o WHERE o.accountId = u.accountId AND o.extension = u.extension AND o.liveKey = 1)
         AS taken
       FROM users u WHERE u.id IN (?) AND u.accountId = ? AND u.liveKey IS NULL ORDER BY u.id`,
      [entries.map(({ subjectId }) => subjectId), accountId],
    );
    const back = people.filter(({ taken }) => !taken);
    if (back.length > 0) {
      const ids = back.map(({ id }) => id);
      await transaction.query(
        'UPDATE one_time_links l JOIN users u ON u.id = l.userId SET l.withdrawnAt = NULL WHERE l.userId IN (?) AND l.withdrawnAt = u.deletedAt',
        [ids],
      );
      await transaction.query(
        `UPDATE mails SET state = 'waiting', runAt = UTC_TIMESTAMP(3)
         WHERE userId IN (?) AND accountId = ? AND template = 'activation' AND state = 'withdrawn'`,
        [ids, accountId],
      );
      await transaction.query(
        'UPDATE users SET liveKey = 1, deletedAt = NULL, updatedAt = ? WHERE id IN (?) AND accountId = ?',
        [now, ids, accountId],
      );
      await this.bringBackMemberships(transaction, new Set(ids), entries);
      await transaction.query(
        'INSERT INTO journal_entries (batchId, subjectId, accountId, subjectType, action, line, changes) VALUES ?',
        [ids.map((id) => entry(this.facts, id, 'user', 'restored', null))],
      );
      await countPending(transaction, accountId, back.length);
    }
    const kept = people
      .filter(({ taken }) => taken)
      .map(({ id, givenName, familyName, email }) => ({
        id,
        name: `${givenName} ${familyName} (${email})`,
        reason: 'taken',
      }));
    return { next, done: back.length, kept };
  }

  async finish(transaction: Statements): Promise<void> {
    const { accountId, batchId, undoBatchId } = this.facts;
    const orphans = await transaction.query<{ subjectId: Id; changes: string }[]>(
      `SELECT subjectId, changes FROM journal_entries
       WHERE batchId = ? AND subjectType = 'user' AND action = 'changed'`,
      [undoBatchId],
    );
    // Few: people kept whose manager went.
    for (const { subjectId, changes } of orphans) {
      const { managerId } = JSON.parse(changes) as { managerId?: [Id, null] };
      if (managerId)
        await transaction.query<Affected>(
          'UPDATE users SET managerId = ? WHERE id = ? AND accountId = ? AND managerId IS NULL AND liveKey = 1',
          [managerId[0], subjectId, accountId],
        );
    }
    await sendInvitations(transaction, accountId, batchId);
  }

  private async bringBackMemberships(
    transaction: Statements,
    ids: ReadonlySet<Id>,
    entries: readonly { subjectId: Id; changes: string | null }[],
  ): Promise<void> {
    const { accountId } = this.facts;
    for (const kind of groupKinds) {
      const wanted = entries.flatMap(({ subjectId, changes }) => {
        if (!ids.has(subjectId) || changes === null) return [];
        const [list] = (JSON.parse(changes) as Record<string, [Id[], Id[]]>)[kind] ?? [[]];
        return list.map((groupId): [Id, Id, Id] => [groupId, subjectId, accountId]);
      });
      if (wanted.length === 0) continue;
      // Held, so that whoever deletes one or makes it restricted is done before, or waits.
      const present = await transaction.query<{ id: Id }[]>(
        `SELECT id FROM ${groupTables[kind]} WHERE id IN (?) AND accountId = ? ORDER BY id FOR UPDATE`,
        [[...new Set(wanted.map(([groupId]) => groupId))], accountId],
      );
      const there = new Set(present.map(({ id }) => id));
      const rows = wanted.filter(([groupId]) => there.has(groupId));
      if (rows.length === 0) continue;
      await transaction.query(
        `INSERT IGNORE INTO ${memberTables[kind]} (groupId, userId, accountId) VALUES ?`,
        [rows],
      );
      if (kind === 'chatGroups')
        await transaction.query(REFRESH_RESTRICTED, [[...new Set(rows.map(([, userId]) => userId))]]);
    }
  }
}

async function countPending(transaction: Statements, accountId: Id, people: number): Promise<void> {
  await transaction.query(
    `INSERT INTO user_counters (accountId, status, people) VALUES (?, 'pending', ?)
     ON DUPLICATE KEY UPDATE people = people + VALUES(people)`,
    [accountId, people],
  );
}
