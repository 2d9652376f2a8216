import { Controller, Get, Post, Query } from '@nestjs/common';
import { localPath } from '../../../auth/local-path.js';
import { DomainError } from '../../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../../web/answers.js';
import { CurrentWords } from '../../../web/context.js';
import { CurrentUser, type SignedIn } from '../../../web/signed-in.js';
import { Submitted, type Submission } from '../../../web/submitted.js';
import { type Words } from '../../../web/words.js';
import { CloudContacts } from '../cloud-contacts.service.js';
import { CloudPlaces, writableFolders, type Mailbox } from '../cloud-places.query.js';
import { CLOUD } from '../list/cloud-list.state.js';
import { CloudContactForm, foldersAsked, problemFrom, readCloudForm } from './cloud-contact.form.js';
import { defaultFolder, newCloudView } from './cloud-contact-form.view.js';

/** Adding one contact to a mailbox. */
@Member()
@NeedsFeature('integrations')
@Controller('cloud-contacts')
export class NewCloudContactController {
  constructor(
    private readonly places: CloudPlaces,
    private readonly contacts: CloudContacts,
  ) {}

  /** Takes the form's fields as its query: `?mobilePhone=…&displayName=…`; `next`: the page to go back to. */
  @Get('new')
  async form(
    @CurrentUser() { id }: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page | Redirect> {
    const mailboxes = await this.places.mailboxes(id, words);
    if (!hasRoom(mailboxes))
      return redirect(localPath(query['next']) ?? CLOUD, { kind: 'notice', key: 'cloud-contact.nowhere' });
    return page('cloud-contact/form', newCloudView(words, mailboxes, query));
  }

  @Post()
  async add(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(CloudContactForm) submitted: Submission<CloudContactForm>,
  ): Promise<Page | Redirect> {
    const mailboxes = await this.places.mailboxes(reader.id, words);
    const { submission, edit } = readCloudForm(submitted, reader.account.region, null);
    const again = (refused: Submission<CloudContactForm>) =>
      page('cloud-contact/form', newCloudView(words, mailboxes, {}, refused), 422);
    // What was typed is shown again: it waits there until a mailbox takes it.
    if (!hasRoom(mailboxes))
      return again(submission.with({ field: 'groupIds', key: 'cloud-contact.nowhere' }));
    const folderIds = foldersAsked(submission) ?? [defaultFolder(mailboxes) ?? []].flat();
    if (submission.refused || folderIds.length === 0) return again(submission);
    try {
      const id = await this.contacts.add(reader, edit, folderIds, submission.once);
      return redirect(localPath(submission.form.next) ?? `${CLOUD}/${id}`, {
        ...{ kind: 'success', key: 'cloud-contact.added', values: { name: submission.form.displayName } },
      });
    } catch (error) {
      const problem = error instanceof DomainError ? problemFrom(error) : null;
      if (!problem) throw error;
      return again(submission.with(problem));
    }
  }
}

/** Some folder of some mailbox takes new contacts. */
function hasRoom(mailboxes: readonly Mailbox[]): boolean {
  return mailboxes.some((mailbox) => writableFolders(mailbox).length > 0);
}
