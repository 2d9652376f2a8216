import { type Id } from '../../database/id.js';
import { type KeysetPage, type Place } from '../../database/keyset.js';
import { field, problemsOf, select } from '../../web/fields.js';
import { type Words } from '../../web/words.js';
import { type NamedPerson } from '../user-details.query.js';
import { NAMED_ALIKE, type AuditRow } from './audit-list.query.js';
import { type Present } from './audit-names.query.js';
import { auditPath, isNarrowed, OPERATOR, type AuditState } from './audit-state.js';
import { type Subject } from './audit-subjects.query.js';
import {
  actionGroupText,
  actionText,
  actorText,
  changesText,
  detailsOf,
  peopleIn,
  targetText,
} from './audit-texts.js';

/** Changes of one act that the list shows; its page shows them all. */
const SHOWN = 3;

export interface AuditRead {
  page: KeysetPage<AuditRow>;
  /** What each act did to what it names. */
  subjects: readonly Subject[];
  present: ReadonlyMap<Id, Present>;
  named: ReadonlyMap<Id, NamedPerson>;
  actors: readonly (Id | null)[];
  actions: readonly string[];
  /** The search fits too many people to look for what was done to each. */
  tooMany: boolean;
}

/** `/audit-log`: filters and one page of acts. */
export function auditView(words: Words, state: AuditState, read: AuditRead) {
  const { page, present } = read;
  const narrowed = isNarrowed(state);
  const asked = { ...state, place: {} };
  const returned = { typed: { ...state.days }, problems: state.problems };
  // A date field shows nothing that is no day: what was typed stays in one of text, to be put right.
  const days = (['from', 'to'] as const).map((name) => {
    const type = state.problems.some((problem) => problem.field === name) ? 'text' : 'date';
    return field(words, { name, type, labelKey: `audit-log.${name}` }, returned);
  });
  const href = (place: Place | null) => (place ? auditPath({ ...state, place }) : undefined);
  return {
    title: words.t('audit-log.title'),
    q: state.q,
    who: whoFilter(words, state, read),
    action: actionFilter(words, state, read.actions),
    days,
    problems: problemsOf(words, days, returned),
    about: state.target
      ? {
          id: state.target,
          text: words.t('audit-log.about', { name: aboutName(words, state.target, present) }),
          clearHref: auditPath({ ...asked, target: null }),
        }
      : null,
    // Behind a button, as above the users: on a small screen five fields would be all there is to see.
    open: [state.who, state.action, state.days.from, state.days.to].some(Boolean),
    clearHref: narrowed ? '/audit-log' : undefined,
    columns: ['when', 'who', 'what', 'whom', 'address'].map((name) => ({
      label: words.t(`audit-log.column.${name}`),
      wide: name === 'address',
    })),
    status: narrowed ? foundText(words, page) : '',
    rows: page.rows.map((row) => rowOf(words, row, read)),
    pagination: {
      ...{ first: href(page.first), previous: href(page.previous) },
      ...{ next: href(page.next), last: href(page.last), text: '' },
    },
    exports: {
      excel: withForm(auditPath(asked, '/audit-log/export.csv')),
      plain: auditPath(asked, '/audit-log/export.csv'),
    },
    empty: page.rows.length > 0 ? null : emptyOf(words, state, read.tooMany, narrowed),
  };
}

function rowOf(words: Words, row: AuditRow, { subjects, present, named }: AuditRead) {
  // What happened to one of many says nothing of the others: the page of the act has them all.
  const subject = subjects.find(
    ({ batchId, subjectId, subjectType }) =>
      batchId === row.batchId && (row.targetId ? subjectId === row.targetId : subjectType !== 'user'),
  );
  const changes = subject && subject.action === 'changed' ? changesText(words, subject, named) : [];
  const people = peopleIn(row) ?? (row.targetId && present.get(row.targetId)?.people) ?? null;
  return {
    href: `/audit-log/${row.id}`,
    at: words.dateTime(row.at),
    who: actorText(words, row),
    whoHref: hrefOf(row.actorId, present),
    what: actionText(words, row.action),
    changes: changes.slice(0, SHOWN),
    more: changes.length > SHOWN ? words.t('audit-log.more', { count: changes.length - SHOWN }) : '',
    details: changes.length > 0 ? [] : detailsOf(words, row),
    whom: targetText(words, row),
    whomHref: hrefOf(row.targetId, present),
    people: people === null ? '' : words.t('audit-log.people', { count: people }),
    address: row.address,
  };
}

