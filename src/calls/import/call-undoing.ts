import { type Id } from '../../database/new-id.js';
import {
  type Affected,
  type ImportUndoing,
  type Statements,
  type UndoFacts,
  type UndoStep,
} from '../../imports/import-kind.js';

const STEP = 500;

type StoredCall = Record<string, unknown> & { id: Id; callId: string; recording: string | null };

/**
 * Takes back the calls an import made, but for those a recording came to since or that were reported. They go whole, so that the same call may be brought in
 * again, and wait in the journal to be brought back.
 */
export class CallUndoing implements ImportUndoing {
  constructor(private readonly facts: UndoFacts) {}

  async undoStep(transaction: Statements, after: Id | null): Promise<UndoStep> {
    const { accountId, batchId, ownBatchId } = this.facts;
    const reported = after === null ? await this.reported(transaction) : [];
    const calls = await transaction.query<StoredCall[]>(
      'SELECT * FROM calls WHERE accountId = ? AND createdByBatch = ? AND id > ? ORDER BY id LIMIT ? FOR UPDATE',
      [accountId, batchId, after ?? '', STEP],
    );
    const removed = calls.filter(({ recording }) => recording === null);
    if (removed.length > 0) {
      await transaction.query(
        'INSERT INTO journal_entries (batchId, subjectId, accountId, subjectType, action, line, changes) VALUES ?',
        [
          removed.map((call) => [
            ...[ownBatchId, call.id, accountId, 'call', 'removed', null],
            written(call),
          ]),
        ],
      );
      await transaction.query('DELETE FROM calls WHERE id IN (?) AND accountId = ?', [
        removed.map(({ id }) => id),
        accountId,
      ]);
    }
    const kept = calls
      .filter((call) => !removed.includes(call))
      .map(({ id, callId }) => ({ id, name: callId, reason: 'recording' }));
    return {
      ...{ next: calls.length === STEP ? calls[STEP - 1].id : null, done: removed.length },
      kept: [...reported, ...kept],
    };
  }

  /** What the telephone system reported itself since is no longer the import's. */
  private async reported(transaction: Statements): Promise<UndoStep['kept']> {
    const { accountId, batchId } = this.facts;
    const calls = await transaction.query<Pick<StoredCall, 'id' | 'callId'>[]>(
      `SELECT c.id, c.callId FROM journal_entries e
       JOIN calls c ON c.id = e.subjectId AND c.accountId = e.accountId AND c.createdByBatch IS NULL
       WHERE e.batchId = ? AND e.accountId = ? AND e.subjectType = 'call' AND e.action = 'created'`,
      [batchId, accountId],
    );
    return calls.map(({ id, callId }) => ({ id, name: callId, reason: 'reported' }));
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }
}

/** Brings back the calls an undo took away, unless they were reported again meanwhile or whose they were is gone. */
export class CallRedoing implements ImportUndoing {
  constructor(private readonly facts: UndoFacts) {}

  async undoStep(transaction: Statements, after: Id | null): Promise<UndoStep> {
    const { accountId, undoBatchId, ownBatchId } = this.facts;
    const entries = await transaction.query<{ subjectId: Id; changes: string | null }[]>(
      `SELECT subjectId, changes FROM journal_entries
       WHERE batchId = ? AND accountId = ? AND subjectType = 'call' AND action = 'removed' AND subjectId > ?
       ORDER BY subjectId LIMIT ?`,
      [undoBatchId, accountId, after ?? '', STEP],
    );
    const next = entries.length === STEP ? entries[STEP - 1].subjectId : null;
    const calls = entries.flatMap(({ changes }) => (changes === null ? [] : [read(changes)]));
    if (calls.length === 0) return { next, done: 0, kept: [] };
    const present = await transaction.query<{ id: Id }[]>(
      `SELECT id FROM users WHERE id IN (?) AND accountId = ? AND liveKey = 1 AND status <> 'erased'`,
      [[...new Set(calls.map(({ userId }) => userId))], accountId],
    );
    const here = new Set<unknown>(present.map(({ id }) => id));
    const back = calls.filter(({ userId }) => here.has(userId));
    if (back.length > 0) {
      const columns = Object.keys(back[0]);
      // One that was reported again since is left as it is now.
      await transaction.query<Affected>(
        `INSERT INTO calls (${columns.map((column) => `\`${column}\``).join(', ')}) VALUES ?
         ON DUPLICATE KEY UPDATE id = calls.id`,
        [back.map((call) => columns.map((column) => call[column]))],
      );
    }
    const ids = calls.map(({ id }) => id);
    const restored = await transaction.query<{ id: Id }[]>('SELECT id FROM calls WHERE id IN (?)', [ids]);
    const there = new Set(restored.map(({ id }) => id));
    if (there.size > 0)
      await transaction.query(
        'INSERT INTO journal_entries (batchId, subjectId, accountId, subjectType, action, line, changes) VALUES ?',
        [[...there].map((id) => [ownBatchId, id, accountId, 'call', 'restored', null, null])],
      );
    const kept = calls
      .filter(({ id }) => !there.has(id))
      .map(({ id, callId, userId }) => ({
        id,
        name: callId,
        reason: here.has(userId) ? 'reported' : 'gone',
      }));
    return { next, done: there.size, kept };
  }

  /** What was brought back is told nowhere else than in the histories. */
  async finish(transaction: Statements): Promise<void> {
    await transaction.query(
      `UPDATE journal_entries SET changes = NULL
       WHERE batchId = ? AND accountId = ? AND subjectType = 'call' AND changes IS NOT NULL`,
      [this.facts.undoBatchId, this.facts.accountId],
    );
  }
}

/** A call as the journal keeps it. */
function written(call: StoredCall): string {
  return JSON.stringify({ call: [call, null] });
}

function read(changes: string): StoredCall & { userId: Id } {
  const [call] = (JSON.parse(changes) as { call: [StoredCall & { userId: Id }, null] }).call;
  for (const column of Object.keys(call))
    if (column.endsWith('At') && call[column] !== null) call[column] = new Date(call[column] as string);
  return call;
}
