import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { type Changes } from '../../journal/journal.entities.js';
import { type Message } from '../../web/answers.js';
import { type Words } from '../../web/words.js';
import { providerNames } from '../connections/provider-names.js';
import { keptTexts } from '../contacts/acts/undone.view.js';
import { type StoredCloudContact } from '../contacts/cloud-contact-row.js';
import { changesInWords } from '../contacts/contact/cloud-history.view.js';
import { CLOUD } from '../contacts/list/cloud-list.state.js';
import { type UndoneCloudAct } from '../undo/cloud-undo.service.js';
import { type KeptContact, type UndoPlan } from '../undo/undo-plan.js';
import { runPath } from './runs.view.js';
import { type ListedRun } from './runs.query.js';

/** `/integrations/runs/:id/undo`: what would be done, contact by contact and field by field, before it is done. */
export function runUndoView(
  words: Words,
  run: ListedRun,
  {
    plan,
    folders,
    page,
    writable,
  }: { plan: UndoPlan; folders: ReadonlyMap<Id, string>; page: number; writable: boolean },
) {
  const { remove, restore, change, kept } = plan;
  const path = runPath(run.id);
  const rows = plannedRows(plan);
  const pages = Math.max(1, Math.ceil(rows.length / limits.page));
  const shown = Math.min(Math.max(1, page), pages);
  const from = (shown - 1) * limits.page;
  const values = { provider: providerNames[run.provider], days: limits.restoreDays };
  const onlyChanged = change.filter(({ before }) => !restore.some(({ id }) => id === before.id));
  const todo = remove.length + restore.length + change.length;
  const at = (number: number) => `${path}/undo${number === 1 ? '' : `?page=${number}`}`;
  const link = (number: number, is: boolean) => (is ? at(number) : undefined);
  return {
    title: words.t('sync-runs.undo.title', { when: words.dateTime(run.startedAt) }),
    backHref: path,
    action: `${path}/undo`,
    label: words.t('sync-runs.undo.button'),
    may: todo > 0 && writable,
    // It would be refused: said before it is asked for.
    refused: todo > 0 && !writable ? words.t('cloud-contact.read-only', { mailbox: run.accountName }) : '',
    nothing: todo > 0 ? '' : words.t('sync-runs.undo.nothing'),
    points: [
      ...(onlyChanged.length > 0 ? [words.t('sync-runs.undo.change', { count: onlyChanged.length })] : []),
      ...(restore.length > 0
        ? [words.t('sync-runs.undo.restore', { ...values, count: restore.length })]
        : []),
      ...(remove.length > 0 ? [words.t('sync-runs.undo.remove', { ...values, count: remove.length })] : []),
      ...(kept.length > 0 ? [words.t('sync-runs.undo.kept', { count: kept.length })] : []),
      ...(todo > 0 ? [words.t('sync-runs.undo.sent', values)] : []),
    ],
    rows: rows.slice(from, from + limits.page).map((row) => rowView(words, row, folders)),
    labels: {
      what: words.t('sync-runs.undo.column.what'),
      changes: words.t('sync-runs.undo.column.changes'),
    },
    pages: {
      ...{ first: link(1, shown > 1), previous: link(shown - 1, shown > 1) },
      ...{ next: link(shown + 1, shown < pages), last: link(pages, shown < pages) },
    },
  };
}

/** What the undo of a run did, what it left, and a button that takes it back. */
export function runUndoneMessage(
  words: Words,
  { restored, changed, removed, kept }: UndoneCloudAct,
  undo: string | undefined,
): Message {
  const onlyChanged = changed.filter((id) => !restored.includes(id));
  const counts = { change: onlyChanged.length, restore: restored.length, remove: removed.length };
  const done = Object.entries(counts).flatMap(([what, count]) =>
    count === 0 ? [] : [words.t(`sync-runs.undone-count.${what}`, { count })],
  );
  const values = {
    ...{ what: words.list(done), done: done.length },
    ...{ kept: kept.length, left: words.list(keptTexts(words, kept)) },
  };
  if (done.length === 0)
    return { kind: kept.length > 0 ? 'failure' : 'notice', key: 'cloud-undo.nothing', values };
  return { kind: 'success', key: 'sync-runs.undone-now', values, ...(undo === undefined ? {} : { undo }) };
}

/** One contact of the plan; of one that is left in part there are both. */
interface PlannedRow {
  id: Id;
  name: string;
  what: 'change' | 'restore' | 'remove' | null;
  change: UndoPlan['change'][number] | null;
  kept: KeptContact | null;
}

/** In the order of their ids, which no other window changes. */
function plannedRows({ remove, restore, change, kept }: UndoPlan): PlannedRow[] {
  const rows = new Map<Id, PlannedRow>();
  const rowOf = (id: Id, name: string) => {
    const row = rows.get(id) ?? { id, name, what: null, change: null, kept: null };
    rows.set(id, row);
    return row;
  };
  const named = ({ id, displayName }: StoredCloudContact) => rowOf(id, displayName);
  for (const each of change) Object.assign(named(each.before), { what: 'change', change: each });
  for (const each of restore) named(each).what = 'restore';
  for (const each of remove) named(each).what = 'remove';
  for (const each of kept) rowOf(each.id, each.name).kept = each;
  return [...rows.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}

function rowView(
  words: Words,
  { id, name, what, change, kept }: PlannedRow,
  folders: ReadonlyMap<Id, string>,
) {
  const isGone = kept?.reason === 'gone';
  const changes = change === null ? [] : changesInWords(words, changesOf(change), folders);
  return {
    name: isGone ? words.t('sync-runs.erased') : name || words.t('cloud-contact.no-name'),
    href: isGone ? '' : `${CLOUD}/${id}`,
    badge:
      what === null
        ? { icon: 'minus', text: words.t('sync-runs.undo.what.keep') }
        : { ...badges[what], text: words.t(`sync-runs.undo.what.${what}`) },
    changes,
    none: changes.length === 0 && kept === null,
    kept:
      kept === null
        ? ''
        : words.t(`sync-runs.undo.why.${kept.reason}`, {
            fields: words.list((kept.fields ?? []).map((field) => words.t(`cloud-undo.field.${field}`))),
          }),
  };
}

const badges = {
  change: { kind: 'accent', icon: 'edit' },
  restore: { kind: 'ok', icon: 'undo' },
  remove: { kind: 'danger', icon: 'trash' },
};

function changesOf({ before, after, fields }: UndoPlan['change'][number]): Changes {
  return Object.fromEntries(fields.map((field) => [field, [before[field], after[field]]]));
}

/** Folders that a plan names. */
export function foldersOf({ change }: UndoPlan): Id[] {
  return [...new Set(change.flatMap(({ before, after }) => [...before.folderIds, ...after.folderIds]))];
}
