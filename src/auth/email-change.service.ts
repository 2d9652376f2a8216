import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AddressChanges } from '../accounts/address-changes.service.js';
import { companySql } from '../accounts/accounts.service.js';
import { AccountEvents } from '../accounts/events.js';
import { type OneTimeLink } from '../accounts/one-time-link.entity.js';
import { OneTimeLinks } from '../accounts/one-time-links.service.js';
import { SignInAddress } from '../accounts/sign-in-address.entity.js';
import { keysOf, User } from '../accounts/user.entity.js';
import { newId } from '../database/id.js';
import { inTransaction, isDuplicate } from '../database/transaction.js';
import { Conflict, Gone } from '../errors/domain-error.js';
import { type ActFacts } from '../journal/actor.js';
import { type Changes } from '../journal/journal.entities.js';
import { Journal } from '../journal/journal.service.js';
import { Mails } from '../mail/mails.service.js';
import { type SignedIn } from '../web/signed-in.js';
import { Passwords } from './passwords.service.js';
import { Sessions } from './sessions.service.js';
import { Throttle } from './throttle.service.js';

/** A change of address as the holder of its link sees it. */
export interface EmailChange {
  link: OneTimeLink;
  state: 'open' | 'used' | 'ended' | 'withdrawn';
  /** The new one. */
  address: string;
  name: string;
  company: string;
  /** What stands in its way; told to the holder of the link alone. */
  held: 'elsewhere' | 'in-company' | null;
}

const guesses = { limit: 10, windowSeconds: 15 * 60 };
/** Mails a person can have sent to addresses they type. */
const wishes = { limit: 5, windowSeconds: 60 * 60 };

/** A person's own wish for another address, and the confirmation by whoever holds the new one. */
@Injectable()
export class EmailChanges {
  constructor(
    private readonly database: DataSource,
    private readonly changes: AddressChanges,
    private readonly events: AccountEvents,
    private readonly links: OneTimeLinks,
    private readonly journal: Journal,
    private readonly mails: Mails,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
    private readonly throttle: Throttle,
  ) {}

  /** @returns false when `password` is not theirs. @throws Refused accounts.address-same, TooMany */
  async ask(me: SignedIn, facts: ActFacts, address: string, password: string): Promise<boolean> {
    await this.throttle.hit('password-change', me.id, guesses);
    if (!(await this.passwords.isPasswordOf(me.id, password))) return false;
    await this.throttle.clear('password-change', me.id);
    await this.throttle.hit('address-change', me.id, wishes);
    await this.changes.ask(me, facts, me.id, address);
    return true;
  }

  /** Writes to the new address once more. @throws Conflict when nothing waits, TooMany */
  async resend(me: SignedIn, facts: ActFacts): Promise<{ email: string }> {
    await this.throttle.hit('address-change', me.id, wishes);
    return this.changes.resend(me, facts, me.id);
  }

  /** What a token stands for; null for one that is none of ours, or whose person is gone. */
  async find(token: string): Promise<EmailChange | null> {
    const link = await this.links.find(token, 'email-change');
    if (!link?.address) return null;
    const [row] = await this.database.query<FoundRow[]>(
      `SELECT u.givenName, u.familyName, u.email, u.status, ${companySql} AS company, s.userId AS holderId,
              n.id AS namesakeId
       FROM users u JOIN accounts a ON a.id = u.accountId
       LEFT JOIN sign_in_addresses s ON s.address = ? AND s.userId <> u.id
       LEFT JOIN users n ON n.accountId = u.accountId AND n.email = ? AND n.liveKey = 1 AND n.id <> u.id
       WHERE u.id = ? AND u.accountId = ? AND u.liveKey = 1 AND a.closedAt IS NULL`,
      [link.address, link.address, link.userId, link.accountId],
    );
    if (!row) return null;
    const state = this.links.stateOf(link);
    const withdrawn = state === 'open' && !['active', 'deactivated'].includes(row.status);
    return {
      ...{ link, address: link.address, company: row.company },
      state: withdrawn ? 'withdrawn' : state,
      name: `${row.givenName} ${row.familyName}`.trim(),
      held: row.namesakeId !== null ? 'in-company' : row.holderId !== null ? 'elsewhere' : null,
    };
  }

