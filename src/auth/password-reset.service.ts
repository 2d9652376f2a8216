import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type OneTimeLink } from '../accounts/one-time-link.entity.js';
import { OneTimeLinks } from '../accounts/one-time-links.service.js';
import { limits } from '../config/limits.js';
import { type Id } from '../database/id.js';
import { inTransaction } from '../database/transaction.js';
import { Gone } from '../errors/domain-error.js';
import { Jobs } from '../jobs/jobs.service.js';
import { Mails } from '../mail/mails.service.js';
import { type Person } from './passport.js';
import { Passwords, type PasswordOwner } from './passwords.service.js';
import { Sessions } from './sessions.service.js';

/** A link to choose a new password, and whose it is. */
export interface Reset {
  link: OneTimeLink;
  state: 'open' | 'used' | 'ended' | 'withdrawn';
  person: Person & PasswordOwner;
}

/** A new password for somebody who forgot theirs, by a link sent to the address they sign in with. */
@Injectable()
export class PasswordResets implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly jobs: Jobs,
    private readonly links: OneTimeLinks,
    private readonly mails: Mails,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<{ address: string }>('password-reset', ({ address }, { jobId }) =>
      this.send(address, jobId),
    );
  }

  /**
   * Asks for a link. Whether anybody has the address is looked up by a worker, so the answer takes as long for one
   * nobody has.
   */
  async ask(address: string): Promise<void> {
    await inTransaction(this.database, (manager) =>
      this.jobs.enqueue(manager, { kind: 'password-reset', payload: { address } }),
    );
  }

  /** What a token stands for; null for one that is none of ours, or of somebody who is not active. */
  async find(token: string): Promise<Reset | null> {
    const link = await this.links.find(token, 'password-reset');
    if (!link) return null;
    const [person] = await this.database.query<(Person & PasswordOwner)[]>(
      `SELECT u.id, u.accountId, u.email, u.givenName, u.familyName
       FROM users u JOIN accounts a ON a.id = u.accountId
       WHERE u.id = ? AND u.accountId = ? AND u.status = 'active' AND u.liveKey = 1 AND a.closedAt IS NULL`,
      [link.userId, link.accountId],
    );
    return person ? { link, state: this.links.stateOf(link), person } : null;
  }

  /**
   * Sets the password and ends every session of the person.
   * @throws Gone when the link was used meanwhile
   */
  async finish({ link, person }: Reset, password: string): Promise<void> {
    const secret = await this.passwords.hash(password);
    await inTransaction(this.database, async (manager) => {
      if (!(await this.links.use(manager, link))) throw new Gone('auth.ended.reset-used');
      const { affectedRows } = await manager.query<{ affectedRows: number }>(
        `UPDATE users SET updatedAt = UTC_TIMESTAMP(3) WHERE id = ? AND status = 'active' AND liveKey = 1`,
        [person.id],
      );
      if (affectedRows !== 1) throw new Gone('auth.ended.reset-ended');
      await this.passwords.set(manager, person, secret);
      await this.sessions.endAll(manager, person.id);
      await this.links.withdraw(manager, person.accountId, [person.id], 'password-reset');
      await this.passwords.tellChanged(manager, person.id, link.id);
    });
  }

  private async send(address: string, jobId: Id): Promise<void> {
    const [person] = await this.database.query<HolderRow[]>(
      `SELECT u.id, u.accountId, u.givenName, u.familyName, COALESCE(u.language, a.language) AS language,
              COALESCE(u.timeZone, a.timeZone) AS timeZone
       FROM sign_in_addresses s JOIN users u ON u.id = s.userId JOIN accounts a ON a.id = u.accountId
       WHERE s.address = ? AND u.status = 'active' AND u.liveKey = 1 AND a.closedAt IS NULL`,
      [address],
    );
    if (!person) return;
    const { id: userId, accountId, givenName, familyName, language, timeZone } = person;
    await inTransaction(this.database, async (manager) => {
      // The job's id is the link's: a job done twice makes one link and one mail.
      const existing = await manager.query<unknown[]>('SELECT 1 FROM one_time_links WHERE id = ?', [jobId]);
      if (existing.length === 0) {
        const expiresAt = new Date(Date.now() + limits.resetMinutes * 60_000);
        await this.links.create(manager, {
          id: jobId,
          accountId,
          userId,
          purpose: 'password-reset',
          expiresAt,
        });
      }
      await this.mails.write(manager, {
        ...{ accountId, userId, toAddress: address, toName: `${givenName} ${familyName}`.trim() },
        ...{ template: 'password-reset', language, values: { timeZone } },
        ...{ linkId: jobId, onceKey: `password-reset ${jobId}` },
      });
    });
  }
}

interface HolderRow extends Person {
  givenName: string;
  familyName: string;
  language: 'en' | 'fr';
  timeZone: string;
}
