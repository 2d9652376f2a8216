import { Controller, Get, Param, Post } from '@nestjs/common';
import { Invitations } from '../accounts/invitations.service.js';
import { type Left, type Outcome } from '../accounts/person.js';
import { localPath } from '../auth/local-path.js';
import { isId, type Id } from '../database/id.js';
import { BadRequest, NotFound } from '../errors/domain-error.js';
import { Admin } from '../web/access.js';
import { page, redirect, type Message, type Page, type Redirect } from '../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../web/context.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { Submitted, type Submission } from '../web/submitted.js';
import { type Words } from '../web/words.js';
import { InvitationRuns, type Wanted } from './invitation-runs.service.js';
import { outcomeView } from './outcome.view.js';
import { UserDetailsQuery } from './user-details.query.js';
import { UserList } from './user-list.query.js';
import { ALL, readListState, type UserFilters } from './user-list.state.js';
import { TickedUsersForm } from './user.form.js';
import { nameOf } from './user.view.js';

const BACK = '/users?status=pending';
/** So many people a request may wait for; more are left to a worker. */
const MOST_AT_ONCE = 1_000;
/** Batches of a cancellation done at once: more than its steps of 500 need. */
const MOST_BATCHES = 10;

/** What is said of so many done. */
const doneKeys: Record<Wanted['act'], string> = {
  resend: 'users.resent-many',
  cancel: 'users.cancelled-many',
  restore: 'users.restored',
};

/** Sending invitations again, and taking them back: one person's, or those of ticked rows, or all that match. */
@Admin()
@Controller('users')
export class UserInvitationsController {
  constructor(
    private readonly invitations: Invitations,
    private readonly details: UserDetailsQuery,
    private readonly list: UserList,
    private readonly runs: InvitationRuns,
  ) {}

  @Post('invitations')
  resendTicked(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(TickedUsersForm) { form }: Submission<TickedUsersForm>,
  ) {
    if (form.all === ALL) return this.allMatching(reader, words, facts, form, 'resend');
    return this.bulk(reader, words, form, {
      act: (ids) => this.invitations.resend(reader, facts, ids),
      done: doneKeys.resend,
    });
  }

  @Post('invitations/cancellation')
  cancelTicked(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(TickedUsersForm) { form }: Submission<TickedUsersForm>,
  ) {
    if (form.all === ALL) return this.allMatching(reader, words, facts, form, 'cancel');
    return this.bulk(reader, words, form, {
      act: (ids) => this.invitations.cancel(reader, facts, ids),
      done: doneKeys.cancel,
      undoable: true,
    });
  }

  /** Brings back the people of a cancellation, whose journal batches stand in the address. */
  @Post('invitations/restorations/:batchIds')
  async restore(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Param('batchIds') batchIds: string,
  ) {
    const ids = batchIds.split(',');
    if (!ids.every(isId) || ids.length > MOST_BATCHES) throw new NotFound();
    const outcomes: Outcome[] = [];
    for (const id of ids) outcomes.push(await this.invitations.restore(reader, facts, id));
    return this.answer(reader, words, '/users?status=pending', {
      key: doneKeys.restore,
      done: outcomes.reduce((sum, { done }) => sum + done, 0),
      left: outcomes.flatMap(({ left }) => left),
    });
  }

  /** How far a run is, and in the end what it did. */
  @Get('invitations/runs/:id')
  async run(@CurrentUser() { accountId }: SignedIn, @CurrentWords() words: Words, @Param('id') id: string) {
    const run = await this.runs.find(accountId, id);
    if (!run) throw new NotFound();
    const { state, act, total, progress } = run;
    const { done, left, leftCount, batchIds } = progress;
    const named = await this.named(accountId, left);
    const undo =
      act === 'cancel' && state !== 'working' && batchIds.length > 0 ? `${runPath(id)}/restoration` : '';
    return page('users/outcome', {
      ...outcomeView(words, { key: doneKeys[act], done, left, leftCount, named, back: BACK, undo }),
      ...(state === 'working'
        ? { reload: runPath(id), running: words.t('users.run.working', { done: done + leftCount, total }) }
        : {}),
      ...(state === 'failed'
        ? { failed: words.t('users.run.failed', { done: done + leftCount, total }) }
        : {}),
    });
  }

  /** Brings back everybody a run has cancelled, in a run of its own. */
  @Post('invitations/runs/:id/restoration')
  async restoreRun(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ): Promise<Redirect> {
    const run = await this.runs.find(reader.accountId, id);
    if (run?.act !== 'cancel' || run.state === 'working') throw new NotFound();
    const { batchIds, done } = run.progress;
    return this.started(await this.runs.later(reader, facts, { act: 'restore', batchIds }, done), done);
  }

