import { Controller, Get, Inject, Req } from '@nestjs/common';
import { type Request } from 'express';
import { ENVIRONMENT } from '../../config/config.module.js';
import { type Environment } from '../../config/environment.js';
import { Public } from '../../web/access.js';
import { page, type Page } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { apiWordsOf } from '../../web/problem-json.js';
import { type Words } from '../../web/words.js';
import { apiDocsView } from './api-docs.view.js';
import { openApi } from './openapi.js';

/** How other programs come in; nothing of it is secret. */
@Public()
@Controller('api')
export class ApiDocsController {
  constructor(@Inject(ENVIRONMENT) private readonly environment: Environment) {}

  @Get('docs')
  docs(@CurrentWords() words: Words, @Req() { signedIn }: Request): Page {
    const owner = signedIn?.role === 'owner' && signedIn.account.kind === 'company';
    const view = apiDocsView(words, this.environment.publicUrl, owner);
    return page(signedIn ? 'api-docs/signed-in' : 'api-docs/visitor', view);
  }

  @Get('v1/openapi.json')
  document(@Req() request: Request) {
    return openApi(apiWordsOf(request), this.environment.publicUrl);
  }
}
