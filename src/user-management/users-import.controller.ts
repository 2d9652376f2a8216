import { Controller, Get, Post, Req, Res, type OnModuleInit } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { newId } from '../database/id.js';
import { ImportKinds } from '../imports/import-kinds.js';
import { ImportUploads } from '../imports/import-uploads.service.js';
import { type FileProblem } from '../imports/reading.js';
import { Admin, ReceivesFile } from '../web/access.js';
import { page, type Page, type Redirect } from '../web/answers.js';
import { CurrentWords } from '../web/context.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';
import { userImport } from './user-import.description.js';
import { uploadView, userSample } from './user-import.view.js';

/** Where a file of new users begins; from then on it is an import like any other. */
@Controller('users')
@Admin()
export class UsersImportController implements OnModuleInit {
  constructor(
    private readonly kinds: ImportKinds,
    private readonly uploads: ImportUploads,
  ) {}

  onModuleInit(): void {
    this.kinds.register(userImport);
  }

  @Get('import')
  choose(@CurrentWords() words: Words): Page {
    return this.form(words);
  }

  @Post('import')
  @ReceivesFile()
  receive(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @CurrentUser() user: SignedIn,
    @CurrentWords() words: Words,
  ): Promise<Page | Redirect> {
    return this.uploads.answer(request, response, user, userImport, (problem) => this.form(words, problem));
  }

  @Get('sample.csv')
  sample(@CurrentWords() words: Words, @Res() response: Response): void {
    response.setHeader('Content-Type', 'text/csv; charset=utf-8');
    response.setHeader('Content-Disposition', 'attachment; filename="users.csv"');
    response.send(userSample(words.locale));
  }

  private form(words: Words, problem?: FileProblem): Page {
    return page('imports/upload', uploadView(words, newId(), userImport, problem), problem ? 422 : 200);
  }
}
