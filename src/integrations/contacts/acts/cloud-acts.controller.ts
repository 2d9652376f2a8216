import { Controller, Param, Post, Query } from '@nestjs/common';
import { localPath } from '../../../auth/local-path.js';
import { Forbidden, Refused } from '../../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../../web/access.js';
import { redirect, type Redirect } from '../../../web/answers.js';
import { CurrentWords } from '../../../web/context.js';
import { CurrentUser, type SignedIn } from '../../../web/signed-in.js';
import { type Words } from '../../../web/words.js';
import { CloudUndo, type UndoneCloudAct } from '../../undo/cloud-undo.service.js';
import { undoPath } from '../cloud-messages.js';
import { CloudContactQuery } from '../contact/cloud-contact.query.js';
import { CLOUD } from '../list/cloud-list.state.js';
import { undoneMessage } from './undone.view.js';

/** What one did to one's cloud contacts, to be taken back: the messages after an act lead here. */
@Member()
@NeedsFeature('integrations')
@Controller('cloud-contacts/acts')
export class CloudActsController {
  constructor(
    private readonly acts: CloudUndo,
    private readonly query: CloudContactQuery,
  ) {}

  /** @param to the page it was done on, to go back to */
  @Post(':batchId/undo')
  async undo(
    @CurrentUser() owner: SignedIn,
    @CurrentWords() words: Words,
    @Param('batchId') batchId: string,
    @Query('to') to: unknown,
  ): Promise<Redirect> {
    const wished = ownPath(to) ?? CLOUD;
    try {
      const undone = await this.acts.undo(owner, batchId);
      const path = await this.standing(owner, wished, undone);
      if (!undone) return redirect(path, { kind: 'notice', key: 'cloud-undo.already' });
      const undo = undone.batchId === null ? undefined : undoPath(undone.batchId, path);
      return redirect(path, undoneMessage(words, undone, undo));
    } catch (error) {
      // Another's act is not there at all; what is over, or only looked at, is told where one was.
      if (!(error instanceof Refused || error instanceof Forbidden)) throw error;
      const path = await this.standing(owner, wished, null);
      return redirect(path, { kind: 'failure', key: error.key, values: error.values });
    }
  }

  /** The list instead of a contact that is in the bin again; the contact where it alone was touched. */
  private async standing(owner: SignedIn, path: string, undone: UndoneCloudAct | null): Promise<string> {
    const [, contactId] = /^\/cloud-contacts\/([0-9a-f-]{36})(?![^/?])/.exec(path) ?? [];
    if (contactId !== undefined) return (await this.query.isLiving(owner.id, contactId)) ? path : CLOUD;
    const [only, ...others] = [...(undone?.changed ?? []), ...(undone?.restored ?? [])];
    return path === CLOUD && undone?.kind === 'cloud.edit' && others.length === 0 && only
      ? `${CLOUD}/${only}`
      : path;
  }
}

/** Where acts are done: among the contacts, on the page of a run, and on that of a call. */
function ownPath(to: unknown): string | null {
  const path = localPath(to);
  // `..` would lead out again.
  return path !== null &&
    /^\/(cloud-contacts|integrations\/runs|calls)(?![^/?])/.test(path) &&
    !path.includes('/.')
    ? path
    : null;
}
