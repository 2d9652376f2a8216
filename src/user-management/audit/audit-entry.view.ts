import { type Id } from '../../database/id.js';
import { type KeysetPage, type Place, placeQuery } from '../../database/keyset.js';
import { type Words } from '../../web/words.js';
import { type NamedPerson } from '../user-details.query.js';
import { type AuditRow } from './audit-list.query.js';
import { type Present } from './audit-names.query.js';
import { COUNTED, type Subject } from './audit-subjects.query.js';
import { actionText, actorText, changesText, detailsOf, subjectText, targetText } from './audit-texts.js';
import { hrefOf } from './audit.view.js';

export interface EntryRead {
  row: AuditRow;
  /** null for an act that changed nothing (an export, a mail that was read). */
  subjects: KeysetPage<Subject> | null;
  count: number;
  present: ReadonlyMap<Id, Present>;
  named: ReadonlyMap<Id, NamedPerson>;
}

/** `/audit-log/:id`: who did what from where, and everything it changed. */
export function auditEntryView(words: Words, { row, subjects, count, present, named }: EntryRead) {
  const path = `/audit-log/${row.id}`;
  const href = (place: Place | null) =>
    place ? `${path}?${new URLSearchParams(placeQuery(place)).toString()}` : undefined;
  const whom = targetText(words, row);
  return {
    title: actionText(words, row.action),
    facts: [
      { label: words.t('audit-log.column.when'), value: words.dateTime(row.at), note: row.at.toISOString() },
      {
        label: words.t('audit-log.column.who'),
        value: actorText(words, row),
        href: hrefOf(row.actorId, present),
      },
      ...(whom
        ? [
            {
              label: words.t('audit-log.column.whom'),
              value: whom,
              href: hrefOf(row.targetId, present),
              ...nowCalled(words, whom, row.targetId, present),
            },
          ]
        : []),
      ...detailsOf(words, row),
      { label: words.t('audit-log.column.address'), value: row.address, copy: row.address },
      { label: words.t('audit-log.column.request'), value: row.requestId, copy: row.requestId },
    ],
    more: [
      ...(row.actorId === null
        ? []
        : [{ href: `/audit-log?who=${row.actorId}`, label: words.t('audit-log.all-by') }]),
      ...(row.targetId === null
        ? []
        : [{ href: `/audit-log?target=${row.targetId}`, label: words.t('audit-log.all-about') }]),
    ],
    count: countText(words, count),
    subjects: (subjects?.rows ?? []).map((subject) => subjectOf(words, subject, row, present, named)),
    pagination: subjects
      ? {
          ...{ first: href(subjects.first), previous: href(subjects.previous) },
          ...{ next: href(subjects.next), last: href(subjects.last), text: '' },
        }
      : null,
  };
}

function subjectOf(
  words: Words,
  subject: Subject,
  row: AuditRow,
  present: ReadonlyMap<Id, Present>,
  named: ReadonlyMap<Id, NamedPerson>,
) {
  const { subjectId, subjectType, action, line } = subject;
  const changes = changesText(words, subject, named);
  return {
    name: subjectText(words, subject, row, present.get(subjectId)),
    href: hrefOf(subjectId, present),
    what: words.t(`audit-log.did.${action}`),
    line: line === null ? '' : words.t('audit-log.line', { line }),
    changes,
    emptied: subjectType === 'user' && action === 'changed' && subject.changes === null,
  };
}

/** A person who was renamed since is still found under the old name. */
function nowCalled(words: Words, whom: string, id: Id | null, present: ReadonlyMap<Id, Present>) {
  const name = id === null ? undefined : present.get(id)?.name;
  return name && name !== whom ? { note: words.t('audit-log.now-called', { name }) } : {};
}

function countText(words: Words, count: number): string {
  if (count <= 1) return '';
  return count > COUNTED
    ? words.t('audit-log.subjects-or-more', { count: COUNTED })
    : words.t('audit-log.subjects', { count });
}
