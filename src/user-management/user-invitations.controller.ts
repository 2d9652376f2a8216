import { Controller, Param, Post } from '@nestjs/common';
import { Invitations } from '../accounts/invitations.service.js';
import { type Left } from '../accounts/person.js';
import { localPath } from '../auth/local-path.js';
import { isId } from '../database/id.js';
import { NotFound } from '../errors/domain-error.js';
import { Admin } from '../web/access.js';
import { redirect, type Message } from '../web/answers.js';
import { Facts, type RequestFacts } from '../web/context.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { Submitted, type Submission } from '../web/submitted.js';
import { UserDetailsQuery } from './user-details.query.js';
import { nameOf } from './change-words.js';

const PENDING = '/users?status=pending';

/** Where a button stood. */
export class CameFrom {
  from = '';
}

/** Sending one person's invitation again, and taking it back; for many there are runs. */
@Admin()
@Controller('users')
export class UserInvitationsController {
  constructor(
    private readonly invitations: Invitations,
    private readonly details: UserDetailsQuery,
  ) {}

  /** Brings back the people of one cancellation, whose journal batch stands in the address. */
  @Post('invitations/restorations/:batchId')
  async restore(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('batchId') batchId: string,
  ) {
    if (!isId(batchId)) throw new NotFound();
    const { done, left } = await this.invitations.restore(reader, facts, batchId);
    const [refused] = left;
    return redirect(
      PENDING,
      refused
        ? { kind: 'failure', key: refused.key }
        : { kind: 'success', key: 'users.restored', values: { count: done } },
    );
  }

  @Post(':id/invitations')
  async resend(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(CameFrom) { form }: Submission<CameFrom>,
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
    @Submitted(CameFrom) { form }: Submission<CameFrom>,
  ) {
    const { user } = await this.details.of(reader.accountId, id);
    const { left, batchId } = await this.invitations.cancel(reader, facts, [user.id]);
    // The person's own page is gone; whoever came from a list goes back to it.
    const from = localPath(form.from) ?? PENDING;
    return redirect(left.length > 0 ? `/users/${user.id}` : from, {
      ...saidOf(left, 'users.cancelled'),
      values: { name: nameOf(user) },
      ...(batchId ? { undo: `/users/invitations/restorations/${batchId}` } : {}),
    });
  }
}

function saidOf([refused]: Left[], done: string): Pick<Message, 'kind' | 'key'> {
  return refused ? { kind: 'failure', key: refused.key } : { kind: 'success', key: done };
}
