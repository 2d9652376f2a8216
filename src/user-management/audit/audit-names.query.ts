import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { groupKinds, groupTables, groupWords, type GroupKind } from '../../accounts/group-tables.js';
import { type Id } from '../../database/id.js';
import { nameOf } from '../change-words.js';
import { type NamedPerson } from '../user-details.query.js';

/** What stands behind an id of the log today. */
export interface Present {
  name: string;
  /** The page about it; null when it has none any more. */
  href: string | null;
  /** Of an import: how many people it brought in. */
  people?: number;
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
      ...groupKinds.map((kind) => this.groups(kind, accountId, wanted(groupWords[kind]))),
      this.imports(accountId, wanted('import')),
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

  private async groups(kind: GroupKind, accountId: Id, ids: readonly Id[]): Promise<[Id, Present][]> {
    if (ids.length === 0) return [];
    const found = await this.database.query<{ id: Id; name: string }[]>(
      `SELECT id, name FROM ${groupTables[kind]} WHERE id IN (?) AND accountId = ?`,
      [ids, accountId],
    );
    return found.map(({ id, name }) => [id, { name, href: `/${groupWords[kind]}s/${id}` }]);
  }

  private async imports(accountId: Id, ids: readonly Id[]): Promise<[Id, Present][]> {
    if (ids.length === 0) return [];
    const found = await this.database.query<{ id: Id; fileName: string; counts: string | null }[]>(
      'SELECT id, fileName, counts FROM imports WHERE id IN (?) AND accountId = ?',
      [ids, accountId],
    );
    return found.map(({ id, fileName, counts }) => {
      const { written } = (counts === null ? {} : JSON.parse(counts)) as { written?: number };
      const people = written === undefined ? {} : { people: written };
      return [id, { name: fileName, href: `/imports/${id}`, ...people }];
    });
  }
}
