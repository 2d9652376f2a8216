import { Controller, Get, Post, Query } from '@nestjs/common';
import { type Id } from '../../database/id.js';
import { NotFound } from '../../errors/domain-error.js';
import { Admin } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { textOf } from '../../web/list-address.js';
import { idsIn, SelectionForm } from '../../web/selection.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { Connections } from '../connections/connections.service.js';
import { CompanyConnections } from './company-connections.query.js';
import { CompanyDisconnectionForm } from './company-disconnection.form.js';
import { companyDisconnectionView } from './company-disconnection.view.js';
import { endingPath } from './company-list.view.js';
import { COMPANY, companyPath, companyStateOf } from './company-state.js';

/** Connections of the company's people ended by its administrators: asked, then done. */
@Admin()
@Controller(COMPANY.slice(1))
export class CompanyDisconnectionController {
  constructor(
    private readonly found: CompanyConnections,
    private readonly connections: Connections,
  ) {}

  /** What was ticked in the list. */
  @Post('selection')
  choose(@Submitted(SelectionForm) { form }: Submission<SelectionForm>): Redirect {
    const list = companyPath(companyStateOf(form.list));
    const ids = idsIn(form.ids.join(','));
    if (ids.length === 0)
      return redirect(list, { kind: 'notice', key: 'company-integrations.ending.nobody-ticked' });
    return redirect(endingPath(ids, list));
  }

  /** The question: ends nothing. */
  @Get('disconnection')
  ask(
    @CurrentUser() { accountId }: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page | Redirect> {
    const list = companyPath(companyStateOf(textOf(query['list'])));
    return this.question(words, accountId, idsIn(textOf(query['ids'])), list);
  }

  @Post('disconnections')
  async end(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(CompanyDisconnectionForm) { form }: Submission<CompanyDisconnectionForm>,
  ): Promise<Page | Redirect> {
    const list = companyPath(companyStateOf(form.list));
    const ids = idsIn(form.ids.join(','));
    if (!form.confirmed)
      return this.question(words, reader.accountId, ids, list, 'company-integrations.ending.not-ticked');
    let ended = 0;
    // One after another: each ends by itself, with its own line in the audit log.
    for (const id of ids) if (await this.endOne(reader, facts, id)) ended++;
    if (ended === 0) return redirect(list, { kind: 'notice', key: 'company-integrations.ending.nothing' });
    const key = 'company-integrations.ending.done';
    return redirect(list, { kind: 'success', key, values: { count: ended } });
  }

  /** @returns false for one that has ended, or is none of the company's */
  private async endOne(reader: SignedIn, facts: RequestFacts, id: Id): Promise<boolean> {
    try {
      await this.connections.disconnectFor(reader, facts, id);
      return true;
    } catch (error) {
      if (error instanceof NotFound) return false;
      throw error;
    }
  }

  private async question(
    words: Words,
    accountId: Id,
    ids: readonly Id[],
    list: string,
    problem?: string,
  ): Promise<Page | Redirect> {
    const connections = await this.found.some(accountId, ids);
    if (connections.length === 0)
      return redirect(list, { kind: 'notice', key: 'company-integrations.ending.nothing' });
    const view = companyDisconnectionView(words, connections, { list, ...(problem ? { problem } : {}) });
    return page('company-integrations/disconnection', view, problem ? 422 : 200);
  }
}
