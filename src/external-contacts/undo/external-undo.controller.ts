import { Controller, Param, Post, Query } from '@nestjs/common';
import { localPath } from '../../auth/local-path.js';
import { Refused } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { redirect, refusal, type Message, type Redirect } from '../../web/answers.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { undoPath } from '../contact-act.js';
import { EXTERNAL } from '../external-tabs.view.js';
import { listPath, stateOfPath } from '../list/external-list.state.js';
import { KeptContacts } from '../list/kept-contacts.query.js';
import { ExternalUndo, type UndoneAct } from './external-undo.service.js';

/** What one did to one's external contacts, to be taken back: the messages after an act lead here. */
@Member()
@NeedsFeature('external-contacts')
@Controller('external-contacts/acts')
export class ExternalUndoController {
  constructor(
    private readonly acts: ExternalUndo,
    private readonly kept: KeptContacts,
  ) {}

  /** @param to a page of external contacts to go to afterwards */
  @Post(':batchId/undo')
  async undo(
    @CurrentUser() owner: SignedIn,
    @Param('batchId') batchId: string,
    @Query('to') to: unknown,
  ): Promise<Redirect> {
    const wished = ownPath(to) ?? EXTERNAL;
    try {
      const undone = await this.acts.undo(owner, batchId);
      const path = await this.standing(owner, wished);
      if (!undone) return redirect(path, { kind: 'notice', key: 'external-list.undone.already' });
      return redirect(path, undoneMessage(undone, undoPath(undone.batchId, path)));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return redirect(await this.standing(owner, wished), refusal(error));
    }
  }

  /** The whole list instead of that of a folder that is gone. */
  private async standing(owner: SignedIn, path: string): Promise<string> {
    if (path !== EXTERNAL && !path.startsWith(`${EXTERNAL}?`)) return path;
    const { folder, ...state } = stateOfPath(path);
    if (folder === '' || folder === 'none') return path;
    const { list } = await this.kept.folders(owner.id);
    return list.some(({ id }) => id === folder) ? path : listPath(state);
  }
}

/** What an undo did, what it left, and a button that takes it back. */
function undoneMessage(undone: UndoneAct, undo: string): Message {
  const { changed, rejoined, removed, folders, kept } = undone;
  const [act, count] =
    rejoined > 0
      ? ['rejoined', rejoined]
      : removed > 0
        ? ['removed', removed]
        : changed > 0
          ? ['changed', changed]
          : ['folders', folders];
  const values = { act: String(act), count: Number(count), kept };
  if (count === 0)
    return { kind: kept > 0 ? 'failure' : 'notice', key: 'external-list.undone.nothing', values };
  return { kind: 'success', key: 'external-list.undone.done', values, undo };
}

function ownPath(to: unknown): string | null {
  const path = localPath(to);
  // `..` would lead out again.
  return path !== null && /^\/external-contacts(?![^/?])/.test(path) && !path.includes('/.') ? path : null;
}
