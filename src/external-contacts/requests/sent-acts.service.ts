import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { NotFound } from '../../errors/domain-error.js';
import { Jobs } from '../../jobs/jobs.service.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type SentRequest } from '../external-request.entities.js';
import { type LeftOut } from './asked-addresses.js';
import { SaidAtOnce } from './at-once.query.js';
import { DELIVER, WITHDRAW, type RequestsJob } from './delivery.service.js';
import { nextSendingOf, RESEND_HOURS, Sendings } from './sendings.service.js';

type OwnRow = Pick<SentRequest, 'id' | 'toAddress' | 'state' | 'lastSentAt' | 'expiresAt'> & {
  waits: number | string;
  lately: number | string;
};

export interface SentOutcome {
  /** Addresses it was done for. */
  done: string[];
  /** Of those it was not done for, why. */
  left: LeftOut[];
}

/** What a sender does with requests that wait, one or several: sends them again, or takes them back. */
@Injectable()
export class SentActs {
  constructor(
    private readonly database: DataSource,
    private readonly atOnce: SaidAtOnce,
    private readonly sendings: Sendings,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Once a day each; it then waits another 30 days.
   * @throws NotFound when one is not the sender's; TooMany external-invite.too-often
   */
  async resend(sender: SignedIn, ids: readonly string[]): Promise<SentOutcome> {
    const own = await this.own(this.database.manager, sender, ids);
    // What the company forbids by now is not sent again.
    const addresses = [...new Set(own.filter(isWaiting).map(({ toAddress }) => toAddress))];
    const judged = await this.atOnce.judge(sender, addresses, new Set());
    return inTransaction(this.database, async (manager) => {
      const rows = await this.own(manager, sender, ids, 'FOR UPDATE');
      const may = rows.filter((row) => isWaiting(row) && judged.right.includes(row.toAddress));
      const due = may.filter(({ lately }) => !Number(lately));
      await this.sendings.count(manager, sender, due.length);
      if (due.length > 0) {
        await manager.query(
          `UPDATE external_requests_sent SET timesSent = timesSent + 1, lastSentAt = UTC_TIMESTAMP(3),
               expiresAt = DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ? DAY) WHERE id IN (?)`,
          [limits.invitationDays, due.map(({ id }) => id)],
        );
        await this.enqueue(manager, DELIVER, sender, due);
      }
      return {
        done: due.map(({ toAddress }) => toAddress),
        left: rows.flatMap((row) => (due.includes(row) ? [] : [notSent(row, judged.left)])),
      };
    });
  }

  /** Whoever answers at the same moment meets us in the row. @throws NotFound when one is not the sender's */
  async withdraw(sender: SignedIn, ids: readonly string[]): Promise<SentOutcome> {
    return inTransaction(this.database, async (manager) => {
      const rows = await this.own(manager, sender, ids, 'FOR UPDATE');
      const due = rows.filter(isWaiting);
      if (due.length > 0) {
        await manager.query(
          `UPDATE external_requests_sent SET state = 'withdrawn', openKey = NULL, answeredAt = UTC_TIMESTAMP(3)
           WHERE id IN (?) AND state = 'waiting'`,
          [due.map(({ id }) => id)],
        );
        await this.enqueue(manager, WITHDRAW, sender, due);
      }
      return {
        done: due.map(({ toAddress }) => toAddress),
        left: rows.flatMap((row) => (due.includes(row) ? [] : [over(row)])),
      };
    });
  }

  private async own(
    manager: EntityManager,
    { id, accountId }: SignedIn,
    ids: readonly string[],
    lock: '' | 'FOR UPDATE' = '',
  ): Promise<OwnRow[]> {
    const wanted = [...new Set(ids)];
    const rows =
      wanted.length > 0 && wanted.length <= limits.page && wanted.every(isId)
        ? await manager.query<OwnRow[]>(
            `SELECT id, toAddress, state, lastSentAt, expiresAt,
                    state = 'waiting' AND expiresAt > UTC_TIMESTAMP(3) AS waits,
                    lastSentAt > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ? HOUR) AS lately
             FROM external_requests_sent WHERE id IN (?) AND senderId = ? AND accountId = ? ORDER BY id ${lock}`,
            [RESEND_HOURS, wanted, id, accountId],
          )
        : [];
    if (rows.length < wanted.length || wanted.length === 0) throw new NotFound('external-sent.not-found');
    return rows;
  }

  private async enqueue(
    manager: EntityManager,
    kind: string,
    { accountId }: SignedIn,
    rows: readonly { id: Id }[],
  ): Promise<void> {
    const payload = { requestIds: rows.map(({ id }) => id) } satisfies RequestsJob;
    await this.jobs.enqueue(manager, { kind, accountId, payload: { ...payload } });
  }
}

function isWaiting({ waits }: OwnRow): boolean {
  return Boolean(Number(waits));
}

function notSent(row: OwnRow, judged: readonly LeftOut[]): LeftOut {
  if (!isWaiting(row)) return over(row);
  const reason = judged.find(({ typed }) => typed === row.toAddress);
  if (reason) return reason;
  const values = { address: row.toAddress, expires: row.expiresAt, next: nextSendingOf(row) };
  return { typed: row.toAddress, key: 'external-invite.waiting', values };
}

function over({ toAddress, state }: OwnRow): LeftOut {
  const ended = state === 'waiting' ? 'expired' : state;
  return { typed: toAddress, key: 'external-sent.not-waiting', values: { address: toAddress, state: ended } };
}
