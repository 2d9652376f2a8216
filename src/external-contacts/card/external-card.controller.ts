import { Controller, Get, Header, Param, Post, Query, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { PersonLines } from '../../accounts/person-lines.js';
import { Photos } from '../../accounts/photos.service.js';
import { jpegOf } from '../../accounts/photo-encoding.js';
import { cardFileName } from '../../contact-card/card-file.js';
import { qrCode, vcardOf } from '../../contact-card/person-card.js';
import { VCARD_MEDIA_TYPE } from '../../contact-card/vcard.js';
import { isId } from '../../database/id.js';
import { type Place } from '../../database/keyset.js';
import { NotFound } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { placeOf } from '../../web/list-address.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { Blocks } from '../blocks/blocks.service.js';
import { undoPath } from '../contact-act.js';
import { EXTERNAL } from '../external-tabs.view.js';
import { TooManyFolders } from '../folders/folder-writes.js';
import { ExternalActs, NoteConflict } from '../list/external-acts.service.js';
import { nameOf } from '../list/external-list.view.js';
import { answerUndoPath } from '../requests/answer-words.js';
import { CardFoldersForm, NoteForm } from './external-card.form.js';
import { ExternalCards, type Card } from './external-card.query.js';
import { cardView, endedView, foldersMentioned, noteConflictView } from './external-card.view.js';

/** One external contact: what their company lets outsiders see, and what the reader keeps of them. */
@Member()
@NeedsFeature('external-contacts')
@Controller('external-contacts/:id')
export class ExternalCardController {
  constructor(
    private readonly cards: ExternalCards,
    private readonly acts: ExternalActs,
    private readonly blocks: Blocks,
    private readonly photos: Photos,
    private readonly lines: PersonLines,
  ) {}

  /** For 30 days also of somebody one is no longer in contact with: who ended it, and when. */
  @Get()
  async show(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const card = await this.cards.find(reader.id, id);
    if (card.contact.endedAt !== null) return this.ended(reader, words, card);
    return this.page(reader, words, card, { place: placeOf(query) });
  }

  @Get('photo/:hash')
  async photo(
    @CurrentUser() reader: SignedIn,
    @Param('id') id: string,
    @Param('hash') hash: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { person } = await this.cards.reachable(reader.id, id);
    if (person.photoHash !== hash) throw new NotFound();
    const bytes = await this.photos.find(person.accountId, hash);
    if (!bytes) throw new NotFound();
    // For an hour: a company may choose to show its people's photos no longer.
    response.set({ 'Cache-Control': 'private, max-age=3600', ETag: `"${hash}"` });
    if (request.headers['if-none-match']?.includes(`"${hash}"`)) {
      response.status(304).end();
      return;
    }
    response.type('image/webp').send(bytes);
  }

  @Get('card.vcf')
  async file(
    @CurrentUser() reader: SignedIn,
    @Param('id') id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const { person, contact } = await this.cards.reachable(reader.id, id);
    const photo = person.photoHash && (await this.photos.find(person.accountId, person.photoHash));
    response.attachment(cardFileName(person.name)).type(VCARD_MEDIA_TYPE);
    // By the reader's own contact: ids of another account are for nobody outside it.
    return vcardOf({ ...person, id: contact.id }, person.company, {
      photo: photo ? { mediaType: 'image/jpeg', bytes: await jpegOf(photo) } : null,
    });
  }

  @Get('qr.svg')
  @Header('Content-Type', 'image/svg+xml')
  async qr(@CurrentUser() reader: SignedIn, @Param('id') id: string): Promise<string> {
    const { person } = await this.cards.reachable(reader.id, id);
    return qrCode(person, person.company);
  }

  @Post('note')
  async note(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Submitted(NoteForm) submission: Submission<NoteForm>,
  ): Promise<Page | Redirect> {
    // What was typed while the other ended it is kept with the rest.
    const card = await this.cards.find(reader.id, id);
    if (submission.refused) return this.page(reader, words, card, { note: submission });
    const { note, revision } = submission.form;
    const path = `${EXTERNAL}/${card.contact.id}`;
    try {
      const seen = revision === '' ? null : Number(revision);
      const batchId = await this.acts.note(reader, card.contact.id, note || null, seen);
      const undo = batchId === null ? {} : { undo: undoPath(batchId, path) };
      return redirect(path, { kind: 'success', key: 'external-contact.note-saved', ...undo });
    } catch (error) {
      if (!(error instanceof NoteConflict)) throw error;
      const data = noteConflictView(words, card, error.present, submission);
      return page('external-contact/conflict', data, 409);
    }
  }

  @Post('folders')
  async folders(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Submitted(CardFoldersForm) submission: Submission<CardFoldersForm>,
  ): Promise<Page | Redirect> {
    const card = await this.cards.find(reader.id, id);
    if (card.contact.endedAt !== null) return redirect(`${EXTERNAL}/${card.contact.id}`);
    if (submission.refused) return this.page(reader, words, card, { refoldered: submission });
    const { folderIds, newFolder } = submission.form;
    if (!folderIds.every(isId)) throw new NotFound('external-folders.not-found');
    const path = `${EXTERNAL}/${card.contact.id}`;
    try {
      const wanted = { add: folderIds, newFolder: newFolder || null, leave: 'others' } as const;
      const { batchId } = await this.acts.refolder(reader, { ids: [card.contact.id] }, wanted);
      const undo = batchId === null ? {} : { undo: undoPath(batchId, path) };
      return redirect(path, { kind: 'success', key: 'external-contact.folders-saved', ...undo });
    } catch (error) {
      if (!(error instanceof TooManyFolders)) throw error;
      const { key, values } = error;
      const refoldered = submission.with({ field: 'newFolder', key, values });
      return this.page(reader, words, card, { refoldered });
    }
  }

  /** Mutual; taken back from the message, or from the card for 30 days. */
  @Post('removal')
  async remove(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Redirect> {
    const { contact, person } = await this.cards.find(reader.id, id);
    const { batchId } = await this.acts.remove(reader, { ids: [contact.id] });
    const path = `${EXTERNAL}/${contact.id}`;
    if (batchId === null) return redirect(path);
    return redirect(EXTERNAL, {
      ...{ kind: 'success', key: 'external-contact.removed', values: { name: nameOf(words, person) } },
      undo: undoPath(batchId, path),
    });
  }

  /** Also of somebody one is no longer in contact with. */
  @Post('block')
  async block(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Redirect> {
    const { contact, person } = await this.cards.find(reader.id, id);
    const { otherUserId: userId, otherAccountId: accountId, endedAt } = contact;
    const seen = endedAt === null ? person.email : await this.cards.knownAddress(reader.id, userId);
    const name = nameOf(words, person);
    const batchId = await this.blocks.add(reader, { userId, accountId, name, address: seen ?? '' });
    if (batchId === null) return redirect(`${EXTERNAL}/blocked`);
    return redirect(EXTERNAL, {
      ...{ kind: 'success', key: 'external-contact.blocked', values: { name } },
      undo: answerUndoPath(batchId),
    });
  }

  private async page(
    reader: SignedIn,
    words: Words,
    card: Card,
    {
      place = {},
      ...forms
    }: { place?: Place; note?: Submission<NoteForm>; refoldered?: Submission<CardFoldersForm> } = {},
  ): Promise<Page> {
    const [history, personLine] = await Promise.all([
      this.cards.history(reader.id, card.contact.id, place),
      this.lines.of(words, reader, { kind: 'external', id: card.contact.id }),
    ]);
    const folderNames = await this.cards.folderNames(reader.id, foldersMentioned(history.rows));
    const refused = Boolean(forms.note ?? forms.refoldered);
    const data = cardView(words, reader, card, { history, folderNames, ...forms });
    return page('external-contact/card', { ...data, personLine }, refused ? 422 : 200);
  }

  private async ended(reader: SignedIn, words: Words, card: Card): Promise<Page> {
    const { id, otherUserId } = card.contact;
    const [removal, address] = await Promise.all([
      this.cards.removal(reader.id, id),
      this.cards.knownAddress(reader.id, otherUserId),
    ]);
    return page('external-contact/ended', endedView(words, reader, card, { removal, address }));
  }
}
