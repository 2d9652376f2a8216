import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../../database/keyset.js';
import { NotFound } from '../../errors/domain-error.js';
import { type Changes, type JournalEntry } from '../../journal/journal.entities.js';
import { CONTACT_SUBJECT, kinds } from '../contact-act.js';
import { type ExternalContact } from '../external-contact.entity.js';
import { type ExternalLink } from '../external-link.entity.js';
import { nameAlone, OtherPeople, type OtherPerson } from '../links/other-people.query.js';

/** One external contact as its owner sees it. */
export interface Card {
  contact: Pick<
    ExternalContact,
    'id' | 'otherUserId' | 'otherAccountId' | 'starred' | 'note' | 'revision' | 'connectedAt' | 'endedAt'
  >;
  link: Pick<ExternalLink, 'askedBy' | 'endedBy' | 'endedFor'>;
  person: OtherPerson;
  folderIds: Id[];
  /** All of the owner's. */
  folders: { id: Id; name: string }[];
}

/** What happened to one's side of a contact in one act. */
export interface CardEvent {
  batchId: Id;
  kind: string;
  action: JournalEntry['action'];
  at: Date;
  undoneAt: Date | null;
  /** The reader did it. */
  own: boolean;
  changes: Changes | null;
  /** How many contacts and folders the act was about. */
  subjects: number;
}

const DAY_MS = 86_400_000;

const newestFirst: KeysetOrder = {
  name: 'external-history',
  columns: [{ sql: 'e.batchId', name: 'batchId', kind: 'id' }],
  descending: true,
};

/** Reads one external contact for its owner, with what happened to it. */
@Injectable()
export class ExternalCards {
  constructor(
    private readonly database: DataSource,
    private readonly people: OtherPeople,
  ) {}

  /** Also one that ended in the last 30 days. @throws NotFound for somebody else's, and one that ended before */
  async find(ownerId: Id, id: string): Promise<Card> {
    const [row] = isId(id) ? await this.row(ownerId, id) : [];
    if (!row) throw new NotFound('external-contact.not-found');
    const { askedBy, endedBy, endedFor, starred, ...contact } = row;
    const [person, folders] = await Promise.all([
      this.people.find(contact),
      this.database.query<{ id: Id; name: string; member: number }[]>(
        `SELECT f.id, f.name, m.contactId IS NOT NULL AS member FROM external_folders f
         LEFT JOIN external_folder_members m ON m.folderId = f.id AND m.contactId = ?
         WHERE f.ownerId = ? AND f.liveKey = 1 ORDER BY f.nameKey`,
        [contact.id, ownerId],
      ),
    ]);
    return {
      contact: { ...contact, starred: Boolean(starred) },
      link: { askedBy, endedBy, endedFor },
      person: contact.endedAt === null ? person : nameAlone(person),
      folderIds: folders.filter(({ member }) => Number(member) === 1).map((folder) => folder.id),
      folders: folders.map((folder) => ({ id: folder.id, name: folder.name })),
    };
  }

  /** One that can be reached. @throws NotFound for one that ended, is paused or gone, too */
  async reachable(ownerId: Id, id: string): Promise<Card & { person: { email: string } }> {
    const card = await this.find(ownerId, id);
    const { person, contact } = card;
    if (contact.endedAt !== null || person.standing !== 'here' || person.email === null)
      throw new NotFound('external-contact.not-found');
    return { ...card, person: { ...person, email: person.email } };
  }

