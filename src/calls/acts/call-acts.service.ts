import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { NotFound, Refused } from '../../errors/domain-error.js';
import { type Affected } from '../../imports/import-kind.js';
import { JournalBatch, type JournalEntry } from '../../journal/journal.entities.js';
import { Journal } from '../../journal/journal.service.js';
import { standingRemovals } from '../../journal/standing-removals.js';

/** Whose calls; a `SignedIn` is one. */
export interface CallOwner {
  id: Id;
  accountId: Id;
}

export interface CallOutcomeOfAct {
  done: number;
  /** By which it is undone; null when nothing was done. */
  batchId: Id | null;
}

export interface UndoneCalls {
  restored: number;
  removed: number;
  /** Marked as new again, or as seen. */
  marked: number;
  batchId: Id;
}

type Action = Extract<JournalEntry['action'], 'removed' | 'restored' | 'changed'>;

const SUBJECT = 'call';
/** Calls of one statement. */
const CHUNK = 500;

/** What one does to one’s own calls: to the bin and back, seen or new. Each act is undone for 30 days. */
@Injectable()
export class CallActs {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
  ) {}

  /** Those that are not in the bin. @param choose the ids, read in the transaction @throws NotFound when one is not theirs */
  remove(
    owner: CallOwner,
    choose: (manager: EntityManager) => Promise<readonly string[]>,
  ): Promise<CallOutcomeOfAct> {
    return this.act(owner, { kind: 'calls.delete', action: 'removed' }, choose, (manager, ids) =>
      moved(manager, owner.id, ids, 'removed'),
    );
  }

  /** Those in the bin. @throws NotFound when one is not theirs */
  restore(owner: CallOwner, ids: readonly string[]): Promise<CallOutcomeOfAct> {
    return this.act(
      owner,
      { kind: 'calls.restore', action: 'restored' },
      () => Promise.resolve(ids),
      (manager, some) => moved(manager, owner.id, some, 'restored'),
    );
  }

  /** Those that wait. */
  see(
    owner: CallOwner,
    choose: (manager: EntityManager) => Promise<readonly string[]>,
  ): Promise<CallOutcomeOfAct> {
    return this.act(owner, { kind: 'calls.see', action: 'changed' }, choose, (manager, ids) =>
      marked(manager, owner.id, ids, true),
    );
  }

  /** All missed calls that wait; voicemails wait until they are heard. */
  async waiting(manager: EntityManager, { id }: CallOwner): Promise<Id[]> {
    const rows = await manager.query<{ id: Id }[]>(
      `SELECT id FROM calls WHERE userId = ? AND heardAt IS NULL AND deletedAt IS NULL AND outcome = 'missed' ORDER BY id`,
      [id],
    );
    return rows.map((row) => row.id);
  }

  /**
   * @returns null when it was undone before
   * @throws NotFound for another’s act; Refused after 30 days
   */
  undo(owner: CallOwner, batchId: string): Promise<UndoneCalls | null> {
    if (!isId(batchId)) throw new NotFound();
    return inTransaction(this.database, (manager) => this.undoIn(manager, owner, batchId));
  }

  private async undoIn(manager: EntityManager, owner: CallOwner, batchId: Id): Promise<UndoneCalls | null> {
    const { id: userId, accountId } = owner;
    const batch = await manager.findOneBy(JournalBatch, { id: batchId, accountId, actorId: userId });
    if (!batch || batch.importId !== null || !batch.kind.startsWith('calls.')) throw new NotFound();
    if (batch.at.getTime() < Date.now() - limits.restoreDays * 86_400_000)
      throw new Refused('calls.undo-over', { days: limits.restoreDays });
    if (!(await this.journal.markUndone(manager, accountId, batchId))) return null;
    const own = await this.journal.begin(manager, {
      ...{ accountId, actorId: userId, kind: 'calls.undo', undoes: batchId },
    });
    await this.journal.markDoneAgain(manager, batch);
    const undone: UndoneCalls = { restored: 0, removed: 0, marked: 0, batchId: own };
    const rows = await manager.query<{ subjectId: Id; action: Action; seen: number }[]>(
      `SELECT subjectId, action, changes LIKE '%[null,%' AS seen FROM journal_entries
       WHERE batchId = ? AND subjectType = ? ORDER BY subjectId`,
      [batchId, SUBJECT],
    );
    for (const some of chunks(rows)) {
      const idsOf = (action: Action) => some.flatMap((row) => (row.action === action ? row.subjectId : []));
      const note = (action: Action, ids: readonly Id[], changes = changesOf(action, true)) =>
        this.note(manager, owner, own, action, ids, changes);
      // What was put into the bin once more since then stays there.
      const standing = await standingRemovals(manager, idsOf('removed'), batchId);
      const back = await moved(manager, userId, [...standing].sort(), 'restored');
      const away = await moved(manager, userId, idsOf('restored'), 'removed');
      await note('restored', back);
      await note('removed', away);
      undone.restored += back.length;
      undone.removed += away.length;
      for (const seen of [true, false]) {
        const changed = some.flatMap((row) =>
          row.action === 'changed' && Boolean(row.seen) === seen ? row.subjectId : [],
        );
        const ids = await marked(manager, userId, changed, !seen);
        await note('changed', ids, changesOf('changed', !seen));
        undone.marked += ids.length;
      }
    }
    return undone;
  }

  private act(
    owner: CallOwner,
    { kind, action }: { kind: string; action: Action },
    choose: (manager: EntityManager) => Promise<readonly string[]>,
    body: (manager: EntityManager, ids: readonly Id[]) => Promise<Id[]>,
  ): Promise<CallOutcomeOfAct> {
    return inTransaction(this.database, async (manager) => {
      const ids = [...new Set(await choose(manager))].sort();
      for (const some of chunks(ids)) await assertOwn(manager, owner.id, some);
      const done: Id[] = [];
      for (const some of chunks(ids)) done.push(...(await body(manager, some)));
      if (done.length === 0) return { done: 0, batchId: null };
      const { accountId, id: actorId } = owner;
      const batchId = await this.journal.begin(manager, { accountId, actorId, kind });
      await this.note(manager, owner, batchId, action, done, changesOf(action, true));
      return { done: done.length, batchId };
    });
  }

  private note(
    manager: EntityManager,
    { accountId }: CallOwner,
    batchId: Id,
    action: Action,
    ids: readonly Id[],
    changes: JournalEntry['changes'],
  ): Promise<void> {
    return this.journal.record(
      manager,
      batchId,
      accountId,
      ids.map((subjectId) => ({ subjectId, subjectType: SUBJECT, action, changes })),
    );
  }
}

