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
import { CompanyContacts, type CompanyContact } from './company-contacts.query.js';
import { isNarrowed, readCompanyState, type CompanyListState } from './company-list.state.js';
import { companyListView } from './company-list.view.js';
import { personText } from './company-words.js';

/** Rows of one read of an export. */
const ROWS = 1_000;

/** Who in the company has which external contacts, for its administrators. */
@Admin()
@Controller('company/external-contacts')
export class CompanyContactsController {
  constructor(
    private readonly contacts: CompanyContacts,
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
    const [found, choices, total, matching] = await Promise.all([
      this.contacts.page(accountId, state),
      this.contacts.choices(accountId, state),
      isNarrowed(state) ? null : this.contacts.count(accountId, state),
      state.all ? this.contacts.count(accountId, state) : null,
    ]);
    return page(
      'company-external/list',
      companyListView(words, state, { page: found, choices, total, matching }),
    );
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
    const { person, group } = await this.contacts.choices(accountId, state);
    const target = person === null ? {} : { targetType: 'user', targetId: state.person, targetName: person };
    await this.journal.audit(this.database.manager, reader, facts, {
      action: 'external-contacts.export',
      ...target,
      details: { form, contacts: await this.contacts.count(accountId, state), ...saidOf(state, group) },
    });
    const headers = columns.map((column) => words.t(`company-external.csv.${column}`));
    await sendCsv(response, csvStream(this.rows(words, accountId, state), { form, locale, headers }), {
      fileName: csvFileName(
        locale === 'fr' ? 'contacts-externes-entreprise' : 'company-external-contacts',
        timeZone,
      ),
      requestId: facts.requestId,
    });
  }

  private async *rows(words: Words, accountId: Id, state: CompanyListState): AsyncGenerator<Cell[]> {
    let coming: Promise<KeysetPage<CompanyContact>> | null = this.contacts.read(accountId, state, {}, ROWS);
    while (coming) {
      const { rows, next }: KeysetPage<CompanyContact> = await coming;
      for (const row of rows) yield cellsOf(words, row);
      coming = next ? this.contacts.read(accountId, state, next, ROWS) : null;
    }
  }
}

const columns = ['person', 'person-address', 'contact', 'address', 'company', 'standing', 'since', 'asked'];

function cellsOf(words: Words, { person, contact, connectedAt, askedBy }: CompanyContact): Cell[] {
  return [
    ...[personText(person), person.email, contact.name, contact.email, contact.company],
    words.t(`company-external.standing.${contact.standing}`),
    ...[connectedAt.toISOString(), words.t(`company-external.asked.${askedBy ?? 'both'}`)],
  ];
}

/** What the file was narrowed to; what was searched for may be a name and is only said to be there. */
function saidOf(
  { q, domain, standing }: CompanyListState,
  userGroup: string | null,
): Record<string, unknown> {
  const said = { userGroup, domain, standing, searched: q !== '' };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value));
}
