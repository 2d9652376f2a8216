import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { isId, type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { NotFound } from '../../errors/domain-error.js';
import { Journal, type NewEntry } from '../../journal/journal.service.js';
import { Notifications } from '../../notifications/notifications.service.js';
import { Blocks, BLOCKING, type Owner } from '../blocks/blocks.service.js';
import { ReceivedRequest, SentRequest } from '../external-request.entities.js';
import { Acceptances, endOf, type Answer, type Receiver } from './acceptances.service.js';
import { requestNews } from './request-news.js';

export const acts = ['accept', 'decline', 'block'] as const;
export type Act = (typeof acts)[number];

/** What became of one request. */
export interface Answered {
  name: string;
  answer: Answer;
  contactId: Id | null;
}

export interface Outcome {
  answered: Answered[];
  /** By which it is undone; null when there is nothing to take back. */
  batchId: Id | null;
}

export const { kind: DECLINING } = { kind: 'external-contacts.decline' } as const;

/** Answers requests that were received, one or several: each on its own, so that one that fails holds up no other. */
@Injectable()
export class ReceivedAnswers {
  constructor(
    private readonly database: DataSource,
    private readonly acceptances: Acceptances,
    private readonly blocks: Blocks,
    private readonly journal: Journal,
    private readonly notifications: Notifications,
  ) {}

  /** @throws NotFound when one of these is no request to the reader */
  async answer(reader: Receiver, act: Act, ids: readonly string[]): Promise<Outcome> {
    const answered: Answered[] = [];
    let batchId: Id | null = null;
    for (const { id } of await this.own(reader, ids)) {
      const result = await inTransaction(this.database, (manager) =>
        this.one(manager, reader, act, id, batchId),
      );
      answered.push(result.answered);
      batchId = result.batchId;
    }
    return { answered, batchId };
  }

  private async own(reader: Owner, ids: readonly string[]): Promise<ReceivedRequest[]> {
    const wanted = [...new Set(ids)];
    const own = wanted.every(isId)
      ? await this.database
          .getRepository(ReceivedRequest)
          .findBy({ id: In(wanted), receiverId: reader.id, accountId: reader.accountId })
      : [];
    if (own.length < wanted.length) throw new NotFound('external-received.not-found');
    return own.sort((one, other) => wanted.indexOf(one.id) - wanted.indexOf(other.id));
  }

  private async one(
    manager: EntityManager,
    reader: Receiver,
    act: Act,
    id: Id,
    batchId: Id | null,
  ): Promise<{ answered: Answered; batchId: Id | null }> {
    const request = await manager.findOneByOrFail(ReceivedRequest, { id, receiverId: reader.id });
    const { senderName: name } = request;
    if (act === 'accept') {
      const { answer, contactId } = await this.acceptances.accept(manager, reader, request.requestId);
      await follow(manager, request, answer);
      await this.read(manager, reader, request, answer);
      return { answered: { name, answer, contactId }, batchId };
    }
    const { answer, entry } = await (act === 'decline'
      ? this.decline(manager, request)
      : this.block(manager, reader, request));
    await this.read(manager, reader, request, answer);
    const answered = { name, answer, contactId: null };
    if (!entry) return { answered, batchId };
    const { id: actorId, accountId } = reader;
    const kind = act === 'decline' ? DECLINING : BLOCKING;
    const batch = batchId ?? (await this.journal.begin(manager, { accountId, actorId, kind }));
    await this.journal.record(manager, batch, accountId, [entry]);
    return { answered, batchId: batch };
  }

  /** Whoever has answered a request knows of it; the news of one that was withdrawn is taken back, while it is unread. */
  private async read(
    manager: EntityManager,
    reader: Owner,
    { requestId }: ReceivedRequest,
    answer: Answer,
  ): Promise<void> {
    if (answer !== 'withdrawn') await this.notifications.read(manager, reader.id, [requestNews(requestId)]);
  }

  /** The sender sees it declined, and may ask again after 30 days. */
  private async decline(manager: EntityManager, request: ReceivedRequest): Promise<Noted> {
    if (request.state === 'blocked') return { answer: 'blocked' };
    const { affectedRows } = await manager.query<Changed>(
      `UPDATE external_requests_sent SET state = 'declined', openKey = NULL, answeredAt = UTC_TIMESTAMP(3)
       WHERE id = ? AND state = 'waiting' AND expiresAt > UTC_TIMESTAMP(3)`,
      [request.requestId],
    );
    if (affectedRows === 0) {
      const sent = await manager.findOneBy(SentRequest, { id: request.requestId });
      const answer = answerOf(sent);
      await follow(manager, request, answer);
      return { answer };
    }
    await setState(manager, request, 'declined');
    return {
      answer: 'done',
      entry: { subjectId: request.id, subjectType: 'external-request', action: 'changed' },
    };
  }

  private async block(manager: EntityManager, reader: Receiver, request: ReceivedRequest): Promise<Noted> {
    const {
      senderId: userId,
      senderAccountId: accountId,
      senderName: name,
      senderAddress: address,
    } = request;
    const entry = await this.blocks.block(manager, reader, { userId, accountId, name, address });
    return entry ? { answer: 'done', entry } : { answer: 'blocked' };
  }
}

/** An answer, and what the journal says of it where it can be taken back. */
interface Noted {
  answer: Answer;
  entry?: NewEntry;
}

interface Changed {
  affectedRows: number;
}

/** Where a request that cannot be declined stands by now. */
function answerOf(sent: SentRequest | null): Answer {
  if (sent?.state === 'declined') return 'declined';
  const end = sent ? endOf(sent) : 'gone';
  return end === 'over' ? 'already' : (end ?? 'gone');
}

/** The receiver's row says what the sender's does, so that it leaves the list of those that wait. */
async function follow(manager: EntityManager, request: ReceivedRequest, answer: Answer): Promise<void> {
  if (answer === 'withdrawn' || answer === 'expired') await setState(manager, request, answer);
}

async function setState(
  manager: EntityManager,
  { id, receiverId }: ReceivedRequest,
  state: ReceivedRequest['state'],
): Promise<void> {
  await manager.query(
    `UPDATE external_requests_received SET state = ?, answeredAt = UTC_TIMESTAMP(3)
     WHERE id = ? AND receiverId = ? AND state = 'waiting'`,
    [state, id, receiverId],
  );
}
