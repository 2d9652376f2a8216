import { Controller, Get, Post, Query, Req } from '@nestjs/common';
import { type Request } from 'express';
import { Member, Public } from '../web/access.js';
import { page, redirect, type Page, type Redirect } from '../web/answers.js';
import { CurrentWords } from '../web/context.js';
import { Submitted, type Submission } from '../web/submitted.js';
import { type Words } from '../web/words.js';
import { localPath } from './local-path.js';
import { SignInPassport } from './passport.js';
import { SignInForm } from './sign-in.form.js';
import { SignIns } from './sign-in.service.js';
import { signInView } from './sign-in.view.js';

@Controller()
@Public()
export class SignInController {
  constructor(
    private readonly signIns: SignIns,
    private readonly passport: SignInPassport,
  ) {}

  @Get('login')
  form(@Req() request: Request, @CurrentWords() words: Words, @Query('next') next?: string): Page | Redirect {
    if (request.signedIn) return redirect(localPath(next) ?? '/');
    return page('auth/login', signInView(words, { next: localPath(next) ?? '' }));
  }

  @Post('login')
  async signIn(
    @Req() request: Request,
    @CurrentWords() words: Words,
    @Submitted(SignInForm) submission: Submission<SignInForm>,
  ): Promise<Page | Redirect> {
    const next = localPath(submission.form.next);
    const again = (returned: Submission<SignInForm>) =>
      page('auth/login', signInView(words, { next: next ?? '', returned }), 422);
    if (submission.refused) return again(submission);
    const person = await this.passport.authenticate(request);
    if (!person) return again(submission.with({ field: 'password', key: 'auth.sign-in.wrong' }));
    await this.signIns.begin(request, person);
    return redirect(next ?? '/', person.reopened ? 'account-closing.reopened' : undefined);
  }

  @Post('logout')
  @Member()
  async signOut(@Req() request: Request): Promise<Redirect> {
    await this.signIns.end(request);
    return redirect('/login', 'auth.signed-out');
  }
}
