import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Id } from '../database/id.js';
import { inTransaction } from '../database/transaction.js';
import { Jobs, type Task } from '../jobs/jobs.service.js';
import { JournalBatch } from '../journal/journal.entities.js';
import { Mails, type NewMail } from '../mail/mails.service.js';
import { type Account } from './account.entity.js';
import { Accounts } from './accounts.service.js';
import { User } from './user.entity.js';

export const SEND_INVITATIONS = 'invitations.send';

/** Payload of the job that writes the activation mails of everybody a batch has made. */
export interface SendInvitations {
  accountId: Id;
  batchId: Id;
}

interface Invited {
  id: Id;
  email: string;
  givenName: string;
  familyName: string;
  language: 'en' | 'fr' | null;
  linkId: Id;
}

const PAGE = 500;

/** Writes activation mails: one for somebody invited by hand, a page at a time for an import. */
@Injectable()
export class InvitationMails implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly jobs: Jobs,
    private readonly mails: Mails,
    private readonly accounts: Accounts,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<SendInvitations>(SEND_INVITATIONS, (payload, task) => this.sendAll(payload, task));
  }

  /**
   * @param sending tells one sending of a link from the next (the batch that caused it): the same sending writes
   *   one mail however often it is done
   */
  mailTo(person: Invited, account: Account, inviter: string | null, sending: Id): NewMail {
    return {
      accountId: account.id,
      userId: person.id,
      toAddress: person.email,
      toName: `${person.givenName} ${person.familyName}`,
      template: 'activation',
      language: person.language ?? account.language,
      values: { company: account.name, ...(inviter === null ? {} : { inviter }), timeZone: account.timeZone },
      linkId: person.linkId,
      onceKey: `activation:${person.linkId}:${sending}`,
    };
  }

  /** Done again from the start after a crash: a mail that is written is written once. */
  private async sendAll({ accountId, batchId }: SendInvitations, task: Task): Promise<void> {
    const account = await this.accounts.get(accountId);
    const inviter = await this.inviterOf(batchId);
    let after: Id | undefined = '';
    while (after !== undefined) {
      task.cancelled.throwIfAborted();
      after = await this.sendPage(account, batchId, inviter, after, task);
    }
  }

  /** @returns the last person of the page, undefined at the end */
  private sendPage(account: Account, batchId: Id, inviter: string | null, after: Id, task: Task) {
    return inTransaction(this.database, async (manager) => {
      await task.extend(manager);
      const people = await manager.query<Invited[]>(
        `SELECT u.id, u.email, u.givenName, u.familyName, u.language, l.id AS linkId
         FROM users u JOIN one_time_links l ON l.userId = u.id AND l.purpose = 'activation'
         WHERE u.accountId = ? AND u.createdByBatch = ? AND u.id > ? AND u.status = 'pending' AND u.liveKey = 1
           AND l.usedAt IS NULL AND l.withdrawnAt IS NULL
         ORDER BY u.id LIMIT ${PAGE}`,
        [account.id, batchId, after],
      );
      await this.mails.writeMany(
        manager,
        people.map((person) => this.mailTo(person, account, inviter, batchId)),
      );
      return people.length < PAGE ? undefined : people.at(-1)?.id;
    });
  }

  /** Who is behind a batch; null for the operator, or somebody who is gone. */
  async inviterOf(batchId: Id): Promise<string | null> {
    const batch = await this.database.getRepository(JournalBatch).findOneBy({ id: batchId });
    if (!batch?.actorId) return null;
    const actor = await this.database.getRepository(User).findOneBy({ id: batch.actorId });
    return actor?.displayName ?? null;
  }
}
