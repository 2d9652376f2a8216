import { type EntityManager } from 'typeorm';
import { type Id } from '../../database/id.js';
import { changesBetween } from '../../journal/changes.js';
import { type Journal, type NewEntry } from '../../journal/journal.service.js';
import { CONTACT_SUBJECT, type ContactAct } from '../contact-act.js';

/**
 * The only place where somebody's own side of external contacts is written: note, star, folders. Set by set, each change
 * with its line in the journal. That two people are contacts at all is links/external-links.service.ts.
 */

/** One's own side of a contact as it stands in the database. */
export interface OwnSide {
  id: Id;
  linkId: Id;
  otherUserId: Id;
  otherAccountId: Id;
  starred: boolean;
  note: string | null;
  revision: number;
  /** Living folders, in the order of their ids. */
  folderIds: Id[];
}

/** Fields the journal tells of. */
export const ownFields = ['note', 'starred', 'folderIds'] as const;

/** Those of them one is in contact with, and with `ended` the others too, by id; `lock` holds them until the transaction ends. */
export async function ownSides(
  manager: EntityManager,
  ownerId: Id,
  ids: readonly Id[],
  { lock = false, ended = false }: { lock?: boolean; ended?: boolean } = {},
): Promise<Map<Id, OwnSide>> {
  if (ids.length === 0) return new Map();
  const rows = await manager.query<(Omit<OwnSide, 'starred' | 'folderIds'> & { starred: number })[]>(
    `SELECT id, linkId, otherUserId, otherAccountId, starred, note, revision FROM external_contacts
     WHERE ownerId = ? AND id IN (?) ${ended ? '' : 'AND endedAt IS NULL'} ORDER BY id ${lock ? 'FOR UPDATE' : ''}`,
    [ownerId, ids],
  );
  const members = await manager.query<{ contactId: Id; folderId: Id }[]>(
    `SELECT m.contactId, m.folderId FROM external_folder_members m
     JOIN external_folders f ON f.id = m.folderId AND f.liveKey = 1
     WHERE m.ownerId = ? AND m.contactId IN (?) ORDER BY m.folderId`,
    [ownerId, ids],
  );
  const folders = new Map<Id, Id[]>();
  for (const { contactId, folderId } of members)
    folders.set(contactId, [...(folders.get(contactId) ?? []), folderId]);
  return new Map(
    rows.map((row) => [
      row.id,
      { ...row, starred: Boolean(row.starred), folderIds: folders.get(row.id) ?? [] },
    ]),
  );
}

/**
 * @param changes sides as `ownSides` read them in this transaction, with `lock`
 * @returns how many differ; the others are left as they are
 */
export async function changeOwnSides(
  manager: EntityManager,
  journal: Journal,
  act: ContactAct,
  changes: readonly { before: OwnSide; after: OwnSide }[],
): Promise<number> {
  const entries: NewEntry[] = [];
  const differing = changes.filter(({ before, after }) => {
    const told = changesBetween(before, after, ownFields);
    if (told)
      entries.push({ subjectId: before.id, subjectType: CONTACT_SUBJECT, action: 'changed', changes: told });
    return told !== null;
  });
  if (differing.length === 0) return 0;
  for (const starred of [true, false]) {
    const ids = differing
      .filter(({ before, after }) => before.starred !== after.starred && after.starred === starred)
      .map(({ before }) => before.id);
    if (ids.length > 0)
      await manager.query('UPDATE external_contacts SET starred = ? WHERE ownerId = ? AND id IN (?)', [
        ...[starred ? 1 : 0, act.ownerId, ids],
      ]);
  }
  // One at a time is written: nobody changes the notes of many.
  for (const { before, after } of differing)
    if (before.note !== after.note)
      await manager.query(
        'UPDATE external_contacts SET note = ?, revision = revision + 1 WHERE ownerId = ? AND id = ?',
        [after.note, act.ownerId, before.id],
      );
  await changeMembers(manager, act, differing);
  await journal.record(manager, act.batchId, act.accountId, entries);
  return differing.length;
}

async function changeMembers(
  manager: EntityManager,
  { accountId, ownerId }: ContactAct,
  changes: readonly { before: OwnSide; after: OwnSide }[],
): Promise<void> {
  const pairs = (from: 'before' | 'after', to: 'before' | 'after') =>
    changes.flatMap((change) =>
      change[from].folderIds
        .filter((id) => !change[to].folderIds.includes(id))
        .map((id) => [id, change[from].id] as const),
    );
  const left = pairs('before', 'after');
  if (left.length > 0)
    await manager.query(
      'DELETE FROM external_folder_members WHERE ownerId = ? AND (folderId, contactId) IN (?)',
      [ownerId, left],
    );
  const joined = pairs('after', 'before');
  if (joined.length > 0)
    await manager.query(
      `INSERT INTO external_folder_members (folderId, contactId, accountId, ownerId) VALUES ?
       ON DUPLICATE KEY UPDATE ownerId = VALUES(ownerId)`,
      [joined.map(([folderId, contactId]) => [folderId, contactId, accountId, ownerId])],
    );
}
