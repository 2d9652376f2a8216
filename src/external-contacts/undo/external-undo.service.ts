import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { freeName } from '../../accounts/free-name.js';
import { nameKeyOf } from '../../accounts/user-rows.js';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { inTransaction, isDuplicate } from '../../database/transaction.js';
import { NotFound, Refused } from '../../errors/domain-error.js';
import { sameValue } from '../../journal/changes.js';
import { JournalBatch, type Changes, type JournalEntry } from '../../journal/journal.entities.js';
import { Journal } from '../../journal/journal.service.js';
import { Notifications } from '../../notifications/notifications.service.js';
import { begin, CONTACT_SUBJECT, FOLDER_SUBJECT, kinds, type ContactAct } from '../contact-act.js';
import {
  FOLDER_NAME_INDEX,
  foldersByName,
  removeFolders,
  renameFolders,
  restoreFolders,
  storedFolders,
} from '../folders/folder-writes.js';
import { contactCount, holdList } from '../links/contact-room.js';
import { ExternalLinks } from '../links/external-links.service.js';
import { changeOwnSides, ownFields, ownSides, type OwnSide } from '../list/contact-writes.js';
import { rejoinContacts, removeContacts, type Remover } from '../list/removals.js';

/** What an undo did. */
export interface UndoneAct {
  /** The batch of this undo, by which it is undone itself. */
  batchId: Id;
  /** Contacts that are another way than before, in contact again or removed again. */
  changed: number;
  rejoined: number;
  removed: number;
  /** Folders brought back, renamed or deleted. */
  folders: number;
  /** Left as they are: changed since, removed, or not to be had back. */
  kept: number;
}

const DAY_MS = 86_400_000;

/** What somebody did to their side of external contacts, taken back within 30 days; an undo is an act like any other. */
@Injectable()
export class ExternalUndo {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
    private readonly links: ExternalLinks,
    private readonly notifications: Notifications,
  ) {}

  /**
   * @returns null when it was undone before
   * @throws NotFound for another's act; Refused after 30 days, and where there is no room for what comes back
   */
  async undo(owner: Remover, batchId: string): Promise<UndoneAct | null> {
    if (!isId(batchId)) throw new NotFound();
    for (let attempt = 1; ; attempt++) {
      try {
        return await inTransaction(this.database, (manager) => this.undoIn(manager, owner, batchId));
      } catch (error) {
        // A name this undo gave back was taken in the same moment; looking again finds a free one.
        if (attempt === 3 || !isDuplicate(error, FOLDER_NAME_INDEX)) throw error;
      }
    }
  }

  private async undoIn(manager: EntityManager, owner: Remover, batchId: Id): Promise<UndoneAct | null> {
    const { id: actorId, accountId } = owner;
    const batch = await manager.findOneBy(JournalBatch, { id: batchId, accountId, actorId });
    if (!batch || !(Object.values(kinds) as string[]).includes(batch.kind)) throw new NotFound();
    if (batch.at.getTime() < Date.now() - limits.restoreDays * DAY_MS)
      throw new Refused('external-list.undone.over', { days: limits.restoreDays });
    if (!(await this.journal.markUndone(manager, accountId, batchId))) return null;
    const act = await begin(this.journal, manager, owner, kinds.undo, batchId);
    await this.journal.markDoneAgain(manager, batch);
    const entries = await entriesOf(manager, batchId);
    const links = await this.undoLinks(manager, owner, act, batchId, entries);
    const folders = await this.undoFolders(manager, act, entries);
    const contacts = await this.undoFields(manager, act, entries);
    const emptied = await this.removeEmptied(manager, act, entries);
    return {
      batchId: act.batchId,
      changed: contacts.changed,
      rejoined: links.rejoined,
      removed: links.removed,
      folders: folders + emptied,
      kept: links.kept + contacts.kept,
    };
  }

  /** Removed contacts come back, those an undo had brought back go again. Links are held before anything else. */
  private async undoLinks(
    manager: EntityManager,
    owner: Remover,
    act: ContactAct,
    undone: Id,
    entries: readonly Entry[],
  ) {
    const { links, journal, notifications } = this;
    const between = { links, journal, notifications };
    const removed = idsOf(entries, CONTACT_SUBJECT, 'removed');
    const standing = await standingRemovals(manager, owner.id, removed, undone);
    const rejoined = await rejoinContacts(manager, between, owner, act, undone, standing);
    if (rejoined.length > 0) await assertFits(manager, owner);
    const restored = idsOf(entries, CONTACT_SUBJECT, 'restored');
    const there = [...(await ownSides(manager, owner.id, restored)).values()];
    const again = await removeContacts(manager, between, owner, act, there);
    return {
      rejoined: rejoined.length,
      removed: again.length,
      kept: removed.length - rejoined.length + (restored.length - again.length),
    };
  }

  /** Deleted folders come back and renamed ones get their names back, before contacts return to them. */
  private async undoFolders(
    manager: EntityManager,
    act: ContactAct,
    entries: readonly Entry[],
  ): Promise<number> {
    const restored = await restoreFolders(
      manager,
      this.journal,
      act,
      idsOf(entries, FOLDER_SUBJECT, 'removed'),
    );
    const renamed = entries.filter(
      ({ subjectType, action }) => subjectType === FOLDER_SUBJECT && action === 'changed',
    );
    const ids = renamed.map(({ subjectId }) => subjectId);
    const living = await storedFolders(manager, act.ownerId, { ids, lock: true });
    const taken = new Set((await foldersByName(manager, act.ownerId)).keys());
    const back = renamed.flatMap(({ subjectId, changes }) => {
      const before = living.get(subjectId);
      const [was, became] = (changes?.['name'] ?? []) as [string, string];
      if (before?.name !== became) return [];
      taken.delete(nameKeyOf(became));
      return [{ before, name: freeName(was, taken) }];
    });
    await renameFolders(manager, this.journal, act, back);
    return restored.length + back.length;
  }

  /** Note, star and folders as they were, where they still say what the act made of them. */
  private async undoFields(manager: EntityManager, act: ContactAct, entries: readonly Entry[]) {
    const changed = entries.filter(
      ({ subjectType, action }) => subjectType === CONTACT_SUBJECT && action === 'changed',
    );
    const ids = changed.map(({ subjectId }) => subjectId);
    const sides = await ownSides(manager, act.ownerId, ids, { lock: true });
    const living = new Set((await storedFolders(manager, act.ownerId)).keys());
    let kept = 0;
    const back = changed.flatMap(({ subjectId, changes }) => {
      const before = sides.get(subjectId);
      const after = before && asBefore(before, changes ?? {}, living);
      if (!after) {
        kept++;
        return [];
      }
      return [{ before, after }];
    });
    return { changed: await changeOwnSides(manager, this.journal, act, back), kept };
  }

  /** Folders that came with the act go again: one it made only if nobody is in it. */
  private async removeEmptied(
    manager: EntityManager,
    act: ContactAct,
    entries: readonly Entry[],
  ): Promise<number> {
    const made = idsOf(entries, FOLDER_SUBJECT, 'created');
    const peopled = made.length === 0 ? [] : await peopledAmong(manager, act.ownerId, made);
    const empty = made.filter((id) => !peopled.includes(id));
    const restored = idsOf(entries, FOLDER_SUBJECT, 'restored');
    return (await removeFolders(manager, this.journal, act, [...empty, ...restored])).length;
  }
}

