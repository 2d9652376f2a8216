import { Injectable, type OnModuleInit } from '@nestjs/common';
import { emptyChanges } from '../../accounts/erasure-final.js';
import { AccountEvents, type PeopleErased } from '../../accounts/events.js';
import { type Id } from '../../database/id.js';

/** Whose rows go with their owner. */
const OWNED = [
  'personal_contact_list_summaries',
  'personal_contact_lists',
  'personal_contact_distinctions',
  'personal_contact_group_members',
  'personal_contact_photos',
  'personal_contact_reach',
  'personal_contact_groups',
  'personal_contacts',
];
/** Subjects of one statement. */
const CHUNK = 500;

/**
 * Somebody who is erased for good takes along the contacts they kept, and what the journal says of them. Their files go
 * with the import engine (imports/erased-people.service.ts).
 */
@Injectable()
export class ErasedOwners implements OnModuleInit {
  constructor(private readonly events: AccountEvents) {}

  onModuleInit(): void {
    this.events.erased.subscribe((news) => this.forget(news));
  }

  private async forget({ manager, accountId, userIds }: PeopleErased): Promise<void> {
    const subjects: Id[] = [];
    for (const table of ['personal_contacts', 'personal_contact_groups']) {
      const rows = await manager.query<{ id: Id }[]>(
        `SELECT id FROM ${table} WHERE ownerId IN (?) AND accountId = ? FOR UPDATE`,
        [userIds, accountId],
      );
      subjects.push(...rows.map(({ id }) => id));
    }
    for (let from = 0; from < subjects.length; from += CHUNK)
      await emptyChanges(manager, accountId, subjects.slice(from, from + CHUNK));
    for (const table of OWNED)
      await manager.query(`DELETE FROM ${table} WHERE ownerId IN (?) AND accountId = ?`, [
        userIds,
        accountId,
      ]);
  }
}
