import { Controller, Get, Query, Res } from '@nestjs/common';
import { type Response } from 'express';
import { VCARD_MEDIA_TYPE } from '../../contact-card/vcard.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { datedFileName, sendFile } from '../../web/csv-download.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { ContactGroups } from '../groups/contact-groups.query.js';
import { listPath, readListState } from '../list/contact-list.state.js';
import { contactCsv, csvForms } from './contact-csv.js';
import { ContactExports } from './contact-exports.service.js';
import { contactExportView, typedChoice } from './contact-export.view.js';

/** One's contacts as files: the addresses take the query of the list, and ticked contacts as `ids`. */
@Member()
@NeedsFeature('personal-contacts')
@Controller('personal-contacts')
export class ContactExportController {
  constructor(
    private readonly exports: ContactExports,
    private readonly groups: ContactGroups,
  ) {}

  /** Which contacts, and for which program. */
  @Get('export')
  async choose(
    @CurrentUser() { id }: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page | Redirect> {
    const state = readListState(query);
    const [count, groups] = await Promise.all([this.exports.count(id, state), this.groups.list(id)]);
    // One of many groups is typed.
    const typed = query['groupName'];
    if (typeof typed !== 'string')
      return page('contact-export/choose', contactExportView(words, state, { count, groups }));
    const group = typed.trim() === '' ? '' : typedChoice(words, groups, typed);
    if (group !== undefined) return redirect(listPath({ ...state, group }, '/personal-contacts/export'));
    return page(
      'contact-export/choose',
      contactExportView(words, state, { count, groups, unknown: typed }),
      422,
    );
  }

  @Get('export.csv')
  async csv(
    @CurrentUser() { id }: SignedIn,
    @CurrentWords() { locale, timeZone }: Words,
    @Facts() { requestId }: RequestFacts,
    @Query() query: Record<string, unknown>,
    @Res() response: Response,
  ): Promise<void> {
    const state = readListState(query);
    const form = csvForms.find((known) => known === query['form']) ?? 'plain';
    const name = form === 'google' || form === 'outlook' ? `contacts-${form}` : 'contacts';
    await sendFile(
      response,
      contactCsv(() => this.exports.contacts(id, state), form, locale),
      {
        fileName: datedFileName(name, 'csv', timeZone),
        // Outlook's file says its encoding by how it begins.
        contentType: form === 'outlook' ? 'text/csv' : 'text/csv; charset=utf-8',
        requestId,
      },
    );
  }

  @Get('export.vcf')
  async vcf(
    @CurrentUser() { id }: SignedIn,
    @CurrentWords() { timeZone }: Words,
    @Facts() { requestId }: RequestFacts,
    @Query() query: Record<string, unknown>,
    @Res() response: Response,
  ): Promise<void> {
    const version = query['version'] === '4.0' ? '4.0' : '3.0';
    await sendFile(response, this.exports.vcards(id, readListState(query), version), {
      fileName: datedFileName('contacts', 'vcf', timeZone),
      contentType: VCARD_MEDIA_TYPE,
      requestId,
    });
  }
}
