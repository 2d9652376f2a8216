import { Controller, Get, Param, Post, Req } from '@nestjs/common';
import { type Request } from 'express';
import { Conflict, Gone } from '../errors/domain-error.js';
import { Public } from '../web/access.js';
import { page, redirect, type Page, type Redirect } from '../web/answers.js';
import { CurrentWords } from '../web/context.js';
import { problemsOf } from '../web/fields.js';
import { Submitted, type Submission } from '../web/submitted.js';
import { type Words } from '../web/words.js';
import { Activations, type Invitation } from './activation.service.js';
import { endedPage } from './ended.view.js';
import { passwordProblems } from './form-rules.js';
import { HeldAddresses } from './held-address.service.js';
import { NewPasswordForm } from './new-password.form.js';
import { newPasswordFields } from './new-password.view.js';
import { SignIns } from './sign-in.service.js';

@Controller('activate/:token')
@Public()
export class ActivationController {
  constructor(
    private readonly activations: Activations,
    private readonly held: HeldAddresses,
    private readonly signIns: SignIns,
  ) {}

  @Get()
  async form(
    @Req() request: Request,
    @Param('token') token: string,
    @CurrentWords() words: Words,
  ): Promise<Page | Redirect> {
    const invitation = await this.activations.find(token);
    if (!invitation) return endedPage('activation-ended');
    if (invitation.state !== 'open' && request.signedIn?.id === invitation.person.id) return redirect('/');
    if (invitation.state !== 'open') return endedPage(`activation-${invitation.state}`);
    const holder = await this.activations.holderOf(invitation.person.email);
    if (holder) return this.held.page(request, words, { token, invitation, holder });
    return page('auth/activate', activationView(words, token, invitation));
  }

  @Post()
  async accept(
    @Req() request: Request,
    @Param('token') token: string,
    @CurrentWords() words: Words,
    @Submitted(NewPasswordForm) submission: Submission<NewPasswordForm>,
  ): Promise<Page | Redirect> {
    const invitation = await this.activations.find(token);
    if (!invitation) return endedPage('activation-ended');
    const { password } = submission.form;
    if (invitation.state === 'used') return this.again(request, invitation, password);
    if (invitation.state !== 'open') return endedPage(`activation-${invitation.state}`);
    const checked = submission.refused
      ? submission
      : submission.with(...passwordProblems(submission.form, invitation.person));
    if (checked.refused) return page('auth/activate', activationView(words, token, invitation, checked), 422);
    try {
      await this.signIns.begin(request, await this.activations.accept(invitation, password));
    } catch (error) {
      if (error instanceof Conflict) {
        // The address signs in somebody by now; unless they have given it up in this very moment.
        const holder = await this.activations.holderOf(invitation.person.email);
        return holder
          ? this.held.page(request, words, { token, invitation, holder })
          : redirect(`/activate/${token}`);
      }
      if (error instanceof Gone) return this.again(request, invitation, password);
      throw error;
    }
    return redirect('/', {
      kind: 'success',
      key: 'auth.activate.done',
      values: { company: invitation.company },
    });
  }

  /**
   * The button pressed twice: the second form comes when the first has activated. Whoever sent it is the person
   * (by session, or by the password it holds) and simply comes in; anybody else learns that the link was used.
   */
  private async again(request: Request, { person }: Invitation, password: string): Promise<Page | Redirect> {
    if (request.signedIn?.id === person.id) return redirect('/');
    const known = password === '' ? null : await this.signIns.check(request, person.email, password);
    if (known?.id !== person.id) return endedPage('activation-used');
    await this.signIns.begin(request, known);
    return redirect('/');
  }
}

function activationView(
  words: Words,
  token: string,
  { person, company, inviter }: Invitation,
  returned?: Submission<NewPasswordForm>,
) {
  const fields = newPasswordFields(words, 'first', returned);
  return {
    action: `/activate/${token}`,
    company,
    inviter,
    email: person.email,
    facts: [
      { label: words.t('auth.activate.name'), value: `${person.givenName} ${person.familyName}`.trim() },
      { label: words.t('auth.field.email'), value: person.email },
    ],
    fields,
    problems: problemsOf(words, fields, returned),
  };
}
