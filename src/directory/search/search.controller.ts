import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ENVIRONMENT } from '../../config/config.module.js';
import { type Environment } from '../../config/environment.js';
import { limits } from '../../config/limits.js';
import { tidy } from '../../text/tidy.js';
import { Member } from '../../web/access.js';
import { actionsFor } from '../../web/add-menu.js';
import { page, type Page } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { textOf } from '../../web/list-address.js';
import { navigationOf } from '../../web/shell.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { PeopleSearch } from './people-search.service.js';
import { placesFor } from './places.js';
import { optionsView, searchView } from './search.view.js';

/** People the header and the palette offer while one types. */
const OPTIONS = 8;

/** Everybody the reader knows, wherever they are kept, and the pages and actions the reader may open. */
@Controller('search')
@Member()
export class SearchController {
  constructor(
    private readonly people: PeopleSearch,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  @Get()
  async search(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query('q') query: unknown,
  ): Promise<Page> {
    const q = typed(query);
    const found = await this.people.find(reader, q, limits.page);
    const navigation = navigationOf(reader, this.environment, '/search', words);
    const places = placesFor(q, navigation, actionsFor(words, reader));
    return page('search/search', searchView(words, reader, { q, found, places }));
  }

  /** The first people alone, as options of a list that scripts show below a field. */
  @Get('options')
  async options(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query('q') query: unknown,
  ): Promise<Page> {
    const found = await this.people.find(reader, typed(query), OPTIONS);
    return page('search/options', optionsView(words, found));
  }
}

function typed(query: unknown): string {
  return tidy(textOf(query)).slice(0, 200);
}
