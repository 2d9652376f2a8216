import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../../config/limits.js';
import { isId, newId, type Id } from '../../database/id.js';
import { inTransaction, isDuplicate } from '../../database/transaction.js';
import { Refused } from '../../errors/domain-error.js';
import { Jobs } from '../../jobs/jobs.service.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type SentRequest } from '../external-request.entities.js';
import { Acceptances } from './acceptances.service.js';
import { DELIVER, type RequestsJob } from './delivery.service.js';
import { nextSendingOf, RESEND_HOURS, Sendings } from './sendings.service.js';

/**
 * What became of one address. `again`: a request that waited was sent once more; `waiting`: not, for it was sent less
 * than a day ago; `connected`: its holder had asked the sender.
 */
export interface Asked {
  address: string;
  outcome: 'sent' | 'again' | 'waiting' | 'connected';
  /** Of one that waits as it did. */
  expiresAt?: Date;
  nextAt?: Date;
}

type KnownRow = Pick<
  SentRequest,
  'id' | 'toAddress' | 'state' | 'message' | 'once' | 'timesSent' | 'lastSentAt' | 'expiresAt'
> & { /** Sent less than a day ago. */ lately: number | string };

/** What is to be done about one address. `done`: this very form has done it. */
interface Step {
  address: string;
  act: 'send' | 'again' | 'wait' | 'done';
  row?: KnownRow;
}

/** Asks people by their addresses: the sender's own side; the rest a worker does (`RequestDelivery`). */
@Injectable()
export class Asking {
  constructor(
    private readonly database: DataSource,
    private readonly sendings: Sendings,
    private readonly jobs: Jobs,
    private readonly acceptances: Acceptances,
  ) {}

  /** Of these addresses, those this very form has asked before. */
  async doneBy(sender: SignedIn, addresses: readonly string[], once: string | null): Promise<Set<string>> {
    if (!isId(once) || addresses.length === 0) return new Set();
    const rows = await this.known(this.database.manager, sender, addresses, once);
    return new Set([...rows.values()].filter((row) => row.once === once).map(({ toAddress }) => toAddress));
  }

  /**
   * All of them or none.
   * @param addresses normalised, each once, and nothing stands in their way (`SaidAtOnce`)
   * @param once the form's idempotency key: sent twice, it asks once and gives the same answer
   * @throws Refused external-invite.full, external-invite.too-many-waiting; TooMany external-invite.too-often
   */
  async ask(
    sender: SignedIn,
    addresses: readonly string[],
    message: string | null,
    once: string | null,
  ): Promise<Asked[]> {
    const key = isId(once) ? once : null;
    for (let attempt = 1; ; attempt++) {
      try {
        return await inTransaction(this.database, (manager) =>
          this.askIn(manager, sender, addresses, message, key),
        );
      } catch (error) {
        // Another node of a cluster took the same request in at this moment: it is found now.
        if (attempt === 3 || !isDuplicate(error, 'uq_external_requests_sent_open')) throw error;
      }
    }
  }

  private async askIn(
    manager: EntityManager,
    sender: SignedIn,
    addresses: readonly string[],
    message: string | null,
    key: Id | null,
  ): Promise<Asked[]> {
    // Two windows of one person ask one after the other.
    await manager.query('SELECT id FROM users WHERE id = ? FOR UPDATE', [sender.id]);
    await endOverdue(manager, sender, addresses);
    const known = await this.known(manager, sender, addresses, key);
    const steps = addresses.map((address) => stepOf(address, known.get(address), key, message));
    const fresh = steps.filter(({ act }) => act === 'send').map(({ address }) => address);
    const connected = await this.acceptTheirs(manager, sender, steps);
    const again = rowsOf(steps, 'again').filter(({ toAddress }) => !connected.has(toAddress));
    const asked = fresh.filter((address) => !connected.has(address)).length;
    await assertRoom(manager, sender, asked);
    await this.sendings.count(manager, sender, asked + again.length);
    const made = await insert(manager, sender, fresh, connected, message, key);
    await sendAgain(manager, again, message, key);
    const reworded = rowsOf(steps, 'wait').filter((row) => message !== null && row.message !== message);
    await reword(manager, reworded, message);
    const requestIds = [...made, ...[...again, ...reworded].map(({ id }) => id)];
    if (requestIds.length > 0) {
      const payload = { requestIds } satisfies RequestsJob;
      await this.jobs.enqueue(manager, {
        ...{ kind: DELIVER, accountId: sender.accountId },
        payload,
      });
    }
    return steps.map((step) => outcomeOf(step, connected));
  }

  /** The request that waits for each address, or what became of the one this form made. */
  private async known(
    manager: EntityManager,
    { id: senderId }: SignedIn,
    addresses: readonly string[],
    key: Id | null,
  ): Promise<Map<string, KnownRow>> {
    const rows = await manager.query<KnownRow[]>(
      `SELECT id, toAddress, state, message, once, timesSent, lastSentAt, expiresAt,
              lastSentAt > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ? HOUR) AS lately
       FROM external_requests_sent
       WHERE senderId = ? AND toAddress IN (?) AND (openKey = 1 OR (once = ? AND state = 'accepted'))
       ORDER BY id`,
      [RESEND_HOURS, senderId, addresses, key ?? ''],
    );
    return new Map(rows.map((row) => [row.toAddress, row]));
  }

