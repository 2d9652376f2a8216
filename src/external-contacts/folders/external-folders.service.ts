import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { nameKeyOf } from '../../accounts/user-rows.js';
import { limits } from '../../config/limits.js';
import { isId, newId, type Id } from '../../database/id.js';
import { inTransaction, isDuplicate } from '../../database/transaction.js';
import { Conflict, NotFound } from '../../errors/domain-error.js';
import { Journal } from '../../journal/journal.service.js';
import { begin, FOLDER_SUBJECT, kinds, type Owner } from '../contact-act.js';
import {
  FOLDER_NAME_INDEX,
  foldersByName,
  insertFolder,
  removeFolders,
  renameFolders,
  storedFolders,
  type StoredFolder,
} from './folder-writes.js';

/** A deleted folder, and the batch that brings it back. */
export interface DeletedFolder {
  batchId: Id;
  name: string;
  at: Date;
}

const DAY_MS = 86_400_000;

/** Folders of external contacts made, named and deleted by whom they belong to. */
@Injectable()
export class ExternalFolders {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
  ) {}

  /** @throws NotFound for what is no id, what is deleted, and what is another person's */
  find(ownerId: Id, id: string): Promise<StoredFolder> {
    return held(this.database.manager, ownerId, id, false);
  }

  /** Those of the last 30 days, the latest first; one that was deleted, brought back and deleted again is there once. */
  deleted(ownerId: Id): Promise<DeletedFolder[]> {
    return this.database.query(
      `SELECT MAX(e.batchId) AS batchId, f.name, f.deletedAt AS at FROM external_folders f
       JOIN journal_entries e ON e.subjectId = f.id AND e.subjectType = '${FOLDER_SUBJECT}' AND e.action = 'removed'
       JOIN journal_batches b ON b.id = e.batchId AND b.undoneAt IS NULL
       WHERE f.ownerId = ? AND f.liveKey IS NULL AND f.deletedAt > ?
       GROUP BY f.id, f.name, f.deletedAt ORDER BY f.deletedAt DESC, f.id LIMIT ${limits.page}`,
      [ownerId, new Date(Date.now() - limits.restoreDays * DAY_MS)],
    );
  }

  /**
   * @param fields.id made before the form was shown: the same form sent twice makes one folder
   * @throws Conflict external-folders.problem.name-taken with name and id of the folder that has it; TooManyFolders
   */
  async create(owner: Owner, { id = newId(), name }: { id?: Id; name: string }): Promise<Id> {
    try {
      await inTransaction(this.database, async (manager) => {
        const act = await begin(this.journal, manager, owner, kinds.folderCreate);
        await insertFolder(manager, this.journal, act, { id, name });
      });
      return id;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      // The same form once more; somebody else's id would have to be guessed, and shows nothing.
      const mine = await storedFolders(this.database.manager, owner.id, { ids: [id] });
      if (mine.has(id)) return id;
      if (isDuplicate(error, FOLDER_NAME_INDEX)) throw await this.taken(owner, name);
      throw new NotFound('external-folders.not-found');
    }
  }

  /**
   * @returns the batch to undo it by; null when it was called so already
   * @throws Conflict external-folders.problem.changed-meanwhile, or external-folders.problem.name-taken
   */
  async rename(
    owner: Owner,
    id: Id,
    { name, revision }: { name: string; revision: number },
  ): Promise<Id | null> {
    try {
      return await inTransaction(this.database, async (manager) => {
        const before = await held(manager, owner.id, id, true);
        if (before.revision !== revision) throw new Conflict('external-folders.problem.changed-meanwhile');
        if (before.name === name) return null;
        const act = await begin(this.journal, manager, owner, kinds.folderRename);
        await renameFolders(manager, this.journal, act, [{ before, name }]);
        return act.batchId;
      });
    } catch (error) {
      if (isDuplicate(error, FOLDER_NAME_INDEX)) throw await this.taken(owner, name);
      throw error;
    }
  }

  /** Its contacts stay. @returns the batch to undo it by */
  remove(owner: Owner, id: string): Promise<{ folder: StoredFolder; batchId: Id }> {
    return inTransaction(this.database, async (manager) => {
      const folder = await held(manager, owner.id, id, true);
      const act = await begin(this.journal, manager, owner, kinds.folderDelete);
      await removeFolders(manager, this.journal, act, [folder.id]);
      return { folder, batchId: act.batchId };
    });
  }

  private async taken(owner: Owner, name: string): Promise<Conflict> {
    const there = (await foldersByName(this.database.manager, owner.id)).get(nameKeyOf(name));
    return new Conflict('external-folders.problem.name-taken', there && { id: there.id, name: there.name });
  }
}

/** @throws NotFound for what is deleted, and for another person's */
async function held(manager: EntityManager, ownerId: Id, id: string, lock: boolean): Promise<StoredFolder> {
  const found = isId(id) ? await storedFolders(manager, ownerId, { ids: [id], lock }) : null;
  const folder = found?.get(id);
  if (!folder) throw new NotFound('external-folders.not-found');
  return folder;
}
