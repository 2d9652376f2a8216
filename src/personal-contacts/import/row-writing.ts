import { phoneFields } from '../../contact-card/contact-fields.js';
import { type Id } from '../../database/new-id.js';
import { type Row, type Statements } from '../../imports/import-kind.js';
import { type Changes, type Meanwhile } from '../../imports/stored-rows.js';
import { sameValue } from '../../journal/changes.js';
import { type Composed } from '../compose/composed.js';
import { keepContactPhotos } from '../contact-photos.js';
import { type KeptContact, type StoredContact } from '../contact-row.js';
import {
  changeContacts,
  insertContacts,
  storedContacts,
  type ContactAct,
  type ContactChange,
  type NewContact,
} from '../contact-writes.js';
import { photoHash } from './row-changes.js';

/** Writes the rows of a file, whatever becomes of those that are not in it. */

export interface ComposedRow {
  row: Row;
  composed: Composed;
}

/** Rows that are new contacts. */
export async function insertRows(
  transaction: Statements,
  act: ContactAct,
  rows: readonly ComposedRow[],
  made: { idOf: (ref: number) => Id; groupIdsOf: (composed: Composed) => Id[] },
): Promise<void> {
  await keepPhotos(transaction, act, rows);
  await insertContacts(
    transaction,
    act,
    rows.map(({ row: { ref, line }, composed }) =>
      newContact(composed, made.idOf(ref), line, made.groupIdsOf(composed)),
    ),
  );
}

/** Field by field: a thousand rows made by looping over the names of fields take three times as long. */
function newContact(composed: Composed, id: Id, line: number, groupIds: readonly Id[]): NewContact {
  return {
    id,
    displayName: composed.displayName,
    email: composed.email,
    workPhone: composed.workPhone,
    homePhone: composed.homePhone,
    mobilePhone: composed.mobilePhone,
    faxNumber: composed.faxNumber,
    mainPhone: composed.mainPhone,
    organization: composed.organization,
    typedPhones: composed.typedPhones,
    extra: composed.extra,
    photoHash: composed.photo && photoHash(composed.photo),
    starred: false,
    groupIds,
    line,
  };
}

/** A contact's groups after a row that changes them; null: they are so already. `now`: others changed them since the check. */
export type GroupsAfter = (
  before: StoredContact,
  change: Changes[string],
) => { groupIds: Id[] } | { now: string[] } | null;

/** Rows that change contacts: what is no longer as the check saw it is left and told. */
export async function changeRows(
  transaction: Statements,
  act: ContactAct,
  rows: readonly ComposedRow[],
  groupsAfter: GroupsAfter,
): Promise<void> {
  await keepPhotos(transaction, act, rows);
  const ids = rows.flatMap(({ row }) => row.knownId ?? []);
  const present = await storedContacts(transaction, act.ownerId, { ids, lock: true });
  const changes: ContactChange[] = [];
  for (const { row, composed } of rows) {
    const before = present.get(row.knownId ?? '');
    if (!before) {
      row.verdict = 'wrong';
      row.problems.push([-1, 'personal-imports.problem.gone']);
      continue;
    }
    const after = changed(row, composed, before, groupsAfter);
    if (after) changes.push({ before, after, line: row.line });
  }
  await changeContacts(transaction, act, changes);
}

/** The contact with what may be written of a row's changes; null when nothing of them may. */
function changed(
  row: Row,
  composed: Composed,
  before: StoredContact,
  groupsAfter: GroupsAfter,
): KeptContact | null {
  const after: KeptContact = { ...before, typedPhones: { ...before.typedPhones } };
  const values = after as unknown as Record<string, unknown>;
  const left: Meanwhile[] = [];
  let written = 0;
  for (const [field, change] of Object.entries(row.changes ?? {})) {
    const [seen, wanted] = change;
    if (field === 'groups') {
      const groups = groupsAfter(before, change);
      if (groups && 'now' in groups) left.push([field, seen, groups.now, wanted, 'meanwhile']);
      else if (groups) {
        after.groupIds = groups.groupIds;
        written++;
      }
      continue;
    }
    const now = (before as unknown as Record<string, unknown>)[field] ?? null;
    if (sameValue(now, wanted)) continue;
    if (!sameValue(now, seen)) {
      left.push([field, seen, now, wanted, 'meanwhile']);
      continue;
    }
    values[field] = wanted;
    written++;
    const phone = phoneFields.find((each) => each === field);
    if (phone === undefined) continue;
    delete after.typedPhones[phone];
    if (composed.typedPhones[phone] !== undefined) after.typedPhones[phone] = composed.typedPhones[phone];
  }
  if (left.length > 0) row.meanwhile = left;
  if (written === 0) {
    row.verdict = left.length > 0 ? 'met' : 'same';
    return null;
  }
  if (left.length > 0)
    row.changes = Object.fromEntries(
      Object.entries(row.changes ?? {}).filter(([field]) => !left.some(([name]) => name === field)),
    );
  return after;
}

async function keepPhotos(
  transaction: Statements,
  act: ContactAct,
  rows: readonly ComposedRow[],
): Promise<void> {
  const photos = rows.flatMap(({ composed }) => composed.photo ?? []);
  if (photos.length > 0) await keepContactPhotos(transaction, act, photos);
}
