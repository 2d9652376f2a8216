import { inTransaction } from '../../src/database/transaction.js';
import { ExternalBlock, ExternalContact } from '../../src/external-contacts/external-contact.entity.js';
import { type ExternalLink } from '../../src/external-contacts/external-link.entity.js';
import { ExternalLinks, type Side } from '../../src/external-contacts/links/external-links.service.js';
import { newId } from '../../src/database/id.js';
import { type EntityManager } from 'typeorm';
import { startApp, type TestApp } from '../support/app.js';
import { twoCompanies, type Somebody } from './two-companies.js';

let app: TestApp;
let links: ExternalLinks;
beforeAll(async () => {
  app = await startApp();
  links = app.get(ExternalLinks);
});
afterAll(() => app.close());

describe('A link between two people', () => {
  it('makes each a contact of the other, whoever comes first', async () => {
    const { ada, bob, atelier, harbour, cardOf, linkOf } = await twoCompanies(app);
    await between(bob, ada, (manager, link) => links.connect(manager, link, bob.user.id));
    const link = await linkOf(ada, bob);
    expect(link).toMatchObject({ state: 'connected', askedBy: bob.user.id, endedAt: null });
    expect(link?.connectedAt).toBeInstanceOf(Date);
    expect(await cardOf(ada, bob)).toMatchObject({
      ...{ accountId: atelier.id, linkId: link?.id, otherUserId: bob.user.id, otherAccountId: harbour.id },
    });
    expect(await cardOf(bob, ada)).toMatchObject({
      ...{ accountId: harbour.id, linkId: link?.id, otherUserId: ada.user.id, otherAccountId: atelier.id },
    });
  });

  it('is one however many make it at the same moment', async () => {
    const { ada, bob, linkOf } = await twoCompanies(app);
    await Promise.all(
      Array.from({ length: 6 }, (_, turn) =>
        between(turn % 2 ? ada : bob, turn % 2 ? bob : ada, (manager, link) =>
          links.connect(manager, link, null),
        ),
      ),
    );
    expect((await linkOf(ada, bob))?.revision).toBe(6);
    expect(await app.database.getRepository(ExternalContact).countBy({ ownerId: ada.user.id })).toBe(1);
    expect(await app.database.getRepository(ExternalContact).countBy({ ownerId: bob.user.id })).toBe(1);
  });

  it('ends for both, once, and says who ended it', async () => {
    const { ada, bob, connect, cardOf, linkOf } = await twoCompanies(app);
    await connect(ada, bob);
    const removed = { by: ada.user.id, for: 'removed' } as const;
    expect(await between(ada, bob, (manager, link) => links.part(manager, link, removed))).toBe(true);
    expect(await between(bob, ada, (manager, link) => links.part(manager, link, removed))).toBe(false);
    expect(await linkOf(ada, bob)).toMatchObject({
      state: 'apart',
      endedBy: ada.user.id,
      endedFor: 'removed',
    });
    expect([await cardOf(ada, bob), await cardOf(bob, ada)]).toEqual([null, null]);
  });

  it('finds again what each kept of the other when the two meet again', async () => {
    const { ada, bob, connect, cardOf } = await twoCompanies(app);
    const { card } = await connect(ada, bob);
    await app.database
      .getRepository(ExternalContact)
      .update(card.id, { note: 'Met in Lille', starred: true });
    await between(ada, bob, (manager, link) => links.part(manager, link, { by: null, for: 'company' }));
    await connect(bob, ada);
    expect(await cardOf(ada, bob)).toMatchObject({ id: card.id, note: 'Met in Lille', starred: true });
  });

  it('is as before when a removal is taken back', async () => {
    const { ada, bob, connect, cardOf, linkOf } = await twoCompanies(app);
    const { card } = await connect(ada, bob);
    await between(ada, bob, (manager, link) =>
      links.part(manager, link, { by: ada.user.id, for: 'removed' }),
    );
    expect(await between(ada, bob, (manager, link) => links.rejoin(manager, link))).toBe(true);
    expect(await cardOf(ada, bob)).toEqual(card);
    expect(await cardOf(bob, ada)).not.toBeNull();
    expect(await linkOf(ada, bob)).toMatchObject({
      state: 'connected',
      askedBy: ada.user.id,
      endedFor: null,
    });
    expect(await between(ada, bob, (manager, link) => links.rejoin(manager, link))).toBe(false);
  });

  it('is not taken back once one has blocked the other', async () => {
    const { ada, bob, harbour, connect, cardOf } = await twoCompanies(app);
    await connect(ada, bob);
    await between(ada, bob, (manager, link) =>
      links.part(manager, link, { by: ada.user.id, for: 'removed' }),
    );
    await app.database.getRepository(ExternalBlock).insert({
      ...{ id: newId(), accountId: harbour.id, ownerId: bob.user.id, blockedUserId: ada.user.id },
      ...{ name: 'Ada Lovelace', address: ada.user.email, createdAt: new Date() },
    });
    expect(await between(ada, bob, (manager, link) => links.isBlocked(manager, link))).toBe(true);
    expect(await between(ada, bob, (manager, link) => links.rejoin(manager, link))).toBe(false);
    expect(await cardOf(ada, bob)).toBeNull();
  });

  it('answers what the two still asked of each other, and nothing anybody else asked', async () => {
    const { ada, bob, request, connect, sentRow, receivedRow } = await twoCompanies(app);
    const carla = await app.signedIn();
    const [one, other] = [await request(ada, bob), await request(carla, bob)];
    await connect(bob, ada);
    expect(await sentRow(one.sentId)).toMatchObject({ state: 'accepted', openKey: null });
    expect(await receivedRow(one.receivedId)).toMatchObject({ state: 'accepted' });
    expect(await sentRow(other.sentId)).toMatchObject({ state: 'waiting', openKey: 1 });
    expect(await receivedRow(other.receivedId)).toMatchObject({ state: 'waiting' });
  });

  it('waits for nobody who answers something else the same person asked', async () => {
    const { ada, bob, request, connect, sentRow } = await twoCompanies(app);
    const carla = await app.signedIn();
    const [one, other] = [await request(ada, bob), await request(ada, carla)];
    await inTransaction(app.database, async (answering) => {
      await answering.query('SELECT id FROM external_requests_sent WHERE id = ? FOR UPDATE', [other.sentId]);
      await connect(bob, ada);
    });
    expect(await sentRow(one.sentId)).toMatchObject({ state: 'accepted' });
    expect(await sentRow(other.sentId)).toMatchObject({ state: 'waiting' });
  });

  it('leaves a request that is over as it was', async () => {
    const { ada, bob, request, connect, sentRow } = await twoCompanies(app);
    const { sentId } = await request(ada, bob, { expiresAt: new Date(Date.now() - 1000) });
    await connect(bob, ada);
    expect(await sentRow(sentId)).toMatchObject({ state: 'waiting', answeredAt: null });
  });
});

function between<T>(
  one: Somebody,
  other: Somebody,
  act: (manager: EntityManager, link: ExternalLink) => Promise<T>,
): Promise<T> {
  return inTransaction(app.database, async (manager) =>
    act(manager, await links.meet(manager, sideOf(one), sideOf(other))),
  );
}

function sideOf({ user }: Somebody): Side {
  return { accountId: user.accountId, userId: user.id };
}
