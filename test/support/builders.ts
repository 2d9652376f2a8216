import { hash } from '@node-rs/argon2';
import { type DataSource } from 'typeorm';
import { Account } from '../../src/accounts/account.entity.js';
import { Credential } from '../../src/accounts/credential.entity.js';
import { newAccountFeatures } from '../../src/accounts/features.js';
import { SignInAddress } from '../../src/accounts/sign-in-address.entity.js';
import { User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { someAddress, type Browser } from './browser.js';

/** The password of everybody the builders make. */
export const PASSWORD = 'seven calm green bicycles';
let passwordHash: string | undefined;
/**
 * A hash carries its own cost, and checking it costs as much: the thousand sign-ins of a run are cheap without a
 * setting of the product. What the product hashes itself has the product's cost, in tests too.
 */
const cheap = { memoryCost: 1024, timeCost: 1, parallelism: 1 };

/** Save valid rows; a test states only what it is about. */
export abstract class Builders {
  constructor(readonly database: DataSource) {}

  abstract browser(): Browser;

  async anAccount(fields: Partial<Account> = {}): Promise<Account> {
    const account = this.database.getRepository(Account).create({
      id: newId(),
      kind: 'company',
      name: 'Atelier Nord',
      region: 'FR',
      language: 'en',
      timeZone: 'Europe/Paris',
      features: newAccountFeatures(),
      rolesRevision: 0,
      settingsRevision: 0,
      restrictedGroups: 0,
      createdAt: new Date(),
      closedAt: null,
      ...fields,
    });
    await this.database.getRepository(Account).insert(account);
    return account;
  }

  /** An active member who can sign in, unless said otherwise; counted in the account's counters. */
  async aUser({ account, ...fields }: Partial<User> & { account?: Account } = {}): Promise<User> {
    const accountId = fields.accountId ?? account?.id ?? (await this.anAccount()).id;
    const now = new Date();
    const user = this.database
      .getRepository(User)
      .create({
        id: newId(),
        accountId,
        email: someAddress(),
        liveKey: 1,
        status: 'active',
        role: 'member',
        type: 'basic',
        givenName: 'Ada',
        familyName: 'Lovelace',
        department: null,
        jobTitle: null,
        location: null,
        managerId: null,
        workPhone: null,
        mobilePhone: null,
        extension: null,
        features: null,
        language: null,
        theme: 'system',
        shortcuts: true,
        restricted: false,
        revision: 1,
        createdAt: now,
        updatedAt: now,
        activatedAt: now,
        ...fields,
      })
      .rekey();
    await this.database.getRepository(User).insert(user);
    await this.database.query(
      'INSERT INTO user_counters (accountId, status, people) VALUES (?, ?, 1) ON DUPLICATE KEY UPDATE people = people + 1',
      [accountId, user.status],
    );
    if (user.status === 'active') await this.giveSignIn(user);
    return user;
  }

  /** Somebody signed in, by the sign-in page. */
  async signedIn(
    fields: Partial<User> & { account?: Account } = {},
  ): Promise<{ user: User; account: Account; browser: Browser }> {
    const account = fields.account ?? (await this.anAccount());
    const user = await this.aUser({ ...fields, account });
    return { user, account, browser: await this.browserOf(user) };
  }

  async browserOf(user: User): Promise<Browser> {
    const browser = this.browser();
    const answer = await browser.signIn(user.email, PASSWORD);
    if (answer.status !== 303)
      throw new Error(`Signing in answered ${answer.status}: ${answer.text.slice(0, 500)}`);
    return browser;
  }

  private async giveSignIn(user: User): Promise<void> {
    passwordHash ??= await hash(PASSWORD, cheap);
    const { accountId, id: userId } = user;
    await this.database.getRepository(SignInAddress).insert({ address: user.email, accountId, userId });
    await this.database.getRepository(Credential).insert({
      id: newId(),
      accountId,
      userId,
      kind: 'password',
      secret: passwordHash,
      changedAt: new Date(),
    });
  }
}
