import { newId, type Id } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { Journal } from '../../src/journal/journal.service.js';
import { type User } from '../../src/accounts/user.entity.js';
import { keepContactPhotos } from '../../src/personal-contacts/contact-photos.js';
import {
  changeContacts,
  insertContacts,
  removeContacts,
  storedContacts,
  type ContactAct,
  type NewContact,
} from '../../src/personal-contacts/contact-writes.js';
import { ensureGroups } from '../../src/personal-contacts/group-writes.js';
import { type TestApp } from '../support/app.js';
import { type EntityManager } from 'typeorm';

/** An act of somebody on the list they keep, as the services make one. */
export function act<T>(
  app: TestApp,
  { id, accountId }: Pick<User, 'id' | 'accountId'>,
  kind: string,
  body: (manager: EntityManager, act: ContactAct) => Promise<T>,
): Promise<T> {
  return inTransaction(app.database, async (manager) => {
    const batchId = await app.get(Journal).begin(manager, { accountId, actorId: id, kind });
    return body(manager, { accountId, ownerId: id, batchId, now: new Date() });
  });
}

/** A valid contact; a test states only what it is about. */
export function aContact(fields: Partial<NewContact> = {}): NewContact {
  return {
    ...{ id: newId(), displayName: 'Grace Hopper', email: null, organization: null },
    ...{ workPhone: null, homePhone: null, mobilePhone: null, faxNumber: null, mainPhone: null },
    ...{ typedPhones: {}, extra: [], photoHash: null, starred: false, groupIds: [] },
    ...fields,
  };
}

/** Contacts somebody keeps, in a group of this name if one is given. @returns their ids */
export function kept(
  app: TestApp,
  owner: User,
  contacts: readonly Partial<NewContact>[],
  { group, photo }: { group?: string; photo?: Buffer } = {},
): Promise<Id[]> {
  return act(app, owner, 'contacts.add', async (manager, own) => {
    const groups = [...(await ensureGroups(manager, own, group ? [group] : [])).values()];
    const [photoHash = null] = photo ? await keepContactPhotos(manager, own, [photo]) : [];
    const all = contacts.map((fields) =>
      aContact({ photoHash, groupIds: groups.map(({ id }) => id), ...fields }),
    );
    await insertContacts(manager, own, all);
    return all.map(({ id }) => id);
  });
}

/** Changes one of somebody's contacts. */
export function changed(app: TestApp, owner: User, id: Id, fields: Partial<NewContact>): Promise<unknown> {
  return act(app, owner, 'contacts.edit', async (manager, own) => {
    const before = (await storedContacts(manager, owner.id, { ids: [id] })).get(id);
    if (!before) throw new Error('No such contact');
    await changeContacts(manager, own, [{ before, after: { ...before, ...fields } }]);
  });
}

/** Puts contacts into the bin, as if `days` ago. */
export async function binned(app: TestApp, owner: User, ids: readonly Id[], days = 0): Promise<void> {
  await act(app, owner, 'contacts.delete', (manager, own) => removeContacts(manager, own, ids));
  await app.database.query(
    'UPDATE personal_contacts SET deletedAt = DATE_SUB(deletedAt, INTERVAL ? DAY) WHERE id IN (?)',
    [days, ids],
  );
}
