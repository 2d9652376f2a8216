import { Injectable } from '@nestjs/common';
import { Throttle } from '../../auth/throttle.service.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { TooMany } from '../../errors/domain-error.js';

const uses = { limit: limits.apiUsesAMinute, windowSeconds: 60 };
/** How often a process tells the others what it counted. */
const TELL_MS = 1_000;
/** Tokens a process remembers; more than any installation uses within minutes. */
const REMEMBERED = 10_000;

interface Counted {
  /** Not told yet. */
  pending: number;
  toldAt: number;
  telling: Promise<void> | null;
  /** Over the limit until then, with all processes together. */
  closedUntil: number;
}

/**
 * How much each token is used, by all processes together: each counts for itself and tells the database at most once a second how many
 * there were, which answers whether there were too many. So a token gets at most what a second brings beyond its limit, and a use costs
 * nothing.
 */
@Injectable()
export class TokenUses {
  private readonly counted = new Map<Id, Counted>();

  constructor(private readonly throttle: Throttle) {}

  /** Counts so many. @throws TooMany */
  async count(tokenId: Id, tries: number): Promise<void> {
    const counted = this.of(tokenId);
    const first = counted.toldAt === 0;
    counted.pending += tries;
    if (counted.telling === null && Date.now() - counted.toldAt >= TELL_MS) {
      counted.telling = this.tell(tokenId, counted).finally(() => (counted.telling = null));
    }
    // A process that knows nothing of this token asks before it answers.
    if (first) await counted.telling;
    const left = counted.closedUntil - Date.now();
    if (left > 0) throw new TooMany('api-docs.problem.too-many', Math.ceil(left / 1000));
  }

  private of(tokenId: Id): Counted {
    const known = this.counted.get(tokenId);
    if (known) return known;
    if (this.counted.size >= REMEMBERED) this.counted.clear();
    const counted = { pending: 0, toldAt: 0, telling: null, closedUntil: 0 };
    this.counted.set(tokenId, counted);
    return counted;
  }

  private async tell(tokenId: Id, counted: Counted): Promise<void> {
    const tries = counted.pending;
    counted.pending = 0;
    try {
      await this.throttle.hit('api-use', tokenId, uses, { tries });
    } catch (error) {
      // Whatever else is wrong with the database, the request itself will find out.
      if (error instanceof TooMany) counted.closedUntil = Date.now() + error.retryAfterSeconds * 1000;
      else counted.pending += tries;
    }
    counted.toldAt = Date.now();
  }
}
