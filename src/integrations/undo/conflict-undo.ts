import { type Id } from '../../database/new-id.js';
import { type Affected, type Statements } from '../../imports/import-kind.js';
import { type Changes } from '../../journal/journal.entities.js';
import { type CloudConflict } from '../cloud-contact.entities.js';
import { type CloudAct } from '../contacts/cloud-contact-writes.js';
import { noteEntries } from '../contacts/cloud-journal.js';
import { CONFLICT, decideConflict, openConflicts, type ConflictFields } from '../sync/conflict-writes.js';

interface Decision {
  id: Id;
  contactId: Id;
  before: { kind: CloudConflict['kind']; fields: ConflictFields };
  after: { kind: CloudConflict['kind']; fields: ConflictFields };
}

/**
 * Opens again what a choice has decided, and decides again what an undo had opened. A contact about which something else is open
 * by now keeps one conflict, with the fields of both.
 * @returns how many wait for their owner again
 */
export async function reopenConflicts(database: Statements, act: CloudAct, undone: Id): Promise<number> {
  const decisions = await decisionsOf(database, undone);
  const open = await openConflicts(
    database,
    decisions.map(({ contactId }) => contactId),
  );
  const living = await livingOf(
    database,
    decisions.map(({ contactId }) => contactId),
  );
  let reopened = 0;
  for (const { id, contactId, before, after } of decisions) {
    const present = open.get(contactId);
    const asked = without(before.fields, after.fields);
    const decided = Object.keys(without(after.fields, before.fields));
    if (decided.length > 0 || isDecided(before)) {
      // An undo had opened it: what it put back is decided once more.
      if (!present) continue;
      const fields = Object.fromEntries(
        Object.entries(present.fields).filter(([field]) => !decided.includes(field)),
      );
      await decideConflict(database, act, present, { kind: before.kind, fields });
      continue;
    }
    if (!living.has(contactId)) continue;
    if (present) {
      const kind = before.kind === 'fields' ? present.kind : before.kind;
      await decideConflict(database, act, present, { kind, fields: { ...asked, ...present.fields } });
      reopened++;
      continue;
    }
    const { affectedRows } = await database.query<Affected>(
      `UPDATE cloud_conflicts SET openKey = 1, resolvedAt = NULL, resolvedByBatch = NULL, kind = ?, fields = ?,
         revision = revision + 1 WHERE id = ? AND openKey IS NULL`,
      [before.kind, JSON.stringify(before.fields), id],
    );
    if (affectedRows === 0) continue;
    const changes: Changes = {
      contactId: [null, contactId],
      kind: [after.kind, before.kind],
      fields: [after.fields, before.fields],
    };
    await noteEntries(database, act, [{ subjectType: CONFLICT, subjectId: id, action: 'restored', changes }]);
    reopened++;
  }
  return reopened;
}

/** As `decideConflict` notes it. */
interface Said {
  contactId: [null, Id];
  kind?: [CloudConflict['kind'], CloudConflict['kind']];
  fields?: [ConflictFields, ConflictFields];
}

async function decisionsOf(database: Statements, batchId: Id): Promise<Decision[]> {
  const rows = await database.query<{ subjectId: Id; changes: string }[]>(
    'SELECT subjectId, changes FROM journal_entries WHERE batchId = ? AND subjectType = ? ORDER BY subjectId',
    [batchId, CONFLICT],
  );
  return rows.flatMap(({ subjectId, changes }) => {
    const { contactId, kind, fields } = JSON.parse(changes) as Said;
    // What a batch did and took back again has nothing to tell.
    if (!kind && !fields) return [];
    const side = (index: 0 | 1): Decision['before'] => ({
      kind: kind?.[index] ?? 'fields',
      fields: fields?.[index] ?? {},
    });
    return [{ id: subjectId, contactId: contactId[1], before: side(0), after: side(1) }];
  });
}

async function livingOf(database: Statements, ids: readonly Id[]): Promise<Set<Id>> {
  if (ids.length === 0) return new Set();
  const rows = await database.query<{ id: Id }[]>(
    'SELECT id FROM cloud_contacts WHERE id IN (?) AND deletedAt IS NULL',
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}

function without(fields: ConflictFields, others: ConflictFields): ConflictFields {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !(field in others)));
}

function isDecided({ kind, fields }: Decision['before']): boolean {
  return kind === 'fields' && Object.keys(fields).length === 0;
}
