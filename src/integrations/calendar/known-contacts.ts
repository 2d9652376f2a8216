import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Id } from '../../database/id.js';
import { mailboxOf, normaliseAddress } from '../../text/address.js';
import { type SignedIn } from '../../web/signed-in.js';

/** Somebody whose card the reader has: where it is, and what the person is called there. */
export interface KnownContact {
  kind: 'colleague' | 'external' | 'personal' | 'cloud';
  name: string;
  href: string;
}

/** What becomes of somebody who is added to the reader's contacts. */
export interface AddedContact {
  href: string;
  /** Path that a POST takes it back by, and comes back to `page`. */
  undo: string;
}

/** Cards of other modules, as far as the reader may see them. */
export interface ContactSource {
  /** @param addresses normalised. @returns one contact for each that is known */
  among(viewer: SignedIn, addresses: readonly string[]): Promise<Map<string, KnownContact>>;
  /**
   * @param once the form's idempotency key; @param page to come back to after an undo
   * @throws Refused where there is no room
   */
  add(
    owner: SignedIn,
    person: { name: string; email: string },
    how: { once: string | null; page: string },
  ): Promise<AddedContact>;
}

/**
 * Which people of a calendar the reader knows already. Cloud contacts are this module's own; whose other cards there are, and who
 * may be found, modules above know.
 */
@Injectable()
export class KnownContacts {
  private source: ContactSource = {
    among: () => Promise.resolve(new Map()),
    add: () => Promise.reject(new Error('Nobody keeps contacts')),
  };

  constructor(private readonly database: DataSource) {}

  /** Once, by the module that reads across features. */
  comeFrom(source: ContactSource): void {
    this.source = source;
  }

  add: ContactSource['add'] = (...what) => this.source.add(...what);

  /**
   * Of all people of a page at once; by the address as it was given. What stands behind a `+` is the receiver's own sorting: the
   * address without it is the same person's.
   */
  async among(viewer: SignedIn, addresses: readonly (string | null)[]): Promise<Map<string, KnownContact>> {
    const normalised = new Map<string, string>();
    for (const given of new Set(addresses)) {
      const address = given === null ? null : normaliseAddress(given);
      if (given !== null && address !== null) normalised.set(given, address);
    }
    if (normalised.size === 0) return new Map();
    const asked = [...new Set([...normalised.values()].flatMap((address) => [address, mailboxOf(address)]))];
    const [others, cloud] = await Promise.all([
      this.source.among(viewer, asked),
      this.cloud(viewer.id, asked),
    ]);
    const of = (address: string) => others.get(address) ?? cloud.get(address);
    const known = new Map<string, KnownContact>();
    for (const [given, address] of normalised) {
      const contact = of(address) ?? of(mailboxOf(address));
      if (contact) known.set(given, contact);
    }
    return known;
  }

  private async cloud(ownerId: Id, addresses: readonly string[]): Promise<Map<string, KnownContact>> {
    const rows = await this.database.query<{ id: Id; email: string; displayName: string }[]>(
      `SELECT known.id, known.email, known.displayName FROM (
         (SELECT c.id, c.email, c.displayName, c.connectionId FROM cloud_contacts c
          WHERE c.ownerId = ? AND c.email IN (?) AND c.deletedAt IS NULL)
         UNION
         (SELECT c.id, r.value, c.displayName, c.connectionId FROM cloud_contact_reach r
          STRAIGHT_JOIN cloud_contacts c ON c.id = r.contactId
          WHERE r.ownerId = ? AND r.value IN (?) AND c.deletedAt IS NULL)) known
       JOIN connections m ON m.id = known.connectionId
       WHERE m.state <> 'ended' ORDER BY known.id DESC`,
      [ownerId, addresses, ownerId, addresses],
    );
    return new Map(
      rows.map(({ id, email, displayName }) => [
        email,
        { kind: 'cloud', name: displayName, href: `/cloud-contacts/${id}` },
      ]),
    );
  }
}
