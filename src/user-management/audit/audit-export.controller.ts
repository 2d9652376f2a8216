import { Controller, Get, Query, Res } from '@nestjs/common';
import { type Response } from 'express';
import { DataSource } from 'typeorm';
import { Journal } from '../../journal/journal.service.js';
import { Admin } from '../../web/access.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { csvFileName, sendCsv } from '../../web/csv-download.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { AuditExport } from './audit-export.js';
import { AuditList } from './audit-list.query.js';
import { auditPath, readAuditState, type AuditState } from './audit-state.js';

/** The log as a file: takes the query of `/audit-log`, and `form=excel`. */
@Admin()
@Controller('audit-log')
export class AuditExportController {
  constructor(
    private readonly exports: AuditExport,
    private readonly list: AuditList,
    private readonly journal: Journal,
    private readonly database: DataSource,
  ) {}

  @Get('export.csv')
  async file(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Query() query: Record<string, unknown>,
    @Res() response: Response,
  ): Promise<void> {
    const { accountId } = reader;
    const state = readAuditState(query, words.timeZone);
    const { target, q } = state;
    const about = target ? [target] : q === '' ? null : await this.list.named(accountId, q);
    if (state.problems.length > 0 || (q !== '' && about === null)) {
      // The list shows the same filters with what is to be put right.
      response.redirect(303, auditPath(state));
      return;
    }
    const form = query['form'] === 'excel' ? 'excel' : 'plain';
    // What the file holds ends here: the row about this export is not in it.
    const until = earlier(state.until, new Date());
    await this.journal.audit(this.database.manager, reader, facts, {
      action: 'audit-log.export',
      details: { form, ...filtersOf(state) },
    });
    const pieces = this.exports.stream(accountId, { ...state, until }, about, { form, words });
    await sendCsv(response, pieces, {
      fileName: csvFileName(words.locale === 'fr' ? 'journal-audit' : 'audit-log', words.timeZone),
      requestId: facts.requestId,
    });
  }
}

function earlier(one: Date | null, other: Date): Date {
  return one && one < other ? one : other;
}

/** Which acts the file holds, for the log itself; what was searched for may be a name and is only said to be there. */
function filtersOf({ who, action, target, q, days }: AuditState): Record<string, unknown> {
  const filters = { who, action, target, ...days, searched: q !== '' || null };
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value));
}
