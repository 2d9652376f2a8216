import { type Account } from '../../src/accounts/account.entity.js';
import { type User } from '../../src/accounts/user.entity.js';
import { newId, type Id } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { ExternalContact } from '../../src/external-contacts/external-contact.entity.js';
import { ExternalLink } from '../../src/external-contacts/external-link.entity.js';
import { ReceivedRequest, SentRequest } from '../../src/external-contacts/external-request.entities.js';
import { ExternalLinks } from '../../src/external-contacts/links/external-links.service.js';
import { type TestApp } from '../support/app.js';
import { type Browser } from '../support/browser.js';

/** Somebody with a browser of theirs. */
export interface Somebody {
  user: User;
  account: Account;
  browser: Browser;
}

/** A request that waits, as both sides have it. */
export interface Asked {
  /** Of the sender's row. */
  sentId: Id;
  /** Of the receiver's row. */
  receivedId: Id;
}

const DAY = 86_400_000;

/** Ada of Atelier Nord and Bob of Harbour & Pine, signed in, who do not know each other yet. */
export async function twoCompanies(app: TestApp) {
  const atelier = await app.anAccount({ name: 'Atelier Nord' });
  const harbour = await app.anAccount({ name: 'Harbour & Pine', region: 'GB' });
  const ada: Somebody = await app.signedIn({ account: atelier, givenName: 'Ada', familyName: 'Lovelace' });
  const bob: Somebody = await app.signedIn({ account: harbour, givenName: 'Bob', familyName: 'Cole' });
  return { atelier, harbour, ada, bob, ...betweenPeople(app) };
}

/** What may be between any two people of the installation. */
export function betweenPeople(app: TestApp) {
  return {
    /** Makes them contacts of each other, as an accepted request of the first does. @returns both cards */
    connect: (one: Somebody, other: Somebody) => connect(app, one.user, other.user),
    /** A request of the first that has arrived at the other and waits. */
    request: (from: Somebody, to: Somebody, fields: RequestFields = {}) =>
      request(app, from, to.user, fields),
    /** What is between two; null while nothing ever was. */
    linkOf: (one: Somebody, other: Somebody): Promise<ExternalLink | null> =>
      linkOf(app, one.user, other.user),
    /** The first one's card of the other while they are connected; null otherwise. */
    cardOf: async (owner: Somebody, other: Somebody): Promise<ExternalContact | null> => {
      const card = await app.database
        .getRepository(ExternalContact)
        .findOneBy({ ownerId: owner.user.id, otherUserId: other.user.id });
      return card?.endedAt === null ? card : null;
    },
    sentRow: (id: Id) => app.database.getRepository(SentRequest).findOneByOrFail({ id }),
    receivedRow: (id: Id) => app.database.getRepository(ReceivedRequest).findOneByOrFail({ id }),
  };
}

type RequestFields = Partial<Pick<ReceivedRequest, 'message' | 'receivedAt' | 'expiresAt' | 'senderAddress'>>;

async function connect(app: TestApp, one: User, other: User) {
  await inTransaction(app.database, async (manager) => {
    const links = app.get(ExternalLinks);
    const sides = [one, other].map(({ accountId, id }) => ({ accountId, userId: id }));
    await links.connect(manager, await links.meet(manager, sides[0], sides[1]), one.id);
  });
  const cards = app.database.getRepository(ExternalContact);
  return {
    card: await cards.findOneByOrFail({ ownerId: one.id, otherUserId: other.id }),
    otherCard: await cards.findOneByOrFail({ ownerId: other.id, otherUserId: one.id }),
  };
}

async function request(
  app: TestApp,
  { user: from, account }: Somebody,
  to: User,
  fields: RequestFields,
): Promise<Asked> {
  const now = new Date();
  const {
    message = null,
    receivedAt = now,
    expiresAt = new Date(receivedAt.getTime() + 30 * DAY),
    senderAddress = from.email,
  } = fields;
  const [sentId, receivedId] = [newId(), newId()];
  await inTransaction(app.database, async (manager) => {
    await app
      .get(ExternalLinks)
      .meet(
        manager,
        { accountId: from.accountId, userId: from.id },
        { accountId: to.accountId, userId: to.id },
      );
    await manager.insert(SentRequest, {
      ...{ id: sentId, accountId: from.accountId, senderId: from.id, toAddress: to.email },
      ...{ message, state: 'waiting', openKey: 1, once: null, timesSent: 1 },
      ...{ sentAt: receivedAt, lastSentAt: receivedAt, expiresAt, answeredAt: null },
    });
    await manager.insert(ReceivedRequest, {
      ...{ id: receivedId, accountId: to.accountId, receiverId: to.id, requestId: sentId },
      ...{ senderId: from.id, senderAccountId: from.accountId, senderName: from.displayName },
      ...{ senderAddress, senderCompany: account.kind === 'personal' ? '' : account.name },
      ...{ message, state: 'waiting', receivedAt, expiresAt, answeredAt: null },
    });
  });
  return { sentId, receivedId };
}

function linkOf(app: TestApp, one: User, other: User): Promise<ExternalLink | null> {
  const [lowUserId, highUserId] = [one.id, other.id].sort();
  return app.database.getRepository(ExternalLink).findOneBy({ lowUserId, highUserId });
}
