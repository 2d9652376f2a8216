import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../config/limits.js';
import { type Id } from '../database/id.js';
import { inTransaction } from '../database/transaction.js';
import { Conflict, Forbidden, Gone } from '../errors/domain-error.js';
import { noFacts, operator } from '../journal/actor.js';
import { Journal } from '../journal/journal.service.js';
import { Mails } from '../mail/mails.service.js';
import { withdrawAddressChanges } from './address-change-rows.js';
import { type Account } from './account.entity.js';
import { Accounts, raiseRolesRevision } from './accounts.service.js';
import { moveCounters } from './counters.service.js';
import { erasing } from './erasure-rows.js';
import { AccountEvents } from './events.js';
import { type OneTimeLink } from './one-time-link.entity.js';
import { OneTimeLinks } from './one-time-links.service.js';
import { lockPeople } from './people-rows.js';
import { User } from './user.entity.js';

/** A closed account as the holder of the link in its mail sees it. */
export interface Reopening {
  link: OneTimeLink;
  state: 'open' | 'used' | 'ended' | 'withdrawn';
  email: string;
}

/** When a person closed at `closedAt` is erased for good. */
function closingEnd(closedAt: Date): Date {
  return new Date(closedAt.getTime() + limits.restoreDays * 86_400_000);
}

/**
 * The end of accounts of one person. Closed by that person, the account is as the bin of a company: its person is
 * `erased`, others see somebody who is gone, and for 30 days it opens again by signing in or by the link of a mail; then
 * `Erasures` erases the person for good, and the address is free. Closed by the operator or by moving to a company
 * (`closedAt`), nothing opens it again.
 */
