import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { type Response } from 'express';
import { isId } from '../database/id.js';
import { Refused } from '../errors/domain-error.js';
import { Member } from '../web/access.js';
import { page, redirect, type Page, type Redirect } from '../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../web/context.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { type Problem } from '../web/submitted.js';
import { type Words } from '../web/words.js';
import { columnsView } from './columns.view.js';
import { correctionFrom } from './correction.form.js';
import { ErrorFile } from './error-file.service.js';
import { FileRefused } from './file-refused.js';
import { ImportHistory } from './import-history.query.js';
import { historyView } from './import-history.view.js';
import { ImportKinds } from './import-kinds.js';
import { rulesFrom } from './import-rules.js';
import { ImportNames } from './import-names.query.js';
import { ImportRows } from './import-rows.query.js';
import { type Import } from './import.entities.js';
import { checkView, endedView, progressView, resultView, undoView } from './import-page.view.js';
import { changesList, updatesView } from './updates.view.js';
import { Imports, isOpen } from './imports.service.js';
import { type Reading } from './reading.js';

/** One import from its file to its undo; what the page shows follows its state. */
@Controller('imports')
@Member()
export class ImportsController {
  constructor(
    private readonly imports: Imports,
    private readonly kinds: ImportKinds,
    private readonly rows: ImportRows,
    private readonly history: ImportHistory,
    private readonly errorFile: ErrorFile,
    private readonly names: ImportNames,
  ) {}

  @Get()
  async list(
    @CurrentUser() user: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, string>,
  ): Promise<Page> {
    return page('imports/history', historyView(words, await this.history.page(user, query), this.kinds));
  }

  @Get(':id')
  async show(
    @CurrentUser() user: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Query() query: Record<string, string>,
  ): Promise<Page> {
    const present = await this.imports.get(user, id);
    return this.pageOf(present, user, words, query);
  }

  @Post(':id/reading')
  async correct(
    @CurrentUser() user: SignedIn,
    @Param('id') id: string,
    @Body() body: Record<string, unknown>,
    @CurrentWords() words: Words,
  ): Promise<Page | Redirect> {
    const present = await this.imports.get(user, id);
    if (!present.reading || !isOpen(present.state)) throw new Refused('imports.moved-on');
    const { correction, problems } = correctionFrom(body, present.reading, this.kinds.get(present.kind));
    const columns = correction.columns ?? present.reading.columns;
    const again = (wrong: Problem[]) => {
      const shown = { ...present, reading: { ...(present.reading as Reading), columns } };
      return page('imports/columns', columnsView(words, shown, this.kinds.get(present.kind), wrong), 422);
    };
    if (problems.length > 0) return again(problems);
    try {
      await this.imports.correct(user, present.id, correction);
    } catch (error) {
      // Read so, there is nothing in the file: the menus stay at what they were.
      if (error instanceof FileRefused) return again([{ field: 'headerRow', ...error.problem }]);
      throw error;
    }
    return redirect(`/imports/${present.id}`);
  }

  @Post(':id/rules')
  async checkAnew(
    @CurrentUser() user: SignedIn,
    @Param('id') id: string,
    @Body() body: Record<string, unknown>,
  ): Promise<Redirect> {
    const present = await this.imports.get(user, id);
    await this.imports.checkAnew(user, present.id, rulesFrom(body, this.kinds.get(present.kind)));
    return redirect(`/imports/${present.id}`);
  }

  @Post(':id/confirmation')
  async confirm(
    @CurrentUser() user: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Body() body: Record<string, unknown>,
  ): Promise<Redirect> {
    const present = await this.imports.get(user, id);
    const choices = this.kinds
      .get(present.kind)
      .choices({ features: user.features })
      .map(({ name, options, value }) => {
        const given = body[name];
        return [name, options.some((option) => option.value === given) ? given : value] as const;
      });
    // The same button twice: the import is under way, which is what was asked for.
    if (present.state !== 'checked') return redirect(`/imports/${present.id}`);
    await this.imports.confirm(user, facts, present.id, {
      choices: Object.fromEntries(choices) as Record<string, string | string[]>,
      proposals: body.proposals === 'take',
    });
    return redirect(`/imports/${present.id}`);
  }

  @Post(':id/cancellation')
  async cancel(@CurrentUser() user: SignedIn, @Param('id') id: string): Promise<Redirect> {
    const present = await this.imports.get(user, id);
    await this.imports.cancel(user, present.id);
    return redirect(this.kinds.get(present.kind).uploadPath, 'imports.cancelled');
  }

  @Get(':id/undo')
  async askUndo(
    @CurrentUser() user: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page | Redirect> {
    const present = await this.imports.get(user, id);
    if (present.state !== 'done') return redirect(`/imports/${present.id}`);
    return page('imports/undo', undoView(words, present, this.kinds.get(present.kind)));
  }

  @Post(':id/undo')
  async undo(
    @CurrentUser() user: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ): Promise<Redirect> {
    if (isId(id)) await this.imports.undo(user, facts, id);
    else await this.imports.get(user, id);
    return redirect(`/imports/${id}`);
  }

  @Post(':id/redo')
  async redo(
    @CurrentUser() user: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ): Promise<Redirect> {
    await this.imports.redo(user, facts, id);
    return redirect(`/imports/${id}`);
  }

  @Get(':id/errors.csv')
  async errors(
    @CurrentUser() user: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.errorFile.send(await this.imports.get(user, id), words, response);
  }

  private async pageOf(
    present: Import,
    user: SignedIn,
    words: Words,
    query: Record<string, string>,
  ): Promise<Page> {
    const description = this.kinds.get(present.kind);
    const { state } = present;
    if (state === 'questions' || (query.step === 'columns' && isOpen(state) && present.reading))
      return page('imports/columns', columnsView(words, present, description));
    if (state === 'checked') {
      const [wrong, known, proposed] = await Promise.all([
        this.rows.page(present, 'w', Number(query.wrong) || 1),
        this.rows.page(present, 'k', Number(query.known) || 1),
        this.rows.page(present, 'o', Number(query.proposals) || 1),
      ]);
      const updates = description.updates && (await this.updated(present, words, query));
      return page(
        'imports/check',
        checkView(words, present, description, user, { wrong, known, proposed, updates }),
      );
    }
    if (state === 'done' || state === 'undone') {
      const wrong = await this.rows.page(present, 'w', Number(query.wrong) || 1);
      const updates = description.updates && (await this.updated(present, words, query));
      return page(
        'imports/result',
        resultView(words, present, description, { wrong, updates }, this.imports.undoEnds(present)),
      );
    }
    if (state === 'refused' || state === 'cancelled')
      return page('imports/ended', endedView(words, present, description));
    return page('imports/progress', progressView(words, present, description));
  }

  /** What an update changes, would not write and does not take, a page of each. */
  private async updated(
    present: Import,
    words: Words,
    query: Record<string, string>,
  ): Promise<ReturnType<typeof updatesView>> {
    const description = this.kinds.get(present.kind);
    const list = changesList(present, query.field);
    const [changed, met, notTaken] = await Promise.all([
      this.rows.page(present, list, Number(query.changes) || 1),
      this.rows.page(present, 'm', Number(query.meanwhile) || 1),
      this.rows.page(present, 't', Number(query.untaken) || 1),
    ]);
    const names = await this.names.of(present, description, [changed, met, notTaken]);
    return updatesView(words, present, description, { list, changed, met, notTaken, names });
  }
}
