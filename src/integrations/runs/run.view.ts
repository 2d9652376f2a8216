import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { type KeysetPage, type Place } from '../../database/keyset.js';
import { addressOf } from '../../web/list-address.js';
import { pageLinks } from '../../web/page-links.js';
import { type Words } from '../../web/words.js';
import { CONFLICTS } from '../contacts/cloud-words.js';
import { changesInWords } from '../contacts/contact/cloud-history.view.js';
import { CLOUD } from '../contacts/list/cloud-list.state.js';
import { countTexts, outcomeBadge, problemOf } from './run-words.js';
import { mailboxName, runPath, RUNS } from './runs.view.js';
import { type ListedRun, type RunChange } from './runs.query.js';

/** Folders, by id. */
type FolderNames = ReadonlyMap<Id, string>;

/** `/integrations/runs/:id` as its template needs it: what one run did. */
export function runView(
  words: Words,
  run: ListedRun,
  {
    changes,
    folders,
    conflicts,
  }: { changes: KeysetPage<RunChange>; folders: FolderNames; conflicts: number },
) {
  const path = runPath(run.id);
  const href = (place: Place) => addressOf(path, [], place);
  const did = countTexts(words, run);
  return {
    title: words.t('sync-runs.run', { when: words.dateTime(run.startedAt) }),
    text: words.t(`sync-runs.kind.${run.kind}`),
    backHref: RUNS,
    problem: problemOf(words, run),
    facts: [
      { label: words.t('sync-runs.column.mailbox'), value: mailboxName(run) },
      { label: words.t('sync-runs.column.outcome'), badge: outcomeBadge(words, run) },
      { label: words.t('sync-runs.ended'), value: run.endedAt === null ? '' : words.dateTime(run.endedAt) },
    ],
    did: did.length > 0 ? did : [words.t('sync-runs.did-nothing')],
    undone:
      run.undoneAt === null ? '' : words.t('sync-runs.undone-on', { when: words.dateTime(run.undoneAt) }),
    undo: mayUndo(run)
      ? {
          href: `${path}/undo`,
          until: words.t('sync-runs.undo-until', {
            date: words.date(run.startedAt.getTime() + limits.restoreDays * 86_400_000),
          }),
        }
      : null,
    conflicts:
      conflicts === 0
        ? null
        : { href: CONFLICTS, text: words.t('sync-runs.conflicts', { count: conflicts }) },
    changed: changes.rows.map((change) => changeView(words, change, folders)),
    labels: { what: words.t('sync-runs.column.what'), changes: words.t('sync-runs.column.changes') },
    nothing: run.batchId === null ? words.t('sync-runs.nothing-here') : '',
    pages: pageLinks(changes, href),
  };
}

/** All a first run did was to bring here what is there: to undo it would empty the mailbox. */
export function mayUndo({ kind, outcome, batchId, undoneAt, startedAt }: ListedRun): boolean {
  if (kind === 'first' || outcome === 'running' || batchId === null || undoneAt !== null) return false;
  return startedAt.getTime() > Date.now() - limits.restoreDays * 86_400_000;
}

function changeView(
  words: Words,
  { subjectId, action, changes, name, deletedAt }: RunChange,
  folders: FolderNames,
) {
  const all = changesInWords(words, changes, folders);
  const called = name === null ? words.t('sync-runs.erased') : name || words.t('cloud-contact.no-name');
  return {
    name: called,
    href: name === null ? '' : `${CLOUD}/${subjectId}`,
    binned: deletedAt === null || action === 'removed' ? '' : words.t('sync-runs.in-bin'),
    badge: { ...actions[action], text: words.t(`sync-runs.action.${action}`) },
    // All of a new contact would be told.
    changes: action === 'created' ? null : all,
    facts: action === 'created' ? all.filter(({ after }) => after !== called).slice(0, FACTS) : null,
    none: all.length === 0,
  };
}

/** Fields of a new contact that are shown. */
const FACTS = 4;

const actions: Record<RunChange['action'], { kind?: string; icon: string }> = {
  created: { kind: 'ok', icon: 'plus' },
  changed: { kind: 'accent', icon: 'edit' },
  removed: { kind: 'danger', icon: 'trash' },
  restored: { kind: 'ok', icon: 'undo' },
};
