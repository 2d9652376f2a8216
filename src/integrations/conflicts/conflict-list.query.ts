import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Provider } from '../../accounts/settings.js';
import { SessionCounts } from '../../auth/session-counts.js';
import { isId, type Id } from '../../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../../database/keyset.js';
import { NotFound } from '../../errors/domain-error.js';
import { type CloudConflict } from '../cloud-contact.entities.js';
import { type StoredCloudContact } from '../contacts/cloud-contact-row.js';
import { cloudContactsOf } from '../contacts/cloud-contact-writes.js';
import { type ConflictFields } from '../sync/conflict-writes.js';

/** An open conflict with the contact it is about. */
export interface ListedConflict extends Pick<
  CloudConflict,
  'id' | 'contactId' | 'connectionId' | 'kind' | 'revision' | 'createdAt'
> {
  fields: ConflictFields;
  /** The run that came to it, while the history still has it. */
  runId: Id | null;
  provider: Provider;
  accountName: string;
  /** Changes here may be sent. */
  writable: boolean;
  contact: StoredCloudContact;
}

/** Names of the folders of one's mailboxes, by mailbox and the provider's id. */
export type RemoteFolderNames = (connectionId: Id, remoteId: string) => string | undefined;

/** Cards of a page: each shows two versions. */
export const CARDS = 20;

const newestFirst: KeysetOrder = {
  name: 'cloud-conflicts',
  columns: [
    { sql: 'k.createdAt', name: 'createdAt', kind: 'moment' },
    { sql: 'k.id', name: 'id', kind: 'id' },
  ],
  descending: true,
};

/** What is open in a mailbox that is connected no more is hidden with it. */
const OPEN = `cloud_conflicts k JOIN connections c ON c.id = k.connectionId AND c.state <> 'ended'`;

/** Reads what a person has to decide. */
@Injectable()
export class ConflictList implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly sessionCounts: SessionCounts,
  ) {}

  onModuleInit(): void {
    this.sessionCounts.register('cloudConflicts', {
      from: OPEN,
      where: 'k.ownerId = u.id AND k.openKey = 1',
    });
  }

  async count(ownerId: Id): Promise<number> {
    const [{ open }] = await this.database.query<[{ open: number | string }]>(
      `SELECT COUNT(*) AS open FROM ${OPEN} WHERE k.ownerId = ? AND k.openKey = 1`,
      [ownerId],
    );
    return Number(open);
  }

  async page(ownerId: Id, place: Place): Promise<KeysetPage<ListedConflict>> {
    const found = await keysetPage<Omit<ListedConflict, 'contact'>>(
      newestFirst,
      place,
      CARDS,
      async (slice) => {
        const rows = await this.database.query<ConflictRow[]>(
          `SELECT k.id, k.contactId, k.connectionId, k.kind, k.fields, k.revision, k.createdAt, r.id AS runId,
                c.provider, c.accountName, c.contacts
         FROM ${OPEN} LEFT JOIN sync_runs r ON r.id = k.runId
         WHERE k.ownerId = ? AND k.openKey = 1 AND (${slice.where}) ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
          [ownerId, ...slice.values],
        );
        return rows.map(({ contacts, fields, ...row }) => ({
          ...row,
          ...{ fields: JSON.parse(fields) as ConflictFields, writable: contacts === 'write' },
        }));
      },
    );
    const ids = found.rows.map(({ contactId }) => contactId);
    const contacts = await cloudContactsOf(this.database, ownerId, { ids });
    return {
      ...found,
      // One whose contact went into the bin in this moment is decided.
      rows: found.rows.flatMap((row) => {
        const contact = contacts.get(row.contactId);
        return contact ? [{ ...row, contact }] : [];
      }),
    };
  }

  /** Fields an open conflict is about. @throws NotFound for somebody else's */
  async fields(ownerId: Id, id: string): Promise<string[]> {
    const [found] = isId(id)
      ? await this.database.query<{ fields: string }[]>(
          `SELECT k.fields FROM ${OPEN} WHERE k.id = ? AND k.ownerId = ?`,
          [id, ownerId],
        )
      : [];
    if (!found) throw new NotFound('cloud-conflicts.not-found');
    return Object.keys(JSON.parse(found.fields) as ConflictFields);
  }

  /** Of the mailboxes of these conflicts, where one is about folders. */
  async folderNames(ownerId: Id, conflicts: readonly ListedConflict[]): Promise<RemoteFolderNames> {
    const connectionIds = [...new Set(conflicts.map(({ connectionId }) => connectionId))];
    if (connectionIds.length === 0 || !conflicts.some(({ fields }) => 'folderIds' in fields))
      return () => undefined;
    const rows = await this.database.query<{ connectionId: Id; remoteId: string; name: string }[]>(
      'SELECT connectionId, remoteId, name FROM cloud_folders WHERE ownerId = ? AND connectionId IN (?)',
      [ownerId, connectionIds],
    );
    const names = new Map(
      rows.map(({ connectionId, remoteId, name }) => [`${connectionId} ${remoteId}`, name]),
    );
    return (connectionId, remoteId) => names.get(`${connectionId} ${remoteId}`);
  }
}

type ConflictRow = Omit<ListedConflict, 'fields' | 'writable' | 'contact'> & {
  fields: string;
  contacts: string;
};
