import { groupKinds, groupTables, memberTables, type GroupKind } from '../../accounts/group-tables.js';
import { newGroup, nameKeyOf } from '../../accounts/user-rows.js';
import { type Id } from '../../database/new-id.js';
import { type Affected, type Statements } from '../../imports/import-kind.js';

export interface NamedGroup {
  id: Id;
  name: string;
  nameKey: string;
}

/** The groups of an account, by id and by folded name. */
export class AccountGroups {
  private readonly byId = { userGroups: new Map<Id, NamedGroup>(), chatGroups: new Map<Id, NamedGroup>() };
  private readonly byKey = {
    userGroups: new Map<string, NamedGroup>(),
    chatGroups: new Map<string, NamedGroup>(),
  };

  private stale = false;

  constructor(private readonly accountId: Id) {}

  async load(database: Statements, fields: readonly GroupKind[] = groupKinds): Promise<void> {
    for (const field of fields) {
      const found = await database.query<NamedGroup[]>(
        `SELECT id, name, nameKey FROM ${groupTables[field]} WHERE accountId = ?`,
        [this.accountId],
      );
      this.byId[field] = new Map(found.map((group) => [group.id, group]));
      this.byKey[field] = new Map(found.map((group) => [group.nameKey, group]));
    }
  }

  named(field: GroupKind, name: string): NamedGroup | undefined {
    return this.byKey[field].get(nameKeyOf(name));
  }

  all(field: GroupKind): Iterable<NamedGroup> {
    return this.byId[field].values();
  }

  /** Groups these people are in, by person, in the order `groupNamesOf` gives. @param lock until the transaction ends */
  async ofPeople(
    database: Statements,
    field: GroupKind,
    userIds: readonly Id[],
    { lock = false } = {},
  ): Promise<Map<Id, NamedGroup[]>> {
    const groups = new Map<Id, NamedGroup[]>();
    if (userIds.length === 0 || (!lock && this.byId[field].size === 0)) return groups;
    const found = await database.query<{ userId: Id; groupId: Id }[]>(
      `SELECT userId, groupId FROM ${memberTables[field]} WHERE userId IN (?)${lock ? ' FOR UPDATE' : ''}`,
      [userIds],
    );
    // A group that was made since the last look.
    if (found.some(({ groupId }) => !this.byId[field].has(groupId))) await this.load(database, [field]);
    for (const { userId, groupId } of found) {
      const group = this.byId[field].get(groupId);
      if (!group) continue;
      const others = groups.get(userId);
      if (others) others.push(group);
      else groups.set(userId, [group]);
    }
    for (const list of groups.values()) if (list.length > 1) list.sort(byKey);
    return groups;
  }

  /**
   * Holds the groups of these names, to be called before people are held: acts on groups and bulk actions take them in
   * that order, and would otherwise wait for an update that waits for them.
   */
  async hold(transaction: Statements, field: GroupKind, names: readonly string[]): Promise<void> {
    const ids = new Set(names.flatMap((name) => this.named(field, name)?.id ?? []));
    if (ids.size === 0) return;
    await transaction.query(
      `SELECT id FROM ${groupTables[field]} WHERE accountId = ? AND id IN (?) ORDER BY id FOR UPDATE`,
      [this.accountId, [...ids]],
    );
  }

  /**
   * Before people come in: whoever deletes a group, or makes it restricted, at the same moment is done before or waits.
   * @throws what lets the transaction begin again, when one of the groups is gone
   */
  async raise(transaction: Statements, field: GroupKind, groupIds: ReadonlySet<Id>): Promise<void> {
    const { affectedRows } = await transaction.query<Affected>(
      `UPDATE ${groupTables[field]} SET arrivals = arrivals + 1 WHERE accountId = ? AND id IN (?)`,
      [this.accountId, [...groupIds].sort()],
    );
    if (affectedRows === groupIds.size) return;
    this.stale = true;
    throw Object.assign(new Error('A group was deleted meanwhile'), { errno: DUPLICATE });
  }

  /** Looks again when a transaction was begun anew because groups are gone. */
  async refresh(transaction: Statements): Promise<void> {
    if (this.stale) await this.load(transaction);
    this.stale = false;
  }

  /** Makes the groups of these names that do not exist; somebody else's of the same moment is then that one. */
  async make(
    transaction: Statements,
    field: GroupKind,
    names: Iterable<string>,
    { batchId, now }: { batchId: Id; now: Date },
  ): Promise<void> {
    const { accountId } = this;
    const missing = new Map<string, string>();
    for (const name of names) if (!this.named(field, name)) missing.set(nameKeyOf(name), name);
    if (missing.size === 0) return;
    const rows = [...missing.values()].map((name) => newGroup({ accountId, name, batchId, now }));
    for (let from = 0; from < rows.length; from += CHUNK) {
      await transaction.query(
        `INSERT IGNORE INTO ${groupTables[field]} (${columns.join(', ')}${field === 'chatGroups' ? ', kind' : ''}) VALUES ?`,
        [
          rows
            .slice(from, from + CHUNK)
            .map((row) => [
              ...columns.map((column) => row[column]),
              ...(field === 'chatGroups' ? ['normal'] : []),
            ]),
        ],
      );
    }
    await this.load(transaction, [field]);
  }
}

const CHUNK = 500;
/** As for a row that somebody else has written since one looked. */
const DUPLICATE = 1062;
const columns = ['id', 'accountId', 'name', 'nameKey', 'createdByBatch', 'createdAt'] as const;

export function byKey(one: { nameKey: string }, other: { nameKey: string }): number {
  return one.nameKey < other.nameKey ? -1 : one.nameKey > other.nameKey ? 1 : 0;
}
