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
import { readListState, type UserListState } from './user-list.state.js';
import { UsersExport } from './users-export.js';

/** The list as a file: `/users/export.csv` takes the query of `/users`, and `form=excel`. */
@Admin()
@Controller('users')
export class UsersExportController {
  constructor(
    private readonly exports: UsersExport,
    private readonly journal: Journal,
    private readonly database: DataSource,
  ) {}

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
    await this.journal.audit(this.database.manager, reader, facts, {
      action: 'users.export',
      details: { form, ...filtersOf(state) },
    });
    const pieces = this.exports.stream(reader.accountId, state, { form, locale });
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

/** Which people the file holds, for the audit log; what was searched for may be a name and is only said to be there. */
function filtersOf({ status, q, role, userGroup, department }: UserListState): Record<string, unknown> {
  const filters = { status, role, userGroup, department, searched: q !== '' || null };
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== null));
}
