import { Controller, Get, Query } from '@nestjs/common';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, type Page } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { ContactGroups } from '../groups/contact-groups.query.js';
import { ContactList } from './contact-list.query.js';
import { isNarrowed, NONE, readListState } from './contact-list.state.js';
import { contactListView } from './contact-list.view.js';
import { ListSummaries } from './list-summary.query.js';

/** The contacts one user keeps, as a list. */
@Member()
@NeedsFeature('personal-contacts')
@Controller('personal-contacts')
export class ContactListController {
  constructor(
    private readonly contacts: ContactList,
    private readonly groups: ContactGroups,
    private readonly summaries: ListSummaries,
  ) {}

  /** @throws NotFound for a group that is gone or another's */
  @Get()
  async list(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const { id, accountId } = reader;
    const state = readListState(query);
    const { group } = state;
    const lettersAreWhole = !isNarrowed({ ...state, letter: '' });
    const [found, { counts, groups, ...whole }, narrowed, matching] = await Promise.all([
      this.contacts.page(id, state),
      this.summaries.of(accountId, id),
      // What a search finds is short, and searched while one types.
      state.q === '' && !lettersAreWhole ? this.contacts.letters(id, state) : null,
      state.all ? this.contacts.count(id, state) : null,
    ]);
    // One beyond those that pages list is looked for by itself.
    if (group !== '' && group !== NONE && !groups.some((each) => each.id === group)) {
      const { name } = await this.groups.find(id, group);
      groups.push({ id: group, name, people: await this.contacts.count(id, { ...state, ...onlyGroup }) });
    }
    const letters = lettersAreWhole ? new Set(whole.letters) : narrowed;
    const read = { page: found, counts, groups, letters, matching: matching || null };
    return page('personal-contacts/list', contactListView(words, state, { ...read, reader }));
  }
}

/** Of a state: its group alone. */
const onlyGroup = { q: '', starred: false, letter: '', ids: '' };
