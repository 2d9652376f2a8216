import { Injectable, type OnModuleInit } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { AccountEvents } from '../../accounts/events.js';
import { Throttle, type ThrottleLimit } from '../../auth/throttle.service.js';
import { newId, type Id } from '../../database/id.js';
import { Conflict } from '../../errors/domain-error.js';
import { every, Sweeper } from '../../jobs/sweeper.service.js';
import { type TryAnswer } from './connection-try.entity.js';
import { type ConnectionOwner } from './connections.service.js';

/** No form waits longer for a server than this, whatever it has to ask. */
const TRY_MS = 25_000;
/** Whoever died over it is not waited for longer. */
const LEASE_SECONDS = TRY_MS / 1000 + 15;
const LOOK_MS = 200;
/** Later the same form is another try: the browser's Back keeps its key while somebody corrects what they typed. */
const SAME_CLICK_SECONDS = 5;

/** Refusals of servers count; who could sign in, or asked none, is given back what they used. */
const QUARTER = 15 * 60;
const perPerson: ThrottleLimit = { limit: 10, windowSeconds: QUARTER };
/** One login name, whoever tries it: nobody finds out passwords here, or locks somebody out of their mailbox for long. */
const perLogin: ThrottleLimit = { limit: 5, windowSeconds: QUARTER };
/** All people of an account: the form looks for no hosts. */
const perAccount: ThrottleLimit = { limit: 300, windowSeconds: QUARTER };

/**
 * Lets people try a sign-in at a provider within their request: one at a time each, in all processes together, and not too
 * often. Another person's password cannot be guessed here, and hosts cannot be looked for.
 */
@Injectable()
export class SignInTries implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly throttle: Throttle,
    private readonly sweeper: Sweeper,
    private readonly events: AccountEvents,
  ) {}

  onModuleInit(): void {
    // An answer is wanted by a second click alone.
    this.sweeper.register('connections.tries', every.hour, () =>
      this.database.query(
        'DELETE FROM connection_tries WHERE leaseUntil < DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 HOUR) LIMIT 10000',
      ),
    );
    this.events.erased.subscribe(({ manager, userIds }) =>
      manager.query('DELETE FROM connection_tries WHERE userId IN (?)', [userIds]),
    );
  }

  /**
   * Runs `body`, unless the same form was sent a moment ago: then its answer is given again, once there is one.
   * @param once of the form; without one each is another form
   * @param login what is signed in to, for counting; the name as the server would take it
   * @throws TooMany; Conflict while another form of this person is tried
   */
  async answer(
    owner: ConnectionOwner,
    once: string | null,
    login: string,
    body: (signal: AbortSignal) => Promise<TryAnswer>,
  ): Promise<TryAnswer> {
    const key = createHash('sha256')
      .update(once ?? newId())
      .digest('base64url');
    const token = newId();
    for (;;) {
      if (await this.claim(owner, key, token)) return this.tried(owner, token, login, body);
      const [row] = await this.database.query<{ onceKey: string; answer: string | null }[]>(
        'SELECT onceKey, answer FROM connection_tries WHERE userId = ?',
        [owner.id],
      );
      if (row && row.onceKey !== key) throw new Conflict('integrations.try.under-way');
      if (row?.answer) return JSON.parse(row.answer) as TryAnswer;
      await wait(LOOK_MS);
    }
  }

  private async tried(
    owner: ConnectionOwner,
    token: Id,
    login: string,
    body: (signal: AbortSignal) => Promise<TryAnswer>,
  ): Promise<TryAnswer> {
    let answer: TryAnswer | null = null;
    try {
      const counters = [
        ['mailbox-try', owner.id, perPerson],
        ['mailbox-try-login', login, perLogin],
        ['mailbox-try-account', owner.accountId, perAccount],
      ] as const;
      for (const [kind, key, limit] of counters) await this.throttle.hit(kind, key, limit);
      answer = await body(AbortSignal.timeout(TRY_MS));
      if (answer.kind !== 'refused' || answer.unasked)
        for (const [kind, key] of counters) await this.throttle.giveBack(kind, key);
      return answer;
    } finally {
      await this.database.query(
        'UPDATE connection_tries SET answer = ?, leaseUntil = UTC_TIMESTAMP(3) WHERE userId = ? AND token = ?',
        [answer === null ? null : JSON.stringify(answer), owner.id, token],
      );
    }
  }

  /** One wins; of a form that has just been answered nobody does. */
  private async claim({ id, accountId }: ConnectionOwner, key: string, token: Id): Promise<boolean> {
    await this.database.query(
      `INSERT INTO connection_tries (userId, accountId, onceKey, token, leaseUntil)
       VALUES (?, ?, '', '', UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE userId = VALUES(userId)`,
      [id, accountId],
    );
    const { affectedRows } = await this.database.query<{ affectedRows: number }>(
      `UPDATE connection_tries SET onceKey = ?, token = ?, answer = NULL,
         leaseUntil = DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ? SECOND)
       WHERE userId = ? AND leaseUntil <= UTC_TIMESTAMP(3) AND NOT (onceKey = ? AND answer IS NOT NULL
         AND leaseUntil > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ? SECOND))`,
      [key, token, LEASE_SECONDS, id, key, SAME_CLICK_SECONDS],
    );
    return affectedRows === 1;
  }
}
