import { Controller, Get, Post } from '@nestjs/common';
import { IsIn } from 'class-validator';
import { Member } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { digests, type Digest } from '../notification.entity.js';
import { digestView } from './digest.view.js';
import { Digests } from './digests.service.js';

class DigestForm {
  @IsIn([...digests], { message: 'common.problem.choice' }) digest: Digest | '' = '';
}

/** Whether, and how often, a mail says what is new. */
@Controller('profile/notifications')
@Member()
export class DigestController {
  constructor(private readonly digests: Digests) {}

  @Get()
  async show(@CurrentUser() me: SignedIn, @CurrentWords() words: Words): Promise<Page> {
    return page('notifications/digest', digestView(words, me, await this.digests.chosenBy(me.id)));
  }

  @Post()
  async choose(
    @CurrentUser() me: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(DigestForm) submission: Submission<DigestForm>,
  ): Promise<Page | Redirect> {
    const { digest } = submission.form;
    if (submission.refused || digest === '') {
      return page(
        'notifications/digest',
        digestView(words, me, await this.digests.chosenBy(me.id), submission),
        422,
      );
    }
    await this.digests.choose(me, digest);
    return redirect('/profile/notifications', `notifications.digest.saved-${digest}`);
  }
}
