import { Controller, Get, Query, Res } from '@nestjs/common';
import { type Response } from 'express';
import { DataSource } from 'typeorm';
import { csvStream, type Cell } from '../../csv/writer.js';
import { type Id } from '../../database/id.js';
import { type KeysetPage } from '../../database/keyset.js';
import { Journal } from '../../journal/journal.service.js';
import { Admin } from '../../web/access.js';
import { page, type Page } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { csvFileName, sendCsv } from '../../web/csv-download.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { CompanyConnections, personText, type CompanyConnection } from './company-connections.query.js';
import { companyListView } from './company-list.view.js';
import { COMPANY, isNarrowed, readCompanyState, type CompanyState } from './company-state.js';
import { failingSince, providerText, stateBadge, whyText } from './company-words.js';

/** Rows of one read of an export. */
const ROWS = 500;

/** Whose mailboxes are connected and what is wrong with them, for the company's administrators; never what they hold. */
@Admin()
@Controller(COMPANY.slice(1))
export class CompanyListController {
  constructor(
    private readonly connections: CompanyConnections,
    private readonly journal: Journal,
    private readonly database: DataSource,
  ) {}

  @Get()
  async list(
    @CurrentUser() { accountId }: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const state = readCompanyState(query);
    const [found, person, total] = await Promise.all([
      this.connections.page(accountId, state),
      this.connections.personName(accountId, state.person),
      isNarrowed(state) ? null : this.connections.count(accountId, state),
    ]);
    return page('company-integrations/list', companyListView(words, state, { page: found, person, total }));
  }

  /** Takes the query of the list, and `form=excel`. */
  @Get('export.csv')
  async file(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Query() query: Record<string, unknown>,
    @Res() response: Response,
  ): Promise<void> {
    const { accountId } = reader;
    const { locale, timeZone } = words;
    const state = readCompanyState(query);
    const form = query['form'] === 'excel' ? 'excel' : 'plain';
    const person = await this.connections.personName(accountId, state.person);
    await this.journal.audit(this.database.manager, reader, facts, {
      action: 'connections.export',
      ...(person === null ? {} : { targetType: 'user', targetId: state.person, targetName: person }),
      details: {
        form,
        connections: await this.connections.count(accountId, state),
        ...(state.provider === '' ? {} : { provider: state.provider }),
        ...(state.state === '' ? {} : { connectionState: state.state }),
        // What was searched for may be a name and is only said to be there.
        ...(state.q === '' ? {} : { searched: true }),
      },
    });
    const headers = columns.map((column) => words.t(`company-integrations.csv.${column}`));
    await sendCsv(response, csvStream(this.rows(words, accountId, state), { form, locale, headers }), {
      fileName: csvFileName(locale === 'fr' ? 'integrations-entreprise' : 'company-integrations', timeZone),
      requestId: facts.requestId,
    });
  }

  private async *rows(words: Words, accountId: Id, state: CompanyState): AsyncGenerator<Cell[]> {
    let coming: Promise<KeysetPage<CompanyConnection>> | null = this.connections.read(
      ...[accountId, state, {}, ROWS],
    );
    while (coming) {
      const { rows, next }: KeysetPage<CompanyConnection> = await coming;
      for (const row of rows) yield cellsOf(words, row);
      coming = next ? this.connections.read(accountId, state, next, ROWS) : null;
    }
  }
}

const columns = [
  ...[
    'person',
    'address',
    'provider',
    'mailbox',
    'state',
    'why',
    'since',
    'success',
    'contacts',
    'connected',
  ],
] as const;

function cellsOf(words: Words, connection: CompanyConnection): Cell[] {
  const { person, accountName, lastSuccessAt, held, createdAt } = connection;
  return [
    ...[personText(person), person.email, providerText(words, connection), accountName],
    ...[stateBadge(words, connection).text, whyText(words, connection)],
    ...[failingSince(connection)?.toISOString() ?? null, lastSuccessAt?.toISOString() ?? null],
    ...[held, createdAt.toISOString()],
  ];
}
