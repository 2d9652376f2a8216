import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { DataSource } from 'typeorm';
import { encodePhoto } from '../../accounts/photo-encoding.js';
import { type Id } from '../../database/id.js';
import { NotFound, Refused } from '../../errors/domain-error.js';
import { Member, NeedsFeature, ReceivesFile } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { Csrf } from '../../web/csrf.js';
import { receivePhoto } from '../../web/receive-photo.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { contactPhotos } from '../contact-photos.js';
import { type StoredContact } from '../contact-row.js';
import { undoPath } from '../undo/undone.view.js';
import { ContactQuery } from './contact.query.js';
import { LIST, photoView } from './contact.view.js';
import { PersonalContacts } from './contacts.service.js';

/** The photo of one contact: its owner's alone, to see as to change. */
@Member()
@NeedsFeature('personal-contacts')
@Controller('personal-contacts/:id/photo')
export class ContactPhotoController {
  constructor(
    private readonly query: ContactQuery,
    private readonly contacts: PersonalContacts,
    private readonly database: DataSource,
    private readonly csrf: Csrf,
  ) {}

  @Get()
  async form(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page | Redirect> {
    const contact = await this.query.find(reader.id, id);
    if (contact.deletedAt !== null) return redirect(`${LIST}/${contact.id}`);
    return page('personal-contact/photo', photoView(words, contact));
  }

  @Get(':hash')
  async show(
    @CurrentUser() reader: SignedIn,
    @Param('id') id: string,
    @Param('hash') hash: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const contact = await this.query.find(reader.id, id);
    if (contact.photoHash !== hash) throw new NotFound();
    const bytes = (await contactPhotos(this.database, reader.id, [hash])).get(hash);
    if (!bytes) throw new NotFound();
    // The address changes with the picture; `private`: no cache between may show it to somebody else.
    response.set({ 'Cache-Control': 'private, max-age=31536000, immutable', ETag: `"${hash}"` });
    if (request.headers['if-none-match']?.includes(`"${hash}"`)) {
      response.status(304).end();
      return;
    }
    response.type('image/webp').send(bytes);
  }

  /** Takes the field `photo`. A refusal comes back as a message: a file cannot be typed again. */
  @Post()
  @ReceivesFile()
  async replace(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Redirect> {
    const contact = await this.query.find(reader.id, id);
    try {
      const picture = await encodePhoto(await receivePhoto(this.csrf, words, request, response));
      const batchId = await this.contacts.changePhoto(reader, contact.id, picture);
      return done(contact, 'contacts.photo.saved', batchId);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { key, values } = error;
      return redirect(`${LIST}/${contact.id}/photo`, { kind: 'failure', key, values });
    }
  }

  @Post('deletion')
  async remove(@CurrentUser() reader: SignedIn, @Param('id') id: string): Promise<Redirect> {
    const contact = await this.query.find(reader.id, id);
    return done(contact, 'contacts.photo.removed', await this.contacts.changePhoto(reader, contact.id, null));
  }
}

function done({ id }: StoredContact, key: string, batchId: Id | null): Redirect {
  const path = `${LIST}/${id}`;
  const undo = batchId === null ? {} : { undo: undoPath(batchId, path) };
  return redirect(path, { kind: 'success', key, ...undo });
}
