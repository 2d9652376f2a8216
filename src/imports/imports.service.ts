import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { isId, type Id } from '../database/id.js';
import { inTransaction, isDuplicate } from '../database/transaction.js';
import { Conflict, NotFound, Refused, SwitchedOff } from '../errors/domain-error.js';
import { Jobs } from '../jobs/jobs.service.js';
import { type ActFacts, type Actor } from '../journal/actor.js';
import { Journal } from '../journal/journal.service.js';
import { type SignedIn } from '../web/signed-in.js';
import { correctedReading, type Correction } from './detection.js';
import { startReading, UNDO, WRITE } from './import-jobs.js';
import { ImportKinds } from './import-kinds.js';
import { Import, ImportPiece, type ImportState } from './import.entities.js';
import { type ImportOptions } from './reading.js';

/** Restoring is offered for as long as the raw data is kept. */
const UNDO_DAYS = 30;

/** What one may do with an import, step by step; the steps themselves are jobs. */
@Injectable()
export class Imports {
  constructor(
    private readonly database: DataSource,
    private readonly jobs: Jobs,
    private readonly journal: Journal,
    private readonly kinds: ImportKinds,
  ) {}

  /**
   * One's own, or as an admin one of the account's shared kinds.
   * @throws NotFound for anybody else's, SwitchedOff while its feature is off
   */
  async get(actor: Actor, id: string): Promise<Import> {
    const found = isId(id)
      ? await this.database.manager.findOneBy(Import, { id, accountId: actor.accountId })
      : null;
    if (!found || !this.mayOpen(actor, found)) throw new NotFound();
    const { feature } = this.kinds.get(found.kind);
    if (feature && this.kinds.closedTo(actor).includes(found.kind))
      throw new SwitchedOff(feature, { canSwitch: administers(actor) });
    return found;
  }

  /** Reads the file anew with what the person corrected. */
  async correct(actor: Actor, id: Id, correction: Correction): Promise<void> {
    const present = await this.get(actor, id);
    const { accountId, kind, reading, state } = present;
    if (!reading || !isOpen(state)) throw new Conflict('imports.moved-on');
    const piece = await this.database.manager.findOneBy(ImportPiece, { importId: id, piece: 0 });
    if (!piece) throw new Refused('imports.purged');
    const corrected = await correctedReading(piece.bytes, reading, correction, this.kinds.get(kind));
    await inTransaction(this.database, async (manager) => {
      await startReading(manager, this.jobs, { id, accountId, reading: corrected, from: state });
      await manager.query('DELETE FROM import_batches WHERE importId = ?', [id]);
    });
  }

  /** Checks the file anew with other answers to the questions the check depends on. */
  async checkAnew(actor: Actor, id: Id, choices: ImportOptions['choices']): Promise<void> {
    const { accountId, reading, state } = await this.get(actor, id);
    if (!reading || !isOpen(state)) throw new Conflict('imports.moved-on');
    const piece = await this.database.manager.countBy(ImportPiece, { importId: id, piece: 0 });
    if (piece === 0) throw new Refused('imports.purged');
    await inTransaction(this.database, async (manager) => {
      await startReading(manager, this.jobs, { id, accountId, reading, from: state, choices });
      await manager.query('DELETE FROM import_batches WHERE importId = ?', [id]);
    });
  }

  /** Begins to write the right rows. @throws Conflict while another import that may not run beside it writes here */
  async confirm(actor: Actor, facts: ActFacts, id: Id, { choices, proposals }: ImportOptions): Promise<void> {
    const { accountId, kind, readingNumber, fileName, ownerId, options: asked } = await this.get(actor, id);
    const description = this.kinds.get(kind);
    const runningKey = `${description.exclusive ?? kind}:${description.sharedByAdmins ? accountId : ownerId}`;
    const options = { choices: { ...asked?.choices, ...choices }, proposals };
    try {
      await inTransaction(this.database, async (manager) => {
        const batchId = await this.journal.begin(manager, {
          ...{ accountId, actorId: actor.id, kind: description.act, importId: id },
        });
        await this.move(manager, id, ['checked'], {
          ...{ state: 'importing', options, batchId, runningKey, rowsDone: 0, problem: null },
          readingNumber,
        });
        if (description.sharedByAdmins || description.ofPeople)
          await this.journal.audit(manager, actor, facts, {
            ...{ action: description.act, targetType: 'import', targetId: id, targetName: fileName, batchId },
          });
        await this.enqueue(manager, WRITE, accountId, id);
      });
    } catch (error) {
      if (!isDuplicate(error, 'uq_imports_running')) throw error;
      const running = await this.database.manager.findOneBy(Import, { runningKey, accountId });
      throw new Conflict('imports.running', { file: running?.fileName ?? fileName });
    }
  }

