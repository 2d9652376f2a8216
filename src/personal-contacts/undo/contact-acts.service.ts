import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { PersonRecords } from '../../accounts/person-records.js';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { inTransaction, isDuplicate } from '../../database/transaction.js';
import { NotFound, Refused } from '../../errors/domain-error.js';
import { JournalBatch } from '../../journal/journal.entities.js';
import { Journal } from '../../journal/journal.service.js';
import { contactCount } from '../contact-limit.js';
import { GROUP_NAME_INDEX, storedGroups } from '../group-writes.js';
import { storedContacts } from '../contact-writes.js';
import { type Owner } from '../owner.js';
import { undoBatch } from './contact-undo.js';
import { type Undone } from './undone.js';

export interface UndoneAct extends Undone {
  /** Of the act that was undone, for example `contacts.edit`. */
  kind: string;
  /** The batch of this undo, by which it is undone itself. */
  batchId: Id;
  /** Of the first contact that is another way than before. */
  name: string;
}

/** What one did to one's own contacts and groups, one by one or to many at once, and can take back for 30 days. */
@Injectable()
export class ContactActs {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
    private readonly records: PersonRecords,
  ) {}

  /**
   * @returns null when it was undone before
   * @throws NotFound for another's act and for imports, which are undone on their own pages; Refused after 30 days, and
   * where there is no room for what comes back
   */
  async undo(owner: Owner, batchId: string): Promise<UndoneAct | null> {
    if (!isId(batchId)) throw new NotFound();
    for (let attempt = 1; ; attempt++) {
      try {
        return await inTransaction(this.database, (manager) => this.undoIn(manager, owner, batchId));
      } catch (error) {
        // A name this undo gave back was taken in the same moment; looking again finds a free one.
        if (attempt === 3 || !isDuplicate(error, GROUP_NAME_INDEX)) throw error;
      }
    }
  }

  /** True while somebody can look at it. */
  async isLiving(owner: Owner, contactId: Id): Promise<boolean> {
    return (await storedContacts(this.database, owner.id, { ids: [contactId] })).has(contactId);
  }

  async isLivingGroup(owner: Owner, groupId: Id): Promise<boolean> {
    return (await storedGroups(this.database, owner.id, { ids: [groupId] })).has(groupId);
  }

  private async undoIn(manager: EntityManager, owner: Owner, batchId: Id): Promise<UndoneAct | null> {
    const { id: ownerId, accountId } = owner;
    const batch = await manager.findOneBy(JournalBatch, { id: batchId, accountId, actorId: ownerId });
    if (!batch || batch.importId !== null || !/^(contacts|contact-groups)\./.test(batch.kind))
      throw new NotFound();
    const now = new Date();
    if (batch.at.getTime() < now.getTime() - limits.restoreDays * 86_400_000)
      throw new Refused('contact-undo.over', { days: limits.restoreDays });
    if (!(await this.journal.markUndone(manager, accountId, batchId))) return null;
    const own = await this.journal.begin(manager, {
      ...{ accountId, actorId: ownerId, kind: 'contacts.undo', undoes: batchId },
    });
    await this.journal.markDoneAgain(manager, batch);
    const undone = await undoBatch(manager, { accountId, ownerId, batchId: own, now }, batchId);
    await assertFits(manager, ownerId, undone);
    await this.records.undone.tell({ manager, owner, undone: batchId, batchId: own });
    return {
      ...undone,
      ...{ kind: batch.kind, batchId: own, name: await nameOfFirst(manager, ownerId, undone) },
    };
  }
}

/** What comes back needs room, as from the bin; it stays there. @throws Refused personal-contact.no-room */
async function assertFits(manager: EntityManager, ownerId: Id, { restored, removed }: Undone): Promise<void> {
  const count = restored.length - removed.length;
  if (count <= 0) return;
  const max = limits.personalContactsPerUser;
  const now = await contactCount(manager, ownerId);
  if (now > max)
    throw new Refused('personal-contact.no-room', { max, count, left: Math.max(0, max - (now - count)) });
}

async function nameOfFirst(manager: EntityManager, ownerId: Id, undone: Undone): Promise<string> {
  const { restored, changed, removed } = undone;
  const first = [...restored, ...changed, ...removed].at(0);
  if (first === undefined) return undone.groups.at(0)?.name ?? '';
  const [{ displayName }] = await manager.query<[{ displayName: string }]>(
    'SELECT displayName FROM personal_contacts WHERE ownerId = ? AND id = ?',
    [ownerId, first],
  );
  return displayName;
}
