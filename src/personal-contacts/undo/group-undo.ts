import { freeName } from '../../accounts/free-name.js';
import { nameKeyOf } from '../../accounts/user-rows.js';
import { type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';
import { type Changes } from '../../journal/journal.entities.js';
import { type ContactAct } from '../contact-writes.js';
import {
  emptyGroups,
  GROUP_SUBJECT,
  groupsByName,
  removeGroups,
  renameGroups,
  restoreGroups,
  storedGroups,
} from '../group-writes.js';
import { standingRemovals } from '../../journal/standing-removals.js';
import { nothingUndone, type Undone } from './undone.js';

/** What an undo of contacts does to groups. */

/** Deleted groups come back and renamed ones get their names back, before contacts return to them. */
export async function undoGroupsFirst(database: Statements, act: ContactAct, undone: Id): Promise<Undone> {
  const result = nothingUndone();
  const entries = await groupEntries(database, undone);
  const removed = entries.filter(({ action }) => action === 'removed').map(({ subjectId }) => subjectId);
  const ours = await standingRemovals(database, removed, undone);
  const restored = await restoreGroups(database, act, [...ours]);
  result.groups.push(...restored.map((group) => ({ ...group, action: 'restored' as const })));

  const renamed = entries.filter(({ action, changes }) => action === 'changed' && changes?.['name']);
  const living = await storedGroups(database, act.ownerId, {
    ...{ ids: renamed.map(({ subjectId }) => subjectId), lock: true },
  });
  const taken = new Set((await groupsByName(database, act.ownerId)).keys());
  const back = renamed.flatMap(({ subjectId, changes }) => {
    const before = living.get(subjectId);
    const [was, became] = (changes?.['name'] ?? []) as [string, string];
    if (before && before.name !== became && before.name !== was)
      result.kept.push({ id: subjectId, name: before.name, reason: 'edited', fields: ['name'] });
    if (before?.name !== became) return [];
    taken.delete(nameKeyOf(became));
    return [{ before, name: freeName(was, taken), wasCalled: was }];
  });
  await renameGroups(database, act, back);
  for (const { before, name, wasCalled } of back)
    result.groups.push({ id: before.id, name, wasCalled, action: 'changed' });
  return result;
}

/** Groups that came with the batch go again: one it made only if nobody is in it. */
export async function undoGroupsLast(database: Statements, act: ContactAct, undone: Id): Promise<Undone> {
  const result = nothingUndone();
  const entries = await groupEntries(database, undone);
  const idsOf = (wanted: GroupEntry['action']) =>
    entries.filter(({ action }) => action === wanted).map(({ subjectId }) => subjectId);
  const living = await storedGroups(database, act.ownerId, { ids: idsOf('created'), lock: true });
  const empty = await emptyGroups(database, act.ownerId, [...living.keys()]);
  for (const { id, name } of living.values())
    if (!empty.has(id)) result.kept.push({ id, name, reason: 'not-empty' });
  const gone = await removeGroups(database, act, [...empty, ...idsOf('restored')]);
  for (const { id, name } of gone) result.groups.push({ id, name, wasCalled: name, action: 'removed' });
  return result;
}

interface GroupEntry {
  subjectId: Id;
  action: 'created' | 'changed' | 'removed' | 'restored';
  changes: Changes | null;
}

async function groupEntries(database: Statements, batchId: Id): Promise<GroupEntry[]> {
  const rows = await database.query<(Omit<GroupEntry, 'changes'> & { changes: string | null })[]>(
    `SELECT subjectId, action, changes FROM journal_entries
     WHERE batchId = ? AND subjectType = ? ORDER BY subjectId`,
    [batchId, GROUP_SUBJECT],
  );
  return rows.map((row) => ({
    ...row,
    changes: row.changes === null ? null : (JSON.parse(row.changes) as Changes),
  }));
}
