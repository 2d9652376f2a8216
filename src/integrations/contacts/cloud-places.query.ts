import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Provider } from '../../accounts/settings.js';
import { isId, type Id } from '../../database/id.js';
import { type ConnectionProblem, type ConnectionState } from '../connection.entities.js';
import { type Words } from '../../web/words.js';
import { type Folder } from './folder-tree.js';
import { folderName, hasLabels } from './labels.js';

/** A connection that brings contacts here. */
export interface Mailbox {
  id: Id;
  provider: Provider;
  /** An address or a login name. */
  accountName: string;
  state: ConnectionState;
  pausedFor: string | null;
  /** It is asked for contacts; what came before it was asked no more stays, to be looked at. */
  inStep: boolean;
  /** Contacts may be changed here, as far as the folder lets them. */
  writable: boolean;
  problem: ConnectionProblem | null;
  lastSuccessAt: Date | null;
  /** Its folders are labels: a contact may have several. */
  labels: boolean;
  /** Also folders that hold no contacts, so that paths can be told. */
  folders: Folder[];
}

/** How many living contacts there are; by id of mailbox or folder. */
export interface CloudCounts {
  all: number;
  starred: number;
  /** Changes on their way, and such as were not taken. */
  waiting: number;
  refused: number;
  /** Deletions on their way: these contacts are in the bin. */
  removals: number;
  /** Open conflicts. */
  conflicts: number;
  mailboxes: ReadonlyMap<Id, number>;
  folders: ReadonlyMap<Id, number>;
}

/** Reads where one's cloud contacts are: mailboxes, their folders, and how many are in each. */
@Injectable()
export class CloudPlaces {
  constructor(private readonly database: DataSource) {}

  /**
   * Of connections that ended or never brought contacts, nothing is shown. In the order in which they were made.
   * @param words the reader's, for folders the provider names; without, as they are named there
   */
  async mailboxes(ownerId: Id, words: Words | null = null): Promise<Mailbox[]> {
    const [rows, folders] = await Promise.all([
      this.database.query<
        (Omit<Mailbox, 'inStep' | 'writable' | 'problem' | 'labels' | 'folders'> & {
          contacts: string;
          problem: string | null;
        })[]
      >(
        `SELECT id, provider, accountName, state, pausedFor, contacts, problem, lastSuccessAt FROM connections
         WHERE userId = ? AND state <> 'ended' AND (contacts <> 'none' OR EXISTS
           (SELECT 1 FROM cloud_contacts k WHERE k.connectionId = connections.id AND k.deletedAt IS NULL))
         ORDER BY id`,
        [ownerId],
      ),
      this.database.query<(Omit<Folder, 'isDefault' | 'readOnly' | 'living'> & FolderFlags)[]>(
        `SELECT id, connectionId, remoteId, parentRemoteId, name, isDefault, readOnly, living FROM cloud_folders
         WHERE ownerId = ? AND role IN ('contacts', 'other')`,
        [ownerId],
      ),
    ]);
    return rows.map(({ contacts, problem, ...row }) => ({
      ...row,
      ...{ inStep: contacts !== 'none', writable: contacts === 'write' },
      problem: problem === null ? null : (JSON.parse(problem) as ConnectionProblem),
      labels: hasLabels(row.provider),
      folders: folders
        .filter(({ connectionId }) => connectionId === row.id)
        .map(({ connectionId: _, isDefault, readOnly, living, ...folder }) => ({
          ...folder,
          ...{ isDefault: Boolean(isDefault), readOnly: Boolean(readOnly), living: Boolean(living) },
        }))
        .map((folder) => (words ? { ...folder, name: folderName(words, row.provider, folder) } : folder)),
    }));
  }

  /** Along indexes alone: of memberships all are counted, and those of contacts in the bin, few as a rule, taken off. */
  async counts(ownerId: Id, mailboxIds: readonly Id[]): Promise<CloudCounts> {
    if (mailboxIds.length === 0) return nobody;
    const [people, members, binned, [pending], [open]] = await Promise.all([
      this.database.query<{ id: Id; people: Counted; stars: Counted }[]>(
        `SELECT c.connectionId AS id, COUNT(*) AS people, SUM(c.starred) AS stars
         FROM cloud_contacts c FORCE INDEX (ix_cloud_contacts_list)
         WHERE c.ownerId = ? AND c.deletedAt IS NULL AND c.connectionId IN (?) GROUP BY c.connectionId`,
        [ownerId, mailboxIds],
      ),
      this.database.query<{ id: Id; people: Counted }[]>(
        'SELECT folderId AS id, COUNT(*) AS people FROM cloud_contact_folders WHERE ownerId = ? GROUP BY folderId',
        [ownerId],
      ),
      this.database.query<{ id: Id; people: Counted }[]>(
        `SELECT m.folderId AS id, COUNT(*) AS people FROM cloud_contacts c
         JOIN cloud_contact_folders m ON m.contactId = c.id
         WHERE c.ownerId = ? AND c.deletedAt IS NOT NULL GROUP BY m.folderId`,
        [ownerId],
      ),
      this.database.query<[Record<'waiting' | 'refused' | 'removals', Counted | null>]>(
        `SELECT SUM(c.deletedAt IS NULL AND c.problem IS NULL) AS waiting,
           SUM(c.deletedAt IS NULL AND c.problem IS NOT NULL) AS refused, SUM(c.deletedAt IS NOT NULL) AS removals
         FROM cloud_contacts c FORCE INDEX (ix_cloud_contacts_pending)
         WHERE c.connectionId IN (?) AND c.pending IS NOT NULL`,
        [mailboxIds],
      ),
      this.database.query<[{ conflicts: Counted }]>(
        'SELECT COUNT(*) AS conflicts FROM cloud_conflicts WHERE ownerId = ? AND openKey = 1',
        [ownerId],
      ),
    ]);
    const inBin = new Map(binned.map((row) => [row.id, Number(row.people)]));
    return {
      all: people.reduce((sum, row) => sum + Number(row.people), 0),
      starred: people.reduce((sum, row) => sum + Number(row.stars), 0),
      ...{ waiting: Number(pending.waiting ?? 0), refused: Number(pending.refused ?? 0) },
      removals: Number(pending.removals ?? 0),
      conflicts: Number(open.conflicts),
      mailboxes: new Map(people.map((row) => [row.id, Number(row.people)])),
      folders: new Map(members.map((row) => [row.id, Number(row.people) - (inBin.get(row.id) ?? 0)])),
    };
  }
}

/** Folders a contact may be put into by hand. */
export function writableFolders({ writable, folders }: Mailbox): Folder[] {
  return writable ? folders.filter(({ living, readOnly }) => living && !readOnly) : [];
}

export function mailboxOf(mailboxes: readonly Mailbox[], id: string): Mailbox | undefined {
  return isId(id) ? mailboxes.find((mailbox) => mailbox.id === id) : undefined;
}

type Counted = number | string;

interface FolderFlags {
  connectionId: Id;
  isDefault: number;
  readOnly: number;
  living: number;
}

const nobody: CloudCounts = {
  ...{ all: 0, starred: 0, waiting: 0, refused: 0, removals: 0, conflicts: 0 },
  ...{ mailboxes: new Map<Id, number>(), folders: new Map<Id, number>() },
};
