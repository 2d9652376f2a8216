import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { BadRequest } from '../../errors/domain-error.js';
import { tidy } from '../../text/tidy.js';
import { Admin } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { SelectionForm } from '../../web/selection.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { placeIn } from './company-list.state.js';
import { CompanyRequests } from './company-requests.query.js';
import { companyRequestsView, REQUESTS, requestsPath } from './company-requests.view.js';
import { CompanyWithdrawals } from './company-withdrawals.service.js';

/** Requests of the company's people that wait: their addresses, never what they say; taken back by administrators. */
@Admin()
@Controller('company/external-contacts/requests')
export class CompanyRequestsController {
  constructor(
    private readonly requests: CompanyRequests,
    private readonly withdrawals: CompanyWithdrawals,
  ) {}

  @Get()
  async list(
    @CurrentUser() { accountId }: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const state = stateOf(query);
    const found = await this.requests.page(accountId, state.q, state.place);
    return page('company-external/requests', companyRequestsView(words, state, found));
  }

  /** Those ticked. */
  @Post('acts')
  several(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Submitted(SelectionForm) { form }: Submission<SelectionForm>,
  ): Promise<Redirect> {
    if (form.act !== 'withdraw') throw new BadRequest('common.error.bad-request');
    return this.withdraw(reader, facts, form.ids, form.list);
  }

  @Post(':id/withdrawal')
  one(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(SelectionForm) { form }: Submission<SelectionForm>,
  ): Promise<Redirect> {
    return this.withdraw(reader, facts, [id], form.list);
  }

  private async withdraw(
    reader: SignedIn,
    facts: RequestFacts,
    ids: readonly string[],
    list: string,
  ): Promise<Redirect> {
    const back = listOf(list);
    if (ids.length === 0)
      return redirect(back, { kind: 'notice', key: 'company-external.requests.none-ticked' });
    const count = await this.withdrawals.withdraw(reader, facts, ids);
    if (count === 0) return redirect(back, { kind: 'notice', key: 'company-external.requests.over' });
    return redirect(back, {
      ...{ kind: 'success', key: 'company-external.requests.withdrawn', values: { count } },
    });
  }
}

function stateOf(query: Readonly<Record<string, unknown>>) {
  const { q } = query;
  return { q: typeof q === 'string' ? tidy(q).slice(0, 200) : '', place: placeIn(query) };
}

/** The list a form was sent from; the whole one for what is no list of ours. */
function listOf(list: string): string {
  if (!list.startsWith(`${REQUESTS}?`)) return REQUESTS;
  const { q, place } = stateOf(Object.fromEntries(new URLSearchParams(list.slice(REQUESTS.length + 1))));
  return requestsPath(q, place);
}
