import { Controller, Get, Res } from '@nestjs/common';
import { type Response } from 'express';
import { Member, NeedsFeature } from '../../web/access.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { datedFileName, sendFile } from '../../web/csv-download.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { OWN_DATA, OwnCloudData } from './own-cloud-data.service.js';

/** One's connections, cloud contacts, conflicts and runs in one file. */
@Member()
@NeedsFeature('integrations')
@Controller('integrations')
export class OwnCloudDataController {
  constructor(private readonly data: OwnCloudData) {}

  @Get(OWN_DATA)
  async download(
    @CurrentUser() { id }: SignedIn,
    @CurrentWords() { timeZone }: Words,
    @Facts() { requestId }: RequestFacts,
    @Res() response: Response,
  ): Promise<void> {
    await sendFile(response, this.data.pieces(id), {
      fileName: datedFileName('integrations', 'json', timeZone),
      requestId,
      contentType: 'application/json; charset=utf-8',
    });
  }
}
