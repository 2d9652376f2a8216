import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { eraseContacts } from '../erase-contacts.js';
import { assertOwn, type Owner } from '../owner.js';

/** Contacts of one transaction; a bin of ten thousand is emptied in some. */
const AT_ONCE = 500;

/** Empties bins at their owner's word, before the 30 days are over. */
@Injectable()
export class ContactErasure {
  constructor(private readonly database: DataSource) {}

  /**
   * @param ids null: the whole bin
   * @returns how many went; living ones are passed over
   * @throws NotFound when one is not theirs
   */
  async erase(owner: Owner, ids: readonly string[] | null): Promise<number> {
    if (ids !== null) {
      await assertOwn(this.database, owner.id, ids);
      return this.eraseSome(owner, ids);
    }
    // Whatever comes into the bin from now on was not agreed to.
    const before = new Date();
    for (let erased = 0; ;) {
      const rows = await this.database.query<{ id: Id }[]>(
        `SELECT id FROM personal_contacts WHERE ownerId = ? AND deletedAt <= ? ORDER BY deletedAt LIMIT ${AT_ONCE}`,
        [owner.id, before],
      );
      if (rows.length === 0) return erased;
      erased += await this.eraseSome(
        owner,
        rows.map(({ id }) => id),
      );
    }
  }

  private eraseSome({ id: ownerId }: Owner, ids: readonly Id[]): Promise<number> {
    return inTransaction(this.database, (manager) => eraseContacts(manager, ownerId, ids));
  }
}
