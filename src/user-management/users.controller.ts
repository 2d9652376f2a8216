import { Controller, Get, Query } from '@nestjs/common';
import { Counters } from '../accounts/counters.service.js';
import { Admin } from '../web/access.js';
import { page } from '../web/answers.js';
import { CurrentWords } from '../web/context.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';
import { UserList } from './user-list.query.js';
import { readListState } from './user-list.state.js';
import { usersView } from './users.view.js';

/** The people of an account, for its administrators. */
@Admin()
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UserList,
    private readonly counters: Counters,
  ) {}

  @Get()
  async list(
    @CurrentUser() { accountId }: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ) {
    const state = readListState(query);
    const until = new Date();
    const [people, counts, departments, userGroups, count] = await Promise.all([
      this.users.page(accountId, state),
      this.counters.of(accountId),
      this.users.departments(accountId, state.status),
      this.users.userGroups(accountId),
      state.all ? this.users.count(accountId, { ...state, invitedUntil: until }) : null,
    ]);
    const matching = count ? { count, until } : null;
    return page(
      'users/list',
      usersView(words, state, { page: people, counts, departments, userGroups, matching }),
    );
  }
}
