import { type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';

/** One of one's living contacts, as far as a replacement has to know it. */
export interface Listed {
  id: Id;
  revision: number;
  displayName: string;
}

/** The whole list by name. Ten thousand contacts at most, without what is said of them. */
export function wholeList(database: Statements, ownerId: Id): Promise<Listed[]> {
  return database.query(
    `SELECT id, revision, displayName FROM personal_contacts
     WHERE ownerId = ? AND deletedAt IS NULL ORDER BY sortKey, id`,
    [ownerId],
  );
}

/** Who is in the list, with the revision each has, in no order. @param butOf a batch whose new contacts are left out */
export async function revisionsOf(
  database: Statements,
  ownerId: Id,
  { butOf = '' }: { butOf?: Id } = {},
): Promise<Map<Id, number>> {
  const rows = await database.query<{ id: Id; revision: number }[]>(
    'SELECT id, revision FROM personal_contacts WHERE ownerId = ? AND deletedAt IS NULL AND createdByBatch <> ?',
    [ownerId, butOf],
  );
  return new Map(rows.map(({ id, revision }) => [id, revision]));
}

/** Which living groups they (or all) are in. */
export async function memberships(
  database: Statements,
  ownerId: Id,
  ids?: readonly Id[],
): Promise<Map<Id, Id[]>> {
  if (ids?.length === 0) return new Map();
  const rows = await database.query<{ contactId: Id; groupId: Id }[]>(
    `SELECT m.contactId, m.groupId FROM personal_contact_group_members m
     JOIN personal_contact_groups g ON g.id = m.groupId AND g.liveKey = 1
     WHERE m.ownerId = ? ${ids ? 'AND m.contactId IN (?)' : ''}`,
    [ownerId, ...(ids ? [ids] : [])],
  );
  const groups = new Map<Id, Id[]>();
  for (const { contactId, groupId } of rows) {
    const known = groups.get(contactId);
    if (known) known.push(groupId);
    else groups.set(contactId, [groupId]);
  }
  return groups;
}
