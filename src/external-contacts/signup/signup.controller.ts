import { Controller, Get, Param, Post, Req } from '@nestjs/common';
import { type Request } from 'express';
import { passwordProblems } from '../../auth/form-rules.js';
import { type Person } from '../../auth/passport.js';
import { regionOf } from '../../auth/regions.js';
import { SignIns } from '../../auth/sign-in.service.js';
import { Conflict, Gone } from '../../errors/domain-error.js';
import { Public } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords, factsOf } from '../../web/context.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { RECEIVED } from '../external-tabs.view.js';
import { SignUpForm } from './signup.form.js';
import { SignUps, type SignUp } from './signups.service.js';
import { signUpView } from './signup.view.js';

/** Where an invitation leads whom nobody here knows yet: to an account of their own, free and for one person. */
@Controller('signup/:token')
@Public()
export class SignUpController {
  constructor(
    private readonly signUps: SignUps,
    private readonly signIns: SignIns,
  ) {}

  @Get()
  async form(
    @Req() request: Request,
    @Param('token') token: string,
    @CurrentWords() words: Words,
  ): Promise<Page | Redirect> {
    const signUp = await this.signUps.find(token);
    if (signUp?.state !== 'open') return this.over(signUp);
    const holder = await this.signUps.holderOf(signUp.address);
    if (holder) return this.taken(request, signUp, holder);
    const region = regionOf(request.headers['accept-language']) ?? signUp.region;
    return page('signup/form', signUpView(words, { token, signUp, region, reader: request.signedIn }));
  }

  @Post()
  async signUp(
    @Req() request: Request,
    @Param('token') token: string,
    @CurrentWords() words: Words,
    @Submitted(SignUpForm) submission: Submission<SignUpForm>,
  ): Promise<Page | Redirect> {
    const signUp = await this.signUps.find(token);
    const { givenName, familyName, region, password } = submission.form;
    if (signUp?.state === 'used') return this.again(request, signUp, password);
    if (signUp?.state !== 'open') return this.over(signUp);
    const holder = await this.signUps.holderOf(signUp.address);
    if (holder) return this.taken(request, signUp, holder);
    const owner = { email: signUp.address, givenName, familyName };
    const checked = submission.problems.some(({ field }) => field === 'password')
      ? submission
      : submission.with(...passwordProblems(submission.form, owner));
    if (checked.refused) {
      const data = { token, signUp, region, reader: request.signedIn, returned: checked };
      return page('signup/form', signUpView(words, data), 422);
    }
    const self = { givenName, familyName, region, password, language: words.locale };
    try {
      await this.signIns.begin(request, await this.signUps.signUp(signUp, self, factsOf(request)));
    } catch (error) {
      // The other of two forms sent at once was first, or the request was withdrawn meanwhile.
      if (error instanceof Gone) return this.again(request, await this.signUps.find(token), password);
      if (error instanceof Conflict) return this.taken(request, signUp, null);
      throw error;
    }
    return redirect(RECEIVED, {
      ...{ kind: 'success', key: 'signup.done' },
      values: { name: givenName, sender: signUp.sender.name },
    });
  }

  /** The button pressed twice: whoever has just signed up, by session or by the password chosen, simply comes in. */
  private async again(request: Request, signUp: SignUp | null, password: string): Promise<Page | Redirect> {
    if (signUp?.state !== 'used') return this.over(signUp);
    const holder = await this.signUps.holderOf(signUp.address);
    if (holder && request.signedIn?.id === holder.id) return redirect(RECEIVED);
    const known = password === '' ? null : await this.signIns.check(request, signUp.address, password);
    if (!known) return this.over(signUp);
    await this.signIns.begin(request, known);
    return redirect(RECEIVED);
  }

  /** The address signs somebody in by now: they answer the request where they are. */
  private async taken(request: Request, signUp: SignUp, holder: Person | null): Promise<Page | Redirect> {
    const next = (await this.signUps.confirmationOf(signUp)) ?? RECEIVED;
    if (holder && request.signedIn?.id === holder.id) return redirect(next);
    const { address, sender } = signUp;
    const login = `/login?next=${encodeURIComponent(next)}`;
    return page('signup/taken', { address, sender: sender.name, login }, 409);
  }

  private async over(signUp: SignUp | null): Promise<Page | Redirect> {
    const state = signUp?.state ?? 'ended';
    const confirmation = signUp && state === 'used' ? await this.signUps.confirmationOf(signUp) : null;
    if (confirmation !== null) return redirect(confirmation);
    const key = `signup.${state}`;
    return page(
      'auth/ended',
      {
        ...{ titleKey: `${key}-title`, textKey: `${key}-text` },
        ...{ href: '/login', labelKey: 'common.action.sign-in' },
      },
      410,
    );
  }
}
