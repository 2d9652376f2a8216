import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { Jobs } from '../../jobs/jobs.service.js';
import { MailStops } from '../../mail/mail-stops.service.js';
import { Mails } from '../../mail/mails.service.js';
import { Words, type Locale } from '../../web/words.js';
import { newsText } from '../news-text.js';
import { type Digest } from '../notification.entity.js';
import { digestTimes } from './digest-times.js';

type Sent = Exclude<Digest, 'none'>;
type WriteDigest = { userId: Id; digest: Sent };

const WRITE_DIGEST = 'digests.write';
/** Pieces of news a digest says in full. */
const LISTED = 20;
/** What is told in a transaction that still runs has an earlier time than what is seen; it comes with the next one. */
const SETTLED_SECONDS = 60;
/** A digest that is later than this (no worker ran, the reader went to another zone) waits for the next time. */
const LATEST_MS = 12 * 3_600_000;
/** Jobs that got lost, asked for again at each turn of the sweeper. */
const REPAIRED_AT_ONCE = 500;

interface Reader {
  accountId: Id;
  email: string;
  givenName: string;
  familyName: string;
  language: Locale;
  timeZone: string;
  reads: 0 | 1;
}

/**
 * Who wants a digest has one job that waits for their next one, and asks for the one after it when it is done. What is
 * in a digest is unread, and was in none before.
 */
@Injectable()
export class Digests implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly jobs: Jobs,
    private readonly mails: Mails,
    private readonly stops: MailStops,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<WriteDigest>(WRITE_DIGEST, ({ userId, digest }) => this.write(userId, digest));
    this.stops.handle('digest', {
      isStopped: async (userId) => (await this.chosenBy(userId)) === 'none',
      stop: async (userId) => {
        await this.database.query(
          `UPDATE notification_choices SET digest = 'none', revision = revision + 1 WHERE userId = ? AND digest <> 'none'`,
          [userId],
        );
      },
      resume: (userId) => this.resume(userId),
    });
  }

  async chosenBy(userId: Id): Promise<Digest> {
    const [row] = await this.database.query<{ digest: Digest }[]>(
      'SELECT digest FROM notification_choices WHERE userId = ?',
      [userId],
    );
    return row?.digest ?? 'none';
  }

  async choose({ id: userId, accountId }: { id: Id; accountId: Id }, digest: Digest): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      await manager.query(
        `INSERT INTO notification_choices (userId, accountId, digest, revision) VALUES (?, ?, ?, 1)
         ON DUPLICATE KEY UPDATE digest = VALUES(digest), revision = revision + 1`,
        [userId, accountId, digest],
      );
      if (digest !== 'none') await this.plan(manager, userId, digest);
    });
  }

  /** Whose job is gone (given up after failures, or they have moved to another account) is waited for again. */
  async repair(): Promise<void> {
    const lost = await this.database.query<{ userId: Id; digest: Sent }[]>(
      `SELECT c.userId, c.digest FROM notification_choices c
       LEFT JOIN jobs j ON j.uniqueKey = CONCAT('${WRITE_DIGEST}:', c.digest, ':', c.userId)
       WHERE c.digest <> 'none' AND j.id IS NULL LIMIT ${REPAIRED_AT_ONCE}`,
    );
    for (const { userId, digest } of lost)
      await inTransaction(this.database, (manager) => this.plan(manager, userId, digest));
  }

  /** Only for somebody who once chose: the link of an erased person's mail makes nothing. */
  private async resume(userId: Id): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      const { affectedRows } = await manager.query<{ affectedRows: number }>(
        `UPDATE notification_choices SET digest = 'weekly', revision = revision + 1 WHERE userId = ? AND digest = 'none'`,
        [userId],
      );
      if (affectedRows === 1) await this.plan(manager, userId, 'weekly');
    });
  }

  private async plan(manager: EntityManager, userId: Id, digest: Sent): Promise<void> {
    const reader = await this.readerOf(manager, userId);
    if (!reader) return;
    await this.jobs.enqueue(manager, {
      ...{ kind: WRITE_DIGEST, payload: { userId, digest }, accountId: reader.accountId },
      uniqueKey: `${WRITE_DIGEST}:${digest}:${userId}`,
      runAt: digestTimes(digest, reader.timeZone, new Date()).next,
    });
  }

  private write(userId: Id, digest: Sent): Promise<void> {
    return inTransaction(this.database, async (manager) => {
      const [choice] = await manager.query<{ digest: Digest; digestAt: Date | null }[]>(
        'SELECT digest, digestAt FROM notification_choices WHERE userId = ? FOR UPDATE',
        [userId],
      );
      if (choice?.digest !== digest) return;
      const reader = await this.readerOf(manager, userId);
      if (!reader) return;
      const now = new Date();
      const { last } = digestTimes(digest, reader.timeZone, now);
      const lastCut = last.getTime() - SETTLED_SECONDS * 1000;
      const isDue = now.getTime() - last.getTime() <= LATEST_MS && Number(choice.digestAt ?? 0) < lastCut;
      if (isDue && reader.reads) await this.mail(manager, userId, reader, { since: choice.digestAt, last });
      await this.plan(manager, userId, digest);
    });
  }

  private async mail(
    manager: EntityManager,
    userId: Id,
    reader: Reader,
    { since, last }: { since: Date | null; last: Date },
  ): Promise<void> {
    const [{ until }] = await manager.query<[{ until: Date }]>(
      `SELECT DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${SETTLED_SECONDS} SECOND) AS until`,
    );
    const news = await manager.query<{ kind: string; values: string }[]>(
      `SELECT kind, \`values\` FROM notifications
       WHERE userId = ? AND readAt IS NULL AND at > ? AND at <= ? ORDER BY id DESC LIMIT ${limits.notificationsInDigest}`,
      [userId, since ?? new Date(0), until],
    );
    if (news.length === 0) return;
    await manager.query('UPDATE notification_choices SET digestAt = ? WHERE userId = ?', [until, userId]);
    const words = Words.for(reader.language, reader.timeZone);
    const lines = news
      .slice(0, LISTED)
      .map(({ kind, values }) =>
        newsText(words, { kind, values: JSON.parse(values) as Record<string, string> }),
      );
    const more = news.length - lines.length;
    if (more > 0) lines.push(words.t('notifications.digest.more', { count: more }));
    await this.mails.write(manager, {
      ...{ accountId: reader.accountId, userId, toAddress: reader.email },
      toName: `${reader.givenName} ${reader.familyName}`.trim(),
      ...{ template: 'notifications-digest', language: reader.language },
      values: { count: news.length, lines: lines.join('\n') },
      onceKey: `${WRITE_DIGEST}:${userId}:${last.toISOString()}`,
    });
  }

  /** `reads`: can sign in now; whoever cannot is not written to, and has their digests again once they can. */
  private async readerOf(manager: EntityManager, userId: Id): Promise<Reader | null> {
    const [reader] = await manager.query<Reader[]>(
      `SELECT u.accountId, u.email, u.givenName, u.familyName, COALESCE(u.language, a.language) AS language,
         COALESCE(u.timeZone, a.timeZone) AS timeZone,
         u.status = 'active' AND u.liveKey IS NOT NULL AND a.closedAt IS NULL AS \`reads\`
       FROM users u JOIN accounts a ON a.id = u.accountId WHERE u.id = ?`,
      [userId],
    );
    return reader ?? null;
  }
}
