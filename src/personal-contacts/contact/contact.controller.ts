import { Controller, Get, Header, Param, Post, Query, Res } from '@nestjs/common';
import { type Response } from 'express';
import { DataSource } from 'typeorm';
import { PersonLines } from '../../accounts/person-lines.js';
import { jpegOf } from '../../accounts/photo-encoding.js';
import { localPath } from '../../auth/local-path.js';
import { cardFileName } from '../../contact-card/card-file.js';
import { contactQrCode } from '../../contact-card/contact-qr.js';
import { VCARD_MEDIA_TYPE } from '../../contact-card/vcard.js';
import { DomainError } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, refusal, type Message, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { placeOf } from '../../web/list-address.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { contactPhotos } from '../contact-photos.js';
import { type StoredContact } from '../contact-row.js';
import { undoPath } from '../undo/undone.view.js';
import { mentionedIn } from './change-words.js';
import { ContactForm, editOf, groupsOf, onlyPosted, problemFrom, readContactForm } from './contact.form.js';
import { conflictView, editContactView } from './contact-form.view.js';
import { vcardOf } from './contact-files.js';
import { ContactQuery } from './contact.query.js';
import { binnedView, contactView, LIST } from './contact.view.js';
import { changesSince, EditConflict, InBin, PersonalContacts } from './contacts.service.js';

/** One contact of one's own. */
@Member()
@NeedsFeature('personal-contacts')
@Controller('personal-contacts/:id')
export class ContactController {
  constructor(
    private readonly query: ContactQuery,
    private readonly contacts: PersonalContacts,
    private readonly lines: PersonLines,
    private readonly database: DataSource,
  ) {}

  /** One that is in the bin says so; one that was merged leads to the contact it is now. */
  @Get()
  async show(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
  ): Promise<Page | Redirect> {
    const contact = await this.query.find(reader.id, id);
    if (contact.deletedAt !== null) return this.binned(reader, words, contact);
    const [groups, origin, history, personLine] = await Promise.all([
      this.query.groups(reader.id),
      this.query.origin(contact),
      this.query.history(contact.id, placeOf(query)),
      this.lines.of(words, reader, { kind: 'personal', id: contact.id }),
    ]);
    const ids = mentionedIn(history.rows);
    const mentioned = {
      groups: await this.query.groupNames(reader.id, ids.groups),
      contacts: await this.query.contactNames(reader.id, ids.contacts),
    };
    const details = { contact, groups, origin, history, mentioned };
    return page('personal-contact/contact', { ...contactView(words, reader, details), personLine });
  }

  @Get('card.vcf')
  async card(
    @CurrentUser() reader: SignedIn,
    @Param('id') id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const contact = await this.query.find(reader.id, id);
    const hashes = contact.photoHash === null ? [] : [contact.photoHash];
    const [photo = null] = (await contactPhotos(this.database, reader.id, hashes)).values();
    const groups = await this.query.groupNames(reader.id, contact.groupIds);
    response.attachment(cardFileName(contact.displayName)).type(VCARD_MEDIA_TYPE);
    return vcardOf(contact, [...groups.values()], photo && (await jpegOf(photo)));
  }

  @Get('qr.svg')
  @Header('Content-Type', 'image/svg+xml')
  async qr(@CurrentUser() reader: SignedIn, @Param('id') id: string): Promise<string> {
    return contactQrCode(await this.query.find(reader.id, id));
  }

  @Get('edit')
  async edit(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Query('next') next: unknown,
  ): Promise<Page | Redirect> {
    const contact = await this.query.find(reader.id, id);
    if (contact.deletedAt !== null) return redirect(`${LIST}/${contact.id}`);
    const groups = await this.query.groups(reader.id);
    return page('personal-contact/form', editContactView(words, contact, groups, { next }));
  }

