import { Controller, Param, Post } from '@nestjs/common';
import { People, type Left, type Outcome } from '../accounts/people.service.js';
import { localPath } from '../auth/local-path.js';
import { isId, type Id } from '../database/id.js';
import { BadRequest, NotFound } from '../errors/domain-error.js';
import { Admin } from '../web/access.js';
import { page, redirect, type Message, type Page, type Redirect } from '../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../web/context.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { Submitted, type Submission } from '../web/submitted.js';
import { type Words } from '../web/words.js';
import { outcomeView } from './outcome.view.js';
import { UserDetailsQuery } from './user-details.query.js';
import { TickedUsersForm } from './user.form.js';
import { nameOf } from './user.view.js';

/** Sending invitations again, and taking them back: one person's, or those of ticked rows. */
@Admin()
@Controller('users')
export class UserInvitationsController {
  constructor(
    private readonly people: People,
    private readonly details: UserDetailsQuery,
  ) {}

  @Post('invitations')
  resendTicked(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(TickedUsersForm) { form }: Submission<TickedUsersForm>,
  ) {
    return this.bulk(reader, words, form, {
      act: (ids) => this.people.resend(reader, facts, ids),
      done: 'users.resent-many',
    });
  }

  @Post('invitations/cancellation')
  cancelTicked(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(TickedUsersForm) { form }: Submission<TickedUsersForm>,
  ) {
    return this.bulk(reader, words, form, {
      act: (ids) => this.people.cancelInvitation(reader, facts, ids),
      done: 'users.cancelled-many',
      undoable: true,
    });
  }

  /** Brings back the people of a cancellation. */
  @Post('invitations/restorations/:batchId')
  async restore(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Param('batchId') batchId: string,
  ) {
    if (!isId(batchId)) throw new NotFound();
    const { done, left } = await this.people.restore(reader, facts, batchId);
    return this.answer(reader, words, '/users?status=pending', { key: 'users.restored', done, left });
  }

  @Post(':id/invitations')
  async resend(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(TickedUsersForm) { form }: Submission<TickedUsersForm>,
  ) {
    const { user } = await this.details.of(reader.accountId, id);
    const { left } = await this.people.resend(reader, facts, [user.id]);
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
    const { left, batchId } = await this.people.cancelInvitation(reader, facts, [user.id]);
    // The person's own page is gone; whoever came from a list goes back to it.
    const from = localPath(form.from) ?? '/users?status=pending';
    return redirect(left.length > 0 ? `/users/${user.id}` : from, {
      ...saidOf(left, 'users.cancelled'),
      values: { name: nameOf(user) },
      ...(batchId ? { undo: undoPath(batchId) } : {}),
    });
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
    const named = await this.details.named(
      accountId,
      left.map(({ id }) => id),
    );
    return page('users/outcome', outcomeView(words, { key, done, left, named, back, undo }));
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

function undoPath(batchId: Id): string {
  return `/users/invitations/restorations/${batchId}`;
}
