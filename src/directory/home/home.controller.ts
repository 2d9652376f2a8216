import { Controller, Get } from '@nestjs/common';
import { HomeSections } from '../../accounts/home-sections.js';
import { Member } from '../../web/access.js';
import { page, type Page } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { homeView, isQuiet } from './home.view.js';

/** `/`: where one starts. What features say of today, and to whom it says nothing, what to do first. */
@Controller()
@Member()
export class HomeController {
  constructor(private readonly sections: HomeSections) {}

  @Get()
  async show(@CurrentUser() reader: SignedIn, @CurrentWords() words: Words): Promise<Page> {
    const parts = await this.sections.of(words, reader);
    const steps = isQuiet(parts) ? await this.sections.stepsFor(words, reader) : [];
    return page('home/page', homeView(words, reader, { parts, steps, now: new Date() }));
  }
}
