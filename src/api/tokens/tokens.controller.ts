import { Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import { type Environment } from '../../config/environment.js';
import { Conflict, Refused } from '../../errors/domain-error.js';
import { Owner } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { RevokingForm, scopesOf, TokenForm } from './token.form.js';
import { Tokens } from './tokens.service.js';
import { isInUse, madeTokenView, newTokenView, revokeTokenView, tokensView } from './tokens.view.js';

const LIST = '/settings/tokens';

/** What other programs may do in the company's name: made and revoked by its owners. */
@Owner()
@Controller('settings/tokens')
export class TokensController {
  constructor(
    private readonly tokens: Tokens,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  @Get()
  async list(@CurrentUser() reader: SignedIn, @CurrentWords() words: Words): Promise<Page> {
    return page('tokens/list', tokensView(words, await this.tokens.list(reader)));
  }

  @Get('new')
  form(@CurrentWords() words: Words): Page {
    return page('tokens/new', newTokenView(words));
  }

  /** Answers with the token: no other page could show it. */
  @Post()
  async create(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(TokenForm) submission: Submission<TokenForm>,
  ): Promise<Page | Redirect> {
    if (submission.refused) return page('tokens/new', newTokenView(words, submission), 422);
    const { form, once } = submission;
    const days = form.days === '' ? null : Number(form.days);
    try {
      const wanted = { name: form.name, scopes: scopesOf(form), days };
      const token = await this.tokens.create(reader, facts, wanted, once);
      return page('tokens/made', madeTokenView(words, form, token, this.environment.publicUrl));
    } catch (error) {
      if (!(error instanceof Conflict || error instanceof Refused)) throw error;
      return redirect(LIST, { kind: 'failure', key: error.key, values: error.values });
    }
  }

  @Get(':id/revocation')
  async ask(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page | Redirect> {
    const token = await this.tokens.find(reader, id);
    return isInUse(token) ? page('tokens/revoke', revokeTokenView(words, token, false)) : redirect(LIST);
  }

  @Post(':id/revocation')
  async revoke(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(RevokingForm) { form }: Submission<RevokingForm>,
  ): Promise<Page | Redirect> {
    if (!form.confirmed) {
      const token = await this.tokens.find(reader, id);
      return page('tokens/revoke', revokeTokenView(words, token, true), 422);
    }
    const name = await this.tokens.revoke(reader, facts, id);
    return redirect(LIST, { kind: 'success', key: 'tokens.revoked', values: { name } });
  }
}
