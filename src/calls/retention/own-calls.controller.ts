import { Controller, Get, Res } from '@nestjs/common';
import { type Response } from 'express';
import { Member, NeedsFeature } from '../../web/access.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { csvFileName, sendCsv } from '../../web/csv-download.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { OWN_CALLS, OwnCalls } from './own-calls.service.js';

/** One’s calls in one file. */
@Member()
@NeedsFeature('phone')
@Controller('calls')
export class OwnCallsController {
  constructor(private readonly calls: OwnCalls) {}

  @Get(OWN_CALLS)
  async download(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() { requestId }: RequestFacts,
    @Res() response: Response,
  ): Promise<void> {
    await sendCsv(response, this.calls.pieces(words, reader), {
      fileName: csvFileName('calls', words.timeZone),
      requestId,
    });
  }
}
