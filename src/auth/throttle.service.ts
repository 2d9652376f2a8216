import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { TooMany } from '../errors/domain-error.js';

export interface ThrottleLimit {
  /** How many are let through in one window. */
  limit: number;
  /** The window begins with the first and ends whatever happens. */
  windowSeconds: number;
}

/**
 * Counts tries in the database, so that all processes count together. A try is counted before it is looked at:
 * a hundred at once are a hundred tries. Keys are kept as hashes.
 */
@Injectable()
export class Throttle {
  constructor(private readonly database: DataSource) {}

  /**
   * Counts one.
   * @param options `tries`: so many at once; `manager`: of a transaction they are part of, and end with when it fails
   * @throws TooMany when there have been more than the limit in this window
   */
  async hit(
    kind: string,
    key: string,
    { limit, windowSeconds }: ThrottleLimit,
    { tries = 1, manager = this.database.manager }: { tries?: number; manager?: EntityManager } = {},
  ): Promise<void> {
    const hash = hashOf(kind, key);
    await manager.query(
      `INSERT INTO throttle_counters (\`key\`, tries, endsAt)
       VALUES (?, ?, DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ? SECOND))
       ON DUPLICATE KEY UPDATE
         tries = IF(endsAt <= UTC_TIMESTAMP(3), VALUES(tries), LEAST(tries + VALUES(tries), 1000000)),
         endsAt = IF(endsAt <= UTC_TIMESTAMP(3), VALUES(endsAt), endsAt)`,
      [hash, tries, windowSeconds],
    );
    const [row] = await manager.query<{ tries: number; secondsLeft: string }[]>(
      `SELECT tries, TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), endsAt) AS secondsLeft
       FROM throttle_counters WHERE \`key\` = ?`,
      [hash],
    );
    if (row && row.tries > limit)
      throw new TooMany('auth.too-many', Math.max(1, Number(row.secondsLeft) + 1));
  }

  /** Takes one back, for what counts failures alone and succeeded. */
  async giveBack(kind: string, key: string): Promise<void> {
    await this.database.query(
      'UPDATE throttle_counters SET tries = tries - 1 WHERE `key` = ? AND tries > 0',
      [hashOf(kind, key)],
    );
  }

  /** Begins anew. */
  async clear(kind: string, key: string): Promise<void> {
    await this.database.query('DELETE FROM throttle_counters WHERE `key` = ?', [hashOf(kind, key)]);
  }

  /** Removes counters whose window has ended. */
  async sweep(): Promise<void> {
    await this.database.query(
      'DELETE FROM throttle_counters WHERE endsAt < UTC_TIMESTAMP(3) ORDER BY endsAt LIMIT 10000',
    );
  }
}

/**
 * What counts as one place on the network: an IPv4 address, or the /64 of an IPv6 address, since one household
 * has a whole one. IPv4 written as IPv6 (`::ffff:192.0.2.1`) is IPv4.
 */
export function networkOf(address: string): string {
  const bare = address.split('%')[0];
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare);
  if (mapped) return mapped[1];
  if (!isIPv6(bare)) return bare;
  const [head, tail] = bare.split('::');
  const groups = (part: string | undefined): string[] => (part ? part.split(':') : []);
  const missing = tail === undefined ? 0 : Math.max(0, 8 - groups(head).length - groups(tail).length);
  const all = [...groups(head), ...new Array<string>(missing).fill('0'), ...groups(tail)];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

function hashOf(kind: string, key: string): string {
  return createHash('sha256').update(`${kind}\0${key}`).digest('hex');
}
