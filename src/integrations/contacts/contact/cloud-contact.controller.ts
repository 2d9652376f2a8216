import { Controller, Get, Header, Param, Post, Query, Res } from '@nestjs/common';
import { type Response } from 'express';
import { DataSource } from 'typeorm';
import { PersonLines } from '../../../accounts/person-lines.js';
import { localPath } from '../../../auth/local-path.js';
import { cardFileName } from '../../../contact-card/card-file.js';
import { contactQrCode } from '../../../contact-card/contact-qr.js';
import { VCARD_MEDIA_TYPE } from '../../../contact-card/vcard.js';
import { DomainError, NotFound } from '../../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../../web/access.js';
import { page, redirect, type Message, type Page, type Redirect } from '../../../web/answers.js';
import { CurrentWords } from '../../../web/context.js';
import { placeOf } from '../../../web/list-address.js';
import { CurrentUser, type SignedIn } from '../../../web/signed-in.js';
import { Submitted, type Submission } from '../../../web/submitted.js';
import { type Words } from '../../../web/words.js';
import { changesSince } from '../cloud-contact-history.js';
import { type StoredCloudContact } from '../cloud-contact-row.js';
import { CloudContactInBin, CloudContacts, CloudEditConflict } from '../cloud-contacts.service.js';
import { failureOf, undoPath } from '../cloud-messages.js';
import { CloudPlaces, type Mailbox } from '../cloud-places.query.js';
import { cloudVcard } from '../exports/cloud-exports.controller.js';
import { CLOUD } from '../list/cloud-list.state.js';
import { mayChange } from '../list/cloud-list.view.js';
import {
  CloudContactForm,
  foldersAsked,
  problemFrom,
  readCloudForm,
  wantsNoLabel,
} from './cloud-contact.form.js';
import { conflictView, editCloudView } from './cloud-contact-form.view.js';
import { CloudContactQuery } from './cloud-contact.query.js';
import { binnedCloudView, cloudContactView, namedFolders } from './cloud-contact.view.js';
import { foldersIn } from './cloud-history.view.js';

/** A contact with the mailbox it is in. */
interface Found {
  contact: StoredCloudContact;
  mailbox: Mailbox;
}

/** One contact of one's mailboxes. No page of it speaks to a provider. */
@Member()
@NeedsFeature('integrations')
@Controller('cloud-contacts/:id')
export class CloudContactController {
  constructor(
    private readonly query: CloudContactQuery,
    private readonly contacts: CloudContacts,
    private readonly places: CloudPlaces,
    private readonly lines: PersonLines,
    private readonly database: DataSource,
  ) {}

  /** One that is in the bin says so; one that was moved to another mailbox leads there. */
  @Get()
  async show(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
  ): Promise<Page | Redirect> {
    const { contact, mailbox } = await this.find(reader, id, words);
    if (contact.deletedAt !== null) return this.binned(reader, words, { contact, mailbox });
    const [inConflict, history, personLine] = await Promise.all([
      this.query.isInConflict(reader.id, contact.id),
      this.query.history(reader.id, contact.id, placeOf(query)),
      this.lines.of(words, reader, { kind: 'cloud', id: contact.id }),
    ]);
    const folders = await this.query.folderNames(reader.id, foldersIn(history.rows), words);
    const details = { contact, mailbox, inConflict, history, folders };
    return page('cloud-contact/contact', { ...cloudContactView(words, reader, details), personLine });
  }

  @Get('card.vcf')
  async card(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const { contact, mailbox } = await this.find(reader, id, words);
    response.attachment(cardFileName(contact.displayName)).type(VCARD_MEDIA_TYPE);
    return cloudVcard(contact, namedFolders(mailbox.folders, contact.folderIds));
  }

  @Get('qr.svg')
  @Header('Content-Type', 'image/svg+xml')
  async qr(@CurrentUser() reader: SignedIn, @Param('id') id: string): Promise<string> {
    return contactQrCode((await this.find(reader, id)).contact);
  }

  @Get('edit')
  async edit(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Query('next') next: unknown,
  ): Promise<Page | Redirect> {
    const { contact, mailbox } = await this.find(reader, id, words);
    const path = `${CLOUD}/${contact.id}`;
    if (contact.deletedAt !== null) return redirect(path);
    const folders = mailbox.folders.filter((folder) => contact.folderIds.includes(folder.id));
    if (!mayChange(mailbox, folders))
      return redirect(path, {
        ...{ kind: 'notice', key: 'cloud-contact.read-only' },
        values: { mailbox: mailbox.accountName },
      });
    return page('cloud-contact/form', editCloudView(words, contact, mailbox, { next }));
  }

