import { Controller, Get, Res } from '@nestjs/common';
import { type Response } from 'express';
import { OwnData } from '../accounts/own-data.js';
import { Member } from '../web/access.js';
import { page, type Page } from '../web/answers.js';
import { CurrentWords } from '../web/context.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';
import { MyData } from './my-data.service.js';

/** What people may take along: their own entry, and the files their features keep. */
@Controller('profile')
@Member()
export class MyDataController {
  constructor(
    private readonly data: MyData,
    private readonly own: OwnData,
  ) {}

  @Get('my-data')
  show(@CurrentUser() { features }: SignedIn, @CurrentWords() words: Words): Page {
    const files = this.own.files.map(({ labelKey, textKey, href, feature }) => ({
      label: words.t(labelKey),
      text: words.t(textKey),
      // Off hides, and deletes nothing: it is said that there is something.
      href: features[feature] ? href : null,
    }));
    return page('own-data/own-data', { files });
  }

  @Get('my-data.json')
  async download(@CurrentUser() me: SignedIn, @Res() response: Response): Promise<void> {
    const [entry, kept] = await Promise.all([this.data.of(me), this.own.of(me)]);
    const text = JSON.stringify({ ...entry, ...kept }, null, 2);
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Content-Disposition', 'attachment; filename="my-data.json"');
    response.send(text);
  }
}
