import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Conflict, Refused, type DomainError } from '../../errors/domain-error.js';
import { Admin } from '../../web/access.js';
import { page, redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { listPath, readListState } from '../user-list.state.js';
import { NewSavedViewForm, SavedViewForm } from './saved-view.form.js';
import { editViewView, newViewView, savedViewsView } from './saved-views.view.js';
import { pathOf, SavedViews } from './saved-views.service.js';

const LIST = '/users/views';

/** Lists of users kept by name. `/users?view=…` opens one. */
@Admin()
@Controller('users/views')
export class SavedViewsController {
  constructor(private readonly views: SavedViews) {}

  @Get()
  async list(@CurrentUser() reader: SignedIn, @CurrentWords() words: Words) {
    return page('saved-views/list', savedViewsView(words, reader, await this.views.list(reader)));
  }

  /** Takes the query of `/users`. */
  @Get('new')
  form(@CurrentWords() words: Words, @Query() query: Record<string, unknown>) {
    return page('saved-views/form', newViewView(words, queryOf(query)));
  }

  @Post()
  async save(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(NewSavedViewForm) submission: Submission<NewSavedViewForm>,
  ) {
    const query = queryOf(Object.fromEntries(new URLSearchParams(submission.form.query.slice(0, 8_000))));
    const again = (refused: Submission<NewSavedViewForm>) =>
      page('saved-views/form', newViewView(words, query, refused), 422);
    if (submission.refused) return again(submission);
    try {
      await this.views.save(reader, facts, { ...submission.form, query });
    } catch (error) {
      return again(submission.with(problemOf(error)));
    }
    return redirect(pathOf(query), {
      kind: 'success',
      key: 'saved-views.saved',
      values: { name: submission.form.name },
    });
  }

  @Get(':id/edit')
  async editForm(@CurrentUser() reader: SignedIn, @CurrentWords() words: Words, @Param('id') id: string) {
    return page('saved-views/form', editViewView(words, await this.views.find(reader, id)));
  }

  @Post(':id')
  async edit(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(SavedViewForm) submission: Submission<SavedViewForm>,
  ) {
    const view = await this.views.find(reader, id);
    const again = (refused: Submission<SavedViewForm>) =>
      page('saved-views/form', editViewView(words, view, refused), 422);
    if (submission.refused) return again(submission);
    try {
      await this.views.edit(reader, facts, id, submission.form);
    } catch (error) {
      return again(submission.with(problemOf(error)));
    }
    return redirect(LIST, {
      kind: 'success',
      key: 'saved-views.saved',
      values: { name: submission.form.name },
    });
  }

  @Post(':id/deletion')
  async remove(@CurrentUser() reader: SignedIn, @Facts() facts: RequestFacts, @Param('id') id: string) {
    const { name } = await this.views.find(reader, id);
    await this.views.remove(reader, facts, id);
    return redirect(LIST, {
      ...{ kind: 'success', key: 'saved-views.deleted', values: { name } },
      undo: `${LIST}/${id}/restoration`,
    });
  }

  @Post(':id/restoration')
  async restore(@CurrentUser() reader: SignedIn, @Facts() facts: RequestFacts, @Param('id') id: string) {
    const { name } = await this.views.restore(reader, facts, id);
    return redirect(LIST, { kind: 'success', key: 'saved-views.restored', values: { name } });
  }
}

/** A query of `/users` as it is kept: known names alone, without the place in the list. */
function queryOf(query: Readonly<Record<string, unknown>>): string {
  return listPath({ ...readListState(query), place: {}, all: false }).slice('/users?'.length);
}

/** What is wrong with a name, beside the field; anything else is for the error page. */
function problemOf(error: unknown): { field: string } & Pick<DomainError, 'key' | 'values'> {
  if (!(error instanceof Conflict || error instanceof Refused)) throw error;
  return { field: 'name', key: error.key, values: error.values };
}
