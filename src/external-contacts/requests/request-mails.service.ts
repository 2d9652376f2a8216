import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Throttle } from '../../auth/throttle.service.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { TooMany } from '../../errors/domain-error.js';
import { MailRefusals } from '../../mail/mail-refusals.service.js';
import { Mails } from '../../mail/mails.service.js';
import { mailboxOf } from '../../text/address.js';
import { type Person, type WaitingRequest } from './receivers.query.js';
import { RequestLinks } from './request-links.js';

/** So many sendings in one day. */
const aDay = (limit: number) => ({ limit, windowSeconds: 24 * 60 * 60 });

/**
 * The mails that bring a request: one each time it is sent. None goes to an address that wants none, and no more than
 * some a day to one address, from one sender and from everybody together: a few where its holder has no account yet.
 */
@Injectable()
export class RequestMails {
  constructor(
    private readonly mails: Mails,
    private readonly links: RequestLinks,
    private readonly refusals: MailRefusals,
    private readonly throttle: Throttle,
  ) {}

  async toReceiver(manager: EntityManager, request: WaitingRequest, person: Person): Promise<void> {
    if (!(await this.mayWrite(manager, request, limits.externalRequestMailsADay))) return;
    const linkId = await this.links.open(manager, person, 'external-confirm', request);
    await this.write(manager, request, person, 'external-request', linkId);
  }

  /** Without a link: theirs is in the mail of their company. */
  async toPending(manager: EntityManager, request: WaitingRequest, person: Person): Promise<void> {
    if (!(await this.mayWrite(manager, request, limits.externalMailsADay))) return;
    await this.write(manager, request, person, 'external-pending', null);
  }

  /** In the sender's language. The mail names a second link of theirs, for who has signed up meanwhile. */
  async toNobody(manager: EntityManager, request: WaitingRequest): Promise<void> {
    if (!(await this.mayWrite(manager, request, limits.externalMailsADay))) return;
    const { sender } = request;
    const linkId = await this.links.open(manager, sender, 'external-signup', request);
    await this.links.open(manager, sender, 'external-confirm', request);
    await this.write(manager, request, { ...sender, name: '' }, 'external-invitation', linkId);
  }

  private async write(
    manager: EntityManager,
    { id, toAddress, message, timesSent, sender }: WaitingRequest,
    { accountId, userId, name: toName, language, timeZone }: Person,
    template: 'external-request' | 'external-pending' | 'external-invitation',
    linkId: Id | null,
  ): Promise<void> {
    const { name, address, company } = sender;
    await this.mails.write(manager, {
      ...{ accountId, userId, toAddress, toName, template, language, linkId },
      values: { name, address, company, timeZone, ...(message === null ? {} : { message }) },
      onceKey: `${template} ${id} ${timesSent}`,
    });
  }

  /**
   * Counts the sending: a job that is done twice may count it twice, and a mail less goes out.
   * @param byAll what everybody together may write to the address in a day
   */
  private async mayWrite(
    manager: EntityManager,
    { toAddress, sender }: WaitingRequest,
    byAll: number,
  ): Promise<boolean> {
    if (await this.refusals.refuses(manager, toAddress)) return false;
    try {
      const to = countedAs(toAddress);
      const byOne = aDay(limits.externalMailsADay);
      await this.throttle.hit('external-mail-of', `${sender.userId} ${to}`, byOne, { manager });
      await this.throttle.hit('external-mail-to', to, aDay(byAll), { manager });
      return true;
    } catch (error) {
      if (error instanceof TooMany) return false;
      throw error;
    }
  }
}

/** One mailbox has many addresses: a `+` and dots make new ones, not new receivers. */
function countedAs(address: string): string {
  const [local = '', domain = ''] = mailboxOf(address).split('@');
  return `${local.replaceAll('.', '')}@${domain}`;
}
