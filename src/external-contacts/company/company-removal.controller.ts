import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { BadRequest, DomainError } from '../../errors/domain-error.js';
import { Admin } from '../../web/access.js';
import { page, redirect, type Message, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { ALL, idsIn, SelectionForm } from '../../web/selection.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import {
  COMPANY,
  companyPath,
  companyStateOf,
  placeIn,
  readCompanyState,
  type CompanyListState,
} from './company-list.state.js';
import { CompanyRemovalForm } from './company-removal.form.js';
import { companyRemovalView } from './company-removal.view.js';
import { CompanyRemovals, type CompanyChosen } from './company-removals.service.js';
import { CompanyRemovalsQuery } from './company-removals.query.js';
import { companyRemovalsView } from './company-removals.view.js';

/** Contacts of the company's people ended by its administrators: asked, done, taken back. */
@Admin()
@Controller('company/external-contacts')
export class CompanyRemovalController {
  constructor(
    private readonly removals: CompanyRemovals,
    private readonly done: CompanyRemovalsQuery,
  ) {}

  /** What was ticked in the list, or all that match. */
  @Post('selection')
  choose(@Submitted(SelectionForm) { form }: Submission<SelectionForm>): Redirect {
    const { act, ids, all, list } = form;
    if (act !== 'remove' && act !== 'csv') throw new BadRequest('common.error.bad-request');
    const state = stateIn(form);
    const chosen: Partial<CompanyListState> =
      all === ALL ? { ...state, all: act === 'remove', place: {} } : { ids: idsIn(ids.join(',')).join(',') };
    if (all !== ALL && chosen.ids === '')
      return redirect(companyPath(state), { kind: 'notice', key: 'company-external.nobody-ticked' });
    if (act === 'csv') return redirect(companyPath(chosen, `${COMPANY}/export.csv`));
    const asked = new URL(companyPath(chosen, `${COMPANY}/removal`), 'http://x');
    if (all !== ALL && list !== '') asked.searchParams.set('list', companyPath(state));
    return redirect(`${asked.pathname}${asked.search}`);
  }

  /** The question: ends nothing. */
  @Get('removal')
  async ask(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page | Redirect> {
    const state = readCompanyState(query);
    const form = Object.assign(new CompanyRemovalForm(), {
      ids: state.all ? [] : idsIn(state.ids),
      all: state.all ? ALL : '',
      list: state.all
        ? companyPath({ ...state, all: false, place: {} })
        : typeof query['list'] === 'string'
          ? query['list']
          : COMPANY,
    });
    return this.question(reader, words, form);
  }

  @Post('removals')
  async remove(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(CompanyRemovalForm) { form }: Submission<CompanyRemovalForm>,
  ): Promise<Page | Redirect> {
    if (!form.confirmed) return this.question(reader, words, form, 'company-external.removal.not-ticked');
    const contacts = await this.removals.chosen(reader.accountId, chosenIn(form));
    if (form.counted !== String(contacts.length) && contacts.length > 0)
      return this.question(reader, words, form, 'company-external.removal.other-number');
    const { removed, people, batchId } = await this.removals.remove(reader, facts, contacts);
    const back = companyPath({ ...stateIn(form), all: false, ...(form.all === ALL ? { place: {} } : {}) });
    if (batchId === null) return redirect(back, { kind: 'notice', key: 'company-external.removal.nothing' });
    return redirect(back, {
      ...{ kind: 'success', key: 'company-external.removal.done', values: { count: removed, people } },
      undo: `${COMPANY}/removals/${batchId}/undo`,
    });
  }

  /** Removals of the last 30 days. */
  @Get('removals')
  async list(
    @CurrentUser() { accountId }: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const found = await this.done.page(accountId, placeIn(query));
    return page('company-external/removals', companyRemovalsView(words, found));
  }

  @Post('removals/:id/undo')
  async undo(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ): Promise<Redirect> {
    const back = `${COMPANY}/removals`;
    try {
      return redirect(back, undone(await this.removals.undo(reader, facts, id)));
    } catch (error) {
      if (!(error instanceof DomainError) || error.status === 404) throw error;
      return redirect(back, { kind: 'failure', key: error.key, values: error.values });
    }
  }

  private async question(
    reader: SignedIn,
    words: Words,
    form: CompanyRemovalForm,
    problem?: string,
  ): Promise<Page | Redirect> {
    const list = companyPath({ ...stateIn(form), all: false });
    try {
      const contacts = await this.removals.chosen(reader.accountId, chosenIn(form));
      if (contacts.length === 0)
        return redirect(list, { kind: 'notice', key: 'company-external.removal.nothing' });
      const data = companyRemovalView(words, form, contacts, { list, ...(problem ? { problem } : {}) });
      return page('company-external/removal', data, problem ? 422 : 200);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return redirect(list, { kind: 'failure', key: error.key, values: error.values });
    }
  }
}

/**
 * The list the form came from; the whole one for what is no list of ours.
 * @throws BadRequest for that when all of it are meant: whoever chose some must not be taken to have chosen everybody
 */
function stateIn({ list, all }: { list: string; all: string }): CompanyListState {
  const state = companyStateOf(list);
  if (state) return state;
  if (all === ALL) throw new BadRequest('common.error.bad-request');
  return readCompanyState({});
}

function chosenIn(form: CompanyRemovalForm): CompanyChosen {
  return form.all === ALL ? { matching: stateIn(form) } : { ids: idsIn(form.ids.join(',')) };
}

function undone({ rejoined, left }: { rejoined: number; left: number }): Message {
  if (rejoined === 0) return { kind: 'notice', key: 'company-external.undo.none' };
  const key = left === 0 ? 'company-external.undo.undone' : 'company-external.undo.partly';
  return { kind: 'success', key, values: { count: rejoined, left } };
}
