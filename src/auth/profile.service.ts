import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OneTimeLinks } from '../accounts/one-time-links.service.js';
import { keysOf } from '../accounts/user-keys.js';
import { User, type Theme } from '../accounts/user.entity.js';
import { newId } from '../database/id.js';
import { inTransaction } from '../database/transaction.js';
import { Conflict, NotFound } from '../errors/domain-error.js';
import { changesBetween } from '../journal/changes.js';
import { Journal } from '../journal/journal.service.js';
import { type TypedPhone } from '../web/phone-typed.js';
import { type SignedIn } from '../web/signed-in.js';
import { type Locale } from '../web/words.js';
import { Passwords } from './passwords.service.js';
import { Sessions } from './sessions.service.js';
import { Throttle } from './throttle.service.js';

export interface Details {
  givenName: string;
  familyName: string;
  workPhone: TypedPhone;
  mobilePhone: TypedPhone;
}

export interface Preferences {
  language: Locale | null;
  theme: Theme;
  timeZone: string | null;
  shortcuts: boolean;
}

const guesses = { limit: 10, windowSeconds: 15 * 60 };

/** What people change about themselves. */
@Injectable()
export class Profiles {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
    private readonly links: OneTimeLinks,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
    private readonly throttle: Throttle,
  ) {}

  async get({ id, accountId }: SignedIn): Promise<User> {
    const user = await this.database.getRepository(User).findOneBy({ id, accountId });
    if (!user) throw new NotFound();
    return user;
  }

  /** Names and telephone numbers, with what they were before. @throws Conflict when somebody else edits at once */
  async saveDetails(me: SignedIn, { givenName, familyName, workPhone, mobilePhone }: Details): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      const before = await manager.findOneBy(User, { id: me.id, accountId: me.accountId });
      if (!before) throw new NotFound();
      const edited = {
        ...{ givenName, familyName },
        ...{ workPhone: workPhone.number, workPhoneTyped: workPhone.typed },
        ...{ mobilePhone: mobilePhone.number, mobilePhoneTyped: mobilePhone.typed },
      };
      // Saved as it was: what the source of a number said stays beside it.
      if (edited.workPhone === before.workPhone) edited.workPhoneTyped = before.workPhoneTyped;
      if (edited.mobilePhone === before.mobilePhone) edited.mobilePhoneTyped = before.mobilePhoneTyped;
      const after = { ...before, ...edited };
      const changes = changesBetween<typeof edited>(before, after, [
        ...([
          'givenName',
          'familyName',
          'workPhone',
          'workPhoneTyped',
          'mobilePhone',
          'mobilePhoneTyped',
        ] as const),
      ]);
      if (!changes) return;
      const { affected } = await manager.update(
        User,
        { id: me.id, accountId: me.accountId, revision: before.revision },
        { ...edited, ...keysOf(after), revision: before.revision + 1, updatedAt: new Date() },
      );
      if (affected !== 1) throw new Conflict('common.error.conflict');
      const { id: subjectId, accountId } = me;
      const batchId = await this.journal.begin(manager, { accountId, actorId: me.id, kind: 'users.edit' });
      await this.journal.record(manager, batchId, accountId, [
        { subjectId, subjectType: 'user', action: 'changed', changes },
      ]);
    });
  }

  /** How Carnet looks and speaks to one person: nothing others see, so no history is kept. */
  async savePreferences({ id, accountId }: SignedIn, preferences: Partial<Preferences>): Promise<void> {
    await this.database.getRepository(User).update({ id, accountId }, preferences);
  }

  /** Of an account of one's own: how a number without country code is read. In a company it changes nothing. */
  async saveRegion({ accountId }: SignedIn, region: string): Promise<void> {
    await this.database.query(`UPDATE accounts SET region = ? WHERE id = ? AND kind = 'personal'`, [
      region,
      accountId,
    ]);
  }

  /** Whether whoever sits here knows it too. @throws TooMany */
  async isMyPassword({ id }: Pick<SignedIn, 'id'>, password: string): Promise<boolean> {
    await this.throttle.hit('password-change', id, guesses);
    if (!(await this.passwords.isPasswordOf(id, password))) return false;
    await this.throttle.clear('password-change', id);
    return true;
  }

  /**
   * @returns false when `current` is not the password; else the new one holds, every other session has ended, and a
   * mail says so. @throws TooMany
   */
  async changePassword(me: SignedIn, current: string, password: string): Promise<boolean> {
    if (!(await this.isMyPassword(me, current))) return false;
    const secret = await this.passwords.hash(password);
    const cause = newId();
    await inTransaction(this.database, async (manager) => {
      await this.passwords.set(manager, me, secret);
      await this.sessions.endOthers(me, manager);
      // A link asked for before (perhaps by somebody who reads the mail) would undo this.
      await this.links.withdraw(manager, me.accountId, [me.id], 'password-reset');
      await this.passwords.tellChanged(manager, me.id, cause);
    });
    return true;
  }
}