function changesOf(action: Action, seen: boolean): JournalEntry['changes'] {
  if (action !== 'changed') return null;
  return { heardAt: seen ? [null, 'seen'] : ['seen', null] };
}

/** Living or in the bin. @throws NotFound when one of these is not a call of this user */
async function assertOwn(manager: EntityManager, userId: Id, ids: readonly string[]): Promise<void> {
  if (!ids.every(isId)) throw new NotFound('calls.not-found');
  const [{ own }] = await manager.query<[{ own: number | string }]>(
    'SELECT COUNT(*) AS own FROM calls WHERE userId = ? AND id IN (?)',
    [userId, ids],
  );
  if (Number(own) < ids.length) throw new NotFound('calls.not-found');
}

/** @returns those of these calls that came into the bin, or out of it */
async function moved(
  manager: EntityManager,
  userId: Id,
  ids: readonly Id[],
  action: 'removed' | 'restored',
): Promise<Id[]> {
  const there = action === 'removed' ? 'deletedAt IS NULL' : `deletedAt > ${BINNED_SINCE}`;
  return changed(
    manager,
    userId,
    ids,
    there,
    action === 'removed' ? 'UTC_TIMESTAMP(3)' : 'NULL',
    'deletedAt',
  );
}

/** @returns those of these missed calls and voicemails that were new, or were not */
async function marked(manager: EntityManager, userId: Id, ids: readonly Id[], seen: boolean): Promise<Id[]> {
  const waits = "direction = 'incoming' AND outcome IN ('missed', 'voicemail') AND deletedAt IS NULL";
  const there = `${waits} AND heardAt IS ${seen ? 'NULL' : 'NOT NULL'}`;
  return changed(manager, userId, ids, there, seen ? 'UTC_TIMESTAMP(3)' : 'NULL', 'heardAt');
}

async function changed(
  manager: EntityManager,
  userId: Id,
  ids: readonly Id[],
  condition: string,
  value: string,
  column: 'deletedAt' | 'heardAt',
): Promise<Id[]> {
  if (ids.length === 0) return [];
  const rows = await manager.query<{ id: Id }[]>(
    `SELECT id FROM calls WHERE userId = ? AND id IN (?) AND ${condition} ORDER BY id FOR UPDATE`,
    [userId, ids],
  );
  const found = rows.map(({ id }) => id);
  if (found.length > 0)
    await manager.query<Affected>(`UPDATE calls SET ${column} = ${value} WHERE userId = ? AND id IN (?)`, [
      userId,
      found,
    ]);
  return found;
}

const BINNED_SINCE = `DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${limits.restoreDays} DAY)`;

function chunks<Each>(all: readonly Each[]): Each[][] {
  const made: Each[][] = [];
  for (let from = 0; from < all.length; from += CHUNK) made.push(all.slice(from, from + CHUNK));
  return made;
}
