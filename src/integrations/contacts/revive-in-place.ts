import { type EntityManager } from 'typeorm';
import { type StoredCloudContact } from './cloud-contact-row.js';
import {
  changeCloudContacts,
  reviveCloudContacts,
  storedCloudContacts,
  type CloudAct,
} from './cloud-contact-writes.js';
import { livingOrDefault } from './usable-folder.js';

/** Out of the bin, and into the folders that are left of those they were in. */
export async function reviveInPlace(
  manager: EntityManager,
  act: CloudAct,
  contacts: readonly StoredCloudContact[],
): Promise<void> {
  await reviveCloudContacts(manager, act, contacts);
  const ids = contacts.map(({ id }) => id);
  const places = await livingOrDefault(manager, act.connectionId);
  const changes = [];
  for (const before of (await storedCloudContacts(manager, act.connectionId, { ids, lock: true })).values())
    changes.push({ before, after: { ...before, folderIds: places(before.folderIds) } });
  await changeCloudContacts(manager, act, changes);
}
