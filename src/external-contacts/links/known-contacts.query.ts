import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Id } from '../../database/id.js';
import { OtherPeople } from './other-people.query.js';

/** An external contact by the address that person signs in with. */
export interface KnownExternalContact {
  id: Id;
  email: string;
  name: string;
}

/** Which addresses are those of one's external contacts. */
@Injectable()
export class KnownExternalContacts {
  constructor(
    private readonly database: DataSource,
    private readonly people: OtherPeople,
  ) {}

  /** Of people whose address one may see at this moment. @param addresses normalised */
  async among(ownerId: Id, addresses: readonly string[]): Promise<KnownExternalContact[]> {
    if (addresses.length === 0) return [];
    const rows = await this.database.query<{ id: Id; otherUserId: Id; otherAccountId: Id }[]>(
      `SELECT c.id, c.otherUserId, c.otherAccountId
       FROM external_contacts c JOIN sign_in_addresses s ON s.userId = c.otherUserId
       WHERE c.ownerId = ? AND c.endedAt IS NULL AND s.address IN (?)`,
      [ownerId, addresses],
    );
    const people = await this.people.of(rows);
    return rows.flatMap(({ id, otherUserId }) => {
      const { email = null, name = '' } = people.get(otherUserId) ?? {};
      return email === null ? [] : [{ id, email, name }];
    });
  }
}
