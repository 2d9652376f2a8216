import { type Id } from '../../database/new-id.js';
import {
  type ImportUndoing,
  type Statements,
  type UndoFacts,
  type UndoStep,
} from '../../imports/import-kind.js';
import { type ContactAct } from '../contact-writes.js';
import { undoLast, undoStep } from '../undo/contact-undo.js';

/** Takes an import back as any other act on contacts is taken back; or the undo itself, which is an act too. */
export class ContactUndoing implements ImportUndoing {
  private readonly act: ContactAct;

  /** @param undone the batch that is taken back: the import's, or that of its undo */
  constructor(
    { accountId, ownerId, ownBatchId, now }: UndoFacts,
    private readonly undone: Id,
  ) {
    this.act = { accountId, ownerId: ownerId ?? '', batchId: ownBatchId, now };
  }

  async undoStep(transaction: Statements, after: Id | null): Promise<UndoStep> {
    const { next, done, kept } = await undoStep(transaction, this.act, this.undone, after);
    return { next, done, kept };
  }

  async finish(transaction: Statements): Promise<void> {
    await undoLast(transaction, this.act, this.undone);
  }
}
