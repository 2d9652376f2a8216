import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { isId, type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { NotFound } from '../../errors/domain-error.js';
import { type Keeper } from '../contact/contacts.service.js';
import { eraseContacts } from '../erase-contacts.js';

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
  async erase(keeper: Keeper, ids: readonly string[] | null): Promise<number> {
    if (ids !== null) {
      await this.assertOwn(keeper, ids);
      return this.eraseSome(keeper, ids);
    }
    // Whatever comes into the bin from now on was not agreed to.
    const before = new Date();
    for (let erased = 0; ;) {
      const rows = await this.database.query<{ id: Id }[]>(
        `SELECT id FROM personal_contacts WHERE ownerId = ? AND deletedAt <= ? ORDER BY deletedAt LIMIT ${AT_ONCE}`,
        [keeper.id, before],
      );
      if (rows.length === 0) return erased;
      erased += await this.eraseSome(
        keeper,
        rows.map(({ id }) => id),
      );
    }
  }

  /** @throws NotFound when one of these contacts, living or in the bin, is not theirs */
  async assertOwn({ id: ownerId }: Keeper, ids: readonly string[]): Promise<void> {
    if (!ids.every(isId)) throw new NotFound();
    const [{ own }] = await this.database.query<[{ own: number | string }]>(
      'SELECT COUNT(*) AS own FROM personal_contacts WHERE ownerId = ? AND id IN (?)',
      [ownerId, ids],
    );
    if (Number(own) < new Set(ids).size) throw new NotFound('personal-contact.not-found');
  }

  private eraseSome({ id: ownerId }: Keeper, ids: readonly Id[]): Promise<number> {
    return inTransaction(this.database, (manager) => eraseContacts(manager, ownerId, ids));
  }
}
