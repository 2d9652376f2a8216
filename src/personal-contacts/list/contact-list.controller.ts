import { Controller, Get } from '@nestjs/common';
import { Member, NeedsFeature } from '../../web/access.js';
import { page } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { type Words } from '../../web/words.js';

/** The contacts one user keeps, as a list. */
@Member()
@NeedsFeature('personal-contacts')
@Controller('personal-contacts')
export class ContactListController {
  @Get()
  list(@CurrentWords() words: Words) {
    return page('personal-contacts/list', { title: words.t('personal-contacts.title') });
  }
}