  @Post(':id/invitations')
  async resend(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(TickedUsersForm) { form }: Submission<TickedUsersForm>,
  ) {
    const { user } = await this.details.of(reader.accountId, id);
    const { left } = await this.invitations.resend(reader, facts, [user.id]);
    return redirect(localPath(form.from) ?? `/users/${user.id}`, {
      ...saidOf(left, 'users.resent'),
      values: { name: nameOf(user) },
    });
  }

  @Post(':id/invitations/cancellation')
  async cancel(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(TickedUsersForm) { form }: Submission<TickedUsersForm>,
  ) {
    const { user } = await this.details.of(reader.accountId, id);
    const { left, batchId } = await this.invitations.cancel(reader, facts, [user.id]);
    // The person's own page is gone; whoever came from a list goes back to it.
    const from = localPath(form.from) ?? '/users?status=pending';
    return redirect(left.length > 0 ? `/users/${user.id}` : from, {
      ...saidOf(left, 'users.cancelled'),
      values: { name: nameOf(user) },
      ...(batchId ? { undo: undoPath(batchId) } : {}),
    });
  }

  /** All pending people the list showed: a few at once, many by a worker. */
  private async allMatching(
    reader: SignedIn,
    words: Words,
    facts: RequestFacts,
    form: TickedUsersForm,
    act: 'resend' | 'cancel',
  ): Promise<Page | Redirect> {
    const back = localPath(form.from) ?? BACK;
    const { q, role, userGroup, department } = readListState({ ...form });
    const filters: UserFilters = { status: 'pending', q, role, userGroup, department };
    const until = momentOf(form.until);
    const count = await this.list.count(reader.accountId, { ...filters, invitedUntil: until });
    if (count === 0) return redirect(back, { kind: 'notice', key: 'users.none-matching' });
    const wanted: Wanted = { act, filters, until: until.toISOString() };
    if (count > MOST_AT_ONCE) return this.started(await this.runs.later(reader, facts, wanted, count), count);
    const { done, left, batchIds } = await this.runs.now(reader, facts, wanted);
    return this.answer(reader, words, back, {
      ...{ key: doneKeys[act], done, left },
      ...(batchIds.length > 0 ? { undo: undoPath(...batchIds) } : {}),
    });
  }

  private started(id: Id, count: number): Redirect {
    return redirect(runPath(id), { kind: 'notice', key: 'users.run.started', values: { count } });
  }

  private async bulk(
    reader: SignedIn,
    words: Words,
    { ids, from }: TickedUsersForm,
    { act, done, undoable = false }: BulkAct,
  ): Promise<Page | Redirect> {
    const back = localPath(from) ?? '/users?status=pending';
    if (ids.length === 0) return redirect(back, { kind: 'notice', key: 'users.none-ticked' });
    if (!ids.every(isId)) throw new BadRequest('common.error.bad-request');
    // Somebody of another account is not there, in a list as on a page.
    const known = await this.details.named(reader.accountId, ids);
    if (ids.some((id) => !known.has(id))) throw new NotFound('accounts.user-not-found');
    const outcome = await act(ids);
    return this.answer(reader, words, back, {
      key: done,
      ...outcome,
      ...(undoable && outcome.batchId ? { undo: undoPath(outcome.batchId) } : {}),
    });
  }

  /** Nothing refused: back with a message. Otherwise a page that names who was left out, and why. */
  private async answer(
    { accountId }: SignedIn,
    words: Words,
    back: string,
    { key, done, left, undo }: { key: string; done: number; left: Left[]; undo?: string },
  ): Promise<Page | Redirect> {
    if (left.length === 0) {
      return redirect(back, { kind: 'success', key, values: { count: done }, ...(undo ? { undo } : {}) });
    }
    const named = await this.named(accountId, left);
    return page('users/outcome', outcomeView(words, { key, done, left, named, back, undo }));
  }

  private named(accountId: Id, left: Left[]) {
    return this.details.named(
      accountId,
      left.map(({ id }) => id),
    );
  }
}

interface BulkAct {
  act: (ids: Id[]) => Promise<Outcome>;
  done: string;
  undoable?: boolean;
}

function saidOf([refused]: Left[], done: string): Pick<Message, 'kind' | 'key'> {
  return refused ? { kind: 'failure', key: refused.key } : { kind: 'success', key: done };
}

function undoPath(...batchIds: Id[]): string {
  return `/users/invitations/restorations/${batchIds.join(',')}`;
}

function runPath(id: Id | string): string {
  return `/users/invitations/runs/${id}`;
}

/** When the list was counted; a moment that is none, or is still to come, is now. */
function momentOf(text: string): Date {
  const [moment, now] = [new Date(text), new Date()];
  return moment < now ? moment : now;
}
