import { formatPhone, isE164 } from '../phone/e164.js';
import { type Words } from '../web/words.js';
import { select, type CheckboxField, type Returned, type SelectField } from '../web/fields.js';
import { type Problem } from '../web/submitted.js';
import { type Id } from '../database/new-id.js';
import { askedControls } from './asked.view.js';
import { leftOutIn } from '../contact-card/card-row.js';
import { CARDS } from './card-file.js';
import { type ImportDescription, type RemovalView, type Row } from './import-kind.js';
import { readingSentence, stepsView } from './import-page.view.js';
import { type RowList, type RowPage } from './import-rows.query.js';
import { type Import } from './import.entities.js';
import { addCounts, updateCounts, wrongCount } from './row-counts.view.js';
import {
  columnName,
  isOfKind,
  kindOf,
  kindQuery,
  kindsView,
  paginationView,
  quoted,
  rowsAre,
  wrongView,
} from './row-lists.view.js';
import { type updatesView } from './updates.view.js';

/** Groups and the like named in the check; the rest is counted. */
const NAMED = 50;

/** Names shown without opening the list. */
const OPEN_NAMES = 10;

/** What a file would do, before anything is written. */
export function checkView(
  words: Words,
  present: Import,
  description: ImportDescription,
  user: { features: Record<string, boolean> },
  { lists, wrong, known, doubled, proposed, fresh, updates, removal, names, suggestions, refusal }: Checked,
) {
  const { id, fileName, reading, counts, summary, problem, options } = present;
  const { area, allOrNothing = false } = description;
  const wrongRows = counts?.w ?? 0;
  const right = (counts?.n ?? 0) + (counts?.c ?? 0);
  const without = summary?.newWithoutProposals ?? right;
  const proposals = (counts?.o ?? 0) > 0;
  const adds = description.updates?.adds === true;
  const asked = adds
    ? askedControls(words, description, options?.choices ?? {}, suggestions, returnedBy(refusal))
    : null;
  const of = rowsAre(reading);
  const whole = (name: string) => (wrongRows > 0 && allOrNothing ? `${name}-right` : name);
  const button = (name: string) => `${updates ? area : 'imports'}.check.${name}`;
  return {
    title: words.t(`${area}.check-title`, { file: fileName }),
    rowsAre: of,
    steps: stepsView(words, 3),
    sentence: reading ? readingSentence(words, reading) : '',
    // Of cards there is nothing to correct: each property says how it is read.
    changeHref: reading?.profile === CARDS ? null : `/imports/${id}?step=columns`,
    counts: [
      ...(adds
        ? addCounts(words, counts, description, of, { known: known.total > 0 || doubled.total > 0 })
        : updates
          ? updateCounts(words, right, counts, '#addresses')
          : [
              {
                value: right,
                label: words.t('imports.count.new', { count: right }),
                kind: 'ok',
                icon: 'plus',
              },
              {
                ...{ value: known.total, label: words.t('imports.count.known', { count: known.total }) },
                ...{ icon: 'equal', href: known.total > 0 ? '#known' : undefined },
              },
            ]),
      ...(removal?.counts ?? []),
      wrongCount(words, wrongRows, of),
    ],
    updates,
    removal,
    consent: removal?.consent && agreed(words, removal.consent, refusal),
    asked,
    rulesAction: `/imports/${id}/rules`,
    refusal:
      refusal && asked?.every(({ name }) => name !== refusal.field)
        ? words.t(refusal.key, { of, ...refusal.values })
        : null,
    blocked: problem && !refusal ? words.t(problem.key, problem.values) : null,
    problems: refusal
      ? [
          {
            text: words.t(refusal.key, { of, ...refusal.values }),
            href: refusal.field === 'rows' ? '#confirm' : `#${refusal.field}`,
          },
        ]
      : [],
    twice: twiceView(words, summary?.twice ?? [], { area, of }),
    rightAlone: allOrNothing && wrongRows > 0,
    errorsHref: allOrNothing && wrongRows > 0 ? `/imports/${id}/errors.csv` : null,
    leftOut: leftOutText(words, present),
    made: madeView(words, summary?.made ?? {}, area),
    nothing: (right === 0 && !removal?.any) || problem !== null,
    nothingText: problem
      ? null
      : words.t(
          wrongRows > 0
            ? 'imports.check.nothing-right'
            : adds
              ? `${area}.check.nothing-new`
              : `imports.check.nothing-${updates ? 'changed' : 'new'}`,
          { of },
        ),
    confirmAction: `/imports/${id}/confirmation`,
    choices: description.choices(user).map((choice): SelectField =>
      select(words, {
        name: choice.name,
        labelKey: choice.labelKey,
        ...(choice.hintKey ? { hintKey: choice.hintKey } : {}),
        value: String(choice.value),
        options: choice.options,
      }),
    ),
    buttons: proposals
      ? [
          {
            label: words.t(button(whole('import-with')), { count: right, of }),
            name: 'proposals',
            value: 'take',
          },
          ...(without > 0
            ? [
                {
                  ...{ label: words.t(button(whole('import-without')), { count: without, of }) },
                  ...{ name: 'proposals', value: 'leave', kind: 'secondary' },
                },
              ]
            : []),
        ]
      : [
          {
            label: words.t(button(wrongRows > 0 ? 'import-right' : 'import-all'), { count: right, of }),
          },
        ],
    proposed: proposals
      ? {
          title: adds ? words.t(`${area}.proposals-title`) : words.t('imports.proposals.title'),
          text: words.t(adds ? `${area}.proposals-text` : 'imports.proposals.text', {
            ...{ count: counts?.o ?? 0, of },
          }),
          ...kindsView(words, present, description, 'o', lists.proposals),
          rows: proposed.rows.flatMap((row) =>
            row.proposals
              .filter(([, , , key]) => isOfKind(lists.proposals, key))
              .map(([column, field, value, key, before]) => ({
                line: row.line,
                column: proposedColumn(words, present, description, column, field),
                before: leftOutIn(words.locale, before ?? row.cells[column] ?? ''),
                after: adds ? readable(value) : value,
                why: adds ? whyProposed(words, description, key, row.cells[column]) : null,
              })),
          ),
          pagination: paginationView(words, id, 'proposals', proposed, kindQuery(lists.proposals)),
        }
      : null,
    wrong: wrongView(words, present, description, wrong, lists.wrong),
    fresh:
      adds && fresh.total > 0
        ? {
            text: words.t('imports.fresh.text', { count: fresh.total, of }),
            rows: fresh.rows.map((row) => ({
              line: row.line,
              name: description.rowText?.(row, words) ?? ((row.shown ?? []).join(' · ') || nameOf(row)),
            })),
            open: fresh.total <= OPEN_NAMES || fresh.page > 1,
            pagination: paginationView(words, id, 'new', fresh),
          }
        : null,
    known:
      known.total > 0
        ? {
            ...knownView(words, present, description, known, names),
            text: words.t(`${area}.known-text`, { count: known.total }),
          }
        : doubled.total > 0
          ? {
              ...knownView(words, present, description, doubled, names),
              text: words.t(`${area}.doubled-text`, { count: doubled.total }),
            }
          : null,
    cancelAction: `/imports/${id}/cancellation`,
  };
}

