import { Injectable } from '@nestjs/common';
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
export class TooOften extends TooMany {
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
   * Runs `body`, which says how many it sends before it does; they count once, however often it begins anew, and not
   * when it fails.
   * @throws TooOften external-invite.too-often, external-invite.account-too-often
   */
  async counted<T>(
    sender: SignedIn,
    body: (count: (sendings: number) => Promise<void>) => Promise<T>,
  ): Promise<T> {
    let counted = 0;
    const count = async (sendings: number) => {
      if (sendings <= counted) return;
      const more = sendings - counted;
      counted = sendings;
      for (const { kind, key, limit } of countersOf(sender)) {
        try {
          await this.throttle.hit(kind, key, { limit, windowSeconds: A_DAY_SECONDS }, more);
        } catch (error) {
          if (!(error instanceof TooMany)) throw error;
          const word = kind === 'external-by-person' ? 'too-often' : 'account-too-often';
          throw new TooOften(`external-invite.${word}`, error.retryAfterSeconds, limit);
        }
      }
    };
    try {
      return await body(count);
    } catch (error) {
      for (const { kind, key } of countersOf(sender)) await this.throttle.giveBack(kind, key, counted);
      throw error;
    }
  }
}

function countersOf({ id, accountId, account }: SignedIn) {
  const { person, personal, account: everybody } = limits.externalRequestsADay;
  return [
    { kind: 'external-by-person', key: id, limit: account.kind === 'personal' ? personal : person },
    { kind: 'external-by-account', key: accountId, limit: everybody },
  ];
}
