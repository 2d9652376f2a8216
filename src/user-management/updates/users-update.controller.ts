import { Controller, Get, Post, Req, Res, type OnModuleInit } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { newId } from '../../database/id.js';
import { ImportKinds } from '../../imports/import-kinds.js';
import { ImportUploads } from '../../imports/import-uploads.service.js';
import { Admin, ReceivesFile } from '../../web/access.js';
import { page, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { uploadView } from '../user-import.view.js';
import { userUpdate } from './user-update.description.js';

/** Where a file of changes begins; from then on it is an import like any other. */
@Controller('users/update')
@Admin()
export class UsersUpdateController implements OnModuleInit {
  constructor(
    private readonly kinds: ImportKinds,
    private readonly uploads: ImportUploads,
  ) {}

  onModuleInit(): void {
    this.kinds.register(userUpdate);
  }

  @Get()
  choose(@CurrentWords() words: Words): Page {
    return page('imports/upload', uploadView(words, newId(), userUpdate));
  }

  @Post()
  @ReceivesFile()
  receive(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @CurrentUser() user: SignedIn,
    @CurrentWords() words: Words,
  ): Promise<Page | Redirect> {
    return this.uploads.answer(request, response, user, userUpdate, (problem, chosen) =>
      page('imports/upload', uploadView(words, newId(), userUpdate, problem, chosen), 422),
    );
  }
}
