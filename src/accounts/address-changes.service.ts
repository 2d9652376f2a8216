import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, In, IsNull, MoreThan, type EntityManager } from 'typeorm';
import { newId, type Id } from '../database/id.js';
import { inTransaction, isDuplicate } from '../database/transaction.js';
import { Conflict, Forbidden, NotFound, Refused } from '../errors/domain-error.js';
import { Jobs, type Task } from '../jobs/jobs.service.js';
import { type ActFacts, type Actor } from '../journal/actor.js';
import { Journal } from '../journal/journal.service.js';
import { type Changes } from '../journal/journal.entities.js';
import { Mails, type NewMail } from '../mail/mails.service.js';
import { type Account } from './account.entity.js';
import { Accounts, companyOf } from './accounts.service.js';
import {
  addressChangeEnd,
  insertLinks,
  newAddressChange,
  renewActivationLinks,
  SEND_ADDRESS_CHANGES,
  SEND_NEW_INVITATIONS,
  withdrawAddressChanges,
  type SendAddressChanges,
  type SendNewInvitations,
} from './address-change-rows.js';
import { InvitationMails } from './invitation-mails.service.js';
import { OneTimeLink } from './one-time-link.entity.js';
import { auditPeople, knownAddresses, lockPeople, mayChange, OWNER_ONLY } from './people-rows.js';
import { keysOf, statuses, User } from './user.entity.js';

/** What became of a wish: `asked`: waits for the new address; `changed`: at once, a pending person invited anew. */
export type AddressChanged = 'asked' | 'changed';

/** What the journal and the audit log call each act. */
const acts = {
  changed: { kind: 'users.address-change' },
  asked: { kind: 'users.address-ask' },
  cancelled: { kind: 'users.address-cancel' },
} as const;

/**
 * Another address to sign in with. Whoever can sign in (or could before they were deactivated) keeps the old one
 * until the new one has confirmed, for it is claimed on the whole installation: nobody takes an address by typing it.
 * A pending person has claimed none yet, so theirs changes at once and is invited anew.
 */
