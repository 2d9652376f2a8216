import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { nameKeyOf } from '../../accounts/user-rows.js';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import {
  keysetPage,
  type KeysetOrder,
  type KeysetPage,
  type Place,
  type Slice,
} from '../../database/keyset.js';
import { NotFound } from '../../errors/domain-error.js';
import { likePattern } from '../../text/fold.js';
import { GROUP_SUBJECT } from '../group-writes.js';

/** A group with the number of its living contacts. */
export interface CountedGroup {
  id: Id;
  name: string;
  people: number;
}

/** A group, as its form knows it. */
export interface KeptGroup {
  id: Id;
  name: string;
  revision: number;
}

/** A deleted group, and the batch that brings it back. */
export interface DeletedGroup {
  batchId: Id;
  name: string;
  at: Date;
}

/** Groups of one person that pages can offer to choose from; who has more finds the others by name. */
export const MOST_GROUPS = 1_000;

const DAY_MS = 86_400_000;

/** One's own groups of contacts, living and deleted. */
@Injectable()
export class ContactGroups {
  constructor(private readonly database: DataSource) {}

  /** A to Z, each with its exact count. */
  async list(ownerId: Id): Promise<CountedGroup[]> {
    const groups = await this.database.query<(Omit<CountedGroup, 'people'> & { people: string | number })[]>(
      `SELECT g.id, g.name, ${PEOPLE} FROM ${COUNTED}
       WHERE g.ownerId = ? AND g.liveKey = 1 ORDER BY g.nameKey LIMIT ${MOST_GROUPS}`,
      [ownerId, ownerId],
    );
    return inOrder(groups.map((group) => ({ ...group, people: Number(group.people) })));
  }

  /** One page of them, A to Z, each with its exact count. @param q parts of a name */
  async page(
    ownerId: Id,
    { q, place }: { q: string; place: Place },
  ): Promise<KeysetPage<CountedGroup & { nameKey: string }>> {
    const parts = nameKeyOf(q).split(' ').filter(Boolean);
    return keysetPage(byNameKey, place, limits.page, async ({ where, values, orderBy, limit }: Slice) => {
      const groups = await this.database.query<
        (Omit<CountedGroup, 'people'> & { nameKey: string; people: string | number })[]
      >(
        `SELECT g.id, g.name, g.nameKey, ${PEOPLE} FROM ${COUNTED}
         WHERE g.ownerId = ? AND g.liveKey = 1${parts.map(() => ' AND g.nameKey LIKE ?').join('')} AND ${where}
         ORDER BY ${orderBy} LIMIT ${limit}`,
        [ownerId, ownerId, ...parts.map(likePattern), ...values],
      );
      return groups.map((group) => ({ ...group, people: Number(group.people) }));
    });
  }

  /** How many there are. */
  async count(ownerId: Id): Promise<number> {
    const [{ found }] = await this.database.query<[{ found: string | number }]>(
      'SELECT COUNT(*) AS found FROM personal_contact_groups WHERE ownerId = ? AND liveKey = 1',
      [ownerId],
    );
    return Number(found);
  }

  /** @throws NotFound for what is no id, what is deleted, and what is another person's */
  async find(ownerId: Id, id: string): Promise<KeptGroup> {
    const [group] = isId(id)
      ? await this.database.query<KeptGroup[]>(
          'SELECT id, name, revision FROM personal_contact_groups WHERE id = ? AND ownerId = ? AND liveKey = 1',
          [id, ownerId],
        )
      : [];
    if (!group) throw new NotFound('contact-groups.not-found');
    return group;
  }

  /** Those of the last 30 days, the latest first; one that was deleted, brought back and deleted again is there once. */
  deleted(ownerId: Id, now = new Date()): Promise<DeletedGroup[]> {
    return this.database.query(
      `SELECT MAX(e.batchId) AS batchId, g.name, g.deletedAt AS at FROM personal_contact_groups g
       JOIN journal_entries e ON e.subjectId = g.id AND e.subjectType = '${GROUP_SUBJECT}' AND e.action = 'removed'
       JOIN journal_batches b ON b.id = e.batchId AND b.undoneAt IS NULL
       WHERE g.ownerId = ? AND g.liveKey IS NULL AND g.deletedAt > ?
       GROUP BY g.id, g.name, g.deletedAt ORDER BY g.deletedAt DESC, g.id LIMIT ${limits.page}`,
      [ownerId, new Date(now.getTime() - limits.restoreDays * DAY_MS)],
    );
  }
}

/**
 * Members are counted by the group's own index alone, and those whose contact is in the bin taken off: reading each contact to
 * see whether it lives takes seven times as long.
 */
const PEOPLE = `(SELECT COUNT(*) FROM personal_contact_group_members m WHERE m.groupId = g.id)
  - COALESCE(binned.people, 0) AS people`;
/** Its first value is the owner. */
const COUNTED = `personal_contact_groups g LEFT JOIN (
    SELECT m.groupId, COUNT(*) AS people FROM personal_contacts c
    JOIN personal_contact_group_members m ON m.contactId = c.id
    WHERE c.ownerId = ? AND c.deletedAt IS NOT NULL GROUP BY m.groupId
  ) binned ON binned.groupId = g.id`;

const byNameKey: KeysetOrder = {
  name: 'contact-groups',
  columns: [
    { sql: 'g.nameKey', name: 'nameKey', kind: 'text' },
    { sql: 'g.id', name: 'id', kind: 'id' },
  ],
};

/** As people count: `Clients 2` comes before `Clients 10`. */
export function inOrder<Group extends { name: string }>(groups: readonly Group[]): Group[] {
  return [...groups].sort((one, other) => byName.compare(one.name, other.name));
}

const byName = new Intl.Collator('en', { numeric: true });
