import { Controller, Get, Param, Post } from '@nestjs/common';
import { Erasures } from '../../accounts/erasure.service.js';
import { Standing } from '../../accounts/standing.service.js';
import { Sessions } from '../../auth/sessions.service.js';
import { Forbidden } from '../../errors/domain-error.js';
import { Admin } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { nameOf } from '../change-words.js';
import { UserDetailsQuery, type UserDetails } from '../user-details.query.js';
import { erasureView, finalErasureView } from './erasure.view.js';
import { changeableBy } from './present.js';

class ErasureForm {
  confirmed = false;
}

const unticked = { field: 'confirmed', key: 'user.erasure.tick-first' };

/** Erasing one person, the way back for 30 days, and for owners the end before that. */
@Admin()
@Controller('users/:id')
export class ErasureController {
  constructor(
    private readonly details: UserDetailsQuery,
    private readonly standing: Standing,
    private readonly erasures: Erasures,
    private readonly sessions: Sessions,
  ) {}

  @Get('erasure')
  async confirm(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page | Redirect> {
    const details = changeableBy(reader, await this.details.of(reader.accountId, id));
    const { status } = details.user;
    if (status === 'erased') return redirect(`/users/${details.user.id}`);
    if (status === 'pending')
      return redirect(`/users/${details.user.id}`, { kind: 'notice', key: 'accounts.erase-pending' });
    return this.page(reader, words, details);
  }

  @Post('erasure')
  async erase(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(ErasureForm) submission: Submission<ErasureForm>,
  ): Promise<Page | Redirect> {
    const details = await this.details.of(reader.accountId, id);
    const { user } = details;
    if (user.status !== 'erased' && !submission.form.confirmed)
      return this.page(reader, words, changeableBy(reader, details), submission.with(unticked));
    const { left } = await this.standing.erase(reader, facts, [user.id]);
    const [refused] = left;
    if (refused) return redirect(`/users/${user.id}`, { kind: 'failure', key: refused.key });
    return redirect('/users', {
      ...{ kind: 'success', key: 'user.erased.done', values: { name: nameOf(user) } },
      undo: `/users/${user.id}/restoration`,
    });
  }

  @Post('restoration')
  async restore(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ): Promise<Redirect> {
    const { user } = await this.details.of(reader.accountId, id);
    const { left, withoutExtension } = await this.standing.restoreErased(reader, facts, [user.id]);
    const [refused] = left;
    if (refused) return redirect(`/users/${user.id}`, { kind: 'failure', key: refused.key });
    const key = withoutExtension.length > 0 ? 'user.erased.restored-without' : 'user.erased.restored';
    return redirect(`/users/${user.id}`, { kind: 'success', key, values: { name: nameOf(user) } });
  }

  @Get('erasure/final')
  async confirmFinal(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page | Redirect> {
    const details = await this.erasedOf(reader, id);
    return details
      ? page('user/confirm', finalErasureView(words, details))
      : redirect(`/users/${id}`, { kind: 'notice', key: 'accounts.not-erased' });
  }

  @Post('erasure/final')
  async eraseFinally(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(ErasureForm) submission: Submission<ErasureForm>,
  ): Promise<Page | Redirect> {
    const details = await this.erasedOf(reader, id);
    if (!details) return redirect(`/users/${id}`, { kind: 'notice', key: 'accounts.not-erased' });
    if (!submission.form.confirmed)
      return page('user/confirm', finalErasureView(words, details, submission.with(unticked)), 422);
    await this.erasures.finishNow(reader, facts, details.user.id);
    return redirect('/users', 'user.final.done');
  }

  /** @returns null for somebody who is not in the bin. @throws Forbidden unless an owner asks */
  private async erasedOf(reader: SignedIn, id: string): Promise<UserDetails | null> {
    const details = await this.details.of(reader.accountId, id);
    if (reader.role !== 'owner') throw new Forbidden('accounts.erase-final-by-owner');
    return details.user.status === 'erased' ? details : null;
  }

  private async page(
    { accountId }: SignedIn,
    words: Words,
    details: UserDetails,
    returned?: Submission<ErasureForm>,
  ): Promise<Page> {
    const [sessions, reports] = await Promise.all([
      this.sessions.sessionsOf(details.user.id),
      this.details.reports(accountId, details.user.id),
    ]);
    const view = erasureView(words, details, { sessions: sessions.length, reports }, returned);
    return page('user/confirm', view, returned ? 422 : 200);
  }
}
