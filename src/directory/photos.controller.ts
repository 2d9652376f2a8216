import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { Photos } from '../accounts/photos.service.js';
import { type Id } from '../database/id.js';
import { NotFound, Refused } from '../errors/domain-error.js';
import { Member, ReceivesFile } from '../web/access.js';
import { redirect, type Redirect } from '../web/answers.js';
import { CurrentWords } from '../web/context.js';
import { Csrf } from '../web/csrf.js';
import { receivePhoto } from '../web/receive-photo.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';

/** A person's own photo: chosen on `/profile`, shown wherever the person is. */
@Controller()
@Member()
export class PhotosController {
  constructor(
    private readonly photos: Photos,
    private readonly csrf: Csrf,
  ) {}

  @Get('photos/:hash')
  async show(
    @CurrentUser() { accountId }: SignedIn,
    @Param('hash') hash: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const bytes = await this.photos.find(accountId, hash);
    if (!bytes) throw new NotFound();
    // The address changes with the picture; `private`: no cache between may show it to somebody else.
    response.set({ 'Cache-Control': 'private, max-age=31536000, immutable', ETag: `"${hash}"` });
    if (request.headers['if-none-match']?.includes(`"${hash}"`)) {
      response.status(304).end();
      return;
    }
    response.type('image/webp').send(bytes);
  }

  /** Takes the field `photo`. A refusal comes back to the profile as a message: a file cannot be typed again. */
  @Post('profile/photo')
  @ReceivesFile()
  async replace(
    @CurrentUser() user: SignedIn,
    @CurrentWords() words: Words,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Redirect> {
    try {
      const file = await receivePhoto(this.csrf, words, request, response);
      return done('contacts.photo.saved', await this.photos.replace(user, file));
    } catch (error) {
      if (error instanceof Refused) return refused(error.key, error.values);
      throw error;
    }
  }

  @Post('profile/photo/deletion')
  async remove(@CurrentUser() user: SignedIn): Promise<Redirect> {
    return done('contacts.photo.removed', await this.photos.remove(user));
  }

  /** Undo of one change, by its journal batch. */
  @Post('profile/photo/restorations/:batchId')
  async restore(@CurrentUser() user: SignedIn, @Param('batchId') batchId: string): Promise<Redirect> {
    await this.photos.restore(user, batchId);
    return redirect('/profile', 'contacts.photo.restored');
  }
}

function done(key: string, batchId: Id | null): Redirect {
  const undo = batchId ? { undo: `/profile/photo/restorations/${batchId}` } : {};
  return redirect('/profile', { kind: 'success', key, ...undo });
}

function refused(key: string, values: Refused['values'] = {}): Redirect {
  return redirect('/profile', { kind: 'failure', key, values });
}
