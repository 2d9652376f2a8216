import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { parse, stringify } from 'uuid';
import { SecretKeys } from '../crypto/secret-keys.js';
import { isId, newId, type Id } from '../database/id.js';
import { MailLinks, type MailLink } from '../mail/mail-links.js';
import { OneTimeLink, type LinkPurpose } from './one-time-link.entity.js';
import { User } from './user.entity.js';

export interface NewLink {
  accountId: Id;
  userId: Id;
  purpose: LinkPurpose;
  /** The new address of an `email-change`, the invited one of an `external-…` link. */
  address?: string | null;
  /** The request of an `external-…` link; the token is bound to it. */
  subjectId?: Id | null;
  expiresAt: Date;
  id?: Id;
}

export type LinkState = 'open' | 'used' | 'withdrawn' | 'ended';

const ID_BYTES = 16;
const TOKEN_BYTES = ID_BYTES + 32;

const paths: Record<LinkPurpose, string> = {
  activation: '/activate/',
  'password-reset': '/reset-password/',
  'email-change': '/profile/email/',
  'external-signup': '/signup/',
  'external-confirm': '/external-contacts/confirm/',
  'account-reopen': '/reopen/',
};

/**
 * Links of mails. A token is base64url of the link's id (16 bytes) and an HMAC-SHA-256 over what it stands for (32
 * bytes): computed when the mail goes out or is shown, stored nowhere, and good under every key we hold.
 */
@Injectable()
export class OneTimeLinks implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly keys: SecretKeys,
    private readonly mailLinks: MailLinks,
  ) {}

  onModuleInit(): void {
    this.mailLinks.comeFrom((ids) => this.forMails(ids));
  }

  async create(manager: EntityManager, link: NewLink): Promise<OneTimeLink> {
    const row = manager.create(OneTimeLink, {
      address: null,
      subjectId: null,
      ...link,
      id: link.id ?? newId(),
      usedAt: null,
      withdrawnAt: null,
    });
    await manager.insert(OneTimeLink, row);
    return row;
  }

  tokenOf(link: OneTimeLink): string {
    const signature = Buffer.from(this.keys.sign(PURPOSE, signedText(link)), 'base64url');
    return Buffer.concat([parse(link.id), signature]).toString('base64url');
  }

  /** Where the mail leads, for example `/activate/…`. */
  pathOf(link: OneTimeLink): string {
    return `${paths[link.purpose]}${this.tokenOf(link)}`;
  }

  /** The link of a genuine token, in any state (see `stateOf`); null for anything else. */
  async find(token: string, purpose: LinkPurpose): Promise<OneTimeLink | null> {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== token) return null;
    const id = idOf(bytes.subarray(0, ID_BYTES));
    if (!isId(id)) return null;
    const link = await this.database.getRepository(OneTimeLink).findOneBy({ id, purpose });
    if (!link) return null;
    const signature = bytes.subarray(ID_BYTES).toString('base64url');
    return this.keys.verify(PURPOSE, signedText(link), signature) ? link : null;
  }

  stateOf(link: OneTimeLink, now = new Date()): LinkState {
    if (link.usedAt !== null) return 'used';
    if (link.withdrawnAt !== null) return 'withdrawn';
    return link.expiresAt <= now ? 'ended' : 'open';
  }

  /** Uses it up. @returns false when it was used, withdrawn or over before: somebody else won */
  async use(manager: EntityManager, link: OneTimeLink): Promise<boolean> {
    const { affectedRows } = await manager.query<{ affectedRows: number }>(
      `UPDATE one_time_links SET usedAt = UTC_TIMESTAMP(3)
       WHERE id = ? AND usedAt IS NULL AND withdrawnAt IS NULL AND expiresAt > UTC_TIMESTAMP(3)`,
      [link.id],
    );
    return affectedRows === 1;
  }

  /** Closes the open links of these people; a mail that still waits for one is then not sent. */
  async withdraw(
    manager: EntityManager,
    accountId: Id,
    userIds: readonly Id[],
    purpose: LinkPurpose,
  ): Promise<void> {
    if (userIds.length === 0) return;
    await manager.query(
      `UPDATE one_time_links SET withdrawnAt = UTC_TIMESTAMP(3)
       WHERE userId IN (?) AND purpose = ? AND accountId = ? AND usedAt IS NULL AND withdrawnAt IS NULL`,
      [userIds, purpose, accountId],
    );
  }

  private async forMails(ids: readonly Id[]): Promise<Map<Id, MailLink>> {
    const links = await this.database.getRepository(OneTimeLink).findBy({ id: In(ids) });
    const people = await this.database
      .getRepository(User)
      .find({ select: { id: true, role: true }, where: { id: In(links.map(({ userId }) => userId)) } });
    const roles = new Map(people.map(({ id, role }) => [id, role]));
    const second = await this.confirmationsBeside(links);
    return new Map(
      links.map((link) => [
        link.id,
        {
          path: this.pathOf(link),
          state: this.stateOf(link),
          expiresAt: link.expiresAt,
          // A person who is gone: nobody is shown the link.
          role: roles.get(link.userId) ?? 'owner',
          ...(second.has(link.id) ? { also: { path: second.get(link.id) ?? '' } } : {}),
        },
      ]),
    );
  }

  /** Whoever is invited to sign up may have done so meanwhile: the same mail leads to the confirmation as well. */
  private async confirmationsBeside(links: readonly OneTimeLink[]): Promise<Map<Id, string>> {
    const invitations = links.filter(({ purpose, subjectId }) => purpose === 'external-signup' && subjectId);
    if (invitations.length === 0) return new Map();
    const confirmations = await this.database.getRepository(OneTimeLink).find({
      where: {
        userId: In(invitations.map(({ userId }) => userId)),
        purpose: 'external-confirm',
        subjectId: In(invitations.map(({ subjectId }) => subjectId)),
      },
      order: { id: 'ASC' },
    });
    const open = confirmations.filter((link) => this.stateOf(link) === 'open');
    return new Map(
      invitations.flatMap(({ id, userId, subjectId }) => {
        const beside = open.filter((link) => link.userId === userId && link.subjectId === subjectId).at(-1);
        return beside ? [[id, this.pathOf(beside)] as const] : [];
      }),
    );
  }
}

const PURPOSE = 'one-time-link';

function signedText({ purpose, id, userId, address, subjectId }: OneTimeLink): string {
  return [purpose, id, userId, address ?? '', ...(subjectId === null ? [] : [subjectId])].join('|');
}

function idOf(bytes: Uint8Array): string | null {
  try {
    return stringify(bytes);
  } catch {
    return null;
  }
}
