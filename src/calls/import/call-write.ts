import { type Id } from '../../database/new-id.js';
import {
  type ImportFacts,
  type ImportWriting,
  type Row,
  type Statements,
} from '../../imports/import-kind.js';
import { callUsers } from '../record/call-users.js';
import { callAccount, recordCalls } from '../record/record-calls.js';
import { knownCalls } from './known-calls.js';
import { reportOf, toldIn, type ToldCall } from './told-calls.js';

/** Records the calls of a file as reports are recorded; what is here by now is left as it is. */
export class CallWriting implements ImportWriting {
  private readonly now = new Date();

  constructor(private readonly facts: ImportFacts) {}

  survey(): void {}

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async writeBatch(transaction: Statements, rows: readonly Row[], batchId: Id): Promise<void> {
    const act = { ...{ accountId: this.facts.accountId, batchId, now: this.now }, source: 'import' as const };
    const told = rows.flatMap((row) => toldIn(row.values).map((call) => ({ row, call })));
    const known = await this.known(
      transaction,
      told.map(({ call }) => call),
    );
    const fresh = told.filter(({ call }) => !known.has(call));
    const answers = await recordCalls(
      transaction,
      act,
      fresh.map(({ call }) => reportOf(call)),
    );
    const created = new Map<Id, number>();
    const refused = new Map<Row, string>();
    const written = new Set<Row>();
    fresh.forEach(({ row }, index) => {
      const answer = answers[index];
      if (answer.result === 'refused') refused.set(row, answer.reason);
      else if (answer.result === 'created') {
        created.set(answer.id, row.line);
        written.add(row);
      }
    });
    for (const row of rows) {
      if (written.has(row)) continue;
      const reason = refused.get(row);
      row.verdict = reason === undefined ? 'known' : 'wrong';
      if (reason !== undefined) row.problems.push([-1, `call-imports.problem.${reason}`]);
    }
    await this.writeDown(transaction, created, batchId);
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  /** Those that came another way since the check. */
  private async known(transaction: Statements, told: readonly ToldCall[]): Promise<Set<ToldCall>> {
    const account = await callAccount(transaction, this.facts.accountId, this.now);
    const users = await callUsers(
      transaction,
      account,
      told.map(([, user]) => user),
    );
    const calls = told.flatMap((call) => {
      const user = users.get(call[1]);
      return user && 'id' in user ? [{ call, userId: user.id, callId: call[2] }] : [];
    });
    const present = await knownCalls(transaction, calls);
    const keys = new Set(present.map(({ userId, callId }) => `${userId} ${callId}`));
    return new Set(
      calls.flatMap(({ call, userId, callId }) => (keys.has(`${userId} ${callId}`) ? [call] : [])),
    );
  }

  private async writeDown(
    transaction: Statements,
    created: ReadonlyMap<Id, number>,
    batchId: Id,
  ): Promise<void> {
    if (created.size === 0) return;
    const { accountId } = this.facts;
    await transaction.query(
      'INSERT INTO journal_entries (batchId, subjectId, accountId, subjectType, action, line, changes) VALUES ?',
      [[...created].map(([id, line]) => [batchId, id, accountId, 'call', 'created', line, null])],
    );
  }
}
