import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { type Response } from 'express';
import { isId } from '../database/id.js';
import { Conflict, Refused } from '../errors/domain-error.js';
import { Member } from '../web/access.js';
import { page, redirect, Redirect, type Page } from '../web/answers.js';
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
import { type ImportDescription } from './import-kind.js';
import { CARDS } from './card-file.js';
import { ImportKinds } from './import-kinds.js';
import { answersDiffer, problemOfTexts, rulesFrom } from './import-rules.js';
import { ImportWait } from './import-wait.js';
import { ImportNames } from './import-names.query.js';
import { ImportRows, noRows } from './import-rows.query.js';
import { type Import } from './import.entities.js';
import { checkView } from './check.view.js';
import { endedView, progressView, undoView } from './import-page.view.js';
import { resultView } from './result.view.js';
import { kindList } from './row-lists.view.js';
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
    private readonly wait: ImportWait,
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
    if (!mayCorrect(present)) throw new Refused('imports.moved-on');
    const { correction, problems } = correctionFrom(body, present.reading, this.kinds.get(present.kind));
    const columns = correction.columns ?? present.reading.columns;
    const again = (wrong: Problem[]) => {
      const shown = { ...present, reading: { ...(present.reading as Reading), columns } };
      const description = this.kinds.get(present.kind);
      return importPage(
        description,
        'columns',
        columnsView(words, shown, description, { problems: wrong }),
        422,
      );
    };
    if (problems.length > 0) return again(problems);
    try {
      await this.imports.correct(user, present.id, correction);
    } catch (error) {
      // Read so, there is nothing in the file: the menus stay at what they were.
      if (error instanceof FileRefused) return again([{ field: 'headerRow', ...error.problem }]);
      throw error;
    }
    await this.wait.settled(present.id);
    return redirect(`/imports/${present.id}`);
  }

  @Post(':id/rules')
  async checkAnew(
    @CurrentUser() user: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Body() body: Record<string, unknown>,
  ): Promise<Page | Redirect> {
    const present = await this.imports.get(user, id);
    const description = this.kinds.get(present.kind);
    const answers = rulesFrom({ ...present.options?.choices, ...body }, description);
    const problem = problemOfTexts(answers, description);
    if (problem && present.state === 'checked') return this.checkPage(present, user, words, {}, problem);
    if (problem) throw new Refused(problem.key, problem.values);
    await this.imports.checkAnew(user, present.id, answers);
    await this.wait.settled(present.id);
    return redirect(`/imports/${present.id}`);
  }

  @Post(':id/confirmation')
  async confirm(
    @CurrentUser() user: SignedIn,
    @Facts() facts: RequestFacts,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Body() body: Record<string, unknown>,
  ): Promise<Page | Redirect> {
    const present = await this.imports.get(user, id);
    const description = this.kinds.get(present.kind);
    const choices = description.choices({ features: user.features }).map(({ name, options, value }) => {
      const given = body[name];
      return [name, options.some((option) => option.value === given) ? given : value] as const;
    });
    // The same button twice: the import is under way, which is what was asked for.
    if (present.state !== 'checked') return redirect(`/imports/${present.id}`);
    if (answersDiffer(body, present.options?.choices, description)) {
      const answered = await this.checkAnew(user, words, id, body);
      // What is confirmed is what was seen.
      return answered instanceof Redirect
        ? redirect(answered.to, { kind: 'notice', key: 'imports.check.other-answers' })
        : answered;
    }
    const consent = await this.names.consent(present, description);
    const refusal = refusalOf(present, description, body) ?? disagreement(consent, body);
    if (refusal) return this.checkPage(present, user, words, {}, refusal);
    try {
      await this.imports.confirm(user, facts, present.id, {
        choices: Object.fromEntries(choices) as Record<string, string | string[]>,
        proposals: body.proposals === 'take',
      });
    } catch (error) {
      // The same button twice at once: only who asks second is answered in the browser.
      const { state } = await this.imports.get(user, id);
      if (!(error instanceof Conflict) || (state !== 'importing' && state !== 'done')) throw error;
    }
    await this.wait.settled(present.id);
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
    const description = this.kinds.get(present.kind);
    return importPage(description, 'undo', undoView(words, present, description));
  }

  @Post(':id/undo')
  async undo(
    @CurrentUser() user: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ): Promise<Redirect> {
    if (isId(id)) await this.imports.undo(user, facts, id);
    else await this.imports.get(user, id);
    await this.wait.settled(id);
    return redirect(`/imports/${id}`);
  }

  @Post(':id/redo')
  async redo(
    @CurrentUser() user: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ): Promise<Redirect> {
    await this.imports.redo(user, facts, id);
    await this.wait.settled(id);
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
    if (state === 'questions' || (query.step === 'columns' && mayCorrect(present)))
      return importPage(
        description,
        'columns',
        columnsView(words, present, description, { whole: query.columns === 'all' }),
      );
    if (state === 'checked') return this.checkPage(present, user, words, query);
    if (state === 'done' || state === 'undone') {
      const list = kindList(present, 'w', query.problem);
      const wrong = await this.rows.page(present, list, Number(query.wrong) || 1);
      const updates = description.updates && (await this.updated(present, words, query));
      return importPage(
        description,
        'result',
        resultView(
          words,
          present,
          description,
          { list, wrong, updates, removal: await this.names.removal(present, description, words, query) },
          this.imports.undoEnds(present),
        ),
      );
    }
    if (state === 'refused' || state === 'cancelled')
      return importPage(description, 'ended', endedView(words, present, description));
    return importPage(description, 'progress', progressView(words, present, description));
  }

  /** @param refusal why what was asked for is not done */
  private async checkPage(
    present: Import,
    user: SignedIn,
    words: Words,
    query: Record<string, string>,
    refusal?: Problem,
  ): Promise<Page> {
    const description = this.kinds.get(present.kind);
    const lists = {
      wrong: kindList(present, 'w', query.problem),
      proposals: kindList(present, 'o', query.proposal),
    };
    const [wrong, known, doubled, proposed, fresh] = await Promise.all([
      this.rows.page(present, lists.wrong, Number(query.wrong) || 1),
      this.rows.page(present, 'k', Number(query.known) || 1),
      this.rows.page(present, 'd', Number(query.known) || 1),
      this.rows.page(present, lists.proposals, Number(query.proposals) || 1),
      description.updates?.adds ? this.rows.page(present, 'n', Number(query.new) || 1) : noRows,
    ]);
    const updates = description.updates && (await this.updated(present, words, query));
    const names = await this.names.of(present, description, [known, doubled]);
    const suggestions = await this.names.suggestions(description, present.ownerId);
    const removal = await this.names.removal(present, description, words, query);
    return importPage(
      description,
      'check',
      checkView(words, present, description, user, {
        ...{ lists, wrong, known, doubled, proposed, fresh, updates, removal, names, suggestions, refusal },
      }),
      refusal ? 422 : 200,
    );
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

/** Of imports that concern their owner alone, the pages belong to what they fill and not to the company's history. */
function importPage(
  { sharedByAdmins, donePath, area, kindArea = area }: ImportDescription,
  view: string,
  data: object,
  status?: number,
): Page {
  const place = sharedByAdmins
    ? { backHref: '/imports', backKey: 'imports.history.title' }
    : { backHref: donePath, backKey: `${kindArea}.back`, navigationPath: donePath };
  return page(`imports/${view}`, { ...data, ...place }, status);
}

/** A file of all or nothing is confirmed whole, or by somebody who says that the right rows alone are wanted. */
function refusalOf(
  { counts, problem }: Import,
  { allOrNothing }: ImportDescription,
  { rows, proposals }: Record<string, unknown>,
): Problem | null {
  if (problem) return { field: 'rows', ...problem };
  if (!allOrNothing || rows === 'right') return null;
  const { n = 0, c = 0, o = 0, w = 0 } = counts ?? {};
  if (w > 0) return { field: 'rows', key: 'imports.check.not-whole', values: { wrong: w, count: n + c } };
  if (o > 0 && proposals !== 'take' && proposals !== 'leave')
    return { field: 'rows', key: 'imports.check.not-settled', values: { count: o } };
  return null;
}

/** Cards have no columns, and each property says how it is read. */
function mayCorrect(present: Import): present is Import & { reading: Reading } {
  return present.reading !== null && present.reading.profile !== CARDS && isOpen(present.state);
}

/** What goes was agreed to, as many as do go. */
function disagreement(
  consent: { name: string; value: string } | null,
  body: Record<string, unknown>,
): Problem | null {
  if (!consent || body[consent.name] === consent.value) return null;
  const key =
    body[consent.name] === undefined ? 'imports.removal.not-agreed' : 'imports.removal.other-number';
  return { field: consent.name, key };
}
