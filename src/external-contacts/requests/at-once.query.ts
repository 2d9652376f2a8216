import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CompanySettings } from '../../accounts/company-settings.service.js';
import { domainShown, mayInvite, type DomainRules } from '../../accounts/domain-rules.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { type SignedIn } from '../../web/signed-in.js';
import { addressText } from '../address-shown.js';
import { EXTERNAL } from '../external-tabs.view.js';
import { type LeftOut } from './asked-addresses.js';
import { Colleagues } from './colleagues.js';

const DAY_MS = 86_400_000;

/** Of some addresses, those that are asked, and why not the others. */
export interface Judged {
  right: string[];
  left: LeftOut[];
}

/**
 * What can be said of an address before anybody is asked: all of it from what the sender, their company and their own
 * lists say. Nothing here looks for whoever has the address, so that every address costs the same.
 */
@Injectable()
export class SaidAtOnce {
  constructor(
    private readonly database: DataSource,
    private readonly settings: CompanySettings,
    private readonly colleagues: Colleagues,
  ) {}

  /** Which domains the sender's company lets its people ask; none are ruled out for a personal account. */
  async rules({ accountId }: SignedIn): Promise<DomainRules> {
    return (await this.settings.read(accountId)).settings;
  }

  /** @param done addresses this very form has asked before: of them nothing is said */
  async judge(sender: SignedIn, addresses: readonly string[], done: ReadonlySet<string>): Promise<Judged> {
    if (addresses.length === 0) return { right: [], left: [] };
    const [rules, colleagues, contacts, refusals, blocked] = await Promise.all([
      this.rules(sender),
      this.colleagues.among(sender, addresses),
      this.contacts(sender),
      this.refusals(sender, addresses),
      this.blocked(sender, addresses),
    ]);
    const reasonFor = (address: string): Omit<LeftOut, 'typed'> | null => {
      const shown = { address: addressText(address) };
      if (address === sender.email) return { key: 'external-invite.own', values: shown };
      if (colleagues.has(address)) {
        const help = {
          href: `/contacts?q=${encodeURIComponent(address)}`,
          key: 'external-invite.open-colleague',
        };
        return { key: 'external-invite.colleague', values: shown, help };
      }
      const contactId = contacts.get(address);
      if (contactId !== undefined) {
        const help = { href: `${EXTERNAL}/${contactId}`, key: 'external-invite.open-contact' };
        return { key: 'external-invite.connected', values: shown, help };
      }
      if (!mayInvite(rules, address)) return domainReason(sender, address);
      if (blocked.has(address)) {
        const help = { href: `${EXTERNAL}/blocked`, key: 'external-invite.open-blocked' };
        return { key: 'external-invite.blocked', values: shown, help };
      }
      const refusedAt = refusals.get(address);
      if (refusedAt === undefined) return null;
      const again = new Date(refusedAt.getTime() + limits.externalRefusalDays * DAY_MS);
      return { key: 'external-invite.declined', values: { ...shown, again } };
    };
    const judged = addresses.map((address) => ({
      address,
      reason: done.has(address) ? null : reasonFor(address),
    }));
    return {
      right: judged.filter(({ reason }) => reason === null).map(({ address }) => address),
      left: judged.flatMap(({ address: typed, reason }) => (reason === null ? [] : [{ typed, ...reason }])),
    };
  }

  /** Addresses of the sender's contacts, all of them whichever are asked for. @returns contact ids by address */
  private async contacts({ id }: SignedIn): Promise<Map<string, Id>> {
    const rows = await this.database.query<{ id: Id; address: string }[]>(
      `SELECT c.id, s.address FROM external_contacts c JOIN sign_in_addresses s ON s.userId = c.otherUserId
       WHERE c.ownerId = ? AND c.endedAt IS NULL`,
      [id],
    );
    return new Map(rows.map((row) => [row.address, row.id]));
  }

  /** Who has said no lately, and when. */
  private async refusals({ id }: SignedIn, addresses: readonly string[]): Promise<Map<string, Date>> {
    const rows = await this.database.query<{ toAddress: string; refusedAt: Date }[]>(
      `SELECT toAddress, MAX(answeredAt) AS refusedAt FROM external_requests_sent
       WHERE senderId = ? AND toAddress IN (?) AND state = 'declined'
         AND answeredAt > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ? DAY)
       GROUP BY toAddress`,
      [id, addresses, limits.externalRefusalDays],
    );
    return new Map(rows.map(({ toAddress, refusedAt }) => [toAddress, refusedAt]));
  }

  private async blocked({ id }: SignedIn, addresses: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ address: string }[]>(
      'SELECT address FROM external_blocks WHERE ownerId = ? AND address IN (?)',
      [id, addresses],
    );
    return new Set(rows.map(({ address }) => address));
  }
}

/** The company's rules forbid it; whoever may change them is led there. */
function domainReason(sender: SignedIn, address: string): Omit<LeftOut, 'typed'> {
  const values = {
    address: addressText(address),
    domain: domainShown(address.slice(address.lastIndexOf('@') + 1)),
    company: sender.account.name,
  };
  if (sender.role === 'member') return { key: 'external-invite.domain', values };
  const help = { href: '/settings#external-contacts', key: 'external-invite.open-rules' };
  return { key: 'external-invite.domain-admin', values, help };
}
