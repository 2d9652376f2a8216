import { Controller, Get, Post, Req, Res, type OnModuleInit } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { newId } from '../../database/id.js';
import { ImportKinds } from '../../imports/import-kinds.js';
import { ImportNames } from '../../imports/import-names.query.js';
import { ImportUploads } from '../../imports/import-uploads.service.js';
import { type FileProblem, type ImportOptions } from '../../imports/reading.js';
import { Admin, ReceivesFile } from '../../web/access.js';
import { page, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { callImport } from './call-import.description.js';
import { callSample, callUploadView } from './call-upload.view.js';

/** Where a telephone system's file of calls begins; from then on it is an import like any other, of whoever uploads it alone. */
@Controller('calls')
@Admin()
export class CallImportController implements OnModuleInit {
  constructor(
    private readonly kinds: ImportKinds,
    private readonly uploads: ImportUploads,
    private readonly names: ImportNames,
  ) {}

  onModuleInit(): void {
    this.kinds.register(callImport);
  }

  @Get('import')
  choose(@CurrentUser() user: SignedIn, @CurrentWords() words: Words): Promise<Page> {
    return this.form(user, words, { timeZone: user.account.timeZone });
  }

  @Post('import')
  @ReceivesFile()
  receive(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @CurrentUser() user: SignedIn,
    @CurrentWords() words: Words,
  ): Promise<Page | Redirect> {
    return this.uploads.answer(request, response, user, callImport, (problem, chosen) =>
      this.form(user, words, chosen, problem),
    );
  }

  @Get('sample.csv')
  sample(@CurrentWords() words: Words, @Res() response: Response): void {
    response.setHeader('Content-Type', 'text/csv; charset=utf-8');
    response.setHeader('Content-Disposition', 'attachment; filename="calls.csv"');
    response.send(callSample(words.locale));
  }

  private async form(
    user: SignedIn,
    words: Words,
    chosen: ImportOptions['choices'],
    problem?: FileProblem,
  ): Promise<Page> {
    const suggestions = await this.names.suggestions(callImport, user.id);
    const view = callUploadView(words, { once: newId(), chosen, suggestions, problem });
    return page('call-imports/upload', view, problem ? 422 : 200);
  }
}
