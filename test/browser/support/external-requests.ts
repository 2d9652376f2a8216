import { OneTimeLinks } from '../../../src/accounts/one-time-links.service.js';
import { type User } from '../../../src/accounts/user.entity.js';
import { ReceivedRequest, SentRequest } from '../../../src/external-contacts/external-request.entities.js';
import { type Locale } from '../../../src/web/words.js';
import { betweenPeople, type Asked, type Somebody } from '../../external-contacts/two-companies.js';
import { type TestApp } from '../../support/app.js';

/** Requests to somebody, in each of their states; paths of the links of their mails. */
export interface ReceivedPages {
  confirm: string;
  withdrawn: string;
  /** Of the other language's reader. */
  other: string;
}

/** Names as they come, messages of several lines and of one endless word, an address that looks like another. */
const senders = [
  ['Jean-François', 'du Châtelet de la Rochefoucauld-Montbéliard', 'Bonjour,\nnous nous sommes vus à Köln.'],
  ['Văn Hùng', 'Nguyễn', 'ichbineinsehrlangeswort'.repeat(8)],
  ['敏', '司马', null],
  ['Łukasz', 'Żak', null],
  ['Søren', 'Nygård', null],
  ['Zoé', 'Œuvrard', 'À bientôt !'],
] as const;

export async function receivedRequests(
  app: TestApp,
  readers: Record<Locale, User>,
): Promise<Record<Locale, ReceivedPages>> {
  const account = await app.anAccount({ name: 'Menuiserie du Châtelet & fils' });
  const asking: Somebody[] = [];
  for (const [givenName, familyName] of senders) {
    const user = await app.aUser({ account, givenName, familyName });
    asking.push({ user, account, browser: app.browser() });
  }
  const en = await requestsOf(app, asking, readers.en);
  const fr = await requestsOf(app, asking, readers.fr);
  return { en: { ...en, other: fr.confirm }, fr: { ...fr, other: en.confirm } };
}

async function requestsOf(
  app: TestApp,
  asking: Somebody[],
  reader: User,
): Promise<Omit<ReceivedPages, 'other'>> {
  const to = { user: reader, account: asking[0].account, browser: app.browser() };
  const asked: Asked[] = [];
  for (const [place, from] of asking.entries()) {
    const message = senders[place][2];
    const senderAddress = place === 1 ? 'pay@xn--pple-43d.example' : from.user.email;
    asked.push(await betweenPeople(app).request(from, to, { message, senderAddress }));
  }
  for (const [place, state] of [
    [3, 'declined'],
    [4, 'withdrawn'],
  ] as const) {
    const answered = { state, answeredAt: new Date() };
    const { sentId, receivedId } = asked[place];
    await app.database.getRepository(SentRequest).update(sentId, { ...answered, openKey: null });
    await app.database.getRepository(ReceivedRequest).update(receivedId, answered);
  }
  const browser = await app.browserOf(reader);
  await browser.post(`/external-contacts/requests/${asked[5].receivedId}/block`);
  return {
    confirm: await confirmPath(app, reader, asked[0].sentId),
    withdrawn: await confirmPath(app, reader, asked[4].sentId),
  };
}

async function confirmPath(
  app: TestApp,
  { id: userId, accountId, email: address }: User,
  subjectId: string,
): Promise<string> {
  const links = app.get(OneTimeLinks);
  const link = await links.create(app.database.manager, {
    ...{ userId, accountId, address, subjectId, purpose: 'external-confirm' },
    expiresAt: new Date(Date.now() + 86_400_000),
  });
  return links.pathOf(link);
}
