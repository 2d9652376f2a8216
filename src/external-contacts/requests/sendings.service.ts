import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Throttle } from '../../auth/throttle.service.js';
import { limits } from '../../config/limits.js';
import { TooMany } from '../../errors/domain-error.js';
import { type SignedIn } from '../../web/signed-in.js';

/** How long after a sending the same request may be sent again. */
export const RESEND_HOURS = 24;

const HOUR_MS = 3_600_000;
const A_DAY_SECONDS = 24 * 60 * 60;

/** From when on a request may be sent again. */
export function nextSendingOf({ lastSentAt }: { lastSentAt: Date }): Date {
  return new Date(lastSentAt.getTime() + RESEND_HOURS * HOUR_MS);
}

/** As many requests as may be sent in a day were sent. */
class TooOften extends TooMany {
  constructor(key: string, retryAfterSeconds: number, most: number) {
    super(key, retryAfterSeconds);
    Object.assign(this.values, { max: most, hours: Math.max(1, Math.ceil(retryAfterSeconds / 3600)) });
  }
}

/** Counts what is sent in a day, by one person and by everybody of an account, so that nobody sends spam. */
@Injectable()
export class Sendings {
  constructor(private readonly throttle: Throttle) {}

  /**
   * Counts them in the transaction that sends them: what is not sent was not counted.
   * @throws TooOften external-invite.too-often, external-invite.account-too-often
   */
  async count(manager: EntityManager, sender: SignedIn, sendings: number): Promise<void> {
    if (sendings === 0) return;
    for (const { kind, key, limit, problem } of countersOf(sender)) {
      try {
        const window = { limit, windowSeconds: A_DAY_SECONDS };
        await this.throttle.hit(kind, key, window, { tries: sendings, manager });
      } catch (error) {
        if (error instanceof TooMany) throw new TooOften(problem, error.retryAfterSeconds, limit);
        throw error;
      }
    }
  }
}

function countersOf({ id, accountId, account }: SignedIn) {
  const { person, personal, account: everybody } = limits.externalRequestsADay;
  const own = account.kind === 'personal' ? personal : person;
  return [
    { kind: 'external-by-person', key: id, limit: own, problem: 'external-invite.too-often' },
    {
      ...{ kind: 'external-by-account', key: accountId, limit: everybody },
      problem: 'external-invite.account-too-often',
    },
  ];
}
