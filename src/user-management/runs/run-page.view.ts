import { features } from '../../accounts/features.js';
import { groupKinds } from '../../accounts/group-tables.js';
import { type Id } from '../../database/id.js';
import { type Words } from '../../web/words.js';
import { type NamedPerson } from '../user-details.query.js';
import { nameOf } from '../change-words.js';
import { isUndoable, type Act } from './acts.js';
import { fileView } from './run-file.view.js';
import { type UserRun } from './user-run.entity.js';
import { undoEnds } from './user-runs.service.js';

/** How far a run is, and in the end what it did and whom it left out for which reason. */
export function resultView(
  words: Words,
  run: UserRun,
  { named, alive }: { named: ReadonlyMap<Id, NamedPerson>; alive: boolean },
) {
  const { id, state, seen, total, doneCount, sameCount, leftCount, leftFirst, leftReasons } = run;
  const working = state === 'working';
  const undoable =
    !working && isUndoable(run.act) && run.undoneBy === null && doneCount > 0 && undoEnds(run) > new Date();
  const actor = named.get(run.actorId);
  const rows = (leftFirst ?? []).map(({ id: personId, key }) => {
    const person = named.get(personId);
    return {
      name: person ? nameOf(person) : words.t('users.history.somebody'),
      ...(person ? { href: `/users/${personId}`, email: person.email } : {}),
      reason: words.t(key),
    };
  });
  return {
    title: titleOf(words, run),
    text: words.t('user-runs.by', {
      who: actor ? nameOf(actor) : words.t('users.history.somebody'),
      when: words.dateTime(run.startedAt ?? run.createdAt),
    }),
    back: run.back,
    href: `/users/runs/${id}`,
    choices: choicesOf(words, run),
    progress: working ? { label: words.t('user-runs.working'), done: seen, total: Math.max(total, 1) } : null,
    givenUp: working && !alive ? { action: `/users/runs/${id}/continuation` } : null,
    stopped: state === 'stopped' ? words.t('user-runs.stopped', { done: seen, total }) : null,
    done: working ? null : words.t(`user-runs.done.${effectOf(run)}`, { count: doneCount }),
    counts: working
      ? []
      : [
          { value: doneCount, label: words.t('user-runs.count.done'), kind: 'ok', icon: 'check' },
          ...(sameCount > 0
            ? [{ value: sameCount, label: words.t('user-runs.count.same'), icon: 'equal' }]
            : []),
          ...(leftCount > 0
            ? [{ value: leftCount, label: words.t('user-runs.count.left'), kind: 'warn', icon: 'alert' }]
            : []),
        ],
    left:
      !working && leftCount > 0
        ? {
            title: words.t('users.outcome.refused', { count: leftCount }),
            rows,
            // Where not all are named, how many there are for each reason.
            more:
              leftCount > rows.length ? words.t('user-runs.more', { count: leftCount - rows.length }) : null,
            reasons:
              leftCount > rows.length
                ? Object.entries(leftReasons ?? {}).map(([key, count]) =>
                    words.t('user-runs.reason', { reason: words.t(key), count }),
                  )
                : [],
          }
        : null,
    // Whom the file did not deactivate is asked about afterwards too.
    file: run.undoes === null && run.preview?.file ? fileView(words, run.preview.file) : null,
    undo: undoable
      ? {
          action: `/users/runs/${id}/undo`,
          until: words.t('user-runs.undo-until', { date: words.date(undoEnds(run)) }),
          hint: run.act === 'deactivate' && !run.reversed ? words.t('user-runs.undo-sessions') : null,
        }
      : null,
    undone: run.undoneBy ? { href: `/users/runs/${run.undoneBy}` } : null,
    undoes: run.undoes ? { href: `/users/runs/${run.undoes}` } : null,
  };
}

const badges = {
  draft: { icon: 'clock' },
  working: { icon: 'clock', kind: 'accent' },
  done: { icon: 'check', kind: 'ok' },
  stopped: { icon: 'alert', kind: 'warn' },
} as const;

/** The bulk actions of the last 30 days. */
export function runsView(
  words: Words,
  {
    runs,
    named,
    place,
    more,
  }: { runs: UserRun[]; named: ReadonlyMap<Id, NamedPerson>; place: Id | null; more: boolean },
) {
  const last = runs.at(-1);
  return {
    title: words.t('user-runs.title'),
    columns: ['what', 'result', 'state', 'by', 'at'].map((name) => ({
      label: words.t(`user-runs.column.${name}`),
      ...(name === 'result' ? { wide: true } : {}),
    })),
    runs: runs.map((run) => {
      const actor = named.get(run.actorId);
      const state = run.undoneBy ? 'undone' : run.state;
      return {
        href: `/users/runs/${run.id}`,
        what: titleOf(words, run),
        result:
          run.state === 'working' ? '' : words.t(`user-runs.done.${effectOf(run)}`, { count: run.doneCount }),
        badge: {
          ...(run.undoneBy ? { icon: 'undo' } : badges[run.state]),
          text: words.t(`user-runs.state.${state}`),
        },
        by: actor ? nameOf(actor) : words.t('users.history.somebody'),
        at: run.startedAt ?? run.createdAt,
      };
    }),
    pagination: {
      ...(place ? { first: '/users/runs' } : {}),
      ...(more && last ? { next: `/users/runs?before=${last.id}` } : {}),
    },
  };
}

/** `Deactivate 12 people`, `Undo: deactivate 12 people`. */
function titleOf(words: Words, { act, total, undoes, reversed }: UserRun): string {
  if (undoes === null) return words.t(`user-runs.confirm.${act}`, { count: total });
  return words.t(reversed ? 'user-runs.undo-of' : 'user-runs.redo-of', {
    what: words.t(`user-runs.confirm.${act}`, { count: total }),
  });
}

/** What a run does to people, as its words are named. */
function effectOf({ act, reversed, undoes }: UserRun): string {
  const opposites: Partial<Record<Act, string>> = {
    deactivate: 'reactivate',
    reactivate: 'deactivate',
    erase: 'restore',
    restore: 'erase',
    cancel: 'uncancel',
  };
  if (act in opposites) return reversed ? (opposites[act] ?? act) : act;
  return undoes === null ? act : 'back';
}

/** What was chosen, in words: type, role, features, groups joined and left. */
function choicesOf(words: Words, { choice, undoes }: UserRun): { label: string; value: string }[] {
  if (undoes !== null) return [];
  const { type, role, features: chosen } = choice;
  return [
    ...(type ? [{ label: words.t('users.field.type'), value: words.t(`users.type.${type}`) }] : []),
    ...(role ? [{ label: words.t('users.field.role'), value: words.t(`users.role.${role}`) }] : []),
    ...features
      .filter((feature) => chosen?.[feature] !== undefined)
      .map((feature) => {
        const value = chosen?.[feature];
        return {
          label: words.t(`users.feature.${feature}`),
          value: words.t(
            value === null ? 'user-runs.feature.default' : `users.feature.${value ? 'on' : 'off'}`,
          ),
        };
      }),
    ...groupKinds.flatMap((kind) =>
      (['add', 'remove'] as const)
        .map((way) => ({
          label: words.t(`user-runs.chosen.${kind}-${way}`),
          value: words.list((choice[kind]?.[way] ?? []).map(({ name }) => name)),
        }))
        .filter(({ value }) => value !== ''),
    ),
  ];
}
