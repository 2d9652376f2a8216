import { Controller, Param, Post } from '@nestjs/common';
import { UserSessions } from './user-sessions.service.js';
import { isId } from '../../database/id.js';
import { NotFound } from '../../errors/domain-error.js';
import { Admin } from '../../web/access.js';
import { redirect, type Redirect } from '../../web/answers.js';
import { Facts, type RequestFacts } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { nameOf } from '../change-words.js';
import { UserDetailsQuery } from '../user-details.query.js';
import { changeableBy } from './present.js';

/** Where one person is signed in, ended by an administrator. */
@Admin()
@Controller('users/:id/sessions')
export class UserSessionsController {
  constructor(
    private readonly details: UserDetailsQuery,
    private readonly sessions: UserSessions,
  ) {}

  @Post('deletion')
  async endAll(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ): Promise<Redirect> {
    const { user } = changeableBy(reader, await this.details.of(reader.accountId, id));
    const count = await this.sessions.endAll(reader, facts, user);
    if (user.id === reader.id) return redirect('/login', 'auth.signed-out');
    return redirect(`/users/${user.id}#sessions`, {
      ...{ kind: 'success', key: 'user.session.ended' },
      values: { count, name: nameOf(user) },
    });
  }

  @Post(':publicId/deletion')
  async end(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Param('publicId') publicId: string,
  ): Promise<Redirect> {
    const { user } = changeableBy(reader, await this.details.of(reader.accountId, id));
    if (!isId(publicId)) throw new NotFound();
    // Ended already (by itself, or by the same button in another window): what was wanted is so.
    await this.sessions.end(reader, facts, user, publicId);
    if (publicId === reader.sessionPublicId) return redirect('/login', 'auth.signed-out');
    return redirect(`/users/${user.id}#sessions`, 'profile.session.ended');
  }
}
