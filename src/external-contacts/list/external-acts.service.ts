import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { isId, type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { Conflict, NotFound } from '../../errors/domain-error.js';
import { Journal } from '../../journal/journal.service.js';
import { Notifications } from '../../notifications/notifications.service.js';
import { begin, kinds, type ActKind, type ContactAct, type Owner } from '../contact-act.js';
import { ensureFolder, storedFolders } from '../folders/folder-writes.js';
import { ExternalLinks } from '../links/external-links.service.js';
import { changeOwnSides, ownSides, type OwnSide } from './contact-writes.js';
import { matching } from './external-list.js';
import { type ExternalFilters } from './external-list.state.js';
import { KeptContacts } from './kept-contacts.query.js';
import { removeContacts, type Remover } from './removals.js';

/** Ticked contacts, or all that a list shows. */
export type Chosen = { ids: readonly string[] } | { matching: ExternalFilters };

/** What becomes of the folders of contacts. */
export interface Refoldering {
  add: readonly Id[];
  /** Name of one more to add; made when there is none. */
  newFolder?: string | null;
  /** Folders they leave; `others`: all but those added. */
  leave: readonly Id[] | 'others';
}

export interface ActOutcome {
  done: number;
  /** They were so already. */
  same: number;
  /** No contacts of this person: removed meanwhile, as a rule. */
  gone: number;
  /** By which it is undone; null when nothing was done. */
  batchId: Id | null;
}

/** The note was changed since the form was opened; `present` is how it is now. */
export class NoteConflict extends Conflict {
  constructor(readonly present: Pick<OwnSide, 'note' | 'revision'>) {
    super('common.error.conflict');
  }
}

/** What somebody does to their own side of contacts, to one or to many: all of it or nothing, one batch an act. */
@Injectable()
export class ExternalActs {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
    private readonly links: ExternalLinks,
    private readonly notifications: Notifications,
    private readonly kept: KeptContacts,
  ) {}

  star(owner: Owner, chosen: Chosen, starred: boolean): Promise<ActOutcome> {
    return this.act(owner, chosen, kinds.star, (manager, act, ids) =>
      this.change(manager, act, ids, (side) => ({ ...side, starred })),
    );
  }

  /** @throws NotFound when one of the folders is not this person's, or not any more; TooManyFolders */
  refolder(owner: Owner, chosen: Chosen, { add, newFolder = null, leave }: Refoldering): Promise<ActOutcome> {
    return this.act(owner, chosen, kinds.folders, async (manager, act, ids) => {
      // Held, so that nobody deletes a folder in the moment in which contacts come into it.
      const known = await storedFolders(manager, owner.id, { ids: add, lock: true });
      if (known.size < new Set(add).size) throw new NotFound('external-folders.not-found');
      const made = newFolder ? [await ensureFolder(manager, this.journal, act, newFolder)] : [];
      const wanted = [...new Set([...known.keys(), ...made])];
      return this.change(manager, act, ids, (side) => {
        const stays = side.folderIds.filter((id) => leave !== 'others' && !leave.includes(id));
        return { ...side, folderIds: [...new Set([...stays, ...wanted])].sort() };
      });
    });
  }

  /** Mutual, and told to the others. */
  remove(remover: Remover, chosen: Chosen): Promise<ActOutcome> {
    const { links, journal, notifications } = this;
    return this.act(remover, chosen, kinds.removal, async (manager, act, ids) => {
      const contacts = [...(await ownSides(manager, remover.id, ids)).values()];
      const ended = await removeContacts(manager, { links, journal, notifications }, remover, act, contacts);
      return { found: ended.length, done: ended.length };
    });
  }

  /**
   * @param revision of the note the form was opened on; null: whatever it is
   * @returns the batch to undo it by; null when it said so already
   * @throws NoteConflict; NotFound for another's contact and one that is none any more
   */
  note(owner: Owner, id: string, note: string | null, revision: number | null): Promise<Id | null> {
    return inTransaction(this.database, async (manager) => {
      const held = { lock: true, ended: true };
      const before = isId(id) ? (await ownSides(manager, owner.id, [id], held)).get(id) : undefined;
      if (!before) throw new NotFound('external-contact.not-found');
      if (before.note === note) return null;
      if (revision !== null && revision !== before.revision) throw new NoteConflict(before);
      const act = await begin(this.journal, manager, owner, kinds.note);
      await changeOwnSides(manager, this.journal, act, [{ before, after: { ...before, note } }]);
      return act.batchId;
    });
  }

  private async change(
    manager: EntityManager,
    act: ContactAct,
    ids: readonly Id[],
    changed: (side: OwnSide) => OwnSide,
  ): Promise<{ found: number; done: number }> {
    const sides = [...(await ownSides(manager, act.ownerId, ids, { lock: true })).values()];
    const changes = sides.map((before) => ({ before, after: changed(before) }));
    return { found: sides.length, done: await changeOwnSides(manager, this.journal, act, changes) };
  }

  private async act(
    owner: Owner,
    chosen: Chosen,
    kind: ActKind,
    body: (manager: EntityManager, act: ContactAct, ids: Id[]) => Promise<{ found: number; done: number }>,
  ): Promise<ActOutcome> {
    const ids = await this.idsOf(owner.id, chosen);
    try {
      return await inTransaction(this.database, async (manager) => {
        const act = await begin(this.journal, manager, owner, kind);
        const { found, done } = ids.length === 0 ? { found: 0, done: 0 } : await body(manager, act, ids);
        const outcome = { done, same: found - done, gone: ids.length - found, batchId: act.batchId };
        if (done === 0) throw new NothingDone({ ...outcome, batchId: null });
        return outcome;
      });
    } catch (error) {
      if (error instanceof NothingDone) return error.outcome;
      throw error;
    }
  }

  private async idsOf(ownerId: Id, chosen: Chosen): Promise<Id[]> {
    if ('ids' in chosen) return [...new Set(chosen.ids.filter(isId))].sort();
    return matching(await this.kept.all(ownerId), chosen.matching)
      .map(({ id }) => id)
      .sort();
  }
}

/** Takes the batch back, and a folder made for nobody: there is nothing to tell of and to undo. */
class NothingDone extends Error {
  constructor(readonly outcome: ActOutcome) {
    super('Nothing was done');
  }
}
