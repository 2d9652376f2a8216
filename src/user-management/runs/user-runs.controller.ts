import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { parse } from 'node:querystring';
import { localPath } from '../../auth/local-path.js';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { BadRequest, Forbidden, NotFound } from '../../errors/domain-error.js';
import { Admin } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { UserDetailsQuery } from '../user-details.query.js';
import { ALL, listPath, readListState } from '../user-list.state.js';
import { acts } from './acts.js';
import { RunGroups } from './run-groups.query.js';
import { RunPeople } from './run-people.query.js';
import { confirmView } from './run-confirm.view.js';
import { resultView, runsView } from './run-page.view.js';
import { choiceOf, RunForm, SelectionForm } from './run.form.js';
import { RunWork } from './run-work.service.js';
import { type UserRun } from './user-run.entity.js';
import { MOST_AT_ONCE, UserRuns } from './user-runs.service.js';

/** People named on the page that asks before a run. */
const SHOWN = 5;
/** Characters of a list's address that are kept to lead back to it. */
const LONGEST_BACK = 2_000;

/** What an administrator does with many people at once: who and what, how and whether, what became of it. */
@Admin()
@Controller('users/runs')
export class UserRunsController {
  constructor(
    private readonly runs: UserRuns,
    private readonly work: RunWork,
    private readonly people: RunPeople,
    private readonly groups: RunGroups,
    private readonly details: UserDetailsQuery,
  ) {}

  @Get()
  async recent(
    @CurrentUser() { accountId }: SignedIn,
    @CurrentWords() words: Words,
    @Query('before') before: unknown,
  ): Promise<Page> {
    const place = isId(before) ? before : null;
    const found = await this.runs.recent(accountId, place, limits.page + 1);
    const runs = found.slice(0, limits.page);
    const named = await this.details.named(
      accountId,
      runs.map(({ actorId }) => actorId),
    );
    return page('user-runs/list', runsView(words, { runs, named, place, more: found.length > limits.page }));
  }

  /** Keeps the people of the list; the page that follows says what will happen to them. */
  @Post()
  async choose(
    @CurrentUser() reader: SignedIn,
    @Submitted(SelectionForm) { form }: Submission<SelectionForm>,
  ): Promise<Redirect> {
    const list = localPath(form.list) ?? '/users';
    const back = list.length <= LONGEST_BACK ? list : '/users';
    if (form.act === 'export') return this.exportOf(form, list);
    const act = acts.find((known) => known === form.act);
    if (!act) throw new BadRequest('common.error.bad-request');
    if (act === 'role' && reader.role !== 'owner') throw new Forbidden('accounts.roles-by-owner');
    const { accountId } = reader;
    if (form.all === ALL) {
      const people = await this.people.matching(accountId, stateOf(list));
      if (people.length === 0) return redirect(back, { kind: 'notice', key: 'users.none-matching' });
      return redirect(runPath(await this.runs.draft(reader, { act, people, back })));
    }
    if (form.ids.length === 0) return redirect(back, { kind: 'notice', key: 'users.none-ticked' });
    if (!form.ids.every(isId)) throw new BadRequest('common.error.bad-request');
    const people = await this.people.ofIds(accountId, form.ids);
    // Somebody of another account is not there, in a list as on a page.
    if (people.length < new Set(form.ids).size) throw new NotFound('accounts.user-not-found');
    return redirect(runPath(await this.runs.draft(reader, { act, people, back })));
  }

  /** What will happen and to how many; then how far it is; then what became of it. */
  @Get(':id')
  async show(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page> {
    const run = await this.readable(reader, id);
    return run.state === 'draft' ? this.confirmPage(reader, words, run) : this.resultPage(reader, words, run);
  }

  @Post(':id/confirmation')
  async confirm(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(RunForm) submission: Submission<RunForm>,
  ): Promise<Page | Redirect> {
    const run = await this.readable(reader, id);
    // The same button twice, or a page from before: the run is under way or done, which is what was asked for.
    if (run.state !== 'draft') return redirect(runPath(run.id));
    if (run.act === 'role' && reader.role !== 'owner') throw new Forbidden('accounts.roles-by-owner');
    const { form } = submission;
    const groups = await this.groups.ticked(reader.accountId, form);
    const { choice, newGroups, problems } = choiceOf(run.act, form, groups);
    const refused = submission.with(...problems);
    if (refused.refused) return this.confirmPage(reader, words, run, refused);
    await this.runs.start(reader, facts, run.id, choice, newGroups);
    if (run.total <= MOST_AT_ONCE) await this.work.toEnd(reader.accountId, run.id);
    return redirect(runPath(run.id));
  }

  @Post(':id/undo')
  async undo(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ): Promise<Redirect> {
    const run = await this.readable(reader, id);
    if (run.act === 'role' && reader.role !== 'owner') throw new Forbidden('accounts.roles-by-owner');
    const undo = await this.runs.undo(reader, facts, run.id);
    if (run.doneCount <= MOST_AT_ONCE) await this.work.toEnd(reader.accountId, undo);
    return redirect(runPath(undo));
  }

  /** For a run that was given up after many failures. */
  @Post(':id/continuation')
  async goOn(@CurrentUser() reader: SignedIn, @Param('id') id: string): Promise<Redirect> {
    const run = await this.readable(reader, id);
    await this.runs.goOn(reader.accountId, run.id);
    return redirect(runPath(run.id));
  }

  /** A draft is its author's alone. */
  private async readable({ id: readerId, accountId }: SignedIn, id: string): Promise<UserRun> {
    const run = await this.runs.find(accountId, id);
    if (run.state === 'draft' && run.actorId !== readerId) throw new NotFound('user-runs.not-found');
    return run;
  }

  private async confirmPage(
    reader: SignedIn,
    words: Words,
    run: UserRun,
    submission?: Submission<RunForm>,
  ): Promise<Page> {
    const first = (await this.people.first(run.id)).slice(0, SHOWN);
    const named = await this.details.named(reader.accountId, first);
    const groups = run.act === 'groups' ? await this.groups.offered(run) : null;
    const data = confirmView(words, reader, run, { named: [...named.values()], groups, submission });
    return page('user-runs/confirm', data, submission ? 422 : 200);
  }

  private async resultPage({ accountId }: SignedIn, words: Words, run: UserRun): Promise<Page> {
    const left = run.leftFirst ?? [];
    const named = await this.details.named(accountId, [...left.map(({ id }) => id), run.actorId]);
    const alive = run.state !== 'working' || (await this.runs.isAlive(run.id));
    return page('user-runs/run', resultView(words, run, { named, alive }));
  }

  /** The page that asks for columns and form, for the ticked or all that match. */
  private exportOf({ ids, all }: SelectionForm, path: string): Redirect {
    const list = { ...stateOf(path), all: false, place: {} };
    if (all === ALL) return redirect(listPath(list, '/users/export'));
    const ticked = ids.filter(isId).slice(0, limits.page);
    if (ticked.length === 0) return redirect(path, { kind: 'notice', key: 'users.none-ticked' });
    return redirect(listPath({ ...list, ids: ticked.join(',') }, '/users/export'));
  }
}

export function runPath(id: Id): string {
  return `/users/runs/${id}`;
}

/** The list an address shows, as the list itself reads it. */
function stateOf(path: string) {
  return readListState(parse(path.split('?')[1] ?? '') as Record<string, unknown>);
}
