import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { limits } from '../../config/limits.js';
import { BadRequest, TooMany } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { SelectionForm } from '../../web/selection.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { SentActs } from './sent-acts.service.js';
import { readSentState, sentPathOf } from './sent-list.state.js';
import { SentRequests } from './sent-requests.query.js';
import { sentActMessage } from './sent-words.js';
import { sentView } from './sent.view.js';

const acts = ['resend', 'withdraw'] as const;
type Act = (typeof acts)[number];

/** Requests one has sent: read, sent again, taken back. */
@Member()
@NeedsFeature('external-contacts')
@Controller('external-contacts/requests')
export class SentController {
  constructor(
    private readonly requests: SentRequests,
    private readonly sentActs: SentActs,
  ) {}

  @Get('sent')
  async list(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const state = readSentState(query);
    const [found, count] = await Promise.all([
      this.requests.page(reader.id, state),
      this.requests.count(reader.id, state),
    ]);
    return page('external-sent/list', sentView(words, reader, state, { page: found, count }));
  }

  /** Those ticked. */
  @Post('sent/acts')
  async several(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(SelectionForm) { form }: Submission<SelectionForm>,
  ): Promise<Redirect> {
    const act = acts.find((known) => known === form.act);
    if (!act || form.ids.length > limits.page) throw new BadRequest('common.error.bad-request');
    if (form.ids.length === 0)
      return redirect(sentPathOf(form.list), { kind: 'notice', key: 'external-sent.none-ticked' });
    return this.do(reader, words, act, form.ids, form.list);
  }

  @Post(':id/resending')
  resend(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Submitted(SelectionForm) { form }: Submission<SelectionForm>,
  ): Promise<Redirect> {
    return this.do(reader, words, 'resend', [id], form.list);
  }

  @Post(':id/withdrawal')
  withdraw(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Submitted(SelectionForm) { form }: Submission<SelectionForm>,
  ): Promise<Redirect> {
    return this.do(reader, words, 'withdraw', [id], form.list);
  }

  private async do(
    reader: SignedIn,
    words: Words,
    act: Act,
    ids: readonly string[],
    list: string,
  ): Promise<Redirect> {
    const back = sentPathOf(list);
    try {
      if (act === 'withdraw')
        return redirect(back, sentActMessage(words, 'withdrawn', await this.sentActs.withdraw(reader, ids)));
      return redirect(back, sentActMessage(words, 'resent', await this.sentActs.resend(reader, ids)));
    } catch (error) {
      // As many as may be sent in a day: nothing was, and the list says so.
      if (!(error instanceof TooMany)) throw error;
      return redirect(back, { kind: 'failure', key: error.key, values: error.values });
    }
  }
}
