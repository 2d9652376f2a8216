import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { isId, type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { NotFound } from '../../errors/domain-error.js';
import { Journal } from '../../journal/journal.service.js';
import { regroupContacts, removeContacts, starContacts, type ContactAct } from '../contact-writes.js';
import { ensureGroups, storedGroups } from '../group-writes.js';
import { type Owner } from '../owner.js';
import { ContactList } from './contact-list.query.js';
import { type ContactFilters } from './contact-list.state.js';

/** Ticked contacts, or all that a list shows. */
export type Chosen = { ids: readonly string[] } | { matching: ContactFilters };

/** What becomes of the groups of contacts. */
export interface Regrouping {
  add: readonly Id[];
  /** Names of further groups to add; those there are not yet are made. */
  names?: readonly string[];
  /** Groups they leave; `others`: all but those added. */
  leave: readonly Id[] | 'others';
}

export interface ActOutcome {
  done: number;
  /** They were so already. */
  same: number;
  /** No contacts of this person: deleted meanwhile, as a rule. */
  gone: number;
  /** By which it is undone; null when nothing was done. */
  batchId: Id | null;
}

/**
 * What is done to many contacts at once: all of it or nothing, in one transaction and one batch. Ten thousand are the most
 * there are.
 */
@Injectable()
export class BulkActs {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
    private readonly list: ContactList,
  ) {}

  star(owner: Owner, chosen: Chosen, starred: boolean): Promise<ActOutcome> {
    return this.act(owner, chosen, 'contacts.star', async (manager, act, ids) => {
      const { found, changed } = await starContacts(manager, act, ids, starred);
      return { found, done: changed };
    });
  }

  remove(owner: Owner, chosen: Chosen): Promise<ActOutcome> {
    return this.act(owner, chosen, 'contacts.delete', async (manager, act, ids) => {
      const done = await removeContacts(manager, act, ids);
      return { found: done, done };
    });
  }

  /** @throws NotFound when one of the groups is not this person's, or not any more */
  regroup(owner: Owner, chosen: Chosen, { add, names = [], leave }: Regrouping): Promise<ActOutcome> {
    return this.act(owner, chosen, 'contacts.move', async (manager, act, ids) => {
      // Held, so that nobody deletes a group in the moment in which contacts come into it.
      const known = await storedGroups(manager, owner.id, { ids: add, lock: true });
      if (known.size < new Set(add).size) throw new NotFound('contact-groups.not-found');
      const made = await ensureGroups(manager, act, names);
      const { found, changed } = await regroupContacts(manager, act, ids, {
        add: [...known.keys(), ...[...made.values()].map(({ id }) => id)],
        leave,
      });
      return { found, done: changed };
    });
  }

  private async act(
    owner: Owner,
    chosen: Chosen,
    kind: string,
    body: (manager: EntityManager, act: ContactAct, ids: Id[]) => Promise<{ found: number; done: number }>,
  ): Promise<ActOutcome> {
    try {
      return await inTransaction(this.database, async (manager) => {
        const ids = await this.idsOf(manager, owner.id, chosen);
        const { accountId, id: ownerId } = owner;
        const batchId = await this.journal.begin(manager, { accountId, actorId: ownerId, kind });
        const act = { accountId, ownerId, batchId, now: new Date() };
        const { found, done } = ids.length === 0 ? { found: 0, done: 0 } : await body(manager, act, ids);
        const outcome = { done, same: found - done, gone: ids.length - found, batchId };
        if (done === 0) throw new NothingDone({ ...outcome, batchId: null });
        return outcome;
      });
    } catch (error) {
      if (error instanceof NothingDone) return error.outcome;
      throw error;
    }
  }

  /** In the order of their ids, in which everybody locks them. */
  private async idsOf(manager: EntityManager, ownerId: Id, chosen: Chosen): Promise<Id[]> {
    if ('matching' in chosen) return this.list.matching(manager, ownerId, chosen.matching);
    return [...new Set(chosen.ids.filter(isId))].sort();
  }
}

/** Takes the batch back, and a group made for nobody: there is nothing to tell of and to undo. */
class NothingDone extends Error {
  constructor(readonly outcome: ActOutcome) {
    super('Nothing was done');
  }
}