  /** Ends an import that has written nothing; what was uploaded goes. */
  async cancel(actor: Actor, id: Id): Promise<void> {
    await this.get(actor, id);
    await inTransaction(this.database, async (manager) => {
      await this.move(manager, id, ['uploading', 'questions', 'checking', 'checked'], {
        state: 'cancelled',
        finishedAt: new Date(),
      });
      await deleteRows(manager, id);
    });
  }

  undoEnds(present: Import): Date {
    return new Date(Number(present.finishedAt ?? present.createdAt) + UNDO_DAYS * 86_400_000);
  }

  async undo(actor: Actor, facts: ActFacts, id: Id): Promise<void> {
    const present = await this.get(actor, id);
    if (present.state === 'done' && this.undoEnds(present) < new Date())
      throw new Refused('imports.undo-over');
    await this.back(actor, facts, present, 'done', 'undoing');
  }

  /** An undo is a batch too and can be undone. */
  async redo(actor: Actor, facts: ActFacts, id: Id): Promise<void> {
    const present = await this.get(actor, id);
    if (present.state === 'undone' && this.undoEnds(present) < new Date())
      throw new Refused('imports.undo-over');
    await this.back(actor, facts, present, 'undone', 'redoing');
  }

  private async back(
    actor: Actor,
    facts: ActFacts,
    { id, accountId, kind, batchId, undoBatchId, summary, fileName, readingNumber }: Import,
    from: ImportState,
    state: 'undoing' | 'redoing',
  ): Promise<void> {
    const { act, sharedByAdmins, ofPeople } = this.kinds.get(kind);
    const action = `${act}.${state === 'undoing' ? 'undo' : 'redo'}`;
    await inTransaction(this.database, async (manager) => {
      const undoes = state === 'undoing' ? batchId : undoBatchId;
      const own = await this.journal.begin(manager, {
        ...{ accountId, actorId: actor.id, kind: action, importId: id, undoes },
      });
      await this.move(manager, id, [from], {
        ...{ state, rowsDone: 0, readingNumber },
        ...(state === 'undoing'
          ? { undoBatchId: own }
          : { summary: { ...(summary as NonNullable<Import['summary']>), redoBatchId: own } }),
      });
      if (sharedByAdmins || ofPeople)
        await this.journal.audit(manager, actor, facts, {
          ...{ action, targetType: 'import', targetId: id, targetName: fileName, batchId: own },
        });
      await this.enqueue(manager, UNDO, accountId, id);
    });
  }

  private mayOpen(actor: Actor, { kind, ownerId }: Import): boolean {
    if (
      ownerId !== null &&
      ownerId === actor.id &&
      (actor.role !== 'member' || !this.kinds.ofPeople.includes(kind))
    )
      return true;
    return actor.role !== 'member' && this.kinds.shared.includes(kind);
  }

  /** One conditional UPDATE decides who moves an import on. @throws Conflict */
  private async move(
    manager: EntityManager,
    id: Id,
    from: ImportState[],
    { readingNumber, ...changes }: Partial<Import>,
  ): Promise<void> {
    const { affected } = await manager
      .createQueryBuilder()
      .update(Import)
      .set(changes as Parameters<typeof manager.update<Import>>[2])
      .where('id = :id AND state IN (:...from)', { id, from })
      .andWhere(readingNumber === undefined ? '1 = 1' : 'readingNumber = :readingNumber', { readingNumber })
      .execute();
    if (affected !== 1) throw new Conflict('imports.moved-on');
  }

  private async enqueue(manager: EntityManager, kind: string, accountId: Id, importId: Id): Promise<void> {
    await this.jobs.enqueue(manager, {
      kind,
      accountId,
      payload: { importId },
      uniqueKey: `${kind}:${importId}`,
    });
  }
}

export async function deleteRows(manager: EntityManager, importId: Id): Promise<void> {
  await manager.query('DELETE FROM import_pieces WHERE importId = ?', [importId]);
  await manager.query('DELETE FROM import_batches WHERE importId = ?', [importId]);
}

/** A personal account has nobody to administrate. */
function administers(actor: Actor | SignedIn): boolean {
  return actor.role !== 'member' && !('account' in actor && actor.account.kind === 'personal');
}

/** Nothing is written yet and the reading may change. */
export function isOpen(state: ImportState): boolean {
  return state === 'questions' || state === 'checked' || state === 'checking';
}
