import { Controller, Get, Param, Post } from '@nestjs/common';
import { Standing } from '../../accounts/standing.service.js';
import { type Id } from '../../database/id.js';
import { Admin } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { nameOf } from '../change-words.js';
import { UserDetailsQuery } from '../user-details.query.js';
import { deactivationView } from './erasure.view.js';
import { changeableBy, presentOnly } from './present.js';

/** Letting one person in no more, and in again. */
@Admin()
@Controller('users/:id')
export class StatusController {
  constructor(
    private readonly details: UserDetailsQuery,
    private readonly standing: Standing,
  ) {}

  @Get('deactivation')
  async confirm(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page | Redirect> {
    const details = changeableBy(reader, presentOnly(await this.details.of(reader.accountId, id)));
    const { user } = details;
    if (user.status !== 'active')
      return redirect(`/users/${user.id}`, { kind: 'notice', key: 'accounts.not-active' });
    const reports = await this.details.reports(reader.accountId, user.id);
    return page('user/confirm', deactivationView(words, details, reports));
  }

  @Post('deactivation')
  async deactivate(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ): Promise<Redirect> {
    const { user } = await this.details.of(reader.accountId, id);
    const { left } = await this.standing.deactivate(reader, facts, [user.id]);
    const undo = `/users/${user.id}/reactivation`;
    return answer(user.id, left[0]?.key, { key: 'users.deactivated', name: nameOf(user), undo });
  }

  @Post('reactivation')
  async reactivate(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ): Promise<Redirect> {
    const { user } = await this.details.of(reader.accountId, id);
    const { left } = await this.standing.reactivate(reader, facts, [user.id]);
    return answer(user.id, left[0]?.key, { key: 'users.reactivated', name: nameOf(user) });
  }
}

function answer(id: Id, refusal: string | undefined, done: { key: string; name: string; undo?: string }) {
  const { key, name, undo } = done;
  return redirect(
    `/users/${id}`,
    refusal === undefined
      ? { kind: 'success', key, values: { name }, ...(undo ? { undo } : {}) }
      : { kind: 'failure', key: refusal },
  );
}
