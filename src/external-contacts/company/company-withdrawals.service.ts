import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { NotFound } from '../../errors/domain-error.js';
import { Jobs } from '../../jobs/jobs.service.js';
import { type ActFacts, type Actor } from '../../journal/actor.js';
import { Journal } from '../../journal/journal.service.js';
import { Notifications } from '../../notifications/notifications.service.js';
import { WITHDRAW, type RequestsJob } from '../requests/delivery.service.js';
import { personText } from './company-words.js';

/** A company takes requests of its people back, as they could themselves; each is told. */
@Injectable()
export class CompanyWithdrawals {
  constructor(
    private readonly database: DataSource,
    private readonly jobs: Jobs,
    private readonly journal: Journal,
    private readonly notifications: Notifications,
  ) {}

  /**
   * @returns how many waited until now; whoever answers at the same moment meets us in the row
   * @throws NotFound when one is none of the company's
   */
  withdraw(actor: Actor, facts: ActFacts, ids: readonly string[]): Promise<number> {
    const { accountId } = actor;
    const wanted = [...new Set(ids)];
    return inTransaction(this.database, async (manager) => {
      const rows =
        wanted.length > 0 && wanted.length <= limits.page && wanted.every(isId)
          ? await manager.query<WaitingRow[]>(
              `SELECT id, toAddress, senderId, state = 'waiting' AND expiresAt > UTC_TIMESTAMP(3) AS waits
               FROM external_requests_sent WHERE id IN (?) AND accountId = ? ORDER BY id FOR UPDATE`,
              [wanted, accountId],
            )
          : [];
      if (rows.length < wanted.length || wanted.length === 0)
        throw new NotFound('company-external.requests.not-found');
      const due = rows.filter(({ waits }) => Boolean(Number(waits)));
      if (due.length === 0) return 0;
      await manager.query(
        `UPDATE external_requests_sent SET state = 'withdrawn', openKey = NULL, answeredAt = UTC_TIMESTAMP(3)
         WHERE id IN (?) AND state = 'waiting'`,
        [due.map(({ id }) => id)],
      );
      const payload = { requestIds: due.map(({ id }) => id) } satisfies RequestsJob;
      await this.jobs.enqueue(manager, { kind: WITHDRAW, accountId, payload: { ...payload } });
      const senders = new Set(due.map(({ senderId }) => senderId));
      await this.journal.audit(manager, actor, facts, {
        action: 'external-contacts.withdraw',
        ...(senders.size === 1
          ? { targetType: 'user', ...(await targetOf(manager, accountId, due[0].senderId)) }
          : {}),
        details: { people: senders.size, addresses: due.map(({ toAddress }) => toAddress) },
      });
      await this.notifications.tell(
        manager,
        due.map(({ id, senderId, toAddress }) => ({
          ...{ accountId, userId: senderId, kind: 'external.withdrawn-by-company' },
          ...{ values: { address: toAddress }, href: '/external-contacts/requests/sent' },
          onceKey: `withdrawn-by-company:${id}`,
        })),
      );
      return due.length;
    });
  }
}

interface WaitingRow {
  id: Id;
  toAddress: string;
  senderId: Id;
  waits: number | string;
}

/** Read without a lock: whoever asks holds their own row first, then their requests. */
async function targetOf(manager: EntityManager, accountId: Id, targetId: Id) {
  const [person] = await manager.query<{ givenName: string; familyName: string; email: string }[]>(
    'SELECT givenName, familyName, email FROM users WHERE id = ? AND accountId = ?',
    [targetId, accountId],
  );
  return { targetId, ...(person ? { targetName: personText(person) } : {}) };
}