  /** What happened to a contact that was found for its owner, newest first, a page at a time. */
  history(ownerId: Id, id: Id, place: Place): Promise<KeysetPage<CardEvent>> {
    return keysetPage<CardEvent>(newestFirst, place, limits.page, async (slice) => {
      const rows = await this.database.query<
        (Omit<CardEvent, 'changes' | 'own' | 'subjects'> & { changes: string | null; actorId: Id | null })[]
      >(
        `SELECT e.batchId, b.kind, e.action, b.at, b.undoneAt, b.actorId, e.changes
         FROM journal_entries e JOIN journal_batches b ON b.id = e.batchId
         WHERE e.subjectId = ? AND e.subjectType = ? AND (${slice.where})
         ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [id, CONTACT_SUBJECT, ...slice.values],
      );
      const counts = await this.subjects(rows.map(({ batchId }) => batchId));
      return rows.map(({ actorId, changes, ...event }) => ({
        ...event,
        own: actorId === ownerId,
        changes: changes === null ? null : (JSON.parse(changes) as Changes),
        subjects: counts.get(event.batchId) ?? 1,
      }));
    });
  }

  /** Names of one's folders, also deleted ones, by id. */
  async folderNames(ownerId: Id, ids: readonly Id[]): Promise<Map<Id, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.query<{ id: Id; name: string }[]>(
      'SELECT id, name FROM external_folders WHERE ownerId = ? AND id IN (?)',
      [ownerId, ids],
    );
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  /** The reader's act that ended a contact, while it can be taken back. */
  async removal(ownerId: Id, id: Id): Promise<Id | null> {
    const [batch] = await this.database.query<{ id: Id }[]>(
      `SELECT b.id FROM journal_entries e JOIN journal_batches b ON b.id = e.batchId
       WHERE e.subjectId = ? AND e.subjectType = ? AND e.action = 'removed' AND b.actorId = ?
         AND b.kind IN (?) AND b.undoneAt IS NULL AND b.at > ?
       ORDER BY b.id DESC LIMIT 1`,
      [id, CONTACT_SUBJECT, ownerId, [kinds.removal, kinds.undo], oldest()],
    );
    return batch?.id ?? null;
  }

  /**
   * An address the owner knows of somebody who is no contact any more, to ask them again: from what they asked
   * themselves, or from a request of the owner's that is still that person's address. Never what they changed it to.
   */
  async knownAddress(ownerId: Id, otherUserId: Id): Promise<string | null> {
    const [known] = await this.database.query<{ address: string }[]>(
      `(SELECT senderAddress AS address, receivedAt AS at FROM external_requests_received
        WHERE receiverId = ? AND senderId = ?)
       UNION ALL
       (SELECT s.toAddress AS address, s.sentAt AS at FROM external_requests_sent s
        JOIN sign_in_addresses a ON a.address = s.toAddress AND a.userId = ?
        WHERE s.senderId = ? AND s.state = 'accepted')
       ORDER BY at DESC LIMIT 1`,
      [ownerId, otherUserId, otherUserId, ownerId],
    );
    return known?.address ?? null;
  }

  private row(ownerId: Id, id: Id): Promise<CardRow[]> {
    return this.database.query<CardRow[]>(
      `SELECT c.id, c.otherUserId, c.otherAccountId, c.starred, c.note, c.revision, c.connectedAt, c.endedAt,
              l.askedBy, l.endedBy, l.endedFor
       FROM external_contacts c JOIN external_links l ON l.id = c.linkId
       WHERE c.id = ? AND c.ownerId = ? AND (c.endedAt IS NULL OR c.endedAt > ?)`,
      [id, ownerId, oldest()],
    );
  }

  private async subjects(batchIds: readonly Id[]): Promise<Map<Id, number>> {
    if (batchIds.length === 0) return new Map();
    const rows = await this.database.query<{ batchId: Id; subjects: number | string }[]>(
      'SELECT batchId, COUNT(*) AS subjects FROM journal_entries WHERE batchId IN (?) GROUP BY batchId',
      [batchIds],
    );
    return new Map(rows.map(({ batchId, subjects }) => [batchId, Number(subjects)]));
  }
}

type CardRow = Omit<Card['contact'], 'starred'> & Card['link'] & { starred: number };

function oldest(): Date {
  return new Date(Date.now() - limits.restoreDays * DAY_MS);
}
