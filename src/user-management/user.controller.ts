import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { AddressChanges } from '../accounts/address-changes.service.js';
import { PersonSections } from '../accounts/person-sections.js';
import { EditConflict, People } from '../accounts/people.service.js';
import { type User } from '../accounts/user.entity.js';
import { Sessions } from '../auth/sessions.service.js';
import { type Id } from '../database/id.js';
import { DomainError } from '../errors/domain-error.js';
import { Admin } from '../web/access.js';
import { page, redirect } from '../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../web/context.js';
import { placeOf } from '../web/list-address.js';
import { readPhones } from '../web/phone-typed.js';
import { CurrentUser, type SignedIn } from '../web/signed-in.js';
import { Submitted, type Submission } from '../web/submitted.js';
import { type Words } from '../web/words.js';
import { conflictView, editUserView, type FormChoices } from './edit-user.view.js';
import { changesOf, onlyPosted, problemFrom } from './user-changes.js';
import { withManagerHelp } from './user/manager-help.js';
import { changeableBy, presentOnly } from './user/present.js';
import { UserDetailsQuery, type UserDetails } from './user-details.query.js';
import { UserForm } from './user.form.js';
import { erasedUserView, mentionedIn, nameOf, userView } from './user.view.js';

/** One person, for the administrators of their account. */
@Admin()
@Controller('users/:id')
export class UserController {
  constructor(
    private readonly details: UserDetailsQuery,
    private readonly people: People,
    private readonly sessions: Sessions,
    private readonly addresses: AddressChanges,
    private readonly more: PersonSections,
  ) {}

  @Get()
  async show(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
  ) {
    const { accountId } = reader;
    const details = await this.details.of(accountId, id);
    const { user } = details;
    const history = await this.details.historyPage(accountId, user.id, placeOf(query));
    const named = await this.details.named(accountId, mentionedIn(history.rows));
    if (user.status === 'erased')
      return page('user/erased', erasedUserView(words, reader, { details, history, named }));
    const [reports, sessions, waiting, more] = await Promise.all([
      this.details.reports(accountId, user.id),
      this.sessions.sessionsOf(user.id),
      this.addresses.waiting(accountId, user.id),
      this.more.of(words, { accountId, id: user.id }),
    ]);
    return page(
      'users/user',
      userView(words, reader, { details, history, named, reports, sessions, waiting, more }),
    );
  }

  @Get('edit')
  async edit(@CurrentUser() reader: SignedIn, @CurrentWords() words: Words, @Param('id') id: string) {
    const details = await this.editable(reader, id);
    return page('users/edit', editUserView(words, details, await this.choices(reader)));
  }

  @Post()
  async save(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(UserForm) submitted: Submission<UserForm>,
  ) {
    const details = await this.editable(reader, id);
    const { submission, phones } = readPhones(
      await withManagerHelp(this.details, reader.accountId, onlyPosted(submitted)),
      ['workPhone', 'mobilePhone'],
      reader.account.region,
    );
    if (submission.refused) return this.again(reader, words, details, submission);
    const { user } = details;
    const revision = submission.form.revision === null ? user.revision : Number(submission.form.revision);
    let after: User;
    try {
      after = await this.people.edit(
        reader,
        facts,
        user.id,
        revision,
        changesOf(details, submission, phones),
      );
    } catch (error) {
      if (error instanceof EditConflict) return this.conflict(reader, words, user.id, submission);
      const problem = error instanceof DomainError ? problemFrom(error) : null;
      if (problem) return this.again(reader, words, details, submission.with(problem));
      throw error;
    }
    return redirect(`/users/${user.id}`, {
      kind: 'success',
      key: 'users.saved',
      values: { name: nameOf(after) },
    });
  }

  /** @throws Forbidden for an admin at an owner */
  private async editable(reader: SignedIn, id: string): Promise<UserDetails> {
    return changeableBy(reader, presentOnly(await this.details.of(reader.accountId, id)));
  }

  private async again(
    reader: SignedIn,
    words: Words,
    details: UserDetails,
    submission: Submission<UserForm>,
  ) {
    return page('users/edit', editUserView(words, details, await this.choices(reader), submission), 422);
  }

  private async choices({ accountId, account }: SignedIn): Promise<FormChoices> {
    const [known, managers] = await Promise.all([
      this.details.groupNames(accountId),
      this.details.likelyManagers(accountId),
    ]);
    return { known, managers, language: account.language };
  }

  /** Both versions side by side; what the form held is not lost. */
  private async conflict({ accountId }: SignedIn, words: Words, id: Id, submission: Submission<UserForm>) {
    const present = await this.details.of(accountId, id);
    const history = await this.details.history(accountId, id);
    const named = await this.details.named(accountId, mentionedIn(history));
    return page('users/conflict', conflictView(words, { details: present, history, named }, submission), 409);
  }
}
