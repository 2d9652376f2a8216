import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { mayInvite, type DomainRules } from '../../accounts/domain-rules.js';
import { featuresOf } from '../../accounts/features.js';
import { type Id } from '../../database/id.js';
import { type Side } from '../links/external-links.service.js';

/** A request that waits, with who sent it: as a worker needs both. */
export interface WaitingRequest {
  id: Id;
  toAddress: string;
  message: string | null;
  expiresAt: Date;
  timesSent: number;
  sender: Side & {
    name: string;
    address: string;
    /** Empty for a personal account. */ company: string;
  } & Reading;
}

/** How somebody reads: for a mail to them. */
interface Reading {
  language: 'en' | 'fr';
  timeZone: string;
}

export type Person = Side & { name: string } & Reading;

/**
 * Who is behind an address. `nobody`: the address signs in no one; `pending`: a company has invited that person, who
 * has no password yet; `closed`: there is somebody, to whom nothing is brought.
 */
export type Receiver =
  { is: 'here'; person: Person } | { is: 'pending'; person: Person } | { is: 'nobody' } | { is: 'closed' };

/** Reads, for a worker, what no sender may learn: whether an address is somebody's, and what they allow. */
@Injectable()
export class Receivers {
  /** @returns null when it does not wait any more, or its sender may not send it (any more) */
  async waiting(manager: EntityManager, requestId: Id): Promise<WaitingRequest | null> {
    const [row] = await manager.query<RequestRow[]>(
      `SELECT r.id, r.accountId, r.senderId, r.toAddress, r.message, r.expiresAt, r.timesSent,
              u.email, ${personColumns}, a.kind, a.name AS accountName,
              c.allowedDomains, c.blockedDomains
       FROM external_requests_sent r
       JOIN users u ON u.id = r.senderId AND u.accountId = r.accountId AND u.liveKey = 1 AND u.status = 'active'
       JOIN accounts a ON a.id = r.accountId AND a.closedAt IS NULL
       LEFT JOIN account_settings c ON c.accountId = r.accountId
       WHERE r.id = ? AND r.state = 'waiting' AND r.expiresAt > UTC_TIMESTAMP(3)`,
      [requestId],
    );
    if (!row || !mayInvite(rulesOf(row), row.toAddress)) return null;
    if (!(await mayHave(manager, row.accountId, row.senderId))) return null;
    const { id, toAddress, message, expiresAt, timesSent } = row;
    return {
      ...{ id, toAddress, message, expiresAt, timesSent },
      sender: {
        ...personOf({ ...row, userId: row.senderId }),
        address: row.email,
        company: row.kind === 'personal' ? '' : row.accountName,
      },
    };
  }

  async behind(manager: EntityManager, { toAddress, sender }: WaitingRequest): Promise<Receiver> {
    const [held] = await manager.query<HolderRow[]>(
      `SELECT s.accountId, s.userId, ${personColumns}, u.status, a.closedAt, c.allowedDomains, c.blockedDomains
       FROM sign_in_addresses s
       LEFT JOIN users u ON u.id = s.userId AND u.accountId = s.accountId AND u.liveKey = 1
       LEFT JOIN accounts a ON a.id = s.accountId
       LEFT JOIN account_settings c ON c.accountId = s.accountId
       WHERE s.address = ?`,
      [toAddress],
    );
    if (!held) return this.withoutSignIn(manager, toAddress, sender);
    const open =
      held.accountId !== sender.accountId &&
      held.status === 'active' &&
      held.closedAt === null &&
      mayInvite(rulesOf(held), sender.address) &&
      (await mayHave(manager, held.accountId, held.userId));
    return open ? { is: 'here', person: personOf(held) } : { is: 'closed' };
  }

  /** Of several companies that have invited somebody the first whose rules let the sender in. */
  private async withoutSignIn(
    manager: EntityManager,
    address: string,
    sender: WaitingRequest['sender'],
  ): Promise<Receiver> {
    // Company by company along uq_users_email: no index of all people's addresses stands beside it.
    const known = await manager.query<(HolderRow & { status: string })[]>(
      `SELECT u.accountId, u.id AS userId, ${personColumns}, u.status, a.closedAt, c.allowedDomains, c.blockedDomains
       FROM accounts a
       JOIN users u ON u.accountId = a.id AND u.email = ? AND u.liveKey = 1
       LEFT JOIN account_settings c ON c.accountId = a.id
       WHERE a.kind = 'company' AND a.closedAt IS NULL
       ORDER BY u.id`,
      [address],
    );
    // A colleague the sender does not see needs no account elsewhere.
    if (known.some(({ accountId }) => accountId === sender.accountId)) return { is: 'closed' };
    const pending = known.filter(({ status }) => status === 'pending');
    if (pending.length === 0) return { is: 'nobody' };
    const open = pending.find((row) => mayInvite(rulesOf(row), sender.address));
    return open ? { is: 'pending', person: personOf(open) } : { is: 'closed' };
  }
}

const personColumns = `u.givenName, u.familyName, COALESCE(u.language, a.language) AS language,
  COALESCE(u.timeZone, a.timeZone) AS timeZone`;

interface PersonRow extends Reading {
  accountId: Id;
  userId: Id;
  givenName: string;
  familyName: string;
}

interface RequestRow extends Omit<PersonRow, 'userId'>, RulesRow {
  id: Id;
  senderId: Id;
  toAddress: string;
  message: string | null;
  expiresAt: Date;
  timesSent: number;
  email: string;
  kind: 'company' | 'personal';
  accountName: string;
}

interface HolderRow extends PersonRow, RulesRow {
  status: string | null;
  closedAt: Date | null;
}

/** JSON; null while a company has saved no settings. */
interface RulesRow {
  allowedDomains: string | null;
  blockedDomains: string | null;
}

function personOf({ accountId, userId, givenName, familyName, language, timeZone }: PersonRow): Person {
  return { accountId, userId, name: `${givenName} ${familyName}`.trim(), language, timeZone };
}

function rulesOf({ allowedDomains, blockedDomains }: RulesRow): DomainRules {
  const domains = (column: string | null) => (column === null ? [] : (JSON.parse(column) as string[]));
  return { allowedDomains: domains(allowedDomains), blockedDomains: domains(blockedDomains) };
}

async function mayHave(manager: EntityManager, accountId: Id, userId: Id): Promise<boolean> {
  const features = await featuresOf(manager, accountId, [userId]);
  return features.get(userId)?.['external-contacts'] ?? false;
}
