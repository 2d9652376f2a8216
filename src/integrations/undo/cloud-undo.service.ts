import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { PersonRecords } from '../../accounts/person-records.js';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { NotFound, Refused } from '../../errors/domain-error.js';
import { JournalBatch } from '../../journal/journal.entities.js';
import { Journal } from '../../journal/journal.service.js';
import { SyncRun } from '../connection.entities.js';
import { binCloudContacts, changeCloudContacts, cloudContactsOf } from '../contacts/cloud-contact-writes.js';
import { byConnection } from '../contacts/cloud-contacts.service.js';
import { beginActs, holdConnections, type Owner } from '../contacts/outbox.js';
import { reviveInPlace } from '../contacts/revive-in-place.js';
import { closeConflicts, settleByHand } from '../sync/conflict-writes.js';
import { reopenConflicts } from './conflict-undo.js';
import { planOf } from './read-undo.js';
import { type KeptContact, type UndoPlan } from './undo-plan.js';

export interface UndoneCloudAct {
  /** Of the act that was undone, for example `cloud.edit`. */
  kind: string;
  /** The batch of this undo, by which it is undone itself; null where there was nothing left to undo. */
  batchId: Id | null;
  restored: Id[];
  removed: Id[];
  changed: Id[];
  /** Conflicts that are open again. */
  reopened: number;
  kept: KeptContact[];
  /** Of the first contact that is another way than before. */
  name: string;
}

/**
 * Takes back, for 30 days, what a person did to cloud contacts, and what a run changed here. It makes edits as the person would,
 * which are sent like any other; it is an act itself, and can be undone likewise.
 */
@Injectable()
export class CloudUndo {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
    private readonly records: PersonRecords,
  ) {}

  /**
   * @returns null when it was undone before
   * @throws NotFound for another's act; Refused cloud-undo.over after 30 days; Forbidden cloud-contact.read-only
   */
  undo(owner: Owner, batchId: string): Promise<UndoneCloudAct | null> {
    return inTransaction(this.database, async (manager) => {
      const batch = await ownBatch(manager, owner, batchId);
      return this.undoBatch(manager, owner, batch);
    });
  }

  /**
   * What undoing a run would do; null when it was undone, or changed nothing here.
   * @throws NotFound; Refused cloud-undo.first-run, cloud-undo.over
   */
  async preview(owner: Owner, runId: string): Promise<UndoPlan | null> {
    const { manager } = this.database;
    const batch = await batchOfRun(manager, owner, runId);
    return batch && batch.undoneAt === null ? planOf(manager, owner.id, batch.id) : null;
  }

  /** @returns null when it was undone before, or changed nothing here. @throws as `preview`, and Forbidden */
  undoRun(owner: Owner, runId: string): Promise<UndoneCloudAct | null> {
    return inTransaction(this.database, async (manager) => {
      const batch = await batchOfRun(manager, owner, runId);
      return batch && this.undoBatch(manager, owner, batch);
    });
  }

  private async undoBatch(
    manager: EntityManager,
    owner: Owner,
    batch: JournalBatch,
  ): Promise<UndoneCloudAct | null> {
    const touched = await connectionsOf(manager, owner.id, batch.id);
    const held = await holdConnections(manager, owner, touched);
    if (!(await this.journal.markUndone(manager, owner.accountId, batch.id))) return null;
    const { remove, restore, change, kept } = await planOf(manager, owner.id, batch.id, { lock: true });
    // A star is nothing the provider knows of: it can be undone where contacts are only read.
    const send =
      remove.length + restore.length > 0 ||
      change.some(({ fields }) => fields.some((field) => field !== 'starred'));
    const undoing = { kind: 'cloud.undo', undoes: batch.id, send };
    const acts = await beginActs(manager, this.journal, owner, held, undoing);
    await this.journal.markDoneAgain(manager, batch);
    for (const [act, some] of byConnection(acts, remove)) {
      await binCloudContacts(manager, act, some);
      await closeConflicts(manager, act, some);
    }
    for (const [act, some] of byConnection(acts, restore)) await reviveInPlace(manager, act, some);
    for (const [act, some] of byConnection(
      acts,
      change.map(({ before }) => before),
    )) {
      const ids = some.map(({ id }) => id);
      // As they are now: out of the bin, where they were in it.
      const present = await cloudContactsOf(manager, owner.id, { ids, lock: true });
      const changes = change.flatMap(({ before: { id }, after, fields }) => {
        const before = present.get(id);
        if (!before) return [];
        const back = Object.fromEntries(fields.map((field) => [field, after[field]]));
        return [{ before, after: { ...before, ...back, problem: null } }];
      });
      await changeCloudContacts(manager, act, changes);
      for (const { before, after } of changes) await settleByHand(manager, act, before, after);
    }
    const anyAct = [...acts.values()].at(0);
    if (anyAct) await this.records.undone.tell({ manager, owner, undone: batch.id, batchId: anyAct.batchId });
    const reopened = anyAct ? await reopenConflicts(manager, anyAct, batch.id) : 0;
    const [first] = [...restore, ...change.map(({ after }) => after), ...remove];
    return {
      kind: batch.kind,
      batchId: anyAct?.batchId ?? null,
      restored: restore.map(({ id }) => id),
      removed: remove.map(({ id }) => id),
      changed: change.map(({ before }) => before.id),
      reopened,
      kept,
      name: first?.displayName ?? '',
    };
  }
}

async function ownBatch(manager: EntityManager, owner: Owner, batchId: string): Promise<JournalBatch> {
  if (!isId(batchId)) throw new NotFound();
  const { id: actorId, accountId } = owner;
  const batch = await manager.findOneBy(JournalBatch, { id: batchId, accountId, actorId });
  if (!batch || !batch.kind.startsWith('cloud.')) throw new NotFound();
  assertInTime(batch);
  return batch;
}

/** @returns null when it changed nothing here */
async function batchOfRun(manager: EntityManager, owner: Owner, runId: string): Promise<JournalBatch | null> {
  const run = isId(runId) ? await manager.findOneBy(SyncRun, { id: runId, ownerId: owner.id }) : null;
  if (!run) throw new NotFound();
  // All it did was to bring here what is there: to undo it would empty the mailbox.
  if (run.kind === 'first') throw new Refused('cloud-undo.first-run');
  if (run.outcome === 'running') throw new Refused('cloud-undo.running');
  if (run.batchId === null) return null;
  const batch = await manager.findOneByOrFail(JournalBatch, { id: run.batchId, accountId: owner.accountId });
  assertInTime(batch);
  return batch;
}

function assertInTime(batch: JournalBatch): void {
  if (batch.at.getTime() < Date.now() - limits.restoreDays * 86_400_000)
    throw new Refused('cloud-undo.over', { days: limits.restoreDays });
}

/** Living connections of the contacts a batch touched. */
async function connectionsOf(manager: EntityManager, ownerId: Id, batchId: Id): Promise<Id[]> {
  const rows = await manager.query<{ id: Id }[]>(
    `SELECT DISTINCT k.id FROM journal_entries e
     JOIN cloud_contacts c ON c.id = e.subjectId
     JOIN connections k ON k.id = c.connectionId AND k.userId = ? AND k.state <> 'ended'
     WHERE e.batchId = ?
     UNION
     SELECT DISTINCT k.id FROM journal_entries e
     JOIN cloud_conflicts o ON o.id = e.subjectId
     JOIN connections k ON k.id = o.connectionId AND k.userId = ? AND k.state <> 'ended'
     WHERE e.batchId = ?`,
    [ownerId, batchId, ownerId, batchId],
  );
  return rows.map(({ id }) => id);
}
