import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccountEvents } from '../../accounts/events.js';
import { limits } from '../../config/limits.js';
import { newId, type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { Jobs, type Task } from '../../jobs/jobs.service.js';
import { Notifications, type News } from '../../notifications/notifications.service.js';
import { EXTERNAL, RECEIVED } from '../external-tabs.view.js';
import { type ExternalLink } from '../external-link.entity.js';
import { contactCount, fullAmong } from '../links/contact-room.js';
import { ExternalLinks, type Side } from '../links/external-links.service.js';
import { Receivers, type Person, type WaitingRequest } from './receivers.query.js';
import { RequestLinks } from './request-links.js';
import { RequestMails } from './request-mails.service.js';
import { requestNews } from './request-news.js';

/** Brings what was sent, first or once more, to whoever has its address. */
export const DELIVER = 'external.deliver';
/** An address signs somebody in from now on: what waits for it is brought. */
export const ARRIVED = 'external.arrived';
/** Takes from its receiver what was withdrawn. */
export const WITHDRAW = 'external.withdraw';

/** Which requests a job of kind `DELIVER` or `WITHDRAW` is about: the sender's rows. */
export interface RequestsJob {
  requestIds: Id[];
}

/**
 * The receiver's side of a request, done by a worker after the sender has their answer: whether somebody has an address,
 * and what they and their company allow, is then told by no text, status or time. All of it bears being done twice.
 */
@Injectable()
export class RequestDelivery implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly jobs: Jobs,
    private readonly events: AccountEvents,
    private readonly receivers: Receivers,
    private readonly links: ExternalLinks,
    private readonly requestLinks: RequestLinks,
    private readonly mails: RequestMails,
    private readonly notifications: Notifications,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<RequestsJob>(DELIVER, ({ requestIds }, task) =>
      this.each(requestIds, task, (id) => this.deliver(id, { mail: true })),
    );
    this.jobs.handle<{ address: string }>(ARRIVED, async ({ address }, task) =>
      this.each(await this.waitingFor(address), task, (id) => this.deliver(id, { mail: false })),
    );
    this.jobs.handle<RequestsJob>(WITHDRAW, ({ requestIds }) => this.takeBack(requestIds));
    this.events.addressTaken.subscribe(async ({ manager, accountId, address }) => {
      await this.jobs.enqueue(manager, { kind: ARRIVED, payload: { address }, accountId });
    });
  }

  /**
   * One request, if it still waits.
   * @param mail false: who has just arrived need not be told by mail what stands on their first page
   */
  async deliver(requestId: Id, { mail }: { mail: boolean }): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      const request = await this.receivers.waiting(manager, requestId);
      if (request === null) return;
      const receiver = await this.receivers.behind(manager, request);
      if (receiver.is === 'here') return this.bring(manager, request, receiver.person, mail);
      if (receiver.is === 'closed' || !mail || !(await stillWaits(manager, request.id))) return;
      if (receiver.is === 'pending') return this.mails.toPending(manager, request, receiver.person);
      return this.mails.toNobody(manager, request);
    });
  }

  private async bring(
    manager: EntityManager,
    request: WaitingRequest,
    person: Person,
    mail: boolean,
  ): Promise<void> {
    const link = await this.links.meet(manager, request.sender, person);
    // Answered or withdrawn while we came to the row of the two.
    if (!(await stillWaits(manager, request.id))) return;
    if (link.state === 'connected') return this.links.connect(manager, link, null);
    if (await this.links.isBlocked(manager, link)) return;
    if (await declinedLately(manager, request, person)) return;
    if (await asksToo(manager, request, person)) return this.connectBoth(manager, request, person, link);
    if (!(await this.put(manager, request, person))) return;
    await this.notifications.tell(manager, [
      {
        ...{ accountId: person.accountId, userId: person.userId, kind: 'external.request', href: RECEIVED },
        values: {
          name: request.sender.name,
          company: request.sender.company,
          address: request.sender.address,
        },
        onceKey: requestNews(request.id),
      },
    ]);
    if (mail) await this.mails.toReceiver(manager, request, person);
  }

  /** Both have asked: nobody need answer. */
  private async connectBoth(
    manager: EntityManager,
    { id, sender, toAddress }: WaitingRequest,
    person: Person,
    link: ExternalLink,
  ): Promise<void> {
    if ((await fullAmong(manager, [sender, person])).size > 0) return;
    await this.links.connect(manager, link, null);
    const cards = await this.links.cards(manager, link);
    const newsFor = ({ accountId, userId }: Side, name: string, address: string): News => ({
      ...{ accountId, userId, kind: 'external.accepted', values: { name, address } },
      href: `${EXTERNAL}/${cards.get(userId) ?? ''}`,
      onceKey: `external.accepted:${id}`,
    });
    await this.notifications.tell(manager, [
      newsFor(sender, person.name, toAddress),
      newsFor(person, sender.name, sender.address),
    ]);
  }

  /** The receiver's own row of it. @returns false when there is no room, or it went to somebody else before */
  private async put(
    manager: EntityManager,
    { id, sender, message, expiresAt }: WaitingRequest,
    person: Person,
  ): Promise<boolean> {
    const [present] = await manager.query<{ receiverId: Id }[]>(
      'SELECT receiverId FROM external_requests_received WHERE requestId = ?',
      [id],
    );
    if (present && present.receiverId !== person.userId) return false;
    if (!present && !(await hasRoom(manager, person.userId))) return false;
    // Sent again it waits longer, and says what its sender says now.
    await manager.query(
      `INSERT INTO external_requests_received (id, accountId, receiverId, requestId, senderId, senderAccountId,
         senderName, senderAddress, senderCompany, message, state, receivedAt, expiresAt)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', UTC_TIMESTAMP(3), ?)
       ON DUPLICATE KEY UPDATE message = VALUES(message), expiresAt = VALUES(expiresAt),
         state = IF(state = 'expired', 'waiting', state), answeredAt = IF(state = 'waiting', NULL, answeredAt)`,
      [
        ...[newId(), person.accountId, person.userId, id, sender.userId, sender.accountId],
        ...[sender.name, sender.address, sender.company, message, expiresAt],
      ],
    );
    return true;
  }

  private async takeBack(requestIds: readonly Id[]): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      // One that was asked for again meanwhile is another request, with another id.
      const withdrawn = await manager.query<{ id: Id; senderId: Id; receiverId: Id | null }[]>(
        `SELECT s.id, s.senderId, r.receiverId FROM external_requests_sent s
         LEFT JOIN external_requests_received r ON r.requestId = s.id
         WHERE s.id IN (?) AND s.state = 'withdrawn'`,
        [requestIds],
      );
      if (withdrawn.length === 0) return;
      const ids = withdrawn.map(({ id }) => id);
      await manager.query(
        `UPDATE external_requests_received SET state = 'withdrawn', answeredAt = UTC_TIMESTAMP(3)
         WHERE requestId IN (?) AND state = 'waiting'`,
        [ids],
      );
      const people = withdrawn.flatMap(({ senderId, receiverId }) => [senderId, receiverId ?? senderId]);
      await this.requestLinks.withdraw(manager, [...new Set(people)], ids);
      for (const { id, receiverId } of withdrawn)
        if (receiverId) await this.notifications.takeBack(manager, receiverId, [requestNews(id)]);
    });
  }

  /** Account by account: requests have no index of all their addresses. */
  private async waitingFor(address: string): Promise<Id[]> {
    const rows = await this.database.query<{ id: Id }[]>(
      `SELECT r.id FROM accounts a
       JOIN external_requests_sent r ON r.accountId = a.id AND r.toAddress = ? AND r.state = 'waiting'
       WHERE a.closedAt IS NULL ORDER BY r.id`,
      [address],
    );
    return rows.map(({ id }) => id);
  }

  /** Each by itself: one that fails keeps no other from its receiver, and the job is tried again. */
  private async each(ids: readonly Id[], task: Task, act: (id: Id) => Promise<void>): Promise<void> {
    const failures: unknown[] = [];
    for (const id of ids) {
      task.cancelled.throwIfAborted();
      await act(id).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}

async function stillWaits(manager: EntityManager, requestId: Id): Promise<boolean> {
  const rows = await manager.query<object[]>(
    `SELECT 1 FROM external_requests_sent
     WHERE id = ? AND state = 'waiting' AND expiresAt > UTC_TIMESTAMP(3) FOR UPDATE`,
    [requestId],
  );
  return rows.length > 0;
}

/** They said no to this sender not long ago. */
async function declinedLately(
  manager: EntityManager,
  { sender }: WaitingRequest,
  person: Person,
): Promise<boolean> {
  const rows = await manager.query<object[]>(
    `SELECT 1 FROM external_requests_received
     WHERE receiverId = ? AND senderId = ? AND state = 'declined'
       AND answeredAt > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ? DAY) LIMIT 1`,
    [person.userId, sender.userId, limits.externalRefusalDays],
  );
  return rows.length > 0;
}

/** Whether the receiver asks the sender, brought or not: whoever does wants what the sender wants. */
async function asksToo(manager: EntityManager, { sender }: WaitingRequest, person: Person): Promise<boolean> {
  const rows = await manager.query<object[]>(
    `SELECT 1 FROM external_requests_sent
     WHERE senderId = ? AND toAddress = ? AND openKey = 1 AND state = 'waiting' AND expiresAt > UTC_TIMESTAMP(3)`,
    [person.userId, sender.address],
  );
  return rows.length > 0;
}

async function hasRoom(manager: EntityManager, userId: Id): Promise<boolean> {
  const [{ waiting }] = await manager.query<[{ waiting: number | string }]>(
    `SELECT COUNT(*) AS waiting FROM external_requests_received
     WHERE receiverId = ? AND state = 'waiting' AND expiresAt > UTC_TIMESTAMP(3)`,
    [userId],
  );
  return (
    Number(waiting) < limits.externalRequestsWaiting &&
    (await contactCount(manager, userId)) < limits.externalContacts
  );
}