/** What the page of a checked file shows, a page of each list. */
interface Checked {
  /** Which rows of those with problems and with proposals. */
  lists: { wrong: RowList; proposals: RowList };
  wrong: RowPage;
  known: RowPage;
  doubled: RowPage;
  proposed: RowPage;
  /** Rows that become something new. */
  fresh: RowPage;
  /** What an update shows beside what every import does. */
  updates?: ReturnType<typeof updatesView>;
  removal: RemovalView | null;
  names: ReadonlyMap<Id, string>;
  suggestions: Readonly<Record<string, string[]>>;
  /** Why what was asked for was not done. */
  refusal?: Problem;
}

/** The tick that has to be set, with what is said when it was not. */
function agreed(words: Words, consent: CheckboxField, refusal: Problem | undefined): CheckboxField {
  if (refusal?.field !== consent.name) return consent;
  return {
    ...consent,
    problem: words.t(refusal.key, refusal.values),
    describedBy: `${consent.id}-problem`,
  };
}

function returnedBy(refusal: Problem | undefined): Returned | undefined {
  return refusal && { typed: {}, problems: [refusal] };
}

/** Rows about people who are there already, by the name they have there. */
function knownView(
  words: Words,
  { id }: Import,
  { area, updatePath, knownPath, rowText }: ImportDescription,
  page: RowPage,
  names: ReadonlyMap<Id, string>,
) {
  return {
    title: words.t(words.has(`${area}.known-title`) ? `${area}.known-title` : 'imports.known.title'),
    update: updatePath ? { href: updatePath, label: words.t(`${area}.known-update`) } : null,
    rows: page.rows.map((row) => ({
      line: row.line,
      name: rowText?.(row, words) ?? names.get(row.knownId ?? '') ?? nameOf(row),
      href: row.knownId === undefined ? null : knownPath(row.knownId),
    })),
    pagination: paginationView(words, id, 'known', page),
  };
}

