import { Controller, Get, Query } from '@nestjs/common';
import { Counters } from '../accounts/counters.service.js';
import { Admin } from '../web/access.js';
import { page, redirect } from '../web/answers.js';
import { CurrentWords } from '../web/context.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';
import { pathOf, SavedViews } from './saved-views/saved-views.service.js';
import { UserFilterChoices } from './user-filter-choices.query.js';
import { UserList } from './user-list.query.js';
import { readListState } from './user-list.state.js';
import { usersView } from './users.view.js';

/** The people of an account, for its administrators. */
@Admin()
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UserList,
    private readonly choices: UserFilterChoices,
    private readonly views: SavedViews,
    private readonly counters: Counters,
  ) {}

  @Get()
  async list(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ) {
    const { view } = query;
    // The address then carries the state itself, and can be changed and shared as any other.
    if (typeof view === 'string' && view !== '') {
      return redirect(pathOf((await this.views.find(reader, view)).query));
    }
    const { accountId } = reader;
    const state = readListState(query);
    const [people, counts, choices, views, matching] = await Promise.all([
      this.users.page(accountId, state),
      this.counters.of(accountId),
      this.choices.of(accountId, state),
      this.views.list(reader),
      state.all ? this.users.count(accountId, state) : null,
    ]);
    return page(
      'users/list',
      usersView(words, reader, state, { page: people, counts, choices, views, matching }),
    );
  }
}