export function hrefOf(id: Id | null, present: ReadonlyMap<Id, Present>): string | null {
  return (id && present.get(id)?.href) ?? null;
}

function whoFilter(words: Words, { who }: AuditState, { actors, present }: AuditRead) {
  const collator = new Intl.Collator(words.locale);
  const people = actors
    .flatMap((id) =>
      id === null ? [] : [{ value: id, label: present.get(id)?.name ?? words.t('audit-log.erased') }],
    )
    .sort((one, other) => collator.compare(one.label, other.label));
  const options = [
    ...(actors.includes(null) || who === OPERATOR
      ? [{ value: OPERATOR as string, label: words.t('audit-log.operator') }]
      : []),
    ...people,
  ];
  if (who !== null && !options.some(({ value }) => value === who))
    options.push({ value: who, label: present.get(who)?.name ?? words.t('audit-log.erased') });
  return select(words, {
    ...{ name: 'who', labelKey: 'audit-log.column.who', emptyKey: 'audit-log.anybody' },
    ...{ value: who, options },
  });
}

/** Kinds of act under what they are about; each group can be chosen whole. */
function actionFilter(words: Words, { action }: AuditState, actions: readonly string[]) {
  const known = action === null || actions.includes(action) ? actions : [...actions, action];
  const groups = new Map<string, string[]>();
  for (const each of known) {
    const [group = each] = each.split('.');
    groups.set(group, [...(groups.get(group) ?? []), ...(each.includes('.') ? [each] : [])]);
  }
  const collator = new Intl.Collator(words.locale);
  const byLabel = (one: { label: string }, other: { label: string }) =>
    collator.compare(one.label, other.label);
  return {
    label: words.t('audit-log.column.what'),
    any: words.t('audit-log.anything'),
    groups: [...groups]
      .map(([group, members]) => ({
        label: actionGroupText(words, group),
        whole: {
          value: group,
          label: words.t('audit-log.whole-group', { group: actionGroupText(words, group) }),
          selected: action === group,
        },
        options: members
          .map((value) => ({ value, label: actionText(words, value), selected: value === action }))
          .sort(byLabel),
      }))
      .sort(byLabel),
  };
}

function aboutName(words: Words, id: Id, present: ReadonlyMap<Id, Present>): string {
  return present.get(id)?.name || words.t('audit-log.erased');
}

/** Exact while one page holds all that match; counting the rest would read the whole log. */
function foundText(words: Words, { rows, previous, next }: KeysetPage<AuditRow>): string {
  const more = previous !== null || next !== null;
  return words.t(more ? 'audit-log.found-or-more' : 'audit-log.found', { count: rows.length });
}

function emptyOf(words: Words, { problems }: AuditState, tooMany: boolean, narrowed: boolean) {
  if (!narrowed) {
    return {
      icon: 'audit',
      title: words.t('audit-log.empty-title'),
      text: words.t('audit-log.empty'),
    };
  }
  const [problem] = problems;
  return {
    icon: 'search',
    title: words.t(tooMany ? 'audit-log.too-many-title' : 'common.empty.no-match'),
    text: problem
      ? words.t(problem.key, problem.values)
      : tooMany
        ? words.t('audit-log.too-many', { count: NAMED_ALIKE })
        : words.t('common.empty.no-match-text'),
    href: '/audit-log',
    label: words.t('common.action.clear-filters'),
    quiet: true,
  };
}

function withForm(path: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}form=excel`;
}
