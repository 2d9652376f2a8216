import { type Account } from '../../../src/accounts/account.entity.js';
import { OneTimeLinks } from '../../../src/accounts/one-time-links.service.js';
import { PersonalAccounts } from '../../../src/accounts/personal-accounts.service.js';
import { OneTimeLink, type LinkPurpose } from '../../../src/accounts/one-time-link.entity.js';
import { type User } from '../../../src/accounts/user.entity.js';
import { type Id } from '../../../src/database/id.js';
import { inTransaction } from '../../../src/database/transaction.js';
import { type Locale } from '../../../src/web/words.js';
import { inviteOutside } from '../../external-contacts/inviting-outside.js';
import { type TestApp } from '../../support/app.js';
import { someAddress } from '../../support/browser.js';

/** Accounts of one person, and the links that lead into, between and back to them. */
export interface Alone {
  /** One of each language, with a contact of their own; a company has invited each. */
  people: Record<Locale, User>;
  /** Paths of links: to sign up, one withdrawn, one of an address that signs somebody in. */
  signUp: string;
  signUpWithdrawn: string;
  signUpTaken: string;
  /** To move to that company. */
  moving: Record<Locale, string>;
  /** Back to a closed account. */
  reopen: string;
}

export async function personalAccounts(app: TestApp): Promise<Alone> {
  const account = await app.anAccount({ name: 'Menuiserie du Châtelet & fils' });
  const host = { user: await app.aUser({ account, role: 'owner' }), account, browser: app.browser() };
  const message = 'Nous nous sommes rencontrés au salon de Köln.\nJe serais heureuse de garder le contact !';
  const withdrawn = await inviteOutside(app, host);
  await app.database.query(
    `UPDATE external_requests_sent SET state = 'withdrawn', openKey = NULL WHERE id = ?`,
    [withdrawn.requestId],
  );
  const taken = await inviteOutside(app, host);
  await aPerson(app, 'en', { email: taken.address });
  const closed = await aPerson(app, 'en', {});
  await app.get(PersonalAccounts).close(closed);
  const people = { en: await aPerson(app, 'en', {}), fr: await aPerson(app, 'fr', {}) };
  for (const person of Object.values(people))
    await (await app.browserOf(person)).post('/personal-contacts', { displayName: 'Łukasz Żak' });
  return {
    people,
    signUp: (await inviteOutside(app, host, { message })).signUp,
    ...{ signUpWithdrawn: withdrawn.signUp, signUpTaken: taken.signUp },
    moving: { en: await inviting(app, account, people.en), fr: await inviting(app, account, people.fr) },
    reopen: await linkOf(app, closed.id, 'account-reopen'),
  };
}

async function aPerson(app: TestApp, language: Locale, fields: Partial<User>): Promise<User> {
  const email = fields.email ?? someAddress('maximilienne');
  const account = await app.anAccount({ kind: 'personal', name: email, language });
  return app.aUser({
    ...{ account, role: 'owner', givenName: 'Maximilienne', familyName: 'de La Rochefoucauld' },
    ...{ ...fields, email },
  });
}

/** The company invites the address of somebody who has an account of their own. */
async function inviting(app: TestApp, account: Account, { email, language }: User): Promise<string> {
  const { id: userId } = await app.aUser({ account, email, language, status: 'pending' });
  const links = app.get(OneTimeLinks);
  const link = await inTransaction(app.database, (manager) =>
    links.create(manager, {
      ...{ accountId: account.id, userId, purpose: 'activation' },
      expiresAt: new Date(Date.now() + 86_400_000),
    }),
  );
  return links.pathOf(link);
}

async function linkOf(app: TestApp, userId: Id, purpose: LinkPurpose): Promise<string> {
  const link = await app.database.getRepository(OneTimeLink).findOneByOrFail({ userId, purpose });
  return app.get(OneTimeLinks).pathOf(link);
}
