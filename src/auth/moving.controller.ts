import { Controller, Param, Post, Req } from '@nestjs/common';
import { IsNotEmpty, MaxLength } from 'class-validator';
import { type Request } from 'express';
import { Conflict, Gone } from '../errors/domain-error.js';
import { Public } from '../web/access.js';
import { redirect, type Page, type Redirect } from '../web/answers.js';
import { CurrentWords } from '../web/context.js';
import { AsTyped, Submitted, type Submission } from '../web/submitted.js';
import { type Words } from '../web/words.js';
import { Activations } from './activation.service.js';
import { endedPage } from './ended.view.js';
import { HeldAddresses } from './held-address.service.js';
import { Movings } from './moving.service.js';
import { SignIns } from './sign-in.service.js';

class HolderForm {
  @MaxLength(1000, { message: 'account-moving.wrong' })
  @IsNotEmpty({ message: 'auth.problem.password' })
  @AsTyped()
  password = '';
}

/** From an account of one's own into the company that invited the same address. */
@Controller('activate/:token')
@Public()
export class MovingController {
  constructor(
    private readonly activations: Activations,
    private readonly held: HeldAddresses,
    private readonly movings: Movings,
    private readonly signIns: SignIns,
  ) {}

  /** Signs in to the account the address has now: the mail alone does not show that it is theirs. */
  @Post('holder')
  async prove(
    @Req() request: Request,
    @Param('token') token: string,
    @CurrentWords() words: Words,
    @Submitted(HolderForm) submission: Submission<HolderForm>,
  ): Promise<Page | Redirect> {
    const invitation = await this.activations.find(token);
    if (invitation?.state !== 'open') return endedPage(`activation-${invitation?.state ?? 'ended'}`);
    const back = redirect(`/activate/${token}`);
    const holder = await this.activations.holderOf(invitation.person.email);
    // Given up meanwhile, or a company's by now: the page of the invitation says how it goes on.
    if (!holder?.alone) return back;
    if (submission.refused) return this.held.prove(request, words, { token, invitation, holder }, submission);
    const known = await this.signIns.check(request, invitation.person.email, submission.form.password);
    if (known?.id !== holder.id) {
      const wrong = submission.with({ field: 'password', key: 'account-moving.wrong' });
      return this.held.prove(request, words, { token, invitation, holder }, wrong);
    }
    await this.signIns.begin(request, known);
    return back;
  }

  @Post('moving')
  async move(
    @Req() request: Request,
    @Param('token') token: string,
    @CurrentWords() words: Words,
  ): Promise<Page | Redirect> {
    const invitation = await this.activations.find(token);
    if (invitation?.state !== 'open') return endedPage(`activation-${invitation?.state ?? 'ended'}`);
    const holder = await this.activations.holderOf(invitation.person.email);
    const { signedIn } = request;
    if (!holder?.alone || signedIn?.id !== holder.id) return redirect(`/activate/${token}`);
    try {
      await this.signIns.begin(request, await this.movings.move(invitation, holder));
    } catch (error) {
      if (error instanceof Gone) return endedPage('activation-used');
      if (error instanceof Conflict) return this.held.choose(words, { token, invitation, holder }, error.key);
      throw error;
    }
    return redirect('/', {
      ...{ kind: 'success', key: 'account-moving.done', values: { company: invitation.company } },
    });
  }
}
