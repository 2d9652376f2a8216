import { contactFields, type ContactField } from '../../contact-card/contact-fields.js';
import { newId, type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';
import { sameValue } from '../../journal/changes.js';
import { type Changes } from '../../journal/journal.entities.js';
import { type CloudConflict, type FieldConflict } from '../cloud-contact.entities.js';
import { type StoredCloudContact } from '../contacts/cloud-contact-row.js';
import { type CloudAct } from '../contacts/cloud-contact-writes.js';
import { noteEntries } from '../contacts/cloud-journal.js';
import { remoteFieldsOf, sameField, type CloudFields } from './remote-fields.js';

/**
 * Conflicts are written here alone, after the connection's row and the contacts are held. A contact has one open conflict at most:
 * what comes to it joins it. Closing one is noted in the journal with all it said, so that an undo opens it again.
 */

/** A subject of the journal that is one of these. */
export const CONFLICT = 'cloud-conflict';

export type ConflictFields = Record<string, FieldConflict>;

export interface NewConflict {
  contactId: Id;
  kind: CloudConflict['kind'];
  /** Of `fields` alone, by contact field; `folderIds` holds JSON lists of the provider's ids. */
  fields?: ConflictFields;
}

export type OpenConflict = Pick<CloudConflict, 'id' | 'contactId' | 'kind' | 'fields' | 'revision'>;

/** Open conflicts of these contacts, by contact. */
export async function openConflicts(
  database: Statements,
  contactIds: readonly Id[],
): Promise<Map<Id, OpenConflict>> {
  if (contactIds.length === 0) return new Map();
  const rows = await database.query<(Omit<OpenConflict, 'fields'> & { fields: string })[]>(
    `SELECT id, contactId, kind, fields, revision FROM cloud_conflicts WHERE contactId IN (?) AND openKey = 1
     ORDER BY id FOR UPDATE`,
    [contactIds],
  );
  return new Map(
    rows.map((row) => [row.contactId, { ...row, fields: JSON.parse(row.fields) as ConflictFields }]),
  );
}

/**
 * Notes what a run could not decide alone.
 * @returns how many contacts have one that had none
 */
export async function noteConflicts(
  database: Statements,
  act: Omit<CloudAct, 'batchId'>,
  runId: Id | null,
  conflicts: readonly NewConflict[],
): Promise<number> {
  const open = await openConflicts(
    database,
    conflicts.map(({ contactId }) => contactId),
  );
  let made = 0;
  for (const { contactId, kind, fields = {} } of conflicts) {
    const known = open.get(contactId);
    if (!known) {
      await database.query(
        `INSERT INTO cloud_conflicts
           (id, accountId, ownerId, connectionId, contactId, openKey, kind, fields, runId, revision, createdAt)
         VALUES (?)`,
        [
          [
            ...[newId(), act.accountId, act.ownerId, act.connectionId, contactId, 1, kind],
            ...[JSON.stringify(fields), runId, 1, act.now],
          ],
        ],
      );
      made++;
    } else {
      await saveConflict(database, known, {
        kind: kind === 'fields' ? known.kind : kind,
        fields: { ...known.fields, ...fields },
      });
    }
  }
  return made;
}

/** What is left of a conflict once a person decided some of it; nothing left closes it. Noted in the act's batch. */
export async function decideConflict(
  database: Statements,
  act: Pick<CloudAct, 'accountId' | 'batchId' | 'now'>,
  conflict: OpenConflict,
  left: { kind: CloudConflict['kind']; fields: ConflictFields },
): Promise<void> {
  const closed = left.kind === 'fields' && Object.keys(left.fields).length === 0;
  if (closed) await closeConflict(database, conflict, act.now, act.batchId);
  else await saveConflict(database, conflict, left);
  const changes: Changes = {
    contactId: [null, conflict.contactId],
    kind: [conflict.kind, left.kind],
    fields: [conflict.fields, left.fields],
  };
  await noteEntries(database, act, [
    { subjectType: CONFLICT, subjectId: conflict.id, action: closed ? 'removed' : 'changed', changes },
  ]);
}

/** A person deleted these contacts, which decides whatever was open about them. */
export async function closeConflicts(
  database: Statements,
  act: CloudAct,
  contacts: readonly Pick<StoredCloudContact, 'id'>[],
): Promise<void> {
  const open = await openConflicts(
    database,
    contacts.map(({ id }) => id),
  );
  for (const conflict of open.values()) await decideConflict(database, act, conflict, nothingLeft);
}

/** Fields a person typed anew are decided by it, whatever they say now. */
export async function settleByHand(
  database: Statements,
  act: CloudAct,
  before: StoredCloudContact,
  after: StoredCloudContact,
): Promise<void> {
  const conflict = (await openConflicts(database, [before.id])).get(before.id);
  if (!conflict) return;
  const untouched = Object.entries(conflict.fields).filter(([field]) => saysTheSame(field, before, after));
  if (untouched.length === Object.keys(conflict.fields).length) return;
  await decideConflict(database, act, conflict, {
    kind: conflict.kind,
    fields: Object.fromEntries(untouched),
  });
}

/**
 * Brings open conflicts of a connection up to date after a run: where both sides say the same by now there is none, and where the
 * provider says something else since, that is what it says.
 * @param contacts of this connection, those that have one (`deleted: 'both'`)
 * @returns how many settled themselves
 */
export async function settleConflicts(
  database: Statements,
  act: Omit<CloudAct, 'batchId'>,
  contacts: ReadonlyMap<Id, StoredCloudContact>,
): Promise<number> {
  let settled = 0;
  for (const conflict of (await openConflicts(database, [...contacts.keys()])).values()) {
    const contact = contacts.get(conflict.contactId);
    const fields: ConflictFields = {};
    for (const [field, said] of Object.entries(conflict.fields)) {
      if (!isContactField(field) || !contact) fields[field] = said;
      else {
        const there = textOf(contact, field);
        if (!sameField(field, there, said.here, act.region)) fields[field] = { ...said, there };
      }
    }
    const empty = conflict.kind === 'fields' && Object.keys(fields).length === 0;
    if (empty || !contact || contact.deletedAt !== null) {
      await closeConflict(database, conflict, act.now, null);
      settled++;
    } else if (!sameValue(fields, conflict.fields)) {
      await saveConflict(database, conflict, { kind: conflict.kind, fields });
    }
  }
  return settled;
}

/** Contacts of a connection about which something is open. */
export async function contactsInConflict(database: Statements, connectionId: Id): Promise<Id[]> {
  const rows = await database.query<{ contactId: Id }[]>(
    'SELECT contactId FROM cloud_conflicts WHERE connectionId = ? AND openKey = 1',
    [connectionId],
  );
  return rows.map(({ contactId }) => contactId);
}

/** What a contact says in a field, as a provider would have it: a number as its source spelled it. */
export function textOf(contact: CloudFields, field: ContactField): string | null {
  return remoteFieldsOf(contact, null)[field];
}

export const nothingLeft = { kind: 'fields' as const, fields: {} };

export function isContactField(field: string): field is ContactField {
  return (contactFields as readonly string[]).includes(field);
}

function saysTheSame(field: string, before: StoredCloudContact, after: StoredCloudContact): boolean {
  if (field === 'folderIds') return sameValue(before.folderIds, after.folderIds);
  return !isContactField(field) || textOf(before, field) === textOf(after, field);
}

async function saveConflict(
  database: Statements,
  { id }: Pick<OpenConflict, 'id'>,
  { kind, fields }: { kind: CloudConflict['kind']; fields: ConflictFields },
): Promise<void> {
  await database.query(
    'UPDATE cloud_conflicts SET kind = ?, fields = ?, revision = revision + 1 WHERE id = ?',
    [kind, JSON.stringify(fields), id],
  );
}

async function closeConflict(
  database: Statements,
  { id }: Pick<OpenConflict, 'id'>,
  now: Date,
  batchId: Id | null,
): Promise<void> {
  await database.query(
    `UPDATE cloud_conflicts SET openKey = NULL, resolvedAt = ?, resolvedByBatch = ?, revision = revision + 1
     WHERE id = ? AND openKey = 1`,
    [now, batchId, id],
  );
}
