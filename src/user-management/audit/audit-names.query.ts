import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Id } from '../../database/id.js';
import { nameOf } from '../change-words.js';
import { type NamedPerson } from '../user-details.query.js';

/** What stands behind an id of the log today. */
export interface Present {
  name: string;
  /** The page about it; null when it has none any more. */
  href: string | null;
}

/** Something the log names by kind and id. */
export interface Reference {
  type: string | null;
  id: Id | null;
}

/** Names and pages of what the log points to; one query for each kind of thing, however many there are. */
@Injectable()
export class AuditNames {
  constructor(private readonly database: DataSource) {}

  /** What is gone, or of another account, is left out. */
  async of(accountId: Id, references: readonly Reference[]): Promise<Map<Id, Present>> {
    const wanted = (type: string) => [
      ...new Set(references.flatMap((each) => (each.type === type && each.id ? [each.id] : []))),
    ];
    const found = await Promise.all([
      this.people(accountId, wanted('user')),
      this.titled('user_groups', 'name', '/user-groups', accountId, wanted('user-group')),
      this.titled('chat_groups', 'name', '/chat-groups', accountId, wanted('chat-group')),
      this.titled('imports', 'fileName', '/imports', accountId, wanted('import')),
    ]);
    return new Map(found.flat());
  }

  private async people(accountId: Id, ids: readonly Id[]): Promise<[Id, Present][]> {
    if (ids.length === 0) return [];
    const found = await this.database.query<(NamedPerson & { liveKey: number | null })[]>(
      'SELECT id, givenName, familyName, email, liveKey FROM users WHERE id IN (?) AND accountId = ?',
      [ids, accountId],
    );
    return found.map((person) => [
      person.id,
      { name: nameOf(person), href: person.liveKey === null ? null : `/users/${person.id}` },
    ]);
  }

  /** Table, column and path come from code, never from a request. */
  private async titled(
    table: string,
    column: string,
    path: string,
    accountId: Id,
    ids: readonly Id[],
  ): Promise<[Id, Present][]> {
    if (ids.length === 0) return [];
    const found = await this.database.query<{ id: Id; name: string }[]>(
      `SELECT id, ${column} AS name FROM ${table} WHERE id IN (?) AND accountId = ?`,
      [ids, accountId],
    );
    return found.map(({ id, name }) => [id, { name, href: `${path}/${id}` }]);
  }
}
