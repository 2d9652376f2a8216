import { Controller, Get, Res } from '@nestjs/common';
import { type Response } from 'express';
import { Member, NeedsFeature } from '../../web/access.js';
import { CurrentWords } from '../../web/context.js';
import { datedFileName } from '../../web/csv-download.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { OWN_DATA, OwnExternalData } from './own-external-data.service.js';

/** One's external contacts with notes, requests and blocks in one file. */
@Member()
@NeedsFeature('external-contacts')
@Controller('external-contacts')
export class OwnExternalDataController {
  constructor(private readonly data: OwnExternalData) {}

  @Get(OWN_DATA)
  async download(
    @CurrentUser() me: SignedIn,
    @CurrentWords() { timeZone }: Words,
    @Res() response: Response,
  ): Promise<void> {
    const text = JSON.stringify(await this.data.of(me), null, 2);
    const fileName = datedFileName('external-contacts', 'json', timeZone);
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Content-Disposition', `attachment; filename="${fileName}"`);
    response.send(text);
  }
}
