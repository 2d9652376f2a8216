import { Controller, Get, Query } from '@nestjs/common';
import { isId } from '../../database/id.js';
import { NotFound } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, type Page } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { NONE, readListState } from './external-list.state.js';
import { externalListView } from './external-list.view.js';
import { KeptContacts } from './kept-contacts.query.js';

/** People of other companies one is in contact with, as a list. */
@Member()
@NeedsFeature('external-contacts')
@Controller('external-contacts')
export class ExternalListController {
  constructor(private readonly kept: KeptContacts) {}

  /** @throws NotFound for a folder that is gone or another's */
  @Get()
  async list(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const state = readListState(query);
    const kept = await this.kept.all(reader.id);
    const { folder } = state;
    const known = folder === '' || folder === NONE || kept.folders.some(({ id }) => id === folder);
    if (!known) throw new NotFound(isId(folder) ? 'external-folders.not-found' : undefined);
    return page('external-list/list', externalListView(words, reader, state, kept));
  }
}
