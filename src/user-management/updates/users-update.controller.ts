import { Controller, Get, Post, Req, Res, type OnModuleInit } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { newId } from '../../database/id.js';
import { ImportKinds } from '../../imports/import-kinds.js';
import { rulesFrom } from '../../imports/import-rules.js';
import { ImportUploads } from '../../imports/import-uploads.service.js';
import { Admin, ReceivesFile } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
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
  async receive(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @CurrentUser() user: SignedIn,
    @CurrentWords() words: Words,
  ): Promise<Page | Redirect> {
    const received = await this.uploads.receive(request, response, user, userUpdate);
    if (!('problem' in received)) return redirect(`/imports/${received.importId}`);
    const chosen = rulesFrom((request.body ?? {}) as Record<string, unknown>, userUpdate);
    return page('imports/upload', uploadView(words, newId(), userUpdate, received.problem, chosen), 422);
  }
}
