import { Controller, Get, Query, Res } from '@nestjs/common';
import { type Response } from 'express';
import { contactFields, type ContactFields } from '../../../contact-card/contact-fields.js';
import { contactVcard } from '../../../contact-card/contact-vcard.js';
import { VCARD_MEDIA_TYPE } from '../../../contact-card/vcard.js';
import { contactHeaders } from '../../../csv/contact-profiles.js';
import { csvStream, type Cell } from '../../../csv/writer.js';
import { type Id } from '../../../database/id.js';
import { Member, NeedsFeature } from '../../../web/access.js';
import { CurrentWords, Facts, type RequestFacts } from '../../../web/context.js';
import { datedFileName, sendCsv, sendFile } from '../../../web/csv-download.js';
import { CurrentUser, type SignedIn } from '../../../web/signed-in.js';
import { type Words } from '../../../web/words.js';
import { CloudPlaces } from '../cloud-places.query.js';
import { CloudList, type ListedCloudContact } from '../list/cloud-list.query.js';
import { readListState } from '../list/cloud-list.state.js';

/** Contacts read at once. */
const BATCH = 500;

interface Exported extends ListedCloudContact {
  /** Names of its folders. */
  groups: string[];
}

/** One's cloud contacts as files, with what one sees of them here: the addresses take the query of the list. */
@Member()
@NeedsFeature('integrations')
@Controller('cloud-contacts')
export class CloudExportsController {
  constructor(
    private readonly contacts: CloudList,
    private readonly places: CloudPlaces,
  ) {}

  /** `?form=excel` opens with a double click; the columns are those personal contacts are imported by. */
  @Get('export.csv')
  async csv(
    @CurrentUser() { id }: SignedIn,
    @CurrentWords() words: Words,
    @Facts() { requestId }: RequestFacts,
    @Query() query: Record<string, unknown>,
    @Res() response: Response,
  ): Promise<void> {
    const { locale, timeZone } = words;
    const columns = [...contactFields, 'groups'] as const;
    await sendCsv(
      response,
      csvStream(cellsOf(this.exported(id, query, words)), {
        form: query['form'] === 'excel' ? 'excel' : 'plain',
        locale,
        headers: columns.map((column) => contactHeaders[locale][column]),
      }),
      { fileName: datedFileName('cloud-contacts', 'csv', timeZone), requestId },
    );
  }

  @Get('export.vcf')
  async vcf(
    @CurrentUser() { id }: SignedIn,
    @CurrentWords() words: Words,
    @Facts() { requestId }: RequestFacts,
    @Query() query: Record<string, unknown>,
    @Res() response: Response,
  ): Promise<void> {
    await sendFile(response, cards(this.exported(id, query, words)), {
      fileName: datedFileName('cloud-contacts', 'vcf', words.timeZone),
      contentType: VCARD_MEDIA_TYPE,
      requestId,
    });
  }

  private async *exported(
    ownerId: Id,
    query: Record<string, unknown>,
    words: Words,
  ): AsyncGenerator<Exported, void> {
    const { sort, ...filters } = readListState(query);
    const mailboxes = await this.places.mailboxes(ownerId, words);
    const shown = mailboxes.map(({ id }) => id);
    const names = new Map(
      mailboxes.flatMap(({ folders }) => folders.map(({ id, name }) => [id, name] as const)),
    );
    const ids = await this.contacts.matching(ownerId, shown, filters, { sort });
    for (let from = 0; from < ids.length; from += BATCH)
      for (const contact of await this.contacts.rows(ownerId, ids.slice(from, from + BATCH)))
        yield { ...contact, groups: contact.folderIds.flatMap((id) => names.get(id) ?? []) };
  }
}

async function* cellsOf(contacts: AsyncGenerator<Exported, void>): AsyncGenerator<Cell[], void> {
  for await (const contact of contacts)
    yield [...contactFields.map((field) => contact[field]), contact.groups.join('; ')];
}

async function* cards(contacts: AsyncGenerator<Exported, void>): AsyncGenerator<string, void> {
  for await (const contact of contacts) yield cloudVcard(contact, contact.groups);
}

/** The card of one, with what is seen of it here. */
export function cloudVcard(contact: ContactFields & { id: Id }, groups: readonly string[]): string {
  const beyond = { typedPhones: {}, extra: [], photo: null, photoHash: null };
  return contactVcard({ ...contact, ...beyond, groups }, '3.0');
}
