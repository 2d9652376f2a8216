import { Controller, Get, Query, Res } from '@nestjs/common';
import { type Response } from 'express';
import { vcardOf } from '../../contact-card/person-card.js';
import { VCARD_MEDIA_TYPE } from '../../contact-card/vcard.js';
import { csvStream, type Cell } from '../../csv/writer.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { datedFileName, sendCsv, sendFile } from '../../web/csv-download.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { matching } from './external-list.js';
import { readListState } from './external-list.state.js';
import { KeptContacts, type Kept, type KeptContact } from './kept-contacts.query.js';

/** One's external contacts as files, with what one sees of them: the addresses take the query of the list. */
@Member()
@NeedsFeature('external-contacts')
@Controller('external-contacts')
export class ExternalExportsController {
  constructor(private readonly kept: KeptContacts) {}

  /** `?form=excel` opens with a double click; the columns are those personal contacts are imported by. */
  @Get('export.csv')
  async csv(
    @CurrentUser() { id }: SignedIn,
    @CurrentWords() words: Words,
    @Facts() { requestId }: RequestFacts,
    @Query() query: Record<string, unknown>,
    @Res() response: Response,
  ): Promise<void> {
    const kept = await this.kept.all(id);
    const { locale, timeZone } = words;
    await sendCsv(
      response,
      csvStream(
        exported(kept, query).map((contact) => cellsOf(words, kept, contact)),
        {
          form: query['form'] === 'excel' ? 'excel' : 'plain',
          locale,
          headers: columns.map((column) => words.t(`external-list.csv.${column}`)),
        },
      ),
      { fileName: datedFileName('external-contacts', 'csv', timeZone), requestId },
    );
  }

  /** Cards of those who can be reached: of others there is a name alone. */
  @Get('export.vcf')
  async vcf(
    @CurrentUser() { id }: SignedIn,
    @CurrentWords() { timeZone }: Words,
    @Facts() { requestId }: RequestFacts,
    @Query() query: Record<string, unknown>,
    @Res() response: Response,
  ): Promise<void> {
    const kept = await this.kept.all(id);
    await sendFile(response, cards(kept, exported(kept, query)), {
      fileName: datedFileName('external-contacts', 'vcf', timeZone),
      contentType: VCARD_MEDIA_TYPE,
      requestId,
    });
  }
}

/** Those one is in contact with, whatever the list shows. */
function exported(kept: Kept, query: Record<string, unknown>): KeptContact[] {
  const { sort, ...state } = readListState(query);
  return matching(kept, { ...state, former: false }, sort);
}

const columns = [
  ...['name', 'email', 'workPhone', 'mobilePhone', 'company', 'jobTitle', 'department', 'location'],
  ...['extension', 'folders', 'note', 'connectedAt'],
];

function cellsOf(words: Words, kept: Kept, contact: KeptContact): Cell[] {
  const { person, note, connectedAt } = contact;
  return [
    ...[person.name, person.email, person.workPhone, person.mobilePhone, person.company],
    ...[person.jobTitle, person.department, person.location, person.extension],
    ...[foldersOf(kept, contact).join('; '), note, words.date(connectedAt)],
  ];
}

async function* cards(kept: Kept, contacts: readonly KeptContact[]): AsyncGenerator<string, void> {
  for (const contact of contacts) {
    const { email, company, ...person } = contact.person;
    if (email !== null)
      yield vcardOf({ ...person, id: contact.id, email }, company, { categories: foldersOf(kept, contact) });
  }
}

function foldersOf({ folders }: Kept, { folderIds }: KeptContact): string[] {
  return folders.filter(({ id }) => folderIds.includes(id)).map(({ name }) => name);
}
