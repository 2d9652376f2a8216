import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { moveCounters } from '../accounts/counters.service.js';
import { AccountEvents } from '../accounts/events.js';
import { type OneTimeLink } from '../accounts/one-time-link.entity.js';
import { OneTimeLinks } from '../accounts/one-time-links.service.js';
import { SignInAddress } from '../accounts/sign-in-address.entity.js';
import { inTransaction, isDuplicate } from '../database/transaction.js';
import { Conflict, Gone } from '../errors/domain-error.js';
import { Journal } from '../journal/journal.service.js';
import { type Person } from './passport.js';
import { Passwords } from './passwords.service.js';

/** An invitation as its receiver sees it. */
export interface Invitation {
  link: OneTimeLink;
  state: 'open' | 'used' | 'ended' | 'withdrawn';
  person: Person & { email: string; givenName: string; familyName: string };
  company: string;
  language: 'en' | 'fr';
  /** Who invited; null when it was the operator, or somebody who is gone. */
  inviter: string | null;
}

/** Whom an address signs in. */
export interface Holder extends Person {
  /** Of an account of their own, which they may take along. */
  alone: boolean;
  /** They closed it, not long ago. */
  closed: boolean;
}

/** From invited to active: the person chooses a password, and the address becomes theirs to sign in with. */
@Injectable()
export class Activations {
  constructor(
    private readonly database: DataSource,
    private readonly links: OneTimeLinks,
    private readonly events: AccountEvents,
    private readonly journal: Journal,
    private readonly passwords: Passwords,
  ) {}

  /** What a token stands for; null for one that is none of ours, or whose person is gone. */
  async find(token: string): Promise<Invitation | null> {
    const link = await this.links.find(token, 'activation');
    if (!link) return null;
    const [row] = await this.database.query<InvitedRow[]>(
      `SELECT u.email, u.givenName, u.familyName, u.status, a.name AS company, a.language,
              i.givenName AS inviterGivenName, i.familyName AS inviterFamilyName
       FROM users u JOIN accounts a ON a.id = u.accountId
       LEFT JOIN journal_batches b ON b.id = u.createdByBatch
       LEFT JOIN users i ON i.id = b.actorId AND i.accountId = u.accountId AND i.liveKey = 1
       WHERE u.id = ? AND u.accountId = ? AND u.liveKey = 1 AND a.closedAt IS NULL`,
      [link.userId, link.accountId],
    );
    if (!row) return null;
    const { email, givenName, familyName, company, language, inviterGivenName, inviterFamilyName } = row;
    const state = this.links.stateOf(link);
    return {
      ...{ link, company, language },
      // Somebody deactivated while pending has nothing to activate, whatever the link says.
      state: state === 'open' && row.status !== 'pending' ? 'withdrawn' : state,
      person: { id: link.userId, accountId: link.accountId, email, givenName, familyName },
      inviter: inviterGivenName === null ? null : `${inviterGivenName} ${inviterFamilyName ?? ''}`.trim(),
    };
  }

  /** Whom the address signs in already; told to the holder of the link alone. */
  async holderOf(address: string): Promise<Holder | null> {
    const [row] = await this.database.query<(Person & { alone: number | string; closed: number | string })[]>(
      `SELECT s.userId AS id, s.accountId, a.kind = 'personal' AND a.closedAt IS NULL AS alone,
              u.status = 'erased' AS closed
       FROM sign_in_addresses s JOIN accounts a ON a.id = s.accountId JOIN users u ON u.id = s.userId
       WHERE s.address = ?`,
      [address],
    );
    if (!row) return null;
    const { id, accountId, alone, closed } = row;
    return { id, accountId, alone: Number(alone) === 1, closed: Number(closed) === 1 };
  }

  /**
   * Makes the person active; of two at once one wins.
   * @throws Gone when the link was used or withdrawn meanwhile; Conflict (`auth.activate.held`) when the address
   * signs in somebody of another account
   */
  async accept(invitation: Invitation, password: string): Promise<Person> {
    const secret = await this.passwords.hash(password);
    const { id, accountId, email } = invitation.person;
    await inTransaction(this.database, async (manager) => {
      await this.begin(manager, invitation);
      try {
        await manager.insert(SignInAddress, { address: email, accountId, userId: id });
      } catch (error) {
        if (isDuplicate(error)) throw new Conflict('auth.activate.held', { email });
        throw error;
      }
      await this.finish(manager, invitation, secret);
    });
    return { id, accountId };
  }

  /**
   * The first half of becoming active, in the caller's transaction: it is this link's to do, and nobody else's. The
   * caller sees to the address, then calls `finish`. @throws Gone when the link was used or withdrawn meanwhile
   */
  async begin(manager: EntityManager, { link, person }: Invitation): Promise<void> {
    const { id, accountId, email } = person;
    if (!(await this.links.use(manager, link))) throw new Gone('auth.ended.activation-used');
    // Status changes of an account meet in this row, and a closed account takes nobody in.
    const open = await manager.query<{ affectedRows: number }>(
      'UPDATE accounts SET rolesRevision = rolesRevision + 1 WHERE id = ? AND closedAt IS NULL',
      [accountId],
    );
    // The address shown is the address activated: one that was edited meanwhile has a link of its own.
    const { affectedRows } = await manager.query<{ affectedRows: number }>(
      `UPDATE users SET status = 'active', activatedAt = UTC_TIMESTAMP(3), updatedAt = UTC_TIMESTAMP(3),
         revision = revision + 1
       WHERE id = ? AND accountId = ? AND email = ? AND status = 'pending' AND liveKey = 1`,
      [id, accountId, email],
    );
    if (open.affectedRows !== 1 || affectedRows !== 1) throw new Gone('auth.ended.activation-withdrawn');
  }

  /** The second half, once the address signs in this person. @param secret the hash of their password */
  async finish(manager: EntityManager, { person }: Invitation, secret: string): Promise<void> {
    const { id, accountId, email } = person;
    await this.events.addressTaken.tell({ manager, accountId, userId: id, address: email });
    await this.passwords.set(manager, person, secret);
    await this.links.withdraw(manager, accountId, [id], 'activation');
    const batchId = await this.journal.begin(manager, { accountId, actorId: id, kind: 'users.activate' });
    await this.journal.record(manager, batchId, accountId, [
      { subjectId: id, subjectType: 'user', action: 'changed', changes: { status: ['pending', 'active'] } },
    ]);
    await moveCounters(manager, accountId, { from: 'pending', to: 'active', people: 1 });
  }
}

interface InvitedRow {
  email: string;
  givenName: string;
  familyName: string;
  status: 'pending' | 'active' | 'deactivated';
  company: string;
  language: 'en' | 'fr';
  inviterGivenName: string | null;
  inviterFamilyName: string | null;
}
