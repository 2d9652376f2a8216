import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AccountEvents, type PersonMoved } from '../../accounts/events.js';
import { Belongings } from '../../accounts/belongings.js';
import { type Id } from '../../database/id.js';

/** Whose rows go over with their owner as they are: their ids are nobody else's. */
const OWNED = [
  'personal_contact_group_members',
  'personal_contact_groups',
  'personal_contact_distinctions',
  'personal_contact_reach',
  'personal_contacts',
];

/**
 * Somebody who moves to a company takes along the contacts they keep, those in the bin too. Told again, it brings what came
 * in the moment of the move.
 */
@Injectable()
export class MovedOwners implements OnModuleInit {
  constructor(
    private readonly events: AccountEvents,
    private readonly belongings: Belongings,
  ) {}

  onModuleInit(): void {
    this.events.moved.subscribe((news) => this.bring(news));
    this.belongings.add({
      ...{ name: 'personal-contacts', feature: 'personal-contacts' },
      count: async (database, ownerId) => {
        const [row] = await database.query<{ kept: number | string }[]>(
          'SELECT COUNT(*) AS kept FROM personal_contacts WHERE ownerId = ? AND deletedAt IS NULL',
          [ownerId],
        );
        return Number(row?.kept ?? 0);
      },
    });
  }

  private async bring({ manager, from, to }: PersonMoved): Promise<void> {
    await joinGroups(manager, from.userId, to.userId);
    for (const table of OWNED)
      await manager.query(`UPDATE ${table} SET ownerId = ?, accountId = ? WHERE ownerId = ?`, [
        ...[to.userId, to.accountId, from.userId],
      ]);
    // The same picture may be among both.
    await manager.query(
      `INSERT INTO personal_contact_photos (ownerId, hash, accountId, bytes, createdAt, unusedSince)
       SELECT ?, p.hash, ?, p.bytes, p.createdAt, p.unusedSince FROM personal_contact_photos p WHERE p.ownerId = ?
       ON DUPLICATE KEY UPDATE unusedSince = NULL`,
      [to.userId, to.accountId, from.userId],
    );
    for (const table of ['personal_contact_photos', 'personal_contact_list_summaries'])
      await manager.query(`DELETE FROM ${table} WHERE ownerId = ?`, [from.userId]);
    // Another list than before, whatever was counted of either.
    await manager.query(
      `INSERT INTO personal_contact_lists (ownerId, accountId, revision)
       SELECT ?, ?, l.revision + 1 FROM personal_contact_lists l WHERE l.ownerId = ?
       ON DUPLICATE KEY UPDATE revision = GREATEST(personal_contact_lists.revision, VALUES(revision)) + 1`,
      [to.userId, to.accountId, from.userId],
    );
    await manager.query('DELETE FROM personal_contact_lists WHERE ownerId = ?', [from.userId]);
  }
}

/** Two groups of one name become one, the one that is there; whoever is in both is in it once. */
async function joinGroups(manager: EntityManager, from: Id, to: Id): Promise<void> {
  const same = await manager.query<{ mine: Id; theirs: Id }[]>(
    `SELECT m.id AS mine, t.id AS theirs FROM personal_contact_groups m
     JOIN personal_contact_groups t ON t.ownerId = ? AND t.nameKey = m.nameKey AND t.liveKey = 1
     WHERE m.ownerId = ? AND m.liveKey = 1`,
    [to, from],
  );
  for (const { mine, theirs } of same) {
    await manager.query('UPDATE personal_contact_group_members SET groupId = ? WHERE groupId = ?', [
      theirs,
      mine,
    ]);
    await manager.query('DELETE FROM personal_contact_groups WHERE id = ?', [mine]);
  }
}
