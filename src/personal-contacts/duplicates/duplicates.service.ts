import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { PersonRecords } from '../../accounts/person-records.js';
import { newId, type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { NotFound } from '../../errors/domain-error.js';
import { Journal } from '../../journal/journal.service.js';
import { changeContacts, removeContacts, storedContacts, type ContactAct } from '../contact-writes.js';
import { type StoredContact } from '../contact-row.js';
import { assertOwn, type Owner } from '../owner.js';
import { digestOf, duplicatesOf } from './duplicates.query.js';
import { MOST_AT_ONCE } from './duplicates.limits.js';
import { everythingAside, mergeContacts, type MergeChoices, type Merged } from './merge-contacts.js';

/** A contact as a form showed it. */
export interface Seen {
  id: Id;
  revision: number;
}

export interface MergeDone {
  batchId: Id;
  survivorId: Id;
  name: string;
  /** How many there were. */
  contacts: number;
}

/** Merges contacts, and keeps those apart that only look alike. */
@Injectable()
export class Duplicates {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
    private readonly records: PersonRecords,
  ) {}

  /**
   * Makes one contact of several, if they still are what was seen.
   * @returns null when one was changed or deleted since. @throws NotFound for a contact that is not the owner's
   */
  merge(owner: Owner, seen: readonly Seen[], choices: MergeChoices): Promise<MergeDone | null> {
    return inTransaction(this.database, async (manager) => {
      const ids = seen.map(({ id }) => id);
      await assertOwn(manager, owner.id, ids);
      const living = await storedContacts(manager, owner.id, { ids, lock: true });
      const contacts = seen.flatMap(({ id, revision }) => {
        const contact = living.get(id);
        return contact?.revision === revision ? [contact] : [];
      });
      if (contacts.length !== seen.length) return null;
      const merged = mergeContacts(contacts, choices);
      const act = await this.act(manager, owner);
      await this.write(manager, act, [merged]);
      return {
        ...{ batchId: act.batchId, survivorId: merged.survivor.id },
        ...{ name: merged.after.displayName, contacts: contacts.length },
      };
    });
  }

  /**
   * All merges that are safe, at most `MOST_AT_ONCE`, as one act.
   * @param digest of the list as it was shown (`digestOf`)
   * @returns null when it is another one by now
   */
  mergeSafe(owner: Owner, digest: string): Promise<{ batchId: Id; merges: number; contacts: number } | null> {
    return inTransaction(this.database, async (manager) => {
      const groups = (await duplicatesOf(manager, owner.id)).safe.slice(0, MOST_AT_ONCE);
      if (groups.length === 0 || digestOf(groups) !== digest) return null;
      const ids = groups.flatMap((group) => group.map(({ id }) => id));
      const living = await storedContacts(manager, owner.id, { ids, lock: true });
      // Between the search and the lock, somebody may have been quicker.
      if (groups.flat().some(({ id, revision }) => living.get(id)?.revision !== revision)) return null;
      const merges = groups.map((group) =>
        mergeContacts(
          group.map(({ id }) => living.get(id) as StoredContact),
          everythingAside,
        ),
      );
      const act = await this.act(manager, owner);
      await this.write(manager, act, merges);
      return { batchId: act.batchId, merges: merges.length, contacts: ids.length };
    });
  }

  /** These are different people, each from each. @returns the answer, by which it is taken back. @throws NotFound */
  keepApart(owner: Owner, ids: readonly Id[]): Promise<Id> {
    return inTransaction(this.database, async (manager) => {
      await assertOwn(manager, owner.id, ids);
      const answerId = newId();
      const sorted = [...new Set(ids)].sort();
      const pairs = sorted.flatMap((low, place) => sorted.slice(place + 1).map((high) => [low, high]));
      if (pairs.length === 0) throw new NotFound();
      const now = new Date();
      await manager.query(
        `INSERT INTO personal_contact_distinctions (ownerId, lowId, highId, accountId, answerId, at) VALUES ?
         ON DUPLICATE KEY UPDATE answerId = VALUES(answerId), at = VALUES(at)`,
        [pairs.map((pair) => [owner.id, ...pair, owner.accountId, answerId, now])],
      );
      return answerId;
    });
  }

  /** Takes an answer back; one that was taken back before is passed over. */
  async forget(owner: Owner, answerId: Id): Promise<void> {
    await this.database.query(
      'DELETE FROM personal_contact_distinctions WHERE ownerId = ? AND answerId = ?',
      [...[owner.id, answerId]],
    );
  }

  private async act(manager: EntityManager, { id: ownerId, accountId }: Owner): Promise<ContactAct> {
    const batch = { accountId, actorId: ownerId, kind: 'contacts.merge' };
    return { accountId, ownerId, batchId: await this.journal.begin(manager, batch), now: new Date() };
  }

  private async write(manager: EntityManager, act: ContactAct, merges: readonly Merged[]): Promise<void> {
    await changeContacts(
      manager,
      act,
      merges.map(({ survivor, after }) => ({ before: survivor, after })),
    );
    const into = new Map(merges.flatMap(({ survivor, losers }) => losers.map(({ id }) => [id, survivor.id])));
    await removeContacts(manager, act, [...into.keys()], { mergedInto: into });
    const { ownerId: id, accountId, batchId } = act;
    await this.records.joined.tell({ manager, owner: { id, accountId }, batchId, kind: 'personal', into });
  }
}
