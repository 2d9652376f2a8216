import { Controller, Get, Query, Res } from '@nestjs/common';
import { type Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DataSource } from 'typeorm';
import { Journal } from '../journal/journal.service.js';
import { Admin } from '../web/access.js';
import { CurrentWords, Facts, type RequestFacts } from '../web/context.js';
import { log } from '../web/log.js';
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
    // Read before the answer begins: what goes wrong here is still told by a page.
    const first = await pieces.next();
    response.set({
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${fileName(locale, timeZone)}"`,
    });
    try {
      await pipeline(Readable.from(startingWith(first, pieces)), response);
    } catch (error) {
      // Whoever closes the download in the middle has not found a fault.
      if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
      log.info({ requestId: facts.requestId }, 'export left before its end');
    }
  }
}

async function* startingWith(first: IteratorResult<string, void>, pieces: AsyncGenerator<string>) {
  if (!first.done) yield first.value;
  yield* pieces;
}

/** `users-2026-11-22.csv`, by the reader's calendar. */
function fileName(locale: 'en' | 'fr', timeZone: string): string {
  // Sweden writes dates as ISO 8601 does.
  const date = new Intl.DateTimeFormat('sv-SE', { timeZone }).format();
  return `${locale === 'fr' ? 'utilisateurs' : 'users'}-${date}.csv`;
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