@Injectable()
export class PersonalAccounts implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly accounts: Accounts,
    private readonly journal: Journal,
    private readonly links: OneTimeLinks,
    private readonly mails: Mails,
    private readonly events: AccountEvents,
  ) {}

  onModuleInit(): void {
    this.events.erased.subscribe(({ manager, accountId }) => this.forget(manager, accountId));
  }

  /**
   * Closes one's own account. @returns when it is erased for good
   * @throws Forbidden for people of a company; Conflict when it is closed already
   */
  async close({ id, accountId }: { id: Id; accountId: Id }): Promise<Date> {
    return inTransaction(this.database, async (manager) => {
      await raiseRolesRevision(manager, accountId);
      const account = await this.accounts.get(accountId, manager);
      if (account.kind !== 'personal') throw new Forbidden('account-closing.company');
      const [user] = await lockPeople(manager, accountId, [id], 'active');
      if (!user) throw new Conflict('account-closing.closed-already');
      const end = await this.putAway(manager, user, id);
      const link = await this.links.create(manager, {
        ...{ accountId, userId: id, purpose: 'account-reopen', expiresAt: end },
      });
      await this.mails.write(manager, {
        ...{ accountId, userId: id, toAddress: user.email, toName: user.displayName },
        ...{ template: 'account-closed', language: user.language ?? account.language, linkId: link.id },
        values: { until: end.getTime(), timeZone: user.timeZone ?? account.timeZone },
        onceKey: `account-closed ${link.id}`,
      });
      return end;
    });
  }

  /** Closes a personal account for good, by the operator: nobody opens it again, and its person is erased in 30 days. */
  async closeForGood(manager: EntityManager, { id: accountId, name }: Account): Promise<void> {
    await manager.query('UPDATE accounts SET closedAt = UTC_TIMESTAMP(3) WHERE id = ?', [accountId]);
    const [user] = await manager.findBy(User, { accountId, status: 'active', liveKey: 1 });
    if (user) await this.putAway(manager, user, null);
    await manager.query('DELETE FROM sign_in_addresses WHERE accountId = ?', [accountId]);
    await this.journal.audit(manager, operator(accountId), noFacts, {
      ...{ action: 'account.close', targetType: 'account', targetId: accountId, targetName: name },
    });
  }

  /**
   * Closes what somebody leaves who moved to a company, in that transaction: the address is the company's person's by
   * then, and what was kept here has moved.
   */
  async leave(manager: EntityManager, user: User): Promise<void> {
    await manager.query('UPDATE accounts SET closedAt = UTC_TIMESTAMP(3) WHERE id = ?', [user.accountId]);
    await manager.query('DELETE FROM credentials WHERE userId = ?', [user.id]);
    await this.putAway(manager, user, user.id);
  }

  /** @returns whether it is open (again); false when its 30 days are over, or it was closed for good */
  async reopen(person: { id: Id; accountId: Id }): Promise<boolean> {
    return inTransaction(this.database, (manager) => this.reopenIn(manager, person));
  }

  /** What a token stands for; null for one that is none of ours, or whose person is gone. */
  async find(token: string): Promise<Reopening | null> {
    const link = await this.links.find(token, 'account-reopen');
    if (!link) return null;
    const [user] = await this.database.query<{ email: string; status: string }[]>(
      `SELECT u.email, u.status FROM users u JOIN accounts a ON a.id = u.accountId
       WHERE u.id = ? AND u.accountId = ? AND u.liveKey = 1 AND a.closedAt IS NULL`,
      [link.userId, link.accountId],
    );
    if (!user) return null;
    const state = this.links.stateOf(link);
    // Opened by signing in: the link has nothing left to do.
    return { link, email: user.email, state: state === 'open' && user.status === 'active' ? 'used' : state };
  }

  /** By the link of the mail. @throws Gone when it was used, or the account is open or erased */
  async reopenBy({ link }: Reopening): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      if (!(await this.links.use(manager, link))) throw new Gone('account-closing.ended-used');
      const open = await this.reopenIn(manager, { id: link.userId, accountId: link.accountId });
      if (!open) throw new Gone('account-closing.ended-over');
    });
  }

  private async reopenIn(
    manager: EntityManager,
    { id, accountId }: { id: Id; accountId: Id },
  ): Promise<boolean> {
    await raiseRolesRevision(manager, accountId);
    const [user] = await lockPeople(manager, accountId, [id], 'active', 'erased');
    const { affectedRows: open } = await manager.query<{ affectedRows: number }>(
      `UPDATE accounts SET rolesRevision = rolesRevision + 1
       WHERE id = ? AND kind = 'personal' AND closedAt IS NULL`,
      [accountId],
    );
    if (!user || open !== 1) return false;
    // Of two who sign in at once the second finds it open.
    if (user.status === 'active') return true;
    if (closingEnd(user.deletedAt ?? new Date(0)) <= new Date()) return false;
    await manager.query(
      `UPDATE users SET status = 'active', deletedAt = NULL, updatedAt = UTC_TIMESTAMP(3), revision = revision + 1
       WHERE id = ?`,
      [id],
    );
    await this.links.withdraw(manager, accountId, [id], 'account-reopen');
    await this.note(manager, user, id, 'users.erase-restore', ['erased', 'active']);
    await moveCounters(manager, accountId, { from: 'erased', to: 'active', people: 1 });
    // Whoever wrote to the address meanwhile waits for an answer.
    await this.events.addressTaken.tell({ manager, accountId, userId: id, address: user.email });
    return true;
  }

  /** @param actorId null: the operator. @returns when the person is erased for good */
  private async putAway(manager: EntityManager, user: User, actorId: Id | null): Promise<Date> {
    const { id, accountId } = user;
    const now = new Date();
    await manager.update(
      User,
      { id },
      { status: 'erased', deletedAt: now, updatedAt: now, revision: user.revision + 1 },
    );
    await this.links.withdraw(manager, accountId, [id], 'password-reset');
    await withdrawAddressChanges(manager, accountId, [id]);
    await this.note(manager, user, actorId, erasing.kind, [user.status, 'erased']);
    await this.events.accessEnded.tell({ manager, accountId, userIds: [id], reason: 'erased' });
    await moveCounters(manager, accountId, { from: user.status, to: 'erased', people: 1 });
    return closingEnd(now);
  }

  private async note(
    manager: EntityManager,
    { id, accountId }: User,
    actorId: Id | null,
    kind: string,
    status: [before: string, after: string],
  ): Promise<void> {
    const batchId = await this.journal.begin(manager, { accountId, actorId, kind });
    await this.journal.record(manager, batchId, accountId, [
      { subjectId: id, subjectType: 'user', action: 'changed', changes: { status } },
    ]);
  }

  /** The person is erased for good: what is left of the account names nobody and opens to nobody. */
  private async forget(manager: EntityManager, accountId: Id): Promise<void> {
    await manager.query(
      `UPDATE accounts SET name = '', closedAt = COALESCE(closedAt, UTC_TIMESTAMP(3))
       WHERE id = ? AND kind = 'personal'`,
      [accountId],
    );
    // The line its closing by the operator wrote holds the name too.
    await manager.query(
      `UPDATE audit_entries SET targetName = NULL
       WHERE accountId = ? AND targetType = 'account' AND EXISTS (
         SELECT 1 FROM accounts a WHERE a.id = audit_entries.accountId AND a.kind = 'personal')`,
      [accountId],
    );
  }
}
