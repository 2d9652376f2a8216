import { Controller, Get, Param, Post } from '@nestjs/common';
import { Belongings } from '../accounts/belongings.js';
import { PersonalAccounts } from '../accounts/personal-accounts.service.js';
import { Forbidden, Gone } from '../errors/domain-error.js';
import { Member, Public } from '../web/access.js';
import { page, redirect, type Page, type Redirect } from '../web/answers.js';
import { CurrentWords } from '../web/context.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { Submitted, type Submission } from '../web/submitted.js';
import { type Words } from '../web/words.js';
import { AccountClosingForm } from './account-closing.form.js';
import { accountClosingView } from './account-closing.view.js';
import { Profiles } from './profile.service.js';

const unticked = { field: 'confirmed', key: 'account-closing.tick-first' };

/** Closing one's own account, where it is of one person. */
@Controller('profile/closing')
@Member()
export class AccountClosingController {
  constructor(
    private readonly personal: PersonalAccounts,
    private readonly profiles: Profiles,
    private readonly belongings: Belongings,
  ) {}

  @Get()
  confirm(@CurrentUser() me: SignedIn, @CurrentWords() words: Words): Promise<Page> {
    return this.page(me, words);
  }

  @Post()
  async close(
    @CurrentUser() me: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(AccountClosingForm) submitted: Submission<AccountClosingForm>,
  ): Promise<Page | Redirect> {
    const submission = submitted.form.confirmed ? submitted : submitted.with(unticked);
    if (submission.refused) return this.page(me, words, submission);
    if (!(await this.profiles.isMyPassword(me, submission.form.password))) {
      return this.page(me, words, submission.with({ field: 'password', key: 'profile.password.wrong' }));
    }
    const until = await this.personal.close(me);
    return redirect('/login', {
      ...{ kind: 'success', key: 'account-closing.done', values: { until: words.date(until) } },
    });
  }

  private async page(me: SignedIn, words: Words, returned?: Submission<AccountClosingForm>): Promise<Page> {
    if (me.account.kind !== 'personal') throw new Forbidden('account-closing.company');
    const view = accountClosingView(words, me, await this.belongings.of(me.id), returned);
    return page('account-closing/confirm', view, returned ? 422 : 200);
  }
}

/** The way back by the mail that said that the account is closed. */
@Controller('reopen/:token')
@Public()
export class AccountReopeningController {
  constructor(private readonly personal: PersonalAccounts) {}

  @Get()
  async form(@Param('token') token: string): Promise<Page> {
    const reopening = await this.personal.find(token);
    if (reopening?.state !== 'open') return endedPage(reopening?.state);
    return page('account-closing/reopen', { action: `/reopen/${token}`, email: reopening.email });
  }

  @Post()
  async reopen(@Param('token') token: string): Promise<Page | Redirect> {
    const reopening = await this.personal.find(token);
    if (reopening?.state !== 'open') return endedPage(reopening?.state);
    try {
      await this.personal.reopenBy(reopening);
    } catch (error) {
      if (error instanceof Gone) return endedPage((await this.personal.find(token))?.state);
      throw error;
    }
    return redirect('/login', 'account-closing.reopened-sign-in');
  }
}

/** 410: the account is open by now, or its 30 days are over. */
function endedPage(state?: string): Page {
  // Taken back by signing in: as good as used.
  const key = `account-closing.ended-${state === 'used' || state === 'withdrawn' ? 'used' : 'over'}`;
  return page(
    'auth/ended',
    {
      ...{ titleKey: `${key}-title`, textKey: key },
      ...{ href: '/login', labelKey: 'common.action.sign-in' },
    },
    410,
  );
}