  /**
   * From now on the person signs in with the new address; of two at once one wins. Their sessions end, but for the one
   * that confirmed, and the old address is told.
   * @param browser the session of this browser, if anybody is signed in
   * @throws Gone when the link was used or withdrawn meanwhile; Conflict (`auth.email-change.elsewhere-title`,
   *   `…in-company-title`) when somebody else has the address by now: the link then stays open
   */
  async confirm(
    { link, address }: EmailChange,
    facts: ActFacts,
    browser: SignedIn | undefined,
  ): Promise<void> {
    const cause = newId();
    await inTransaction(this.database, async (manager) => {
      if (!(await this.links.use(manager, link))) throw new Gone('auth.ended.email-used');
      const user = await this.move(manager, link, address);
      if (browser?.id === user.id) await this.sessions.endOthers(browser, manager);
      else await this.sessions.endAll(manager, user.id);
      await this.links.withdraw(manager, user.accountId, [user.id], 'password-reset');
      await this.links.withdraw(manager, user.accountId, [user.id], 'email-change');
      await this.note(manager, facts, user, { email: [user.email, address] });
      await this.tellOld(manager, user, address, cause);
    });
  }

  /** @returns the person as they were */
  private async move(manager: EntityManager, link: OneTimeLink, address: string): Promise<User> {
    const { accountId, userId } = link;
    const [user] = await manager.find(User, {
      where: { id: userId, accountId, liveKey: 1 },
      lock: { mode: 'pessimistic_write' },
    });
    if (!user || (user.status !== 'active' && user.status !== 'deactivated'))
      throw new Gone('auth.ended.email-withdrawn');
    try {
      await manager.update(
        User,
        { id: userId },
        {
          ...{ email: address, searchKey: keysOf({ ...user, email: address }).searchKey },
          ...{ updatedAt: new Date(), revision: () => 'revision + 1' },
        },
      );
    } catch (error) {
      if (isDuplicate(error, 'uq_users_email')) throw new Conflict('auth.email-change.in-company-title');
      throw error;
    }
    try {
      // Somebody who was deactivated before they ever signed in has claimed no address yet.
      const { affected } = await manager.update(SignInAddress, { userId, address: user.email }, { address });
      // What the operator finds an account of one person by.
      await manager.query(`UPDATE accounts SET name = ? WHERE id = ? AND kind = 'personal'`, [
        address,
        accountId,
      ]);
      if (affected === 1) await this.events.addressTaken.tell({ manager, accountId, userId, address });
    } catch (error) {
      if (isDuplicate(error)) throw new Conflict('auth.email-change.elsewhere-title');
      throw error;
    }
    return user;
  }

  private async note(manager: EntityManager, facts: ActFacts, user: User, changes: Changes): Promise<void> {
    const { id, accountId, displayName, role } = user;
    const batchId = await this.journal.begin(manager, {
      accountId,
      actorId: id,
      kind: 'users.address-confirm',
    });
    await this.journal.record(manager, batchId, accountId, [
      { subjectId: id, subjectType: 'user', action: 'changed', changes },
    ]);
    await this.journal.audit(manager, { id, accountId, displayName, role }, facts, {
      ...{
        action: 'users.address-confirm',
        targetType: 'user',
        targetId: id,
        targetName: displayName,
        batchId,
      },
      details: { ...changes },
    });
  }

  private async tellOld(manager: EntityManager, user: User, address: string, cause: string): Promise<void> {
    const [account] = await manager.query<{ name: string; language: 'en' | 'fr'; timeZone: string }[]>(
      `SELECT IF(kind = 'personal', '', name) AS name, language, timeZone FROM accounts WHERE id = ?`,
      [user.accountId],
    );
    await this.mails.write(manager, {
      ...{ accountId: user.accountId, userId: user.id, toAddress: user.email, toName: user.displayName },
      ...{ template: 'email-changed', language: user.language ?? account.language },
      values: {
        ...{ company: account.name, address, at: Date.now() },
        timeZone: user.timeZone ?? account.timeZone,
      },
      onceKey: `email-changed ${cause}`,
    });
  }
}

interface FoundRow {
  givenName: string;
  familyName: string;
  email: string;
  status: string;
  company: string;
  holderId: string | null;
  namesakeId: string | null;
}
