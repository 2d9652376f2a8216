import { Controller, Get, Query, Res } from '@nestjs/common';
import { type Response } from 'express';
import { DataSource } from 'typeorm';
import { Journal } from '../journal/journal.service.js';
import { Admin } from '../web/access.js';
import { CurrentWords, Facts, type RequestFacts } from '../web/context.js';
import { csvFileName, sendCsv } from '../web/csv-download.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';
import { page } from '../web/answers.js';
import { UserList } from './user-list.query.js';
import { filterNames, filtersOf, readListState, type UserListState } from './user-list.state.js';
import { columnsIn } from './users-export-columns.js';
import { UsersExport } from './users-export.js';
import { exportView } from './users-export.view.js';

/** The list as a file: `/users/export.csv` takes the query of `/users`, and `form=excel`. */
@Admin()
@Controller('users')
export class UsersExportController {
  constructor(
    private readonly users: UserList,
    private readonly exports: UsersExport,
    private readonly journal: Journal,
    private readonly database: DataSource,
  ) {}

  /** What the file will hold, and a choice of its columns. */
  @Get('export')
  async form(
    @CurrentUser() { accountId }: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ) {
    const state = readListState(query);
    return page(
      'users/export',
      exportView(words, state, await this.users.count(accountId, filtersOf(state))),
    );
  }

  @Get('export.csv')
  async file(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() { locale, timeZone }: Words,
    @Facts() facts: RequestFacts,
    @Query() query: Record<string, unknown>,
    @Res() response: Response,
  ): Promise<void> {
    const state = readListState(query);
    const form = query['form'] === 'excel' ? 'excel' : 'plain';
    const people = await this.users.count(reader.accountId, filtersOf(state));
    await this.journal.audit(this.database.manager, reader, facts, {
      action: 'users.export',
      details: { form, people, ...detailsOf(state) },
    });
    const pieces = this.exports.stream(reader.accountId, state, { form, locale, timeZone });
    await sendCsv(response, pieces, {
      fileName: csvFileName(locale === 'fr' ? 'utilisateurs' : 'users', timeZone),
      requestId: facts.requestId,
    });
  }
}

/**
 * Which people and columns the file holds, for the audit log; what was searched for, and whose reports, may name
 * somebody and is only said to be there.
 */
function detailsOf(state: UserListState): Record<string, unknown> {
  const details = {
    status: state.status,
    ...Object.fromEntries(filterNames.map((name) => [name, state[name]])),
    manager: state.manager !== null || null,
    searched: state.q !== '' || null,
    columns: state.columns === null ? null : columnsIn(state.columns),
  };
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== null));
}
