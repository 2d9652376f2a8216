import { AccountSettings } from '../../src/accounts/account-settings.entity.js';
import { Account } from '../../src/accounts/account.entity.js';
import { OneTimeLink } from '../../src/accounts/one-time-link.entity.js';
import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { newSettings } from '../../src/accounts/settings.js';
import { SignInAddress } from '../../src/accounts/sign-in-address.entity.js';
import { User } from '../../src/accounts/user.entity.js';
import { type Id } from '../../src/database/id.js';
import { ExternalContact } from '../../src/external-contacts/external-contact.entity.js';
import { ReceivedRequest, SentRequest } from '../../src/external-contacts/external-request.entities.js';
import { Notification } from '../../src/notifications/notification.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { PASSWORD } from '../support/builders.js';
import { visibleText } from '../support/browser.js';
import { twoCompanies } from './two-companies.js';

jest.setTimeout(60_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** A request of Ada to Bob with the link of its mail; not brought to his list where `arrived` is false. */
async function asked({ arrived = true } = {}) {
  const people = await twoCompanies(app);
  const { ada, bob } = people;
  const { sentId, receivedId } = await people.request(ada, bob, { message: 'Hello Bob\nWe met in Lille' });
  if (!arrived) await app.database.getRepository(ReceivedRequest).delete({ id: receivedId });
  // As the mail has it: to somebody known the link is theirs, to nobody the sender's.
  const owner = arrived ? bob.user : ada.user;
  const link = await linkOf(owner, 'external-confirm', sentId, bob.user.email);
  return { ...people, sentId, receivedId, link, path: app.get(OneTimeLinks).pathOf(link) };
}

function linkOf(
  { id: userId, accountId }: User,
  purpose: 'external-confirm' | 'external-signup',
  subjectId: Id,
  address: string,
): Promise<OneTimeLink> {
  const expiresAt = new Date(Date.now() + 86_400_000);
  return app
    .get(OneTimeLinks)
    .create(app.database.manager, { userId, accountId, purpose, subjectId, address, expiresAt });
}

describe('The link of a request’s mail', () => {
  it('shows who asks and changes nothing, however often it is opened', async () => {
    const { bob, ada, path, sentId, link, sentRow, cardOf } = await asked();
    const before = await sentRow(sentId);
    for (let turn = 0; turn < 2; turn++) {
      const page = await bob.browser.get(path);
      expect(page.status).toBe(200);
      expect(page.text).toContain('Hello Bob\nWe met in Lille');
      expect(visibleText(page)).toContain(
        'Ada Lovelace of Atelier Nord would like to be in contact with you.',
      );
      expect(visibleText(page)).toContain(ada.user.email);
    }
    expect(await sentRow(sentId)).toEqual(before);
    expect(
      (await app.database.getRepository(OneTimeLink).findOneByOrFail({ id: link.id })).usedAt,
    ).toBeNull();
    expect(await cardOf(bob, ada)).toBeNull();
  });

  it.each([true, false])('connects the two, once (the request had arrived: %s)', async (arrived) => {
    const { ada, bob, path, sentId, link, sentRow, cardOf } = await asked({ arrived });
    const answer = await bob.browser.post(path);
    const card = await cardOf(bob, ada);
    expect(answer.headers['location']).toBe(`/external-contacts/${card?.id}`);
    expect(visibleText(await bob.browser.get('/profile'))).toContain(
      'You and Ada Lovelace are now in contact.',
    );
    expect(await cardOf(ada, bob)).not.toBeNull();
    expect((await sentRow(sentId)).state).toBe('accepted');
    const received = await app.database.getRepository(ReceivedRequest).findBy({ requestId: sentId });
    expect(received).toMatchObject([
      {
        state: 'accepted',
        receiverId: bob.user.id,
        senderAddress: ada.user.email,
        senderCompany: 'Atelier Nord',
      },
    ]);
    const { usedAt } = await app.database.getRepository(OneTimeLink).findOneByOrFail({ id: link.id });
    expect(usedAt).toBeInstanceOf(Date);
    // Pressed again, or opened again: they are in contact.
    expect((await bob.browser.post(path)).headers['location']).toBe(`/external-contacts/${card?.id}`);
    expect((await bob.browser.get(path)).headers['location']).toBe(`/external-contacts/${card?.id}`);
    expect(await app.database.getRepository(ExternalContact).countBy({ ownerId: bob.user.id })).toBe(1);
  });

  it('used eight times at once has one winner; all learn that they are in contact', async () => {
    const { ada, bob, path, cardOf } = await asked();
    const windows = await Promise.all(Array.from({ length: 8 }, () => app.browserOf(bob.user)));
    for (const window of windows) await window.formToken();
    const answers = await Promise.all(windows.map((window) => window.post(path)));
    const home = `/external-contacts/${(await cardOf(bob, ada))?.id}`;
    expect(answers.map(({ status, headers }) => [status, headers['location']])).toEqual(
      answers.map(() => [303, home]),
    );
    const pages = await Promise.all(windows.map((window) => window.get('/profile')));
    const said = pages.map(
      (page) => /You and Ada Lovelace are (now in contact|in contact already)\./.exec(page.text)?.[1],
    );
    expect(said.filter((words) => words === 'now in contact')).toHaveLength(1);
    expect(said.filter((words) => words === 'in contact already')).toHaveLength(7);
    expect(await app.database.getRepository(ExternalContact).countBy({ ownerId: bob.user.id })).toBe(1);
    expect(await app.database.getRepository(ExternalContact).countBy({ ownerId: ada.user.id })).toBe(1);
    expect(await app.database.getRepository(Notification).countBy({ userId: ada.user.id })).toBe(1);
  });

  it('leads a visitor to sign in and back', async () => {
    const { bob, path } = await asked();
    const browser = app.browser();
    const page = await browser.get(path);
    expect(visibleText(page)).toContain(`Sign in with ${bob.user.email} to answer.`);
    const login = `/login?next=${encodeURIComponent(path)}`;
    expect(page.text.replaceAll('&#x3D;', '=')).toContain(`href="${login}"`);
    // A form sent after the session ended leads there as well.
    await browser.get('/login');
    expect((await browser.post(path)).headers['location']).toBe(login);
    const answer = await browser.post('/login', { email: bob.user.email, password: PASSWORD, next: path });
    expect(answer.headers['location']).toBe(path);
  });

  it('leads a visitor whose address nobody has to the sign-up of the same mail', async () => {
    const { ada, bob, path, sentId } = await asked({ arrived: false });
    await app.database.getRepository(SignInAddress).delete({ address: bob.user.email });
    const signUp = await linkOf(ada.user, 'external-signup', sentId, bob.user.email);
    const page = await app.browser().get(path);
    expect(page.text).toContain(`href="${app.get(OneTimeLinks).pathOf(signUp)}"`);
    expect(visibleText(page)).toContain('Create your free account');
  });

  it('tells somebody else whom it is for, and signs them out to come back', async () => {
    const { ada, bob, path, cardOf } = await asked();
    const carla = await app.signedIn({ givenName: 'Carla', familyName: 'Ruiz' });
    for (const somebody of [carla, ada]) {
      const text = visibleText(await somebody.browser.get(path));
      expect(text).toContain(`It went to ${bob.user.email}.`);
      expect(text).toContain(somebody.user.email);
      expect((await somebody.browser.post(path)).status).toBe(403);
      expect(await cardOf(somebody, ada)).toBeNull();
    }
    const answer = await carla.browser.post(`${path}/sign-out`);
    expect(answer.headers['location']).toBe(`/login?next=${encodeURIComponent(path)}`);
    expect((await carla.browser.get('/profile')).status).toBe(303);
  });

  it('is not for whoever has the address by now, once it has arrived at somebody', async () => {
    const { ada, bob, path, cardOf } = await asked();
    const { email } = bob.user;
    await app.database.getRepository(User).update(bob.user.id, { email: `was.${email}` });
    await app.database.getRepository(SignInAddress).update({ address: email }, { address: `was.${email}` });
    const next = await app.signedIn({ email });
    expect((await next.browser.post(path)).status).toBe(403);
    expect((await bob.browser.get(path)).status).toBe(200);
    await bob.browser.post(path);
    expect(await cardOf(next, ada)).toBeNull();
    expect(await cardOf(bob, ada)).not.toBeNull();
  });
});

describe('A link that leads nowhere any more', () => {
  it.each([
    ['withdrawn', { state: 'withdrawn', openKey: null }, 'Ada Lovelace has withdrawn the request.'],
    ['ended', { expiresAt: new Date(Date.now() - 1000) }, 'The request of Ada Lovelace has ended.'],
    ['accepted before', { state: 'accepted', openKey: null }, 'you are no longer in contact'],
  ] as const)('says that the request is %s, and what to do instead', async (_, row, words) => {
    const { ada, bob, path, sentId, cardOf } = await asked();
    await app.database.getRepository(SentRequest).update(sentId, row);
    for (const page of [await bob.browser.get(path), await bob.browser.post(path)]) {
      expect(page.status).toBe(410);
      expect(visibleText(page)).toContain(words);
      expect(visibleText(page)).toContain('Invite them');
    }
    const visitor = await app.browser().get(path);
    expect(visibleText(visitor)).toContain(words);
    expect(visibleText(visitor)).toContain('Sign in');
    expect(await cardOf(bob, ada)).toBeNull();
  });

  it('says that the sender is no longer there', async () => {
    const { ada, bob, path } = await asked();
    await app.database.getRepository(User).update(ada.user.id, { status: 'deactivated' });
    const page = await bob.browser.post(path);
    expect(page.status).toBe(410);
    expect(visibleText(page)).toContain('cannot be accepted any more');
    expect(visibleText(page)).not.toContain(ada.user.email);
  });

  it('leads to the list while the request itself waits', async () => {
    const { ada, bob, path, link, cardOf } = await asked();
    await app.database.getRepository(OneTimeLink).update(link.id, { withdrawnAt: new Date() });
    const page = await bob.browser.post(path);
    expect(page.status).toBe(410);
    expect(visibleText(page)).toContain('The request of Ada Lovelace still waits');
    expect(page.text).toContain('href="/external-contacts/requests"');
    expect(await cardOf(bob, ada)).toBeNull();
  });

  it('is one nobody made, was made for something else, or is cut', async () => {
    const { bob, path, sentId } = await asked();
    const signUp = await linkOf(bob.user, 'external-signup', sentId, bob.user.email);
    const forged = path.slice(0, -1) + (path.endsWith('A') ? 'B' : 'A');
    const otherwise = `/external-contacts/confirm/${app.get(OneTimeLinks).tokenOf(signUp)}`;
    for (const wrong of [forged, otherwise, path.slice(0, -10), '/external-contacts/confirm/x']) {
      for (const page of [await bob.browser.get(wrong), await bob.browser.post(wrong)]) {
        expect(page.status).toBe(410);
        expect(visibleText(page)).toContain('This link leads nowhere');
        expect(visibleText(page)).not.toContain('Ada Lovelace');
      }
    }
  });

  it('is bound to its request: told of another one it is none of ours', async () => {
    const { bob, path, link, ada, request } = await asked();
    const carla = await app.signedIn();
    const other = await request(carla, bob);
    await app.database.getRepository(OneTimeLink).update(link.id, { subjectId: other.sentId });
    expect((await bob.browser.post(path)).status).toBe(410);
    expect(await app.database.getRepository(ExternalContact).countBy({ ownerId: bob.user.id })).toBe(0);
    expect(ada.user.id).not.toBe(carla.user.id);
  });
});

describe('What stands in the way for now', () => {
  it('leaves link and request as they were', async () => {
    const { ada, bob, harbour, path, link, sentId, sentRow, cardOf } = await asked();
    const settings = app.database.getRepository(AccountSettings);
    await settings.insert({ ...newSettings(harbour.id), allowedDomains: ['partner.example'] });
    const page = await bob.browser.post(path);
    expect(page.status).toBe(409);
    expect(visibleText(page)).toContain(
      'Your company does not allow contact with the domain of Ada Lovelace',
    );
    expect((await sentRow(sentId)).state).toBe('waiting');
    expect(
      (await app.database.getRepository(OneTimeLink).findOneByOrFail({ id: link.id })).usedAt,
    ).toBeNull();
    await settings.update(harbour.id, { allowedDomains: [] });
    expect((await bob.browser.post(path)).status).toBe(303);
    expect(await cardOf(bob, ada)).not.toBeNull();
  });

  it('is told by the page of the feature where that is off', async () => {
    const { ada, bob, harbour, path, cardOf } = await asked();
    const off = { ...harbour.features, 'external-contacts': { allowed: false, on: false } };
    await app.database.getRepository(Account).update(harbour.id, { features: off });
    expect((await bob.browser.get(path)).status).toBe(403);
    expect((await bob.browser.post(path)).status).toBe(403);
    expect(await cardOf(bob, ada)).toBeNull();
  });

  it('is one’s own block of the sender', async () => {
    const { ada, bob, path, receivedId, cardOf } = await asked();
    await bob.browser.post(`/external-contacts/requests/${receivedId}/block`);
    const page = await bob.browser.post(path);
    expect(page.status).toBe(409);
    expect(visibleText(page)).toContain('You have blocked Ada Lovelace.');
    expect(page.text).toContain('href="/external-contacts/blocked"');
    expect(await cardOf(bob, ada)).toBeNull();
  });
});
