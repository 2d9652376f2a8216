import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { Photos, type PhotoAct } from '../../accounts/photos.service.js';
import { type Id } from '../../database/id.js';
import { Refused } from '../../errors/domain-error.js';
import { Admin, ReceivesFile } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { Csrf } from '../../web/csrf.js';
import { receivePhoto } from '../../web/receive-photo.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { nameOf } from '../change-words.js';
import { UserDetailsQuery, type UserDetails } from '../user-details.query.js';
import { photoView } from './photo.view.js';
import { changeableBy, presentOnly } from './present.js';

/** The photo of one person, by an administrator. One's own is chosen on the profile. */
@Admin()
@Controller('users/:id/photo')
export class UserPhotoController {
  constructor(
    private readonly details: UserDetailsQuery,
    private readonly photos: Photos,
    private readonly csrf: Csrf,
  ) {}

  @Get()
  async form(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page | Redirect> {
    const details = await this.changeable(reader, id);
    return details.user.id === reader.id
      ? redirect('/profile#photo-card')
      : page('user/photo', photoView(words, details));
  }

  /** Takes the field `photo`. A refusal comes back as a message: a file cannot be typed again. */
  @Post()
  @ReceivesFile()
  async replace(
    @CurrentUser() actor: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Redirect> {
    const { user } = await this.changeable(actor, id);
    try {
      const file = await receivePhoto(this.csrf, words, request, response);
      return done(user, 'user.photo.saved', await this.photos.replace(user, file, actOf(user, actor, facts)));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { key, values } = error;
      return redirect(`/users/${user.id}/photo`, { kind: 'failure', key, values });
    }
  }

  @Post('deletion')
  async remove(
    @CurrentUser() actor: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ): Promise<Redirect> {
    const { user } = await this.changeable(actor, id);
    return done(user, 'user.photo.removed', await this.photos.remove(user, actOf(user, actor, facts)));
  }

  /** Undo of one change of one's own making, by its journal batch. */
  @Post('restorations/:batchId')
  async restore(
    @CurrentUser() actor: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Param('batchId') batchId: string,
  ): Promise<Redirect> {
    const { user } = await this.changeable(actor, id);
    await this.photos.restore(user, batchId, actOf(user, actor, facts));
    return redirect(`/users/${user.id}`, 'contacts.photo.restored');
  }

  private async changeable(reader: SignedIn, id: string): Promise<UserDetails> {
    return changeableBy(reader, presentOnly(await this.details.of(reader.accountId, id)));
  }
}

/** What people do to their own photo is not in the audit log, from whichever page. */
function actOf({ id }: { id: Id }, actor: SignedIn, facts: RequestFacts): PhotoAct | undefined {
  return id === actor.id ? undefined : { actor, facts };
}

function done(user: UserDetails['user'], key: string, batchId: Id | null): Redirect {
  const undo = batchId ? { undo: `/users/${user.id}/photo/restorations/${batchId}` } : {};
  return redirect(`/users/${user.id}`, { kind: 'success', key, values: { name: nameOf(user) }, ...undo });
}
