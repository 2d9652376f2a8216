import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { sortKeyOf } from '../../text/fold.js';
import { type ExternalContact } from '../external-contact.entity.js';
import { nameAlone, OtherPeople, type OtherPerson } from '../links/other-people.query.js';

/** One external contact of somebody: what they keep of the person, and the person as they see them now. */
export interface KeptContact extends Pick<
  ExternalContact,
  'id' | 'linkId' | 'starred' | 'note' | 'connectedAt' | 'endedAt'
> {
  person: OtherPerson;
  folderIds: Id[];
  /** Folded name as it is shown. */
  sortKey: string;
  /** Folded company; without one last. */
  companyKey: string;
}

export interface KeptFolder {
  id: Id;
  name: string;
}

/** All that one keeps: a thousand contacts at most, so that lists are made of it in memory. */
export interface Kept {
  contacts: KeptContact[];
  /** No longer in contact, for up to 30 days. */
  former: KeptContact[];
  /** As people count: `Clients 2` before `Clients 10`. */
  folders: KeptFolder[];
}

const DAY_MS = 86_400_000;

/** Reads one's external contacts: every query starts from the owner. */
@Injectable()
export class KeptContacts {
  constructor(
    private readonly database: DataSource,
    private readonly people: OtherPeople,
  ) {}

  /** Three queries, however many there are (two more where companies' groups decide about features). */
  async all(ownerId: Id): Promise<Kept> {
    const [rows, folders] = await Promise.all([
      this.database.query<KeptRow[]>(
        `SELECT id, linkId, otherUserId, otherAccountId, starred, note, connectedAt, endedAt
         FROM external_contacts WHERE ownerId = ? AND (endedAt IS NULL OR endedAt > ?)`,
        [ownerId, new Date(Date.now() - limits.restoreDays * DAY_MS)],
      ),
      this.folders(ownerId),
    ]);
    const people = await this.people.of(rows);
    const contacts = rows.flatMap((row) => {
      const person = people.get(row.otherUserId);
      return person ? [keptOf(row, person, folders.of.get(row.id) ?? [])] : [];
    });
    return {
      contacts: contacts.filter(({ endedAt }) => endedAt === null),
      former: contacts.filter(({ endedAt }) => endedAt !== null),
      folders: folders.list,
    };
  }

  /** One's living folders, and those each contact is in. */
  async folders(ownerId: Id): Promise<{ list: KeptFolder[]; of: Map<Id, Id[]> }> {
    const rows = await this.database.query<(KeptFolder & { contactId: Id | null })[]>(
      `SELECT f.id, f.name, m.contactId FROM external_folders f
       LEFT JOIN external_folder_members m ON m.folderId = f.id
       WHERE f.ownerId = ? AND f.liveKey = 1 ORDER BY f.id`,
      [ownerId],
    );
    const names = new Map(rows.map(({ id, name }) => [id, name]));
    const of = new Map<Id, Id[]>();
    for (const { id, contactId } of rows)
      if (contactId !== null) of.set(contactId, [...(of.get(contactId) ?? []), id]);
    const list = [...names].map(([id, name]) => ({ id, name }));
    return { list: list.sort((one, other) => byName.compare(one.name, other.name)), of };
  }
}

type KeptRow = Omit<ExternalContact, 'starred' | 'accountId' | 'ownerId' | 'revision'> & { starred: number };

function keptOf(row: KeptRow, person: OtherPerson, folderIds: Id[]): KeptContact {
  const { id, linkId, note, connectedAt, endedAt } = row;
  return {
    ...{ id, linkId, note, connectedAt, endedAt, folderIds },
    person: endedAt === null ? person : nameAlone(person),
    starred: Boolean(row.starred),
    sortKey: sortKeyOf('', person.name),
    companyKey: person.company === null ? LAST : sortKeyOf('', person.company),
  };
}

/** After every letter. */
const LAST = '\uffff';

const byName = new Intl.Collator('en', { numeric: true });
