import { Controller, Get, Req } from '@nestjs/common';
import { type Request } from 'express';
import { Public } from '../web/access.js';
import { page, type Page } from '../web/answers.js';
import { CurrentWords } from '../web/context.js';
import { type Words } from '../web/words.js';
import { helpView } from './help.view.js';

/** How much fits, which keys do what, and who helps; also for visitors who cannot get in. */
@Controller('help')
@Public()
export class HelpController {
  @Get()
  show(@Req() { signedIn }: Request, @CurrentWords() words: Words): Page {
    return page(signedIn ? 'help/page' : 'help/visitor-page', helpView(words, signedIn ?? null));
  }
}
