import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { limits } from '../config/limits.js';
import { ENVIRONMENT } from '../config/config.module.js';
import { type Environment } from '../config/environment.js';
import { newId, type Id } from '../database/id.js';
import { AfterCommit } from '../jobs/after-commit.js';
import { type MailTemplate } from './mail-content.js';
import { type Mail } from './mail.entity.js';

export interface NewMail {
  accountId: Id;
  userId: Id | null;
  toAddress: string;
  toName: string;
  template: MailTemplate;
  /** Of the receiver. */
  language: 'en' | 'fr';
  /** What the words name (company, inviter); never a secret. */
  values: Record<string, string | number>;
  /** The one-time link the mail leads to. */
  linkId?: Id | null;
  /** The same cause has the same key and writes one mail, however often it is tried. At most 191 characters. */
  onceKey: string;
}

const CHUNK = 500;
/** Of each state, at each of the sweeper's turns. */
const SWEPT_AT_ONCE = 5_000;

/**
 * Writes mails into the outbox, in the transaction of their cause; `MailSender` sends them. A link that is
 * withdrawn, used or over when its mail would go out keeps it from going, so nobody has to look for waiting mails.
 */
@Injectable()
export class Mails {
  private wake: () => void = () => undefined;

  constructor(
    private readonly afterCommit: AfterCommit,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  async write(manager: EntityManager, mail: NewMail): Promise<void> {
    await this.writeMany(manager, [mail]);
  }

  async writeMany(manager: EntityManager, mails: readonly NewMail[]): Promise<void> {
    const state = this.environment.smtpUrl === null ? 'kept' : 'waiting';
    for (let from = 0; from < mails.length; from += CHUNK) {
      const rows = mails.slice(from, from + CHUNK);
      // Not INSERT IGNORE: that would also cut what is too long instead of refusing it.
      await manager.query(
        `INSERT INTO mails (id, accountId, userId, toAddress, toName, template, language, \`values\`, linkId, onceKey,
           state, runAt, attempts, createdAt)
         VALUES ${rows.map(() => `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '${state}', UTC_TIMESTAMP(3), 0, UTC_TIMESTAMP(3))`).join(', ')}
         ON DUPLICATE KEY UPDATE onceKey = VALUES(onceKey)`,
        rows.flatMap((mail) => [
          newId(),
          mail.accountId,
          mail.userId,
          mail.toAddress,
          headerName(mail.toName),
          mail.template,
          mail.language,
          JSON.stringify(mail.values),
          mail.linkId ?? null,
          mail.onceKey,
        ]),
      );
    }
    if (state === 'waiting' && mails.length > 0) this.afterCommit.do(manager, this.wakeSender);
  }

  /** Mails that are done with go after their days: they hold addresses and names. */
  async sweep(manager: EntityManager): Promise<void> {
    for (const state of ['sent', 'kept', 'failed', 'withdrawn'] satisfies Mail['state'][]) {
      await manager.query(
        `DELETE FROM mails WHERE state = ? AND runAt < DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ? DAY)
         ORDER BY runAt, id LIMIT ${SWEPT_AT_ONCE}`,
        [state, limits.keptDays],
      );
    }
  }

  /** Called after each commit that wrote a mail here. */
  onNewMail(wake: () => void): void {
    this.wake = wake;
  }

  private readonly wakeSender = () => this.wake();
}

/** Given and family name may be 255 characters each; what greets the receiver is cut by us, not by the column. */
function headerName(name: string): string {
  return [...name.replace(/\s+/gu, ' ').trim()].slice(0, 255).join('');
}