  @Post()
  async save(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Submitted(ContactForm) submitted: Submission<ContactForm>,
  ): Promise<Page | Redirect> {
    const contact = await this.query.find(reader.id, id);
    const read = readContactForm(onlyPosted(submitted), reader.account.region);
    const { submission } = read;
    const again = async (returned: Submission<ContactForm>) => {
      const groups = await this.query.groups(reader.id);
      return page('personal-contact/form', editContactView(words, contact, groups, { returned }), 422);
    };
    if (submission.refused) return again(submission);
    const { revision, restore } = submission.form;
    try {
      const { batchId, after } = await this.contacts.edit(
        reader,
        contact.id,
        editOf(read),
        groupsOf(submission),
        { revision: revision === null ? null : Number(revision), restore },
      );
      return redirect(
        localPath(submission.form.next) ?? `${LIST}/${contact.id}`,
        done('personal-contact.saved', after, batchId, `${LIST}/${contact.id}`),
      );
    } catch (error) {
      if (error instanceof EditConflict) return this.conflict(reader, words, error.present, submission);
      if (error instanceof InBin) return this.inBin(reader, words, error.contact, submission);
      const problem = error instanceof DomainError ? problemFrom(error) : null;
      if (!problem) throw error;
      return again(submission.with(problem));
    }
  }

  @Post('deletion')
  async remove(@CurrentUser() reader: SignedIn, @Param('id') id: string): Promise<Redirect> {
    const contact = await this.query.find(reader.id, id);
    return redirect(
      LIST,
      done('personal-contact.deleted', contact, await this.contacts.remove(reader, contact.id)),
    );
  }

  @Post('restoration')
  async restore(@CurrentUser() reader: SignedIn, @Param('id') id: string): Promise<Redirect> {
    const contact = await this.query.find(reader.id, id);
    const path = `${LIST}/${contact.id}`;
    try {
      const { batchId } = await this.contacts.restore(reader, [contact.id]);
      if (batchId !== null || (await this.query.isLiving(reader.id, contact.id)))
        return redirect(path, done('personal-contact.restored', contact, batchId));
      // Its time was over, or it was erased in another window.
      const values = { name: contact.displayName };
      return redirect(LIST, { kind: 'failure', key: 'personal-contact.gone-for-good', values });
    } catch (error) {
      return redirect(path, refusal(error));
    }
  }

  private async binned(reader: SignedIn, words: Words, contact: StoredContact): Promise<Page | Redirect> {
    const removal = await this.query.removal(reader.id, contact.id);
    if (removal.mergedInto !== null)
      return redirect(`${LIST}/${removal.mergedInto.id}`, {
        kind: 'notice',
        key: 'personal-contact.was-merged',
        values: { name: contact.displayName, into: removal.mergedInto.displayName },
      });
    return page('personal-contact/binned', binnedView(words, contact, removal));
  }

  /** Both versions side by side; what the form held is not lost. */
  private async conflict(
    reader: SignedIn,
    words: Words,
    present: StoredContact,
    submission: Submission<ContactForm>,
  ): Promise<Page> {
    const [groups, since] = await Promise.all([
      this.query.groups(reader.id),
      changesSince(this.database.manager, present, present.revision - Number(submission.form.revision)),
    ]);
    return page(
      'personal-contact/conflict',
      conflictView(words, { present, groups, since }, submission),
      409,
    );
  }

  /** The form again, which takes the contact out of the bin when it is sent once more. */
  private async inBin(
    reader: SignedIn,
    words: Words,
    contact: StoredContact,
    returned: Submission<ContactForm>,
  ): Promise<Page> {
    const { mergedInto } = await this.query.removal(reader.id, contact.id);
    const key = mergedInto ? 'personal-contact.merged-meanwhile' : 'personal-contact.in-bin-meanwhile';
    const binned = {
      text: words.t(key, { name: contact.displayName, into: mergedInto?.displayName ?? '' }),
      ...(mergedInto ? { href: `${LIST}/${mergedInto.id}` } : {}),
    };
    const groups = await this.query.groups(reader.id);
    return page('personal-contact/form', editContactView(words, contact, groups, { returned, binned }), 409);
  }
}

/** @param to where its undo leads; the list when left out */
function done(key: string, { displayName }: StoredContact, batchId: string | null, to?: string): Message {
  const undo = batchId === null ? {} : { undo: undoPath(batchId, to) };
  return { kind: 'success', key, values: { name: displayName }, ...undo };
}
