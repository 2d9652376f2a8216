import { type Id } from '../../database/new-id.js';
import {
  type ImportFacts,
  type ImportWriting,
  type Row,
  type Statements,
} from '../../imports/import-kind.js';
import { detached } from '../../imports/rows.js';
import { AccountGroups } from './account-groups.js';
import { groupKinds, type GroupKind } from '../../accounts/group-tables.js';
import { applyChanges } from './apply-changes.js';
import { type PlannedChange } from './planned-change.js';
import { actsAsOwner } from './stored-people.js';
import { problemKey } from './update-check.js';

/** Writes what the check found to be changed, where it is still as it was. */
export class UserUpdateWriting implements ImportWriting {
  readonly changedOnly = true;
  private readonly groups: AccountGroups;
  private readonly wanted: Record<GroupKind, Set<string>> = { userGroups: new Set(), chatGroups: new Set() };
  /** The extension each person of the file gives up. */
  private readonly given = new Map<Id, string>();
  private actorIsOwner = false;

  constructor(private readonly facts: ImportFacts) {
    this.groups = new AccountGroups(facts.accountId);
  }

  survey({ verdict, changes, knownId }: Row): void {
    if (verdict !== 'changed' || !changes || knownId === undefined) return;
    for (const field of groupKinds)
      for (const name of (changes[field]?.[1] ?? []) as string[]) this.wanted[field].add(name);
    const given = changes.extension?.[0];
    if (typeof given === 'string') this.given.set(knownId, detached(given));
  }

  async prepare(transaction: Statements, batchId: Id): Promise<void> {
    const { accountId } = this.facts;
    const [batch] = await transaction.query<{ actorId: Id | null }[]>(
      'SELECT actorId FROM journal_batches WHERE id = ?',
      [batchId],
    );
    this.actorIsOwner = await actsAsOwner(transaction, accountId, batch?.actorId ?? null);
    await this.groups.load(transaction);
    const now = new Date();
    for (const field of groupKinds)
      await this.groups.make(transaction, field, this.wanted[field], { batchId, now });
  }

  async writeBatch(transaction: Statements, rows: readonly Row[], batchId: Id): Promise<void> {
    const planned = rows.flatMap(({ knownId: id, line, changes }): PlannedChange[] =>
      id === undefined || !changes ? [] : [{ id, line, changes }],
    );
    const outcomes = await applyChanges(
      transaction,
      {
        ...{ accountId: this.facts.accountId, batchId, actorIsOwner: this.actorIsOwner, now: new Date() },
        back: false,
        groups: this.groups,
        giving: (_, holders) =>
          Promise.resolve(
            new Set(
              holders.filter(({ id, extension }) => this.given.get(id) === extension).map(({ id }) => id),
            ),
          ),
      },
      planned,
    );
    for (const row of rows) {
      const outcome = outcomes.get(row.knownId ?? '');
      if (!outcome) continue;
      const { refused, written, left } = outcome;
      if (refused) {
        row.verdict = 'wrong';
        row.problems.push([-1, problemKey(refused)]);
        continue;
      }
      if (left.length > 0) {
        row.changes = written;
        if (Object.keys(written).length === 0) row.verdict = 'met';
        row.meanwhile = left.map(({ field, seen, now, wanted, reason }) => [
          field,
          seen,
          now,
          wanted,
          reason,
        ]);
      } else if (Object.keys(written).length === 0) row.verdict = 'same';
    }
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }
}
