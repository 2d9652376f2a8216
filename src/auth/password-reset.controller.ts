import { Controller, Get, Param, Post, Req } from '@nestjs/common';
import { type Request } from 'express';
import { IsNotEmpty } from 'class-validator';
import { Gone } from '../errors/domain-error.js';
import { normaliseAddress } from '../text/address.js';
import { Public } from '../web/access.js';
import { page, redirect, type Page, type Redirect } from '../web/answers.js';
import { CurrentWords } from '../web/context.js';
import { field, problemsOf } from '../web/fields.js';
import { Submitted, type Submission } from '../web/submitted.js';
import { type Words } from '../web/words.js';
import { endedPage } from './ended.view.js';
import { AddressTyped, passwordProblems } from './form-rules.js';
import { NewPasswordForm } from './new-password.form.js';
import { newPasswordFields } from './new-password.view.js';
import { PasswordResets } from './password-reset.service.js';
import { SignIns } from './sign-in.service.js';
import { networkOf, Throttle } from './throttle.service.js';

class ForgotPasswordForm {
  @AddressTyped() @IsNotEmpty({ message: 'auth.problem.email' }) email = '';
}

const hour = 60 * 60;
/** Mails one address can be sent, and one place can ask for. */
const perAddress = { limit: 5, windowSeconds: hour };
const perNetwork = { limit: 60, windowSeconds: hour };

@Controller()
@Public()
export class PasswordResetController {
  constructor(
    private readonly resets: PasswordResets,
    private readonly signIns: SignIns,
    private readonly throttle: Throttle,
  ) {}

  @Get('forgot-password')
  form(@CurrentWords() words: Words): Page {
    return page('auth/forgot-password', forgotView(words));
  }

  /** The same answer whether anybody has the address or not. */
  @Post('forgot-password')
  async ask(
    @Req() request: Request,
    @CurrentWords() words: Words,
    @Submitted(ForgotPasswordForm) submission: Submission<ForgotPasswordForm>,
  ): Promise<Page> {
    if (submission.refused) return page('auth/forgot-password', forgotView(words, submission), 422);
    const address = normaliseAddress(submission.form.email) ?? '';
    await this.throttle.hit('reset-network', networkOf(request.ip ?? ''), perNetwork);
    await this.throttle.hit('reset-address', address, perAddress);
    await this.resets.ask(address);
    return page('auth/forgot-password-sent', { address });
  }

  @Get('reset-password/:token')
  async choose(@Param('token') token: string, @CurrentWords() words: Words): Promise<Page> {
    const reset = await this.resets.find(token);
    if (!reset || reset.state !== 'open')
      return endedPage(reset?.state === 'used' ? 'reset-used' : 'reset-ended');
    return page('auth/reset-password', resetView(words, token, reset.person.email));
  }

  @Post('reset-password/:token')
  async change(
    @Req() request: Request,
    @Param('token') token: string,
    @CurrentWords() words: Words,
    @Submitted(NewPasswordForm) submission: Submission<NewPasswordForm>,
  ): Promise<Page | Redirect> {
    const reset = await this.resets.find(token);
    if (!reset || reset.state !== 'open')
      return endedPage(reset?.state === 'used' ? 'reset-used' : 'reset-ended');
    const checked = submission.refused
      ? submission
      : submission.with(...passwordProblems(submission.form, reset.person));
    if (checked.refused) {
      return page('auth/reset-password', resetView(words, token, reset.person.email, checked), 422);
    }
    try {
      await this.resets.finish(reset, submission.form.password);
    } catch (error) {
      if (error instanceof Gone) return endedPage('reset-used');
      throw error;
    }
    // Holding the link proves the address, choosing the password the rest: the person comes in at once.
    await this.signIns.begin(request, reset.person);
    return redirect('/', 'auth.reset.done');
  }
}

function forgotView(words: Words, returned?: Submission<ForgotPasswordForm>) {
  const fields = [
    field(
      words,
      {
        ...{ name: 'email', labelKey: 'auth.field.email', type: 'email', autocomplete: 'username' },
        autofocus: !returned,
      },
      returned,
    ),
  ];
  return { fields, problems: problemsOf(words, fields, returned) };
}

function resetView(words: Words, token: string, email: string, returned?: Submission<NewPasswordForm>) {
  const fields = newPasswordFields(words, 'new', returned);
  return { action: `/reset-password/${token}`, email, fields, problems: problemsOf(words, fields, returned) };
}
