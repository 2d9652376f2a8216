import { Controller, Get, Post, Req, Res, type OnModuleInit } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { newId } from '../../database/id.js';
import { ImportKinds } from '../../imports/import-kinds.js';
import { ImportNames } from '../../imports/import-names.query.js';
import { ImportUploads } from '../../imports/import-uploads.service.js';
import { type FileProblem, type ImportOptions } from '../../imports/reading.js';
import { Member, NeedsFeature, ReceivesFile } from '../../web/access.js';
import { page, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { FormerList } from './former-list.query.js';
import { contactReplacement } from './replacement.description.js';
import { replaceView } from './replace.view.js';

/** Where a file begins that becomes the whole list, and where the former list is brought back. */
@Controller('personal-contacts/replace')
@Member()
@NeedsFeature('personal-contacts')
export class ReplaceController implements OnModuleInit {
  constructor(
    private readonly kinds: ImportKinds,
    private readonly uploads: ImportUploads,
    private readonly names: ImportNames,
    private readonly former: FormerList,
  ) {}

  onModuleInit(): void {
    this.kinds.register(contactReplacement);
  }

  @Get()
  choose(@CurrentUser() user: SignedIn, @CurrentWords() words: Words): Promise<Page> {
    return this.form(user, words);
  }

  @Post()
  @ReceivesFile()
  receive(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @CurrentUser() user: SignedIn,
    @CurrentWords() words: Words,
  ): Promise<Page | Redirect> {
    return this.uploads.answer(request, response, user, contactReplacement, (problem, chosen) =>
      this.form(user, words, chosen, problem),
    );
  }

  private async form(
    user: SignedIn,
    words: Words,
    chosen?: ImportOptions['choices'],
    problem?: FileProblem,
  ): Promise<Page> {
    const [suggestions, count, replaced] = await Promise.all([
      this.names.suggestions(contactReplacement, user.id),
      this.former.count(user.id),
      this.former.lastReplaced(user.id),
    ]);
    const view = replaceView(words, {
      ...{ once: newId(), chosen, suggestions, problem, count, replaced },
    });
    return page('personal-replace/upload', view, problem ? 422 : 200);
  }
}
