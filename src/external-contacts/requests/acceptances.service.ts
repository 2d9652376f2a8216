import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { AccountSettings } from '../../accounts/account-settings.entity.js';
import { mayInvite } from '../../accounts/domain-rules.js';
import { limits } from '../../config/limits.js';
import { newId, type Id } from '../../database/id.js';
import { Notifications } from '../../notifications/notifications.service.js';
import { type SignedIn } from '../../web/signed-in.js';
import { ExternalBlock } from '../external-contact.entity.js';
import { type ExternalLink } from '../external-link.entity.js';
import { SentRequest } from '../external-request.entities.js';
import { fullAmong } from '../links/contact-room.js';
import { ExternalLinks, sidesOf } from '../links/external-links.service.js';
import { OtherPeople, type OtherPerson } from '../links/other-people.query.js';
import { requestNews } from './request-news.js';

/**
 * What became of an answer. `already`: they are in contact, whoever did it; `over`: they were, by this very request;
 * `gone`: its sender is no longer here; `colleague`: they are by now; `unable`: something on the sender's side that is
 * none of the reader's business; `forbidden`: the reader's company; `full`: the reader has as many as there may be;
 * `blocked`: by the reader; `late`: declined too long ago.
 */
export type Answer =
  | 'done'
  | 'already'
  | 'declined'
  | 'withdrawn'
  | 'expired'
  | 'over'
  | 'gone'
  | 'colleague'
  | 'unable'
  | 'forbidden'
  | 'full'
  | 'blocked'
  | 'late';

export interface Accepted {
  answer: Answer;
  /** The reader's card of the sender, where they are in contact. */
  contactId: Id | null;
}

/** Whoever accepts. */
export type Receiver = Pick<SignedIn, 'id' | 'accountId' | 'email' | 'displayName' | 'account'>;

/** Says yes to a request, from the list of those received or by the link of its mail: both end connected, once. */
@Injectable()
export class Acceptances {
  constructor(
    private readonly links: ExternalLinks,
    private readonly people: OtherPeople,
    private readonly notifications: Notifications,
  ) {}

  /**
   * In the caller's transaction, in which nothing was done unless the answer is `done`.
   * @param requestId of the sender's row; that it is for the receiver, the caller knows
   */
  async accept(manager: EntityManager, receiver: Receiver, requestId: Id): Promise<Accepted> {
    const known = await manager.findOneBy(SentRequest, { id: requestId });
    if (!known) return refused('gone');
    if (known.accountId === receiver.accountId) return refused('colleague');
    const sender = { accountId: known.accountId, userId: known.senderId };
    const side = { accountId: receiver.accountId, userId: receiver.id };
    const link = await this.links.meet(manager, side, sender);
    if (link.state === 'connected') {
      await this.links.connect(manager, link, null);
      return {
        answer: 'already',
        contactId: (await this.links.cards(manager, link)).get(receiver.id) ?? null,
      };
    }
    const ended = endOf(await manager.findOneByOrFail(SentRequest, { id: requestId }));
    if (ended) return refused(ended);
    const person = await this.people.find(
      { otherUserId: sender.userId, otherAccountId: sender.accountId },
      manager,
    );
    const hindrance = await this.hindranceOf(manager, receiver, person, link);
    if (hindrance) return refused(hindrance);
    // Withdrawing meets here: one of the two changes the row.
    if (!(await take(manager, requestId)))
      return refused(endOf(await manager.findOneByOrFail(SentRequest, { id: requestId })) ?? 'withdrawn');
    await keepReceived(manager, receiver, known, person);
    await this.links.connect(manager, link, sender.userId);
    const cards = await this.links.cards(manager, link);
    await this.notifications.tell(manager, [
      {
        ...{ ...sender, kind: 'external.accepted', onceKey: `external.accepted:${requestId}` },
        values: { name: receiver.displayName, address: receiver.email },
        href: `/external-contacts/${cards.get(sender.userId) ?? ''}`,
      },
    ]);
    await this.notifications.read(manager, receiver.id, [requestNews(requestId)]);
    return { answer: 'done', contactId: cards.get(receiver.id) ?? null };
  }

  private async hindranceOf(
    manager: EntityManager,
    receiver: Receiver,
    sender: OtherPerson,
    link: ExternalLink,
  ): Promise<Answer | null> {
    const own = { ownerId: receiver.id, blockedUserId: sender.id };
    if (await manager.existsBy(ExternalBlock, own)) return 'blocked';
    if (sender.standing === 'gone') return 'gone';
    if (sender.standing === 'paused' || (await this.links.isBlocked(manager, link))) return 'unable';
    const settings = await manager.findBy(AccountSettings, {
      accountId: In([receiver.accountId, sender.accountId]),
    });
    const allows = (accountId: Id, address: string) => {
      const rules = settings.find((each) => each.accountId === accountId);
      return !rules || mayInvite(rules, address);
    };
    if (!allows(receiver.accountId, sender.email ?? '')) return 'forbidden';
    if (!allows(sender.accountId, receiver.email)) return 'unable';
    const full = await fullAmong(manager, sidesOf(link));
    if (full.has(receiver.id)) return 'full';
    return full.has(sender.id) ? 'unable' : null;
  }
}

function refused(answer: Answer): Accepted {
  return { answer, contactId: null };
}

/** Until when a refusal may be thought over: as long as the sender may not ask again. */
const REFUSED_DAYS = limits.externalRefusalDays;

/** Why it can no longer be accepted; null while it can. */
export function endOf({ state, expiresAt, answeredAt }: SentRequest, now = new Date()): Answer | null {
  if (state === 'waiting') return expiresAt > now ? null : 'expired';
  if (state === 'accepted') return 'over';
  if (state !== 'declined') return state;
  return Number(answeredAt) > now.getTime() - REFUSED_DAYS * 86_400_000 ? null : 'late';
}

async function take(manager: EntityManager, requestId: Id): Promise<boolean> {
  const { affectedRows } = await manager.query<{ affectedRows: number }>(
    `UPDATE external_requests_sent SET state = 'accepted', openKey = NULL, answeredAt = UTC_TIMESTAMP(3)
     WHERE id = ? AND ((state = 'waiting' AND expiresAt > UTC_TIMESTAMP(3))
       OR (state = 'declined' AND answeredAt > UTC_TIMESTAMP(3) - INTERVAL ${REFUSED_DAYS} DAY))`,
    [requestId],
  );
  return affectedRows === 1;
}

/** The receiver's row, made where the link of the mail was quicker than the delivery. */
async function keepReceived(
  manager: EntityManager,
  receiver: Receiver,
  request: SentRequest,
  sender: OtherPerson,
): Promise<void> {
  await manager.query(
    `INSERT INTO external_requests_received (id, accountId, receiverId, requestId, senderId, senderAccountId, senderName,
       senderAddress, senderCompany, message, state, receivedAt, expiresAt, answeredAt)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'accepted', ?, ?, UTC_TIMESTAMP(3))
     ON DUPLICATE KEY UPDATE state = VALUES(state), answeredAt = VALUES(answeredAt)`,
    [
      ...[newId(), receiver.accountId, receiver.id, request.id, sender.id, sender.accountId, sender.name],
      ...[sender.email ?? '', sender.company ?? '', request.message, request.lastSentAt, request.expiresAt],
    ],
  );
}
