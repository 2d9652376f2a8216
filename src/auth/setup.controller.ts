import { Controller, Get, Param, Post, Req } from '@nestjs/common';
import { type Request } from 'express';
import { DataSource } from 'typeorm';
import { SecretKeys } from '../crypto/secret-keys.js';
import { Gone, NotFound } from '../errors/domain-error.js';
import { normaliseAddress } from '../text/address.js';
import { Public } from '../web/access.js';
import { page, redirect, type Page, type Redirect } from '../web/answers.js';
import { CurrentWords, factsOf } from '../web/context.js';
import { Submitted, type Submission } from '../web/submitted.js';
import { type Words } from '../web/words.js';
import { endedPage } from './ended.view.js';
import { passwordProblems } from './form-rules.js';
import { Founding } from './founding.service.js';
import { type Person } from './passport.js';
import { regionOf } from './regions.js';
import { SetupForm } from './setup.form.js';
import { isSetupToken } from './setup-link.js';
import { setupView } from './setup.view.js';
import { SignIns } from './sign-in.service.js';

/** Founds the first company, by the link that the start prints. */
@Controller('setup/:token')
@Public()
export class SetupController {
  constructor(
    private readonly database: DataSource,
    private readonly keys: SecretKeys,
    private readonly founding: Founding,
    private readonly signIns: SignIns,
  ) {}

  @Get()
  async form(
    @Req() request: Request,
    @Param('token') token: string,
    @CurrentWords() words: Words,
  ): Promise<Page | Redirect> {
    if (request.signedIn) return redirect('/');
    await this.checkToken(token);
    if (await this.founding.isFounded()) return endedPage('setup-used');
    const region = regionOf(request.headers['accept-language']);
    return page('auth/setup', setupView(words, { token, region }));
  }

  @Post()
  async found(
    @Req() request: Request,
    @Param('token') token: string,
    @CurrentWords() words: Words,
    @Submitted(SetupForm) submission: Submission<SetupForm>,
  ): Promise<Page | Redirect> {
    if (request.signedIn) return redirect('/');
    await this.checkToken(token);
    if (await this.founding.isFounded()) return endedPage('setup-used');
    const { form } = submission;
    const email = normaliseAddress(form.email) ?? '';
    const { accountName, region, givenName, familyName, password } = form;
    const language = form.language || words.locale;
    const checked = submission.problems.some(({ field }) => field === 'password')
      ? submission
      : submission.with(...passwordProblems(form, { email, givenName, familyName }));
    if (checked.refused) {
      return page('auth/setup', setupView(words, { token, region: null, returned: checked }), 422);
    }
    let owner: Person;
    try {
      owner = await this.founding.foundFirst(
        { accountName, region, language, owner: { email, givenName, familyName, password } },
        factsOf(request),
      );
    } catch (error) {
      // The other of two forms sent at once has founded it.
      if (error instanceof Gone) return endedPage('setup-used');
      throw error;
    }
    await this.signIns.begin(request, owner);
    return redirect('/checklist', {
      kind: 'success',
      key: 'auth.setup.done',
      values: { company: accountName },
    });
  }

  private async checkToken(token: string): Promise<void> {
    if (!(await isSetupToken(this.database, this.keys, token))) throw new NotFound();
  }
}
