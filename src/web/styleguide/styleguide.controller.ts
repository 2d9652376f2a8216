import { Controller, Get } from '@nestjs/common';
import { Public } from '../access.js';
import { page } from '../answers.js';
import { CurrentWords } from '../context.js';
import type { Words } from '../words.js';
import { styleguideView } from './styleguide.view.js';

/** Shows every component to whoever builds a page; registered outside production only. */
@Controller('styleguide')
export class StyleguideController {
  @Get()
  @Public()
  show(@CurrentWords() words: Words) {
    return page('styleguide/index', styleguideView(words));
  }
}