@Injectable()
export class AddressChanges implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly accounts: Accounts,
    private readonly journal: Journal,
    private readonly jobs: Jobs,
    private readonly mails: Mails,
    private readonly invitationMails: InvitationMails,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<SendAddressChanges>(SEND_ADDRESS_CHANGES, (payload, task) => this.sendOf(payload, task));
    this.jobs.handle<SendNewInvitations>(SEND_NEW_INVITATIONS, (payload, task) =>
      this.inviteAnew(payload, task),
    );
  }

  /** What waits for a person's new address, also when its 24 hours are over; null when nothing does. */
  async waiting(accountId: Id, userId: Id): Promise<OneTimeLink | null> {
    return this.database.getRepository(OneTimeLink).findOne({
      where: { accountId, userId, purpose: 'email-change', usedAt: IsNull(), withdrawnAt: IsNull() },
      order: { id: 'DESC' },
    });
  }

  /**
   * Wishes for another address, by an administrator or the person; a newer wish takes the older back.
   * @param address normalised
   * @throws NotFound; Forbidden for an admin at an owner; Refused accounts.address-same; for somebody else's wish
   *   Conflict accounts.already-… with `id`. A person's own wish learns nothing of who else is in the company:
   *   the holder of the new address does, once it confirms.
   */
  async ask(actor: Actor, facts: ActFacts, userId: Id, address: string): Promise<AddressChanged> {
    try {
      return await inTransaction(this.database, (manager) =>
        this.askIn(manager, actor, facts, userId, address),
      );
    } catch (error) {
      if (isDuplicate(error, 'uq_users_email'))
        throw new Conflict('accounts.already-pending', { email: address });
      throw error;
    }
  }

  /** Takes the wish back. @throws Conflict accounts.address-change-over when none waits any more */
  async cancel(actor: Actor, facts: ActFacts, userId: Id): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      const user = await this.lock(manager, actor, userId);
      const [link] = await this.waitingIn(manager, user);
      const withdrawn = await withdrawAddressChanges(manager, actor.accountId, [userId]);
      if (withdrawn === 0 || !link) throw new Conflict('accounts.address-change-over');
      await this.note(manager, actor, facts, user, acts.cancelled, { newAddress: [link.address, null] });
    });
  }

  /** Writes to the new address once more; the 24 hours begin anew. @throws Conflict accounts.address-change-over */
  async resend(actor: Actor, facts: ActFacts, userId: Id): Promise<{ email: string }> {
    return inTransaction(this.database, async (manager) => {
      const user = await this.lock(manager, actor, userId);
      const [link] = await this.waitingIn(manager, user);
      if (!link) throw new Conflict('accounts.address-change-over');
      const account = await this.accounts.get(actor.accountId, manager);
      const renewed = { ...link, expiresAt: addressChangeEnd(new Date()) };
      await manager.update(OneTimeLink, { id: link.id }, { expiresAt: renewed.expiresAt });
      const [toNew] = this.mailsOf(account, user, renewed, askedBy(actor, user), newId());
      await this.mails.writeMany(manager, toNew ? [toNew] : []);
      const email = link.address ?? '';
      await auditPeople(this.journal, manager, actor, facts, {
        ...{ action: 'users.address-resend', people: [user] },
        details: { newAddress: email },
      });
      return { email };
    });
  }

  private async askIn(
    manager: EntityManager,
    actor: Actor,
    facts: ActFacts,
    userId: Id,
    address: string,
  ): Promise<AddressChanged> {
    const { accountId } = actor;
    const account = await this.accounts.get(accountId, manager);
    const user = await this.lock(manager, actor, userId);
    if (user.email === address) throw new Refused('accounts.address-same');
    const [known] = actor.id === userId ? [] : await knownAddresses(manager, accountId, [address]);
    if (known) throw new Conflict(`accounts.already-${known.status}`, { email: known.email, id: known.id });
    if (user.status === 'pending') {
      await this.changePending(manager, actor, facts, account, user, address);
      return 'changed';
    }
    await withdrawAddressChanges(manager, accountId, [userId]);
    const link = newAddressChange(user, address, new Date());
    await insertLinks(manager, [link]);
    await this.note(manager, actor, facts, user, acts.asked, { newAddress: [null, address] });
    await this.mails.writeMany(manager, this.mailsOf(account, user, link, askedBy(actor, user)));
    return 'asked';
  }

  private async changePending(
    manager: EntityManager,
    actor: Actor,
    facts: ActFacts,
    account: Account,
    user: User,
    address: string,
  ): Promise<void> {
    const now = new Date();
    await manager.update(
      User,
      { id: user.id },
      {
        ...{ email: address, searchKey: keysOf({ ...user, email: address }).searchKey },
        ...{ invitedAt: now, updatedAt: now, revision: () => 'revision + 1' },
      },
    );
    const [link] = await renewActivationLinks(manager, [user], now);
    const changes: Changes = { email: [user.email, address] };
    const batchId = await this.note(manager, actor, facts, user, acts.changed, changes);
    const inviter = actor.id === null ? null : actor.displayName;
    const invited = { ...user, email: address, linkId: link?.id ?? '' };
    await this.mails.write(manager, this.invitationMails.mailTo(invited, account, inviter, batchId));
  }

  /** @throws NotFound, Forbidden for an admin at an owner; people may always change their own */
  private async lock(manager: EntityManager, actor: Actor, userId: Id): Promise<User> {
    const [user] = await lockPeople(manager, actor.accountId, [userId], ...statuses);
    if (!user) throw new NotFound('accounts.user-not-found');
    if (actor.id !== userId && !mayChange(actor, user)) throw new Forbidden(OWNER_ONLY);
    return user;
  }

  private waitingIn(manager: EntityManager, { id, accountId }: User): Promise<OneTimeLink[]> {
    return manager.find(OneTimeLink, {
      where: { accountId, userId: id, purpose: 'email-change', usedAt: IsNull(), withdrawnAt: IsNull() },
      order: { id: 'DESC' },
      take: 1,
    });
  }

  private async note(
    manager: EntityManager,
    actor: Actor,
    facts: ActFacts,
    user: User,
    { kind }: { kind: string },
    changes: Changes,
  ): Promise<Id> {
    const { accountId } = actor;
    const batchId = await this.journal.begin(manager, { accountId, actorId: actor.id, kind });
    await this.journal.record(manager, batchId, accountId, [
      { subjectId: user.id, subjectType: 'user', action: 'changed', changes },
    ]);
    const details = { ...changes };
    await auditPeople(this.journal, manager, actor, facts, {
      action: kind,
      people: [user],
      batchId,
      details,
    });
    return batchId;
  }

  /** To the new address, to confirm; to the old one, to know. @param sending tells one sending from the next */
  private mailsOf(
    account: Account,
    user: User,
    link: OneTimeLink,
    by: string | null,
    sending: Id = link.id,
  ): NewMail[] {
    const address = link.address ?? '';
    const shared = {
      ...{ accountId: account.id, userId: user.id, toName: user.displayName },
      language: user.language ?? account.language,
    };
    const values = {
      ...{ company: companyOf(account), timeZone: user.timeZone ?? account.timeZone, address },
      ...(by === null ? {} : { by }),
    };
    return [
      {
        ...shared,
        ...{ toAddress: address, template: 'email-change', values, linkId: link.id },
        onceKey: `email-change ${link.id} ${sending}`,
      },
      {
        ...shared,
        ...{ toAddress: user.email, template: 'email-change-notice' },
        values: { ...values, until: link.expiresAt.getTime() },
        onceKey: `email-change-notice ${link.id}`,
      },
    ];
  }

  /** Done again after a crash: a mail that is written is written once. */
  private async sendOf({ accountId, batchId, linkIds }: SendAddressChanges, task: Task): Promise<void> {
    const account = await this.accounts.get(accountId);
    const by = await this.invitationMails.inviterOf(batchId);
    await inTransaction(this.database, async (manager) => {
      await task.extend(manager);
      const links = await manager.findBy(OneTimeLink, {
        ...{ id: In(linkIds), accountId, purpose: 'email-change' },
        ...{ usedAt: IsNull(), withdrawnAt: IsNull(), expiresAt: MoreThan(new Date()) },
      });
      const people = await manager.findBy(User, {
        ...{ id: In(links.map(({ userId }) => userId)), accountId, liveKey: 1 },
        status: In(['active', 'deactivated']),
      });
      const owners = new Map(people.map((user) => [user.id, user]));
      const mails = links.flatMap((link) => {
        const user = owners.get(link.userId);
        return user ? this.mailsOf(account, user, link, by) : [];
      });
      await this.mails.writeMany(manager, mails);
    });
  }

  private async inviteAnew({ accountId, batchId, userIds }: SendNewInvitations, task: Task): Promise<void> {
    const account = await this.accounts.get(accountId);
    const inviter = await this.invitationMails.inviterOf(batchId);
    await inTransaction(this.database, async (manager) => {
      await task.extend(manager);
      const people = await manager.findBy(User, {
        ...{ id: In(userIds), accountId, liveKey: 1 },
        status: 'pending',
      });
      const links = await manager.find(OneTimeLink, {
        where: {
          ...{ userId: In(people.map(({ id }) => id)), accountId, purpose: 'activation' },
          ...{ usedAt: IsNull(), withdrawnAt: IsNull(), expiresAt: MoreThan(new Date()) },
        },
        order: { id: 'ASC' },
      });
      const newest = new Map(links.map(({ userId, id }) => [userId, id]));
      const mails = people.flatMap((person) => {
        const linkId = newest.get(person.id);
        return linkId ? [this.invitationMails.mailTo({ ...person, linkId }, account, inviter, batchId)] : [];
      });
      await this.mails.writeMany(manager, mails);
    });
  }
}

/** Whose wish the mails speak of; nobody's when it is the receiver's own, or the operator's. */
function askedBy(actor: Actor, user: User): string | null {
  return actor.id === null || actor.id === user.id ? null : actor.displayName;
}
