import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Id } from '../../../database/id.js';
import { inTransaction } from '../../../database/transaction.js';
import { eraseCloudContacts } from '../../retention/connection-rows.js';
import { holdConnections, type Owner } from '../outbox.js';
import { CloudTrashQuery, ERASABLE } from './cloud-trash.query.js';

/** Contacts of one transaction; a bin of ten thousand is emptied in some. */
const AT_ONCE = 500;

/** Empties bins at their owner's word, before the 30 days are over. */
@Injectable()
export class CloudErasure {
  constructor(
    private readonly database: DataSource,
    private readonly trash: CloudTrashQuery,
  ) {}

  /**
   * @param ids null: the whole bin of these mailboxes
   * @returns how many went; living ones, and those the provider has yet to be told of, are passed over
   * @throws NotFound when one is not theirs
   */
  async erase(owner: Owner, shown: readonly Id[], ids: readonly string[] | null): Promise<number> {
    if (ids !== null) await this.trash.assertOwn(owner.id, ids);
    let erased = 0;
    for (;;) {
      const some = await this.trash.erasable(owner.id, shown, ids, AT_ONCE);
      if (some.length === 0) return erased;
      const gone = await this.eraseSome(
        owner,
        shown,
        some.map(({ id }) => id),
      );
      erased += gone;
      // Somebody else is at them.
      if (gone === 0) return erased;
    }
  }

  private eraseSome(owner: Owner, shown: readonly Id[], ids: readonly Id[]): Promise<number> {
    return inTransaction(this.database, async (manager) => {
      await holdConnections(manager, owner, shown);
      const found = await manager.query<{ id: Id }[]>(
        `SELECT c.id FROM cloud_contacts c WHERE c.ownerId = ? AND c.deletedAt IS NOT NULL AND ${ERASABLE}
         AND c.id IN (?) ORDER BY c.id FOR UPDATE`,
        [owner.id, ids],
      );
      await eraseCloudContacts(
        manager,
        owner.accountId,
        found.map(({ id }) => id),
      );
      return found.length;
    });
  }
}
