import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { contactFields, type ContactField } from '../../contact-card/contact-fields.js';
import { isId, type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { Conflict, NotFound, Refused } from '../../errors/domain-error.js';
import { Journal } from '../../journal/journal.service.js';
import { type CloudConflict } from '../cloud-contact.entities.js';
import { type RemoteFields } from '../contacts-connector.js';
import { type StoredCloudContact } from '../contacts/cloud-contact-row.js';
import {
  binCloudContacts,
  changeCloudContacts,
  folderIdsOf,
  storedCloudContacts,
  type CloudAct,
} from '../contacts/cloud-contact-writes.js';
import { actOf } from '../contacts/cloud-contacts.service.js';
import { beginActs, holdConnections, type Owner } from '../contacts/outbox.js';
import { usableFolders } from '../contacts/usable-folder.js';
import {
  decideConflict,
  isContactField,
  nothingLeft,
  openConflicts,
  type OpenConflict,
} from './conflict-writes.js';
import { fieldsOf, ourFolderIds, takeField } from './remote-fields.js';

/** Which words of a field stand: what was typed here, or what the provider has. */
export type ConflictSide = 'here' | 'there';

/** It was decided, or has become another one, since the page was opened. */
export class ConflictMovedOn extends Conflict {
  constructor(readonly contactId: Id) {
    super('cloud-conflicts.moved-on');
  }
}

export interface Decided {
  /** By which it is undone. */
  batchId: Id;
  contactId: Id;
  name: string;
  /** Fields that still wait. */
  left: number;
}

/** What a person decides where a run could not. A choice is an act like any other: it can be undone, and the rest is sent. */
@Injectable()
export class Conflicts {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
  ) {}

  /** Contacts of a person about which something is open. */
  async count(ownerId: Id): Promise<number> {
    const [{ open }] = await this.database.query<[{ open: number | string }]>(
      'SELECT COUNT(*) AS open FROM cloud_conflicts WHERE ownerId = ? AND openKey = 1',
      [ownerId],
    );
    return Number(open);
  }

  /**
   * Decides fields both sides changed. `here` puts back what was typed here, which is sent; `there` leaves what stands.
   * @param choices by contact field, or `folderIds`
   * @param revision of the conflict as the page showed it; null: whatever it is
   * @throws ConflictMovedOn, NotFound; Forbidden cloud-contact.read-only; Refused cloud-contact.problem.folder-gone
   */
  choose(
    owner: Owner,
    id: string,
    choices: Readonly<Record<string, ConflictSide>>,
    revision: number | null,
  ): Promise<Decided> {
    const send = Object.values(choices).includes('here');
    return this.decide(owner, id, revision, send, async (manager, act, contact, conflict) => {
      const chosen = Object.entries(choices);
      if (chosen.length === 0 || chosen.some(([field]) => !(field in conflict.fields)))
        throw new ConflictMovedOn(contact.id);
      const after = { ...contact, typedPhones: { ...contact.typedPhones }, problem: null };
      for (const [field, side] of chosen) {
        const { here } = conflict.fields[field];
        if (side === 'there') continue;
        if (isContactField(field)) takeField(after, wordsOf(field, here, act.region), field);
        else after.folderIds = await placesOf(manager, act, here);
      }
      if (after.displayName === '') after.displayName = contact.displayName;
      await changeCloudContacts(manager, act, [{ before: contact, after }]);
      const left = Object.entries(conflict.fields).filter(([field]) => !(field in choices));
      return { kind: conflict.kind, fields: Object.fromEntries(left) };
    });
  }

  /**
   * Decides about a contact that was deleted on one side and edited on the other, and lives meanwhile.
   * @param choice `delete`: into the bin, and out of the mailbox
   * @throws ConflictMovedOn, NotFound; Forbidden cloud-contact.read-only
   */
  keepOrDelete(
    owner: Owner,
    id: string,
    choice: 'keep' | 'delete',
    revision: number | null,
  ): Promise<Decided> {
    return this.decide(owner, id, revision, choice === 'delete', async (manager, act, contact, conflict) => {
      if (conflict.kind === 'fields') throw new ConflictMovedOn(contact.id);
      if (choice === 'keep') return { kind: 'fields', fields: conflict.fields };
      await binCloudContacts(manager, act, [contact]);
      return nothingLeft;
    });
  }

  private decide(
    owner: Owner,
    id: string,
    revision: number | null,
    send: boolean,
    body: (
      manager: EntityManager,
      act: CloudAct,
      contact: StoredCloudContact,
      conflict: OpenConflict,
    ) => Promise<Pick<CloudConflict, 'kind' | 'fields'>>,
  ): Promise<Decided> {
    return inTransaction(this.database, async (manager) => {
      const { contactId, connectionId } = await place(manager, owner, id);
      const held = await holdConnections(manager, owner, [connectionId]);
      const which = { ids: [contactId], lock: true };
      const contact = (await storedCloudContacts(manager, connectionId, which)).get(contactId);
      const conflict = (await openConflicts(manager, [contactId])).get(contactId);
      const same = conflict?.id === id && (revision === null || conflict.revision === revision);
      // Two windows decide: the second is shown what the first has made of it.
      if (!contact || !conflict || !same) throw new ConflictMovedOn(contactId);
      const acts = await beginActs(manager, this.journal, owner, held, { kind: 'cloud.conflict', send });
      const act = actOf(acts, connectionId);
      const left = await body(manager, act, contact, conflict);
      await decideConflict(manager, act, conflict, left);
      const name = contact.displayName;
      return { batchId: act.batchId, contactId, name, left: Object.keys(left.fields).length };
    });
  }
}

/** @throws NotFound when it is not this person's */
async function place(
  manager: EntityManager,
  owner: Owner,
  id: string,
): Promise<Pick<CloudConflict, 'contactId' | 'connectionId'>> {
  const [found] = isId(id)
    ? await manager.query<Pick<CloudConflict, 'contactId' | 'connectionId'>[]>(
        'SELECT contactId, connectionId FROM cloud_conflicts WHERE id = ? AND ownerId = ?',
        [id, owner.id],
      )
    : [];
  if (!found) throw new NotFound('cloud-conflicts.not-found');
  return found;
}

/** One field's words as a row has them. */
function wordsOf(field: ContactField, words: string | null, region: string) {
  const none = Object.fromEntries(contactFields.map((each) => [each, null])) as RemoteFields;
  return fieldsOf({ fields: { ...none, [field]: words } }, region);
}

/** @param here JSON list of the provider's ids */
async function placesOf(manager: EntityManager, act: CloudAct, here: string | null): Promise<Id[]> {
  const wanted = JSON.parse(here ?? '[]') as string[];
  const folderIds = ourFolderIds(wanted, await folderIdsOf(manager, act.connectionId));
  if (folderIds.length === 0) throw new Refused('cloud-contact.problem.folder-gone', { folder: '' });
  return (await usableFolders(manager, act.ownerId, folderIds)).map(({ id }) => id);
}
