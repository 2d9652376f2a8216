import { Controller, Get, Post, Query } from '@nestjs/common';
import { DomainError, Refused, TooMany } from '../../errors/domain-error.js';
import { Member, NeedsFeature } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { Submitted, type Submission } from '../../web/submitted.js';
import { type Words } from '../../web/words.js';
import { EXTERNAL, SENT } from '../external-tabs.view.js';
import { readAskedAddresses } from './asked-addresses.js';
import { Asking } from './asking.service.js';
import { SaidAtOnce } from './at-once.query.js';
import { InviteForm } from './invite.form.js';
import { inviteView, type Filled, type InviteList } from './invite.view.js';
import { SentRequests } from './sent-requests.query.js';
import { askedMessage } from './sent-words.js';

/** Asking people of other companies, one or several, to become contacts. */
@Member()
@NeedsFeature('external-contacts')
@Controller('external-contacts')
export class InviteController {
  constructor(
    private readonly atOnce: SaidAtOnce,
    private readonly asking: Asking,
    private readonly requests: SentRequests,
  ) {}

  /** `?email=` fills in addresses, `?again=` what a request said that is over. */
  @Get('invite')
  async form(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const [rules, filled] = await Promise.all([this.atOnce.rules(reader), this.filled(reader, query)]);
    return page('external-invite/form', inviteView(words, reader, rules, filled));
  }

  /** Nothing is sent until each address can be asked, or the reader chooses those that can. */
  @Post('requests')
  async ask(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Submitted(InviteForm) submission: Submission<InviteForm>,
  ): Promise<Page | Redirect> {
    const again = async (refused: Submission<InviteForm>, list?: InviteList, status = 422) => {
      const rules = await this.atOnce.rules(reader);
      return page('external-invite/form', inviteView(words, reader, rules, nothing, refused, list), status);
    };
    const { form, once } = submission;
    const { addresses, left: unread } = readAskedAddresses(form.email);
    const empty = addresses.length + unread.length === 0;
    const checked = empty
      ? submission.with({ field: 'email', key: 'external-invite.email-missing' })
      : submission;
    const done = await this.asking.doneBy(reader, addresses, once);
    const { right, left: judged } = await this.atOnce.judge(reader, addresses, done);
    const left = [...unread, ...judged];
    const list = { left, right: right.length };
    const leaves = left.length > 0 && !(form.take === 'right' && right.length > 0);
    if (checked.refused || leaves) return again(checked, list);
    try {
      const asked = await this.asking.ask(reader, right, form.message, once);
      const connected = asked.every(({ outcome }) => outcome === 'connected');
      return redirect(connected ? EXTERNAL : SENT, askedMessage(words, asked, left.length));
    } catch (error) {
      if (!(error instanceof DomainError) || !(error instanceof Refused || error instanceof TooMany))
        throw error;
      return again(
        submission.with({ field: 'email', key: error.key, values: error.values }),
        list,
        error.status,
      );
    }
  }

  private async filled(reader: SignedIn, { email, again }: Record<string, unknown>): Promise<Filled> {
    if (typeof again === 'string') {
      const before = await this.requests.wording(reader.id, again);
      if (before) return { email: before.toAddress, message: before.message };
    }
    const given: unknown[] = Array.isArray(email) ? email : [email];
    return { email: given.filter((each) => typeof each === 'string').join('\n'), message: null };
  }
}

const nothing: Filled = { email: '', message: null };
