import { Controller, Param, Post, Query } from '@nestjs/common';
import { localPath } from '../../auth/local-path.js';
import { isId } from '../../database/id.js';
import { Refused } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { redirect, refusal, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { stateOfPath } from '../list/contact-list.state.js';
import { ContactActs, type UndoneAct } from './contact-acts.service.js';
import { undoPath, undoneMessage } from './undone.view.js';

const LIST = '/personal-contacts';

/** What one did to one's contacts, to be taken back: the messages after an act lead here. */
@Member()
@NeedsFeature('personal-contacts')
@Controller('personal-contacts/acts')
export class ContactActsController {
  constructor(private readonly acts: ContactActs) {}

  /** @param to a page to go to afterwards: below `/personal-contacts`, an event one of whose people was added, or a call */
  @Post(':batchId/undo')
  async undo(
    @CurrentUser() owner: SignedIn,
    @CurrentWords() words: Words,
    @Param('batchId') batchId: string,
    @Query('to') to: unknown,
  ): Promise<Redirect> {
    const wished = ownPath(to);
    const undone = await this.acts.undo(owner, batchId).catch((error: unknown) => {
      if (error instanceof Refused && error.key === 'personal-contact.no-room') return error;
      throw error;
    });
    if (undone instanceof Refused)
      return redirect(await this.standing(owner, wished ?? LIST), refusal(undone));
    if (!undone) {
      const path = await this.standing(owner, wished ?? LIST);
      return redirect(path, { kind: 'notice', key: 'contact-undo.already' });
    }
    const path = wished ?? pathAfter(undone);
    const undo = undoPath(undone.batchId, path === LIST ? undefined : path);
    return redirect(await this.standing(owner, path), undoneMessage(words, undone, undo));
  }

  /** The list instead of a contact that is in the bin again, or of a group that is gone. */
  private async standing(owner: SignedIn, path: string): Promise<string> {
    const [, contactId] = /^\/personal-contacts\/([0-9a-f-]{36})(?![^/?])/.exec(path) ?? [];
    const { group } = stateOfPath(path);
    if (isId(group) && !(await this.acts.isLivingGroup(owner, group))) return LIST;
    return contactId === undefined || (await this.acts.isLiving(owner, contactId)) ? path : LIST;
  }
}

/** Where one looks at what an undo did, when nobody said. */
function pathAfter({ kind, changed, restored, removed, kept }: UndoneAct): string {
  if (kind === 'contacts.merge') return `${LIST}/duplicates`;
  const [one, ...others] = new Set([...changed, ...restored, ...removed, ...kept.map(({ id }) => id)]);
  return kind === 'contacts.edit' && others.length === 0 ? `${LIST}/${one}` : LIST;
}

function ownPath(to: unknown): string | null {
  const path = localPath(to);
  // `..` would lead out again.
  return path !== null && /^\/(personal-contacts|calendar|calls)(?![^/?])/.test(path) && !path.includes('/.')
    ? path
    : null;
}