/** Rows of a file that are the same person as an earlier one. */
function twiceView(
  words: Words,
  twice: readonly { line: number; earlier: number }[],
  { area, of }: { area: string; of: string },
) {
  if (twice.length === 0) return null;
  return {
    text: words.t(`${area}.twice-text`, { count: twice.length, of }),
    rows: twice.slice(0, NAMED).map((pair) => words.t(`${area}.twice-rows`, { ...pair, of })),
    more: twice.length > NAMED ? words.t('imports.check.more', { count: twice.length - NAMED }) : null,
  };
}

/** Proposed numbers as people write them; several of a cell stand side by side. */
function readable(value: string): string {
  const numbers = value.split(' ::: ').map((each) => each.replace(/^tel:/, ''));
  const written = numbers.map((number) => (isE164(number) ? formatPhone(number) : number));
  return numbers.some((number) => isE164(number)) ? written.join(', ') : value.replace(/^tel:/, '');
}

/** Why a cell is read otherwise: in a word what all of its kind have in common, else in a sentence. */
function whyProposed(
  words: Words,
  { area, kindArea = area }: ImportDescription,
  key: string,
  cell: string | undefined,
): string {
  const kind = `${kindArea}.kind.${kindOf(key)}`;
  return words.has(kind) ? words.t(kind) : words.t(key, { value: quoted(cell) });
}

/** A value that is made of other cells is told by what it becomes. */
function proposedColumn(
  words: Words,
  present: Import,
  { fields }: ImportDescription,
  column: number,
  name: string,
): string {
  const field = column < 0 ? fields.find((each) => each.name === name) : undefined;
  return field ? words.t(field.labelKey, field.labelValues) : columnName(words, present, column);
}

/** Columns that fill nothing: whoever wrote roles into a file learns here that they are not taken. */
function leftOutText(words: Words, present: Import): string | null {
  const columns = present.reading?.columns ?? [];
  const { header = [], samples = [] } = present.reading ?? {};
  // A separator at the end of each row is no column that anybody would miss.
  const isNothing = (column: number) =>
    [header, ...samples].every((cells) => (cells[column] ?? '').trim() === '');
  const left = columns.flatMap((field, column) =>
    field === null && !isNothing(column) ? columnName(words, present, column) : [],
  );
  if (left.length === 0) return null;
  const more = left.length - NAMED;
  const names = left.slice(0, NAMED);
  if (more > 0) names.push(words.t('imports.check.more', { count: more }));
  return words.t('imports.check.left-out', { count: left.length, names: names.join(', ') });
}

function madeView(words: Words, made: Record<string, string[]>, area: string) {
  return Object.entries(made).map(([what, names]) => ({
    text: words.t(`${area}.made-${what}`, { count: names.length }),
    // A long list would push the button to confirm out of sight.
    open: names.length <= OPEN_NAMES,
    names: names.slice(0, NAMED),
    more: names.length > NAMED ? words.t('imports.check.more', { count: names.length - NAMED }) : null,
  }));
}

function nameOf({ values }: Row): string {
  const name = values.displayName ?? [values.givenName, values.familyName].filter(Boolean).join(' ');
  return [name, values.email].filter(Boolean).join(' · ');
}
