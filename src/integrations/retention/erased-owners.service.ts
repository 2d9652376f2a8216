import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountEvents, type PeopleErased } from '../../accounts/events.js';
import { type Id } from '../../database/id.js';
import { Revocations } from '../oauth/revocations.service.js';
import { eraseCloudContacts, eraseConnections } from './connection-rows.js';

/**
 * Somebody who is erased for good takes along their connections with what they sign in with, the cloud contacts, conflicts and
 * runs, the calendars and who may see them, and what the journal says. At their providers nothing is touched but
 * the consent, which is given back.
 */
@Injectable()
export class ErasedConnectionOwners implements OnModuleInit {
  constructor(
    private readonly events: AccountEvents,
    private readonly revocations: Revocations,
  ) {}

  onModuleInit(): void {
    this.events.erased.subscribe((news) => this.forget(news));
  }

  /** The rows of connections first, as everything that changes contacts. */
  private async forget({ manager, accountId, userIds }: PeopleErased): Promise<void> {
    const ids = async (sql: string): Promise<Id[]> =>
      (await manager.query<{ id: Id }[]>(sql, [userIds, accountId])).map(({ id }) => id);
    const connections = await ids(
      'SELECT id FROM connections WHERE userId IN (?) AND accountId = ? ORDER BY id FOR UPDATE',
    );
    const contacts = await ids(
      'SELECT id FROM cloud_contacts WHERE ownerId IN (?) AND accountId = ? FOR UPDATE',
    );
    await eraseCloudContacts(manager, accountId, contacts);
    await this.revocations.beforeDrop(manager, connections);
    await eraseConnections(manager, connections);
    await manager.query('DELETE FROM calendar_sharing WHERE userId IN (?)', [userIds]);
  }
}
