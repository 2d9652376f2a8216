import { Injectable } from '@nestjs/common';
import { DataSource, MoreThan, IsNull } from 'typeorm';
import { OneTimeLink } from '../../accounts/one-time-link.entity.js';
import { OneTimeLinks } from '../../accounts/one-time-links.service.js';
import { SignInAddress } from '../../accounts/sign-in-address.entity.js';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { type SignedIn } from '../../web/signed-in.js';
import { ExternalContact } from '../external-contact.entity.js';
import { ReceivedRequest, SentRequest } from '../external-request.entities.js';
import { OtherPeople, type OtherPerson } from '../links/other-people.query.js';
import { Acceptances, endOf, type Accepted, type Answer, type Receiver } from './acceptances.service.js';

/** A request as whoever holds the link of its mail sees it. */
export interface Confirmation {
  link: OneTimeLink;
  request: SentRequest;
  sender: OtherPerson;
  /** Who was asked: their address when the request was sent. */
  address: string;
  /** Whose the request is, once it has arrived; before, whoever signs in with the address. */
  receiverId: Id | null;
  /** Why nothing can be accepted any more; null while it can. `used`: it waits, but no longer for this link. */
  ended: Answer | 'used' | null;
}

/** The link in the mail of a request: opened it says who asks, and its form accepts, once. */
@Injectable()
export class Confirmations {
  constructor(
    private readonly database: DataSource,
    private readonly links: OneTimeLinks,
    private readonly people: OtherPeople,
    private readonly acceptances: Acceptances,
  ) {}

  /** What a token stands for; null for one that is none of ours, or whose request is no more. */
  async find(token: string): Promise<Confirmation | null> {
    const link = await this.links.find(token, 'external-confirm');
    if (!link?.subjectId) return null;
    const request = await this.database.getRepository(SentRequest).findOneBy({ id: link.subjectId });
    if (!request) return null;
    const [sender, received] = await Promise.all([
      this.people.find({ otherUserId: request.senderId, otherAccountId: request.accountId }),
      this.database.getRepository(ReceivedRequest).findOneBy({ requestId: request.id }),
    ]);
    const ended =
      endOf(request) ??
      (sender.standing === 'gone' ? 'gone' : this.links.stateOf(link) === 'open' ? null : 'used');
    return {
      ...{ link, request, sender, ended },
      address: request.toAddress,
      receiverId: received?.receiverId ?? null,
    };
  }

  isFor({ receiverId, address }: Confirmation, reader: Pick<SignedIn, 'id' | 'email'>): boolean {
    return receiverId === null ? reader.email === address : receiverId === reader.id;
  }

  /** The reader's card of the sender, where they are in contact. */
  async contactOf({ request }: Confirmation, reader: Pick<SignedIn, 'id'>): Promise<Id | null> {
    const card = await this.database
      .getRepository(ExternalContact)
      .findOneBy({ ownerId: reader.id, otherUserId: request.senderId, endedAt: IsNull() });
    return card?.id ?? null;
  }

  /** Whether somebody can sign in with the address; told to the holder of the link alone. */
  async isHeld({ address }: Confirmation): Promise<boolean> {
    return this.database.getRepository(SignInAddress).existsBy({ address });
  }

  /** Where whoever has no account yet makes one: in the same mail, so it is told nobody else. */
  async signUpOf({ link }: Confirmation): Promise<string | null> {
    const invitation = await this.database.getRepository(OneTimeLink).findOne({
      where: {
        ...{ userId: link.userId, purpose: 'external-signup', subjectId: link.subjectId ?? '' },
        ...{ usedAt: IsNull(), withdrawnAt: IsNull(), expiresAt: MoreThan(new Date()) },
      },
      order: { id: 'DESC' },
    });
    return invitation && this.links.pathOf(invitation);
  }

  /**
   * Accepts, and uses the link up: of several at once one does, the others find the two connected. What cannot be
   * accepted leaves the link as it was.
   */
  async confirm({ link, request }: Confirmation, receiver: Receiver): Promise<Accepted | null> {
    try {
      return await inTransaction(this.database, async (manager) => {
        const accepted = await this.acceptances.accept(manager, receiver, request.id);
        if (accepted.answer === 'done' && !(await this.links.use(manager, link))) throw new LinkIsOver();
        return accepted;
      });
    } catch (error) {
      if (error instanceof LinkIsOver) return null;
      throw error;
    }
  }
}

/** Takes the acceptance back: the request waits on, in the list of those received. */
class LinkIsOver extends Error {
  constructor() {
    super('The link was withdrawn or has ended meanwhile');
  }
}
