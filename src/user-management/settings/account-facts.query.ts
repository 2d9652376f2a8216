import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Counters } from '../../accounts/counters.service.js';
import { User, type Status } from '../../accounts/user.entity.js';
import { type Id } from '../../database/id.js';
import { type OwnEntry } from './outside.view.js';

/** Owners that are named; more are counted. */
export const OWNERS_NAMED = 10;

export interface AccountOverview {
  people: Record<Status, number>;
  /** Active ones, A to Z: the first ten and one more where there are more. */
  owners: { id: Id; givenName: string; familyName: string }[];
}

/** What an administrator sees of the company without changing it. */
@Injectable()
export class AccountFacts {
  constructor(
    private readonly database: DataSource,
    private readonly counters: Counters,
  ) {}

  async of(accountId: Id): Promise<AccountOverview> {
    const [people, owners] = await Promise.all([
      this.counters.of(accountId),
      this.database.query<AccountOverview['owners']>(
        // The name index knows the role: only the rows of owners are read, not those of everybody.
        `SELECT u.id, u.givenName, u.familyName FROM (
           SELECT id FROM users WHERE accountId = ? AND status = 'active' AND role = 'owner'
           ORDER BY sortKey, id LIMIT ?) owners
         JOIN users u ON u.id = owners.id ORDER BY u.sortKey, u.id`,
        [accountId, OWNERS_NAMED + 1],
      ),
    ]);
    return { people, owners };
  }

  /** What the reader's own entry says in fields that outsiders may see. */
  ownEntry(userId: Id): Promise<OwnEntry> {
    return this.database.getRepository(User).findOneOrFail({
      select: {
        ...{ id: true, jobTitle: true, workPhone: true, extension: true },
        ...{ mobilePhone: true, department: true, location: true },
      },
      where: { id: userId },
    });
  }
}
