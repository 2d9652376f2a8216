import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { mailboxOf } from '../text/address.js';

/** SHA-256 (hex) of the mailbox of a normalised address: as refusals keep it, and as the link of a mail names it. */
export function addressHash(address: string): string {
  return createHash('sha256').update(mailboxOf(address)).digest('hex');
}

/** Addresses that want no invitation mails, on the whole installation. */
@Injectable()
export class MailRefusals {
  /** @param address normalised */
  async refuses(manager: EntityManager, address: string): Promise<boolean> {
    return (await this.among(manager, [addressHash(address)])).size > 0;
  }

  /** @returns of these hashes, those of addresses that refuse */
  async among(manager: EntityManager, hashes: readonly string[]): Promise<Set<string>> {
    if (hashes.length === 0) return new Set();
    const rows = await manager.query<{ addressHash: string }[]>(
      'SELECT addressHash FROM mail_refusals WHERE addressHash IN (?)',
      [hashes],
    );
    return new Set(rows.map((row) => row.addressHash));
  }

  async refuse(manager: EntityManager, hash: string): Promise<void> {
    await manager.query(
      `INSERT INTO mail_refusals (addressHash, at) VALUES (?, UTC_TIMESTAMP(3))
       ON DUPLICATE KEY UPDATE addressHash = VALUES(addressHash)`,
      [hash],
    );
  }

  async allow(manager: EntityManager, hash: string): Promise<void> {
    await manager.query('DELETE FROM mail_refusals WHERE addressHash = ?', [hash]);
  }
}
