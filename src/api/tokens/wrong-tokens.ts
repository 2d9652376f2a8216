import { Injectable } from '@nestjs/common';
import { networkOf, Throttle } from '../../auth/throttle.service.js';
import { limits } from '../../config/limits.js';
import { TooMany } from '../../errors/domain-error.js';

const wrong = { limit: limits.apiWrongTokens, windowSeconds: 15 * 60 };
/** Places on the network a process remembers as closed. */
const REMEMBERED = 10_000;

/**
 * Tokens that are none, counted by where they come from. The right token is taken from there all the same: 256 bits are not guessed,
 * and a telephone system must not fall silent because of its neighbour.
 */
@Injectable()
export class WrongTokens {
  private readonly closed = new Map<string, number>();

  constructor(private readonly throttle: Throttle) {}

  /** Counts one. @throws TooMany */
  async count(address: string): Promise<void> {
    const network = networkOf(address);
    const left = this.left(network);
    if (left > 0) throw new TooMany('api-docs.problem.too-many-wrong', Math.ceil(left / 1000));
    try {
      await this.throttle.hit('api-token', network, wrong);
    } catch (error) {
      if (!(error instanceof TooMany)) throw error;
      if (this.closed.size >= REMEMBERED) this.closed.clear();
      this.closed.set(network, Date.now() + error.retryAfterSeconds * 1000);
      throw new TooMany('api-docs.problem.too-many-wrong', error.retryAfterSeconds);
    }
  }

  private left(network: string): number {
    return (this.closed.get(network) ?? 0) - Date.now();
  }
}
