import { type Id } from '../../database/id.js';
import { type Changes } from '../../journal/journal.entities.js';
import { type Words } from '../../web/words.js';
import { changesInWords, type ChangeInWords } from '../change-words.js';
import { type NamedPerson } from '../user-details.query.js';
import { type AuditRow } from './audit-list.query.js';
import { type Present } from './audit-names.query.js';
import { type Subject } from './audit-subjects.query.js';

/** A kind of act; one that an older or newer Carnet wrote is shown by its name. */
export function actionText(words: Words, action: string): string {
  return wordOr(words, `audit-log.action.${action}`, action);
}

/** What acts that begin alike are about: `users` → "People". */
export function actionGroupText(words: Words, group: string): string {
  return wordOr(words, `audit-log.group.${group}`, group);
}

/** Who did it, as they were called then. */
export function actorText(words: Words, { actorId, actorName }: AuditRow): string {
  if (actorId === null) return words.t('audit-log.operator');
  return actorName || words.t('audit-log.erased');
}

/** To whom, as they were called then; empty for an act on nobody in particular. */
export function targetText(words: Words, { targetId, targetName }: AuditRow): string {
  if (targetId === null) return '';
  return targetName || words.t('audit-log.erased');
}

/** A subject of a batch: as it is called now, or as the act called it when it is gone. */
export function subjectText(words: Words, subject: Subject, row: AuditRow, present?: Present): string {
  if (present?.name) return present.name;
  if (subject.subjectId === row.targetId && row.targetName) return row.targetName;
  const name = subject.changes?.['name'];
  const known = name?.[1] ?? name?.[0];
  return typeof known === 'string' ? known : words.t('audit-log.erased');
}

/** Changed fields of any subject: those of people as their page tells them. */
export function changesText(
  words: Words,
  { subjectType, changes }: Pick<Subject, 'subjectType' | 'changes'>,
  named: ReadonlyMap<Id, NamedPerson>,
): ChangeInWords[] {
  if (subjectType === 'user') return changesInWords(words, changes, named);
  return Object.entries(changes ?? ({} satisfies Changes)).map(([field, [before, after]]) => ({
    label: fieldText(words, field),
    before: plainText(words, field, before),
    after: plainText(words, field, after),
  }));
}

export interface Detail {
  label: string;
  value: string;
}

/** What an act says of itself beside whom it was done to, before and after. */
export function detailsOf(words: Words, { details, batchId, targetId }: AuditRow): Detail[] {
  return Object.entries(details ?? {})
    .filter(([field]) => !unsaid.has(field))
    .filter(([field, value]) => batchId === null || targetId === null || !isChange(field, value))
    .map(([field, value]) => ({
      label: fieldText(words, field),
      value: field === 'fields' ? fieldNames(words, value) : plainText(words, field, newOf(value)),
    }))
    .filter(({ value }) => value !== '');
}

/** Said elsewhere, or ids that say nothing to a reader. */
const unsaid = new Set(['people', 'run', 'userId']);

/** Of a change of many, what they have now: before it each had their own. */
function newOf(value: unknown): unknown {
  return Array.isArray(value) && value.length === 2 && value[0] === null ? (value[1] as unknown) : value;
}

function fieldNames(words: Words, names: unknown): string {
  return Array.isArray(names) ? words.list(names.map((name) => fieldText(words, String(name)))) : '';
}

/** How many people an act was done to, when it was more than the one it names. */
export function peopleIn({ details }: AuditRow): number | null {
  const people = details?.['people'];
  return typeof people === 'number' ? people : null;
}

/** The journal tells these better: names of changed fields, and pairs of before and after. */
function isChange(field: string, value: unknown): boolean {
  return field === 'fields' || (Array.isArray(value) && value.length === 2);
}

function fieldText(words: Words, field: string): string {
  return wordOr(words, `audit-log.field.${field}`, wordOr(words, `users.field.${field}`, field));
}

function plainText(words: Words, field: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return words.t(value ? 'audit-log.yes' : 'audit-log.no');
  if (typeof value === 'number') return words.number(value);
  if (Array.isArray(value)) return words.list(value.map((each) => plainText(words, field, each)));
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, each]) =>
        words.t('audit-log.pair', { name: fieldText(words, name), value: plainText(words, name, each) }),
      )
      .join(', ');
  }
  const text = String(value);
  return wordOr(words, `audit-log.value.${field}.${text}`, text);
}

/** Keys come from stored words, so only what looks like one of ours is looked up. */
function wordOr(words: Words, key: string, otherwise: string): string {
  return /^[\w.-]+$/.test(key) && words.has(key) ? words.t(key) : otherwise;
}
