import { Controller, Get, Param, Post } from '@nestjs/common';
import { AddressChanges } from '../../accounts/address-changes.service.js';
import { Conflict, DomainError, Refused } from '../../errors/domain-error.js';
import { normaliseAddress } from '../../text/address.js';
import { Admin } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords, Facts, type RequestFacts } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { UserDetailsQuery, type UserDetails } from '../user-details.query.js';
import { AddressForm } from '../user.form.js';
import { addressView, type AddressPage } from './address.view.js';
import { changeableBy, presentOnly } from './present.js';

/** Another address for one person, by an administrator. One's own is changed on the profile, with the password. */
@Admin()
@Controller('users/:id/address')
export class AddressController {
  constructor(
    private readonly details: UserDetailsQuery,
    private readonly changes: AddressChanges,
  ) {}

  @Get()
  async form(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Param('id') id: string,
  ): Promise<Page | Redirect> {
    const details = await this.changeable(reader, id);
    return details.user.id === reader.id ? redirect('/profile/email') : this.page(words, details, {});
  }

  @Post()
  async ask(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
    @Submitted(AddressForm) submission: Submission<AddressForm>,
  ): Promise<Page | Redirect> {
    const details = await this.changeable(reader, id);
    const { user } = details;
    if (user.id === reader.id) return redirect('/profile/email');
    if (submission.refused) return this.page(words, details, { returned: submission });
    const { was, waited } = submission.form;
    const waiting = await this.changes.waiting(user.accountId, user.id);
    if (was !== null && (was !== user.email || (waited ?? '') !== (waiting?.id ?? '')))
      return this.page(words, details, { returned: submission, meanwhile: true });
    const address = normaliseAddress(submission.form.email) ?? '';
    try {
      const changed = await this.changes.ask(reader, facts, user.id, address);
      const key = changed === 'asked' ? 'auth.email-change.asked' : 'user.address.changed';
      return redirect(`/users/${user.id}`, { kind: 'success', key, values: { address } });
    } catch (error) {
      if (!(error instanceof Refused) && !(error instanceof Conflict)) throw error;
      return this.page(words, details, {
        returned: submission.with(problemOf(error)),
        knownId: error.values['id'],
      });
    }
  }

  @Post('sending')
  async resend(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ): Promise<Redirect> {
    const { user } = await this.changeable(reader, id);
    return this.unlessOver(user.id, async () => {
      const { email: address } = await this.changes.resend(reader, facts, user.id);
      return redirect(`/users/${user.id}`, {
        ...{ kind: 'success', key: 'auth.email-change.asked' },
        values: { address },
      });
    });
  }

  @Post('cancellation')
  async cancel(
    @CurrentUser() reader: SignedIn,
    @Facts() facts: RequestFacts,
    @Param('id') id: string,
  ): Promise<Redirect> {
    const { user } = await this.changeable(reader, id);
    return this.unlessOver(user.id, async () => {
      await this.changes.cancel(reader, facts, user.id);
      return redirect(`/users/${user.id}`, 'auth.email-change.cancelled');
    });
  }

  /** Confirmed or cancelled meanwhile: said in a message, the page shows how it is. */
  private async unlessOver(id: string, body: () => Promise<Redirect>): Promise<Redirect> {
    try {
      return await body();
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      return redirect(`/users/${id}`, { kind: 'notice', key: error.key });
    }
  }

  private async changeable(reader: SignedIn, id: string): Promise<UserDetails> {
    return changeableBy(reader, presentOnly(await this.details.of(reader.accountId, id)));
  }

  private async page(words: Words, details: UserDetails, more: Omit<AddressPage, 'waiting'>): Promise<Page> {
    const { id, accountId } = details.user;
    const waiting = await this.changes.waiting(accountId, id);
    const status = more.meanwhile || more.knownId ? 409 : more.returned ? 422 : 200;
    return page('user/form', addressView(words, details, { ...more, waiting }), status);
  }
}

function problemOf({ key, values }: DomainError) {
  return { field: 'email', key, values };
}
