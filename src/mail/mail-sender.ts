import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { createTransport, type Transporter } from 'nodemailer';
import { DataSource } from 'typeorm';
import { ENVIRONMENT } from '../config/config.module.js';
import { type Environment } from '../config/environment.js';
import { newId, type Id } from '../database/id.js';
import { isContention } from '../database/transaction.js';
import { waitAfter } from '../jobs/retry.js';
import { WorkLoop } from '../jobs/work-loop.js';
import { Templates } from '../web/templates.js';
import { stoppedBy } from './mail-content.js';
import { MailLinks, type MailLink } from './mail-links.js';
import { messageOf } from './mail-message.js';
import { addressHash, MailRefusals } from './mail-refusals.service.js';
import { Mail } from './mail.entity.js';
import { Mails } from './mails.service.js';
import { smtpFailure, type SmtpFailure } from './smtp-failure.js';
import { StopLinks } from './stop-links.js';

const BATCH = 50;
const CONNECTIONS = 5;
const LEASE_SECONDS = 60;
const RENEW_MS = 20_000;
const STOP_MS = 8_000;
const OUTAGE_MS = [5_000, 15_000, 30_000, 60_000];

/** A mail of a claimed batch; `token` is its fence: another claim writes another. */
type Claimed = Mail & { leaseToken: Id };

/**
 * Sends the outbox. Mails are claimed like jobs, but straight from their own table: a job a mail would double the
 * rows of an import of 100,000 people, and mails go out in batches over a few open connections. At least once: a
 * process that dies between sending and noting it lets the next one send again, with the same Message-ID.
 */
