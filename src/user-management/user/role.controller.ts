import { Controller, Get, Param, Post } from '@nestjs/common';
import { IsIn } from 'class-validator';
import { Standing } from '../../accounts/standing.service.js';
import { roles, type Role } from '../../accounts/user.entity.js';
import { Forbidden } from '../../errors/domain-error.js';
import { Admin } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { nameOf } from '../change-words.js';
import { UserDetailsQuery, type UserDetails } from '../user-details.query.js';
import { presentOnly } from './present.js';
import { roleConfirmView, roleView } from './role.view.js';

class RoleForm {
  @IsIn(roles, { message: 'common.problem.choice' }) role: Role | '' = '';
  /** Of the person as the form showed them. */
  was = '';
  /** The page that says what the role may do was read. */
  confirmed = false;
}

/** The role of one person: only owners give and take it, in two steps. */
@Admin()
@Controller('users/:id/role')
export class RoleController {
  constructor(
    private readonly details: UserDetailsQuery,
    private readonly standing: Standing,
  ) {}

  @Get()
  async choose(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page> {
    return page('user/form', roleView(words, await this.changeable(reader, id)));
  }

  @Post()
  async save(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(RoleForm) submission: Submission<RoleForm>,
  ): Promise<Page | Redirect> {
    const details = await this.changeable(reader, id);
    const { user } = details;
    const { role, was, confirmed } = submission.form;
    if (submission.refused || role === '')
      return page('user/form', roleView(words, details, { returned: submission }), 422);
    if (was !== '' && was !== user.role) {
      return page('user/form', roleView(words, details, { returned: submission, meanwhile: true }), 409);
    }
    if (role === user.role) return redirect(`/users/${user.id}`, { kind: 'notice', key: 'user.role.same' });
    if (!confirmed) return page('user/role-confirm', roleConfirmView(words, reader, details, role));
    const { left } = await this.standing.changeRole(reader, facts, [user.id], role);
    const [refused] = left;
    if (refused) return redirect(`/users/${user.id}`, { kind: 'failure', key: refused.key });
    const values = { name: nameOf(user), role: words.t(`users.role.${role}`) };
    // One's own sessions have ended too: the new role begins with a new session.
    return user.id === reader.id
      ? redirect('/login', { kind: 'success', key: 'user.role.given-up', values })
      : redirect(`/users/${user.id}`, { kind: 'success', key: 'user.role.saved', values });
  }

  /** @throws Forbidden unless an owner asks */
  private async changeable(reader: SignedIn, id: string): Promise<UserDetails> {
    const details = presentOnly(await this.details.of(reader.accountId, id));
    if (reader.role !== 'owner') throw new Forbidden('accounts.roles-by-owner');
    return details;
  }
}