  @Post()
  async save(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Submitted(CloudContactForm) submitted: Submission<CloudContactForm>,
  ): Promise<Page | Redirect> {
    const { contact, mailbox } = await this.find(reader, id, words);
    const { submission, edit } = readCloudForm(submitted, reader.account.region, contact);
    const again = (returned: Submission<CloudContactForm>) =>
      page('cloud-contact/form', editCloudView(words, contact, mailbox, { returned }), 422);
    if (submission.refused) return again(submission);
    if (mailbox.labels && wantsNoLabel(submission))
      return again(submission.with({ field: 'groupIds', key: 'cloud-contact.problem.no-label' }));
    const { revision, restore } = submission.form;
    const path = `${CLOUD}/${contact.id}`;
    try {
      const { batchId, after } = await this.contacts.edit(reader, contact.id, edit, {
        ...{ version: revision === null ? null : Number(revision), restore },
        ...(foldersAsked(submission) ? { folderIds: foldersAsked(submission) } : {}),
      });
      const to = localPath(submission.form.next) ?? path;
      return redirect(to, done('cloud-contact.saved', words, after, batchId, path));
    } catch (error) {
      if (error instanceof CloudEditConflict) return this.conflict(words, error.present, mailbox, submission);
      if (error instanceof CloudContactInBin) {
        const name = error.contact.displayName || words.t('cloud-contact.no-name');
        const binned = words.t('cloud-contact.in-bin-meanwhile', { name });
        const view = editCloudView(words, error.contact, mailbox, { returned: submission, binned });
        return page('cloud-contact/form', view, 409);
      }
      const problem = error instanceof DomainError ? problemFrom(error) : null;
      if (!problem) throw error;
      return again(submission.with(problem));
    }
  }

  @Post('deletion')
  async remove(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Redirect> {
    const { contact } = await this.find(reader, id);
    try {
      const { batchId } = await this.contacts.remove(reader, [contact.id]);
      return redirect(CLOUD, done('cloud-contact.deleted', words, contact, batchId));
    } catch (error) {
      return redirect(`${CLOUD}/${contact.id}`, failureOf(error));
    }
  }

  @Post('restoration')
  async restore(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Redirect> {
    const { contact } = await this.find(reader, id);
    const path = `${CLOUD}/${contact.id}`;
    try {
      const { batchId } = await this.contacts.restore(reader, [contact.id]);
      if (batchId !== null || (await this.query.isLiving(reader.id, contact.id)))
        return redirect(path, done('cloud-contact.restored', words, contact, batchId, path));
      // Its time was over, or it was erased in another window.
      const values = { name: contact.displayName };
      return redirect(CLOUD, { kind: 'failure', key: 'cloud-contact.gone-for-good', values });
    } catch (error) {
      return redirect(path, failureOf(error));
    }
  }

  /** @throws NotFound, also for contacts of a mailbox that is connected no more */
  private async find(reader: SignedIn, id: string, words: Words | null = null): Promise<Found> {
    const contact = await this.query.find(reader.id, id);
    const mailboxes = await this.places.mailboxes(reader.id, words);
    const mailbox = mailboxes.find((each) => each.id === contact.connectionId);
    if (!mailbox) throw new NotFound('cloud-contact.not-found');
    return { contact, mailbox };
  }

  private async binned(
    reader: SignedIn,
    words: Words,
    { contact, mailbox }: Found,
  ): Promise<Page | Redirect> {
    if (contact.movedTo !== null && (await this.query.isLiving(reader.id, contact.movedTo)))
      return redirect(`${CLOUD}/${contact.movedTo}`);
    const { kind } = await this.query.removal(contact);
    return page('cloud-contact/binned', binnedCloudView(words, contact, { mailbox, kind }));
  }

  /** Both versions side by side; what the form held is not lost. */
  private async conflict(
    words: Words,
    present: StoredCloudContact,
    mailbox: Mailbox,
    submission: Submission<CloudContactForm>,
  ): Promise<Page> {
    const versions = present.version - Number(submission.form.revision);
    const since = await changesSince(this.database.manager, present.id, versions);
    return page('cloud-contact/conflict', conflictView(words, { present, mailbox, since }, submission), 409);
  }
}

/** @param to where its undo leads; the list when left out */
function done(
  key: string,
  words: Words,
  { displayName }: StoredCloudContact,
  batchId: string | null,
  to?: string,
): Message {
  const values = { name: displayName || words.t('cloud-contact.no-name') };
  const undo = batchId === null ? {} : { undo: undoPath(batchId, to) };
  return { kind: 'success', key, values, ...undo };
}