@Injectable()
export class MailSender implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Mail');
  private readonly loop = new WorkLoop('Mail', () => this.turn());
  private readonly transport: Transporter | null;
  private stopping = false;
  private outages = 0;
  private pausedUntil = 0;

  constructor(
    private readonly mails: Mails,
    private readonly links: MailLinks,
    private readonly refusals: MailRefusals,
    private readonly stopLinks: StopLinks,
    private readonly templates: Templates,
    private readonly database: DataSource,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {
    const { smtpUrl } = environment;
    this.transport =
      smtpUrl === null
        ? null
        : createTransport({
            url: smtpUrl,
            pool: true,
            maxConnections: CONNECTIONS,
            maxMessages: 100,
            // What is tried again, and when, is our decision: it must be visible in the table.
            maxRequeues: 0,
            idleTimeout: 5_000,
            connectionTimeout: 10_000,
            greetingTimeout: 10_000,
            socketTimeout: 30_000,
            dnsTimeout: 10_000,
            disableFileAccess: true,
            disableUrlAccess: true,
          });
  }

  onApplicationBootstrap(): void {
    if (this.transport === null || this.environment.worker === 'off') return;
    this.mails.onNewMail(() => this.loop.wake());
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    const timeout = new AbortController();
    await Promise.race([
      this.loop.stop(),
      wait(STOP_MS, undefined, { signal: timeout.signal }).catch(() => undefined),
    ]);
    timeout.abort();
    this.transport?.close({ force: true });
  }

  /** Sends everything that is due now, here, unless the server is out of reach. @returns how many were sent */
  async sendDue(): Promise<number> {
    let sent = 0;
    for (;;) {
      const batch = await this.claim();
      if (batch.length === 0) return sent;
      const outcome = await this.sendBatch(batch);
      sent += outcome.sent;
      if (outcome.outage) return sent;
    }
  }

  /** Resolves when no mail is due. */
  async idle(): Promise<void> {
    while ((await this.sendDue()) > 0);
  }

  private async turn(): Promise<boolean> {
    if (performance.now() < this.pausedUntil) return false;
    const batch = await this.claim();
    if (batch.length === 0) return false;
    const { outage } = await this.sendBatch(batch);
    this.notePause(outage);
    return !outage;
  }

  private notePause(outage: string | null): void {
    if (outage === null) {
      if (this.outages > 0) this.logger.warn('The mail server answers again');
      this.outages = 0;
      return;
    }
    const pause = OUTAGE_MS[Math.min(this.outages, OUTAGE_MS.length - 1)] ?? 0;
    this.pausedUntil = performance.now() + pause;
    if (this.outages++ === 0) this.logger.warn(`The mail server cannot be used, mails wait: ${outage}`);
  }

  /** See JobsWorker.claim: found without locks, won by a conditional UPDATE. */
  private async claim(): Promise<Claimed[]> {
    if (this.transport === null || this.stopping) return [];
    const found = await this.database.query<{ id: Id }[]>(
      `SELECT id FROM mails
       WHERE state = 'waiting' AND runAt <= UTC_TIMESTAMP(3)
         AND (leaseUntil IS NULL OR leaseUntil < UTC_TIMESTAMP(3))
       ORDER BY runAt, id LIMIT ?`,
      [BATCH],
    );
    if (found.length === 0) return [];
    const token = newId();
    try {
      await this.database.query(
        `UPDATE mails SET leaseToken = ?, leaseUntil = DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ? SECOND)
         WHERE id IN (?) AND state = 'waiting' AND (leaseUntil IS NULL OR leaseUntil < UTC_TIMESTAMP(3))`,
        [token, LEASE_SECONDS, found.map(({ id }) => id)],
      );
    } catch (error) {
      if (isContention(error)) return [];
      throw error;
    }
    const mails = await this.database
      .getRepository(Mail)
      .find({ where: { leaseToken: token }, order: { id: 'ASC' } });
    return mails as Claimed[];
  }

  private async sendBatch(batch: Claimed[]): Promise<{ sent: number; outage: string | null }> {
    const [{ leaseToken: token }] = batch as [Claimed];
    let renewedAt = performance.now();
    const renewal = setInterval(() => {
      this.database
        .query(
          'UPDATE mails SET leaseUntil = DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ? SECOND) WHERE leaseToken = ?',
          [LEASE_SECONDS, token],
        )
        .then(() => (renewedAt = performance.now()))
        .catch(() => undefined);
    }, RENEW_MS);
    const waiting = [...batch];
    let sent = 0;
    let outage: string | null = null;
    const mayGoOn = () =>
      !this.stopping && outage === null && performance.now() - renewedAt < (LEASE_SECONDS * 1000) / 2;
    try {
      const links = await this.links.of(batch.map(({ linkId }) => linkId));
      const refused = await this.refusedOf(batch);
      // As many at a time as there are connections: what has not begun can still be given back.
      const lane = async () => {
        while (mayGoOn()) {
          const mail = waiting.shift();
          if (!mail) return;
          const link = mail.linkId === null ? null : (links.get(mail.linkId) ?? null);
          const failure = refused.has(mail) ? await this.keepBack(mail) : await this.sendOne(mail, link);
          if (failure === null) sent++;
          else if (failure.kind === 'outage') {
            // One mail is counted for an outage, or a long one would use up the tries of all that wait.
            const first = outage === null;
            outage ??= failure.reason;
            if (first) await this.noteFailure(mail, failure);
          } else if (failure !== withdrawn) await this.noteFailure(mail, failure);
        }
      };
      const lanes = await Promise.allSettled(Array.from({ length: CONNECTIONS }, lane));
      for (const result of lanes) if (result.status === 'rejected') throw result.reason;
    } finally {
      clearInterval(renewal);
      // Everything of this claim that has no outcome is due again at once.
      await this.database.query(
        'UPDATE mails SET leaseToken = NULL, leaseUntil = NULL WHERE leaseToken = ?',
        [token],
      );
    }
    return { sent, outage };
  }

  /** Invitations to addresses that said no between the mail's cause and now. */
  private async refusedOf(batch: Claimed[]): Promise<Set<Claimed>> {
    const invitations = batch.filter(({ template }) => stoppedBy(template) === 'invitations');
    const hashes = invitations.map(({ toAddress }) => addressHash(toAddress));
    const refused = await this.refusals.among(this.database.manager, hashes);
    return new Set(invitations.filter((_, place) => refused.has(hashes[place] ?? '')));
  }

  private async keepBack(mail: Claimed): Promise<SmtpFailure> {
    await this.note(mail, `state = 'withdrawn'`, []);
    return withdrawn;
  }

  /** @returns null when it was sent */
  private async sendOne(mail: Claimed, link: MailLink | null): Promise<SmtpFailure | null> {
    if (mail.linkId !== null && link?.state !== 'open') return this.keepBack(mail);
    try {
      await this.deliver(mail, link);
    } catch (error) {
      return smtpFailure(error);
    }
    await this.note(
      mail,
      `state = 'sent', sentAt = UTC_TIMESTAMP(3), attempts = attempts + 1, lastError = NULL`,
      [],
    );
    return null;
  }

  private async deliver(mail: Claimed, link: MailLink | null): Promise<void> {
    const stopPath = this.stopLinks.pathFor(mail);
    await this.transport?.sendMail(messageOf(mail, link, this.environment, this.templates, stopPath));
  }

  private async noteFailure(mail: Claimed, { kind, reason }: SmtpFailure): Promise<void> {
    const failures = mail.attempts + 1;
    const seconds = kind === 'never' ? null : waitAfter(failures);
    if (seconds === null) {
      this.logger.warn(`Mail ${mail.id} could not be sent (${failures})`);
      return this.note(mail, `state = 'failed', attempts = ?, lastError = ?`, [failures, reason]);
    }
    return this.note(
      mail,
      'attempts = ?, lastError = ?, runAt = DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ? SECOND)',
      [failures, reason, seconds],
    );
  }

  private async note(mail: Claimed, set: string, values: unknown[]): Promise<void> {
    await this.database.query(
      `UPDATE mails SET ${set}, leaseToken = NULL, leaseUntil = NULL WHERE id = ? AND leaseToken = ?`,
      [...values, mail.id, mail.leaseToken],
    );
  }
}

/** Not sent on purpose: nothing to note. */
const withdrawn: SmtpFailure = { kind: 'never', reason: '' };
