import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccountEvents } from '../../accounts/events.js';
import { OwnData } from '../../accounts/own-data.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { Refused } from '../../errors/domain-error.js';
import { type SignedIn } from '../../web/signed-in.js';
import { PeopleVisible } from '../people-visible.query.js';

type Owner = Pick<SignedIn, 'id' | 'accountId'>;

/**
 * Colleagues one has starred. A star says nothing of whether its owner finds them at this moment: whoever shows people
 * asks `PeopleVisible` for them, and a star is there again with somebody who comes back.
 */
@Injectable()
export class Stars implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly events: AccountEvents,
    private readonly own: OwnData,
    private readonly people: PeopleVisible,
  ) {}

  onModuleInit(): void {
    this.events.erased.subscribe(async ({ manager, userIds }) => {
      await manager.query('DELETE FROM directory_stars WHERE ownerId IN (?)', [userIds]);
      await manager.query('DELETE FROM directory_stars WHERE userId IN (?)', [userIds]);
    });
    // By name, and of whom one finds alone: the others are not given away here either.
    this.own.tell('starredColleagues', async (owner) => [
      ...(await this.people.among(owner, [...(await this.of(owner))])).values(),
    ]);
  }

  /** All of one person: `limits.directoryStars` at most. */
  async of({ id }: Pick<Owner, 'id'>): Promise<Set<Id>> {
    const rows = await this.database.query<{ userId: Id }[]>(
      'SELECT userId FROM directory_stars WHERE ownerId = ?',
      [id],
    );
    return new Set(rows.map(({ userId }) => userId));
  }

  async has({ id }: Pick<Owner, 'id'>, userId: Id): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(
      'SELECT 1 FROM directory_stars WHERE ownerId = ? AND userId = ?',
      [id, userId],
    );
    return rows.length > 0;
  }

  /**
   * @param userId somebody the owner finds
   * @throws Refused when there are as many as there may be; two presses at the same moment may make one more
   */
  async give(owner: Owner, userId: Id): Promise<void> {
    const given = await this.of(owner);
    if (given.has(userId)) return;
    if (given.size >= limits.directoryStars)
      throw new Refused('contacts.star-too-many', { count: limits.directoryStars });
    await this.database.query(
      `INSERT INTO directory_stars (ownerId, userId, accountId, starredAt) VALUES (?, ?, ?, UTC_TIMESTAMP(3))
       ON DUPLICATE KEY UPDATE starredAt = starredAt`,
      [owner.id, userId, owner.accountId],
    );
  }

  async take(owner: Pick<Owner, 'id'>, userId: Id): Promise<void> {
    await this.database.query('DELETE FROM directory_stars WHERE ownerId = ? AND userId = ?', [
      ...[owner.id, userId],
    ]);
  }
}
