import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Counters } from '../../accounts/counters.service.js';
import { ENVIRONMENT } from '../../config/config.module.js';
import { type Environment } from '../../config/environment.js';
import { type Id } from '../../database/id.js';

/**
 * What a new company needs before it can live without whoever set it up: settings everything else is read with
 * (country for phone numbers, language for mails); mails that arrive, since nobody gets in without one; people; proof
 * that one of them did get in; and a second administrator, so that one lost password locks nobody out. Groups are left
 * out: many companies never need one.
 */
export const steps = ['settings', 'mail', 'people', 'accepted', 'administrators'] as const;
export type Step = (typeof steps)[number];

export interface Progress {
  done: Record<Step, boolean>;
  /** People of the account, however they stand, and how many of them have signed in for the first time. */
  people: number;
  active: number;
  /** Mails leave by a server; otherwise they are kept at `/mail`. */
  sendsMail: boolean;
  hidden: boolean;
}

/** How far an account is, read from what is there now: nothing is ticked by hand. */
@Injectable()
export class ChecklistProgress {
  constructor(
    private readonly database: DataSource,
    private readonly counters: Counters,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  async of(accountId: Id): Promise<Progress> {
    const sendsMail = this.environment.smtpUrl !== null;
    const [{ active, pending, deactivated }, settings, mail, administrators, hidden] = await Promise.all([
      this.counters.of(accountId),
      this.has('FROM accounts WHERE id = ? AND settingsRevision > 0', [accountId]),
      sendsMail ? this.mailWasSent(accountId) : this.wasDone(accountId, 'mail.open'),
      this.hasTwoAdministrators(accountId),
      this.isHidden(accountId),
    ]);
    const people = active + pending + deactivated;
    const done = { settings, mail, people: people > 1, accepted: active > 1, administrators };
    return { done, people, active, sendsMail, hidden };
  }

  /** Put away by an administrator. */
  isHidden(accountId: Id): Promise<boolean> {
    return this.has('FROM checklists WHERE accountId = ?', [accountId]);
  }

  /** Sent mails go after a while; a test that a server took stays in the audit log. */
  private async mailWasSent(accountId: Id): Promise<boolean> {
    const [sent, tested] = await Promise.all([
      this.has(`FROM mails WHERE accountId = ? AND state = 'sent'`, [accountId]),
      this.wasDone(accountId, 'settings.mail-test', `AND details LIKE '%"trouble":null%'`),
    ]);
    return sent || tested;
  }

  private wasDone(accountId: Id, action: string, and = ''): Promise<boolean> {
    return this.has(`FROM audit_entries WHERE accountId = ? AND action = ? ${and}`, [accountId, action]);
  }

  private async hasTwoAdministrators(accountId: Id): Promise<boolean> {
    const found = await this.database.query<unknown[]>(
      `SELECT 1 FROM users WHERE accountId = ? AND status = 'active' AND liveKey = 1 AND role IN ('owner', 'admin') LIMIT 2`,
      [accountId],
    );
    return found.length === 2;
  }

  /** @param from and what follows; comes from code, never from a request */
  private async has(from: string, values: unknown[]): Promise<boolean> {
    return (await this.database.query<unknown[]>(`SELECT 1 ${from} LIMIT 1`, values)).length > 0;
  }
}