  /** Who has asked the sender need not be asked. @returns addresses of those in contact with them now */
  private async acceptTheirs(
    manager: EntityManager,
    sender: SignedIn,
    steps: readonly Step[],
  ): Promise<Set<string>> {
    const theirs = await manager.query<{ requestId: Id; senderAddress: string }[]>(
      `SELECT requestId, senderAddress FROM external_requests_received
       WHERE receiverId = ? AND state = 'waiting' AND expiresAt > UTC_TIMESTAMP(3) AND senderAddress IN (?)
       ORDER BY id`,
      [sender.id, steps.map(({ address }) => address)],
    );
    const connected = new Set<string>();
    for (const { requestId, senderAddress } of theirs) {
      const { answer } = await this.acceptances.accept(manager, sender, requestId);
      if (answer === 'done' || answer === 'already') connected.add(senderAddress);
    }
    return connected;
  }
}

function stepOf(address: string, row: KnownRow | undefined, key: Id | null, message: string | null): Step {
  if (row && key !== null && row.once === key && row.message === message && Number(row.lately))
    return { address, act: 'done', row };
  // Accepted by the form's own request, and parted since: that is another asking.
  if (row?.state !== 'waiting') return { address, act: 'send' };
  return { address, act: Number(row.lately) ? 'wait' : 'again', row };
}

function outcomeOf({ address, act, row }: Step, connected: ReadonlySet<string>): Asked {
  if (connected.has(address) || row?.state === 'accepted') return { address, outcome: 'connected' };
  if (act === 'wait' && row)
    return { address, outcome: 'waiting', expiresAt: row.expiresAt, nextAt: nextSendingOf(row) };
  if (act === 'send') return { address, outcome: 'sent' };
  return { address, outcome: act === 'again' || (row && row.timesSent > 1) ? 'again' : 'sent' };
}

function rowsOf(steps: readonly Step[], act: Step['act']): KnownRow[] {
  return steps.flatMap((step) => (step.act === act && step.row ? [step.row] : []));
}

/** What ended without an answer makes room for a new request, whether a worker has written it down or not. */
async function endOverdue(
  manager: EntityManager,
  { id }: SignedIn,
  addresses: readonly string[],
): Promise<void> {
  await manager.query(
    `UPDATE external_requests_sent SET state = 'expired', openKey = NULL
     WHERE senderId = ? AND toAddress IN (?) AND state = 'waiting' AND expiresAt <= UTC_TIMESTAMP(3)`,
    [id, addresses],
  );
}

/** @throws Refused external-invite.full, external-invite.too-many-waiting */
async function assertRoom(manager: EntityManager, { id }: SignedIn, fresh: number): Promise<void> {
  const [{ contacts, waiting }] = await manager.query<[Record<'contacts' | 'waiting', number | string>]>(
    `SELECT (SELECT COUNT(*) FROM external_contacts WHERE ownerId = ? AND endedAt IS NULL) AS contacts,
            (SELECT COUNT(*) FROM external_requests_sent
             WHERE senderId = ? AND state = 'waiting' AND expiresAt > UTC_TIMESTAMP(3)) AS waiting`,
    [id, id],
  );
  if (fresh === 0) return;
  const most = { contacts: limits.externalContacts, waiting: limits.externalRequestsWaiting };
  if (Number(contacts) >= most.contacts) throw new Refused('external-invite.full', { max: most.contacts });
  if (Number(waiting) + fresh > most.waiting)
    throw new Refused('external-invite.too-many-waiting', {
      max: most.waiting,
      room: Math.max(0, most.waiting - Number(waiting)),
    });
}

/** @returns ids of those that wait; who had asked the sender is accepted at once */
async function insert(
  manager: EntityManager,
  { id: senderId, accountId }: SignedIn,
  addresses: readonly string[],
  connected: ReadonlySet<string>,
  message: string | null,
  once: Id | null,
): Promise<Id[]> {
  if (addresses.length === 0) return [];
  const rows = addresses.map((address) => ({ id: newId(), address, accepted: connected.has(address) }));
  const now = 'UTC_TIMESTAMP(3)';
  const values = ({ accepted }: { accepted: boolean }) =>
    `(?, ?, ?, ?, ?, ${accepted ? `'accepted', NULL` : `'waiting', 1`}, ?, ${now}, ${now},
      DATE_ADD(${now}, INTERVAL ? DAY), ${accepted ? now : 'NULL'})`;
  await manager.query(
    `INSERT INTO external_requests_sent (id, accountId, senderId, toAddress, message, state, openKey, once, sentAt,
       lastSentAt, expiresAt, answeredAt)
     VALUES ${rows.map(values).join(', ')}`,
    rows.flatMap(({ id, address }) => [
      ...[id, accountId, senderId, address, message, once, limits.invitationDays],
    ]),
  );
  return rows.filter(({ accepted }) => !accepted).map(({ id }) => id);
}

/** What is said now takes the place of what was said before, if anything is. */
async function sendAgain(
  manager: EntityManager,
  rows: readonly KnownRow[],
  message: string | null,
  once: Id | null,
): Promise<void> {
  if (rows.length === 0) return;
  await manager.query(
    `UPDATE external_requests_sent SET message = COALESCE(?, message), once = ?, timesSent = timesSent + 1,
       lastSentAt = UTC_TIMESTAMP(3), expiresAt = DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ? DAY)
     WHERE id IN (?)`,
    [message, once, limits.invitationDays, rows.map(({ id }) => id)],
  );
}

async function reword(
  manager: EntityManager,
  rows: readonly KnownRow[],
  message: string | null,
): Promise<void> {
  if (rows.length === 0) return;
  await manager.query('UPDATE external_requests_sent SET message = ? WHERE id IN (?)', [
    message,
    rows.map(({ id }) => id),
  ]);
}
