import { Controller, Get, Post, Query } from '@nestjs/common';
import { Accounts } from '../accounts/accounts.service.js';
import { DomainError } from '../errors/domain-error.js';
import { Admin } from '../web/access.js';
import { page, redirect } from '../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../web/context.js';
import { readPhones } from '../web/phone-typed.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { Submitted, type Submission } from '../web/submitted.js';
import { type Words } from '../web/words.js';
import { Inviting } from './inviting.service.js';
import { newUserView, severalUsersView, type KnownPerson } from './new-users.view.js';
import { problemFrom, personOf } from './user-changes.js';
import { withManagerHelp } from './user/manager-help.js';
import { UserDetailsQuery } from './user-details.query.js';
import { NewUserForm, SeveralUsersForm } from './user.form.js';

/** Inviting by hand: one person with everything known of them, or several addresses pasted. */
@Admin()
@Controller('users')
export class NewUsersController {
  constructor(
    private readonly accounts: Accounts,
    private readonly details: UserDetailsQuery,
    private readonly inviting: Inviting,
  ) {}

  @Get('new')
  async form(
    @CurrentUser() { accountId }: SignedIn,
    @CurrentWords() words: Words,
    @Query('several') several: unknown,
  ) {
    return several === undefined
      ? page('users/new', newUserView(words, await this.context(accountId)))
      : page('users/new', severalUsersView(words, await this.context(accountId)));
  }

  @Post()
  async invite(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(NewUserForm) submitted: Submission<NewUserForm>,
  ) {
    const { account, accountId } = reader;
    const helped = await withManagerHelp(this.details, accountId, submitted);
    const { submission, phones } = readPhones(helped, ['workPhone', 'mobilePhone'], account.region);
    const again = async (refused: Submission<NewUserForm>, status: number, known?: KnownPerson) =>
      page('users/new', newUserView(words, await this.context(accountId), refused, known), status);
    if (submission.refused) return again(submission, 422);
    try {
      const { email } = await this.inviting.one(
        reader,
        facts,
        personOf(submission.form, phones),
        submission.once,
      );
      return redirect('/users?status=pending', { kind: 'success', key: 'users.invited', values: { email } });
    } catch (error) {
      const problem = error instanceof DomainError ? problemFrom(error) : null;
      if (!(error instanceof DomainError) || !problem) throw error;
      const known = problem.field === 'email' && error.values['id'] ? knownPerson(error) : undefined;
      return again(submission.with(problem), known ? 409 : 422, known);
    }
  }

  @Post('addresses')
  async inviteSeveral(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Submitted(SeveralUsersForm) submission: Submission<SeveralUsersForm>,
  ) {
    const { accountId } = reader;
    if (submission.refused) {
      return page('users/new', severalUsersView(words, await this.context(accountId), submission), 422);
    }
    const list = await this.inviting.read(accountId, submission.form.addresses, submission.once);
    if (list.right.length + list.refused.length === 0) {
      const empty = submission.with({ field: 'addresses', key: 'common.problem.required' });
      return page('users/new', severalUsersView(words, await this.context(accountId), empty), 422);
    }
    const takeRight = submission.form.take === 'right' && list.right.length > 0;
    if (list.refused.length > 0 && !takeRight) {
      const view = severalUsersView(words, await this.context(accountId), submission, list);
      return page('users/new', view, 422);
    }
    const { invited, left } = await this.inviting.several(reader, facts, list, submission.form);
    return redirect('/users?status=pending', {
      kind: 'success',
      key: left > 0 ? 'users.invited-some' : 'users.invited-many',
      values: { count: invited, left },
    });
  }

  private async context(accountId: string) {
    const [{ features, language }, known, managers] = await Promise.all([
      this.accounts.get(accountId),
      this.details.groupNames(accountId),
      this.details.likelyManagers(accountId),
    ]);
    return {
      ...{ accountFeatures: features, groupFeatures: [], ownFeatures: null },
      ...{ known, managers, language },
    };
  }
}

/** Who has the address already, as the refusal names them. */
function knownPerson({ key, values: { id, email } }: DomainError): KnownPerson {
  return { id: String(id), email: String(email), erased: key === 'accounts.already-erased' };
}
