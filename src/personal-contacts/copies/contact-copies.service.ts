import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type WholeContact } from '../../contact-card/contact-fields.js';
import { newId, type Id } from '../../database/id.js';
import { Journal } from '../../journal/journal.service.js';
import { contactsLeft, roomFor } from '../contact-limit.js';
import { insertContacts, type ContactAct, type NewContact } from '../contact-writes.js';
import { ensureGroups, TooManyGroups } from '../group-writes.js';
import { contactIndex } from '../matching.query.js';
import { Twins } from '../matching.js';
import { type Owner } from '../owner.js';

/** A contact from another of one's address books. */
export interface CopiedContact extends Omit<WholeContact, 'photoHash'> {
  starred: boolean;
}

/** What became of the contacts that were to be copied. */
export interface CopyOutcome {
  added: number;
  /** Known here by e-mail, by number and name, or by name alone, as in an import. */
  already: number;
  /** There was no room for them. */
  left: number;
  /** The group the copies are in; null without copies, and where there may be no further group. */
  groupId: Id | null;
}

/** Takes contacts over from another address book, as copies in a group of their own: one act, undone like any other. */
@Injectable()
export class ContactCopies {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
  ) {}

  /** How many more one may have now. */
  room(owner: Owner): Promise<number> {
    return contactsLeft(this.database, owner.id);
  }

  /** All of them or none, in the transaction of `manager`. @param sets read one after another, never all at once */
  async take(
    manager: EntityManager,
    { id: ownerId, accountId }: Owner,
    groupName: string,
    sets: AsyncIterable<readonly CopiedContact[]>,
  ): Promise<CopyOutcome> {
    // From here on nobody else adds to this list.
    let room = await roomFor(manager, { ownerId, accountId });
    const [index, twins] = [await contactIndex(manager, ownerId), new Twins()];
    const outcome: CopyOutcome = { added: 0, already: 0, left: 0, groupId: null };
    let act: ContactAct | null = null;
    let line = 0;
    for await (const set of sets) {
      const fresh: NewContact[] = [];
      for (const contact of set) {
        line++;
        if (index.candidates(contact).length > 0 || twins.earlier(contact, line) !== undefined)
          outcome.already++;
        else if (room === 0) outcome.left++;
        else {
          room--;
          fresh.push({ ...contact, id: newId(), photoHash: null, groupIds: [] });
        }
      }
      if (fresh.length === 0) continue;
      if (act === null) {
        const kind = 'contacts.copy';
        const batchId = await this.journal.begin(manager, { accountId, actorId: ownerId, kind });
        act = { accountId, ownerId, batchId, now: new Date() };
        outcome.groupId = await groupNamed(manager, act, groupName);
      }
      const groupIds = outcome.groupId === null ? [] : [outcome.groupId];
      await insertContacts(
        manager,
        act,
        fresh.map((contact) => ({ ...contact, groupIds })),
      );
      outcome.added += fresh.length;
    }
    return outcome;
  }
}

/** Who has as many groups as there may be gets the copies without one. */
async function groupNamed(manager: EntityManager, act: ContactAct, name: string): Promise<Id | null> {
  try {
    for (const { id } of (await ensureGroups(manager, act, [name])).values()) return id;
  } catch (error) {
    if (!(error instanceof TooManyGroups)) throw error;
  }
  return null;
}
