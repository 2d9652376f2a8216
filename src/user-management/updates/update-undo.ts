import { type Id } from '../../database/new-id.js';
import {
  type ImportUndoing,
  type KeptSubject,
  type Statements,
  type UndoFacts,
  type UndoStep,
} from '../../imports/import-kind.js';
import { type Changes } from '../../imports/stored-rows.js';
import { bringBackGroups, removeEmptyGroups } from '../user-import-groups.js';
import { AccountGroups } from './account-groups.js';
import { applyChanges } from './apply-changes.js';
import { type Outcome, type PlannedChange } from './planned-change.js';
import { actsAsOwner, nameOfPerson } from './stored-people.js';

const STEP = 500;

/** Gives people back what a batch changed of them, where it is still as the batch left it; an undo, or the undo of one. */
export class UserUpdateUndoing implements ImportUndoing {
  private readonly groups: AccountGroups;
  private actorIsOwner: boolean | null = null;

  /** @param again the undo itself is taken back: what it gave back goes again */
  constructor(
    private readonly facts: UndoFacts,
    private readonly again: boolean,
  ) {
    this.groups = new AccountGroups(facts.accountId);
  }

  async undoStep(transaction: Statements, after: Id | null): Promise<UndoStep> {
    const { accountId, ownBatchId, now } = this.facts;
    if (after === null && this.again) await bringBackGroups(transaction, this.facts);
    await this.groups.load(transaction);
    const entries = await transaction.query<{ subjectId: Id; line: number | null; changes: string | null }[]>(
      `SELECT subjectId, line, changes FROM journal_entries
       WHERE batchId = ? AND subjectId > ? AND subjectType = 'user' AND action = 'changed'
       ORDER BY subjectId LIMIT ?`,
      [this.source, after ?? '', STEP],
    );
    const planned = entries.map(({ subjectId: id, line, changes }): PlannedChange => ({
      id,
      line,
      changes: reversed(changes),
    }));
    const outcomes = await applyChanges(
      transaction,
      {
        ...{ accountId, batchId: ownBatchId, now, back: !this.again, groups: this.groups },
        actorIsOwner: await this.mayTouchOwners(transaction),
        giving: (within, holders) => this.giving(within, holders),
      },
      planned,
    );
    return {
      next: entries.length === STEP ? entries[STEP - 1].subjectId : null,
      done: entries.length,
      kept: [...outcomes].flatMap(([id, outcome]) => keptOf(id, outcome)),
    };
  }

  async finish(transaction: Statements): Promise<void> {
    if (!this.again) await removeEmptyGroups(transaction, this.facts);
  }

  /** The batch whose changes are turned round. */
  private get source(): Id {
    return this.again ? this.facts.undoBatchId : this.facts.batchId;
  }

  private async mayTouchOwners(transaction: Statements): Promise<boolean> {
    const { accountId, ownBatchId } = this.facts;
    if (this.actorIsOwner !== null) return this.actorIsOwner;
    const [batch] = await transaction.query<{ actorId: Id | null }[]>(
      'SELECT actorId FROM journal_batches WHERE id = ?',
      [ownBatchId],
    );
    return (this.actorIsOwner = await actsAsOwner(transaction, accountId, batch?.actorId ?? null));
  }

  /** Holders who got their extension from the same batch give it back further on. */
  private async giving(
    transaction: Statements,
    holders: readonly { id: Id; extension: string }[],
  ): Promise<Set<Id>> {
    const entries = await transaction.query<{ subjectId: Id; changes: string | null }[]>(
      'SELECT subjectId, changes FROM journal_entries WHERE batchId = ? AND subjectId IN (?)',
      [this.source, holders.map(({ id }) => id)],
    );
    const given = new Map(
      entries.map(({ subjectId, changes }) => [subjectId, reversed(changes).extension?.[0]]),
    );
    return new Set(holders.filter(({ id, extension }) => given.get(id) === extension).map(({ id }) => id));
  }
}

function reversed(changes: string | null): Changes {
  const written = changes === null ? {} : (JSON.parse(changes) as Changes);
  return Object.fromEntries(
    Object.entries(written).map(([field, [before, after]]) => [field, [after, before]]),
  );
}

function keptOf(id: Id, { person, refused, left }: Outcome): KeptSubject[] {
  if (refused) return [{ id, name: person ? nameOfPerson(person) : '–', reason: refused }];
  const byReason = new Map<string, string[]>();
  for (const { field, reason } of left) byReason.set(reason, [...(byReason.get(reason) ?? []), field]);
  return [...byReason].map(([reason, fields]) => ({
    ...{ id, name: person ? nameOfPerson(person) : '–' },
    ...{ reason: reason === 'meanwhile' ? 'edited' : reason, fields },
  }));
}