type Entry = Pick<JournalEntry, 'subjectId' | 'subjectType' | 'action'> & { changes: Changes | null };

async function entriesOf(manager: EntityManager, batchId: Id): Promise<Entry[]> {
  const rows = await manager.query<(Omit<Entry, 'changes'> & { changes: string | null })[]>(
    'SELECT subjectId, subjectType, action, changes FROM journal_entries WHERE batchId = ? ORDER BY subjectId',
    [batchId],
  );
  return rows.map((row) => ({
    ...row,
    changes: row.changes === null ? null : (JSON.parse(row.changes) as Changes),
  }));
}

function idsOf(entries: readonly Entry[], type: string, wanted: Entry['action']): Id[] {
  return entries
    .filter(({ subjectType, action }) => subjectType === type && action === wanted)
    .map(({ subjectId }) => subjectId);
}

/** Of these ended contacts, those that are so by this act and no later one. */
async function standingRemovals(manager: EntityManager, ownerId: Id, ids: readonly Id[], act: Id) {
  if (ids.length === 0) return [];
  const rows = await manager.query<{ subjectId: Id; batchId: Id }[]>(
    `SELECT subjectId, MAX(batchId) AS batchId FROM journal_entries
     WHERE subjectId IN (?) AND subjectType = ? AND action = 'removed' GROUP BY subjectId`,
    [ids, CONTACT_SUBJECT],
  );
  const standing = rows.filter(({ batchId }) => batchId === act).map(({ subjectId }) => subjectId);
  if (standing.length === 0) return [];
  return manager.query<{ id: Id; linkId: Id; otherUserId: Id }[]>(
    `SELECT id, linkId, otherUserId FROM external_contacts
     WHERE ownerId = ? AND id IN (?) AND endedAt IS NOT NULL`,
    [ownerId, standing],
  );
}

/** Who has others by now, or gets them at this moment, has no room for all that would come back. @throws Refused */
async function assertFits(manager: EntityManager, { id, accountId }: Remover): Promise<void> {
  await holdList(manager, { userId: id, accountId });
  if ((await contactCount(manager, id)) > limits.externalContacts)
    throw new Refused('external-list.no-room', { max: limits.externalContacts });
}

async function peopledAmong(manager: EntityManager, ownerId: Id, folderIds: readonly Id[]): Promise<Id[]> {
  const rows = await manager.query<{ folderId: Id }[]>(
    `SELECT DISTINCT m.folderId FROM external_folder_members m
     JOIN external_contacts c ON c.id = m.contactId AND c.endedAt IS NULL
     WHERE m.ownerId = ? AND m.folderId IN (?)`,
    [ownerId, folderIds],
  );
  return rows.map(({ folderId }) => folderId);
}

/** A side with the act's changes taken back; null where one of them was changed since. @param living folders there are */
function asBefore(side: OwnSide, changes: Changes, living: ReadonlySet<Id>): OwnSide | null {
  const back: Record<string, unknown> = {};
  for (const field of ownFields) {
    if (!(field in changes)) continue;
    const [before, after] = changes[field];
    if (field === 'folderIds') {
      const [were, became] = [foldersIn(before, living), foldersIn(after, living)];
      const given = became.filter((id) => !were.includes(id));
      const taken = were.filter((id) => !became.includes(id));
      // Others it came into since it keeps.
      const stays = side.folderIds.filter((id) => !given.includes(id));
      back[field] = [...new Set([...stays, ...taken])].sort();
    } else if (sameValue(side[field], after)) back[field] = before;
    else return null;
  }
  return { ...side, ...(back as Partial<OwnSide>) };
}

function foldersIn(value: unknown, living: ReadonlySet<Id>): Id[] {
  return ((value ?? []) as Id[]).filter((id) => living.has(id));
}
