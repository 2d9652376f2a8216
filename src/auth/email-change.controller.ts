import { Controller, Get, Param, Post, Req } from '@nestjs/common';
import { IsNotEmpty, MaxLength } from 'class-validator';
import { type Request } from 'express';
import { AddressChanges } from '../accounts/address-changes.service.js';
import { Conflict, Gone, Refused } from '../errors/domain-error.js';
import { normaliseAddress } from '../text/address.js';
import { Member, Public } from '../web/access.js';
import { page, redirect, type Page, type Redirect } from '../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../web/context.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { AsTyped, Submitted, type Submission } from '../web/submitted.js';
import { type Words } from '../web/words.js';
import { EmailChanges, type EmailChange } from './email-change.service.js';
import { confirmAddressView, ownAddressView } from './email-change.view.js';
import { endedPage } from './ended.view.js';
import { AddressTyped } from './form-rules.js';

class EmailChangeForm {
  @AddressTyped() @IsNotEmpty({ message: 'auth.problem.email' }) email = '';
  @MaxLength(1000, { message: 'profile.password.wrong' })
  @IsNotEmpty({ message: 'profile.problem.current-password' })
  @AsTyped()
  currentPassword = '';
}

/** Another address to sign in with, for oneself. */
@Controller('profile/email')
@Member()
export class EmailChangeController {
  constructor(
    private readonly emails: EmailChanges,
    private readonly changes: AddressChanges,
  ) {}

  @Get()
  async form(@CurrentUser() me: SignedIn, @CurrentWords() words: Words): Promise<Page> {
    const waiting = await this.changes.waiting(me.accountId, me.id);
    return page('profile/email', ownAddressView(words, me, waiting));
  }

  @Post()
  async ask(
    @CurrentUser() me: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(EmailChangeForm) submission: Submission<EmailChangeForm>,
  ): Promise<Page | Redirect> {
    if (submission.refused) return this.again(me, words, submission);
    const address = normaliseAddress(submission.form.email) ?? '';
    try {
      if (!(await this.emails.ask(me, facts, address, submission.form.currentPassword))) {
        const wrong = { field: 'currentPassword', key: 'profile.password.wrong' };
        return await this.again(me, words, submission.with(wrong));
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return this.again(me, words, submission.with({ field: 'email', key: error.key }));
    }
    return redirect('/profile/email', {
      ...{ kind: 'success', key: 'auth.email-change.asked' },
      values: { address },
    });
  }

  @Post('sending')
  async resend(@CurrentUser() me: SignedIn, @Facts() facts: RequestFacts): Promise<Redirect> {
    const { email } = await this.emails.resend(me, facts);
    return redirect('/profile/email', {
      ...{ kind: 'success', key: 'auth.email-change.asked' },
      values: { address: email },
    });
  }

  @Post('cancellation')
  async cancel(@CurrentUser() me: SignedIn, @Facts() facts: RequestFacts): Promise<Redirect> {
    try {
      await this.changes.cancel(me, facts, me.id);
    } catch (error) {
      if (error instanceof Conflict) return redirect('/profile/email', { kind: 'notice', key: error.key });
      throw error;
    }
    return redirect('/profile/email', 'auth.email-change.cancelled');
  }

  private async again(me: SignedIn, words: Words, submission: Submission<EmailChangeForm>): Promise<Page> {
    const waiting = await this.changes.waiting(me.accountId, me.id);
    return page('profile/email', ownAddressView(words, me, waiting, submission), 422);
  }
}

/** The link of the mail to the new address; whoever holds it need not be signed in. */
@Controller('profile/email/:token')
@Public()
export class EmailConfirmationController {
  constructor(private readonly emails: EmailChanges) {}

  @Get()
  async form(@Param('token') token: string, @CurrentWords() words: Words): Promise<Page> {
    const change = await this.emails.find(token);
    if (!change) return endedPage('email-ended');
    if (change.state !== 'open') return endedPage(`email-${change.state}`);
    if (change.held) return heldPage(words, change, change.held);
    return page('auth/email-change', confirmAddressView(words, token, change));
  }

  @Post()
  async confirm(
    @Req() request: Request,
    @Param('token') token: string,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
  ): Promise<Page | Redirect> {
    const change = await this.emails.find(token);
    if (!change) return endedPage('email-ended');
    if (change.state !== 'open') return endedPage(`email-${change.state}`);
    try {
      await this.emails.confirm(change, facts, request.signedIn);
    } catch (error) {
      if (error instanceof Gone) return endedPage('email-used');
      if (error instanceof Conflict)
        return heldPage(words, change, error.key.includes('elsewhere') ? 'elsewhere' : 'in-company');
      throw error;
    }
    const signedIn = request.signedIn?.id === change.link.userId;
    return redirect(signedIn ? '/profile' : '/login', {
      ...{ kind: 'success', key: signedIn ? 'auth.email-change.done' : 'auth.email-change.done-sign-in' },
      values: { address: change.address },
    });
  }
}

/** Somebody else signs in with the address: only they, or their company, can give it up. */
function heldPage(
  words: Words,
  { address, company }: EmailChange,
  by: NonNullable<EmailChange['held']>,
): Page {
  const view = {
    title: words.t(`auth.email-change.${by}-title`),
    text: words.t(`auth.email-change.${by}-text`, { address, company }),
    what: words.t(`auth.email-change.${by}-what`, { company }),
  };
  return page('auth/address-held', view, 409);
}
