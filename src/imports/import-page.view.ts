import { type Words } from '../web/words.js';
import { select, type SelectField } from '../web/fields.js';
import { type ImportDescription, type Row } from './import-kind.js';
import { type RowPage } from './import-rows.query.js';
import { type Import } from './import.entities.js';
import { separatorNames } from './correction.form.js';
import { type Reading } from './reading.js';
import { type RowProblem } from './stored-rows.js';
import { type updatesView } from './updates.view.js';

/** What an update shows beside what every import does. */
type Updates = ReturnType<typeof updatesView>;

/** Groups and the like named in the check; the rest is counted. */
const NAMED = 50;
/** Characters of a cell that a sentence repeats. */
const QUOTED = 60;

export interface Steps {
  steps: string[];
  current: number;
}

/** Where one is: file, columns, check, import, result. */
export function stepsView(words: Words, current: number): Steps {
  const names = ['file', 'columns', 'check', 'import', 'result'];
  return { steps: names.map((name) => words.t(`imports.step.${name}`)), current };
}

/** How the file was read, in one sentence. */
export function readingSentence(words: Words, reading: Reading): string {
  const { profile, encoding, separator, headerRow } = reading;
  return words.t('imports.reading.sentence', {
    profile: profile ?? 'none',
    origin: profile === null ? '' : words.t(`imports.profile.${profile}`),
    encoding: words.t(`imports.encoding.${encoding}`),
    separator: words.t(`imports.separator.${separatorNames[separator as keyof typeof separatorNames]}`),
    headerRow,
  });
}

export function progressView(words: Words, present: Import, { area }: ImportDescription) {
  const { id, state, fileName, rowsDone, rowsTotal, counts } = present;
  const total = state === 'undoing' || state === 'redoing' ? (counts?.written ?? rowsTotal) : rowsTotal;
  return {
    title: words.t(`${area}.title`),
    steps: stepsView(words, state === 'checking' || state === 'uploading' ? 3 : 4),
    fileName,
    label: words.t(`imports.progress.${state}`),
    done: rowsDone,
    total: Math.max(total, rowsDone),
    known: rowsDone > 0,
    href: `/imports/${id}`,
    cancel: state === 'checking' || state === 'uploading' ? `/imports/${id}/cancellation` : null,
  };
}

export function checkView(
  words: Words,
  present: Import,
  description: ImportDescription,
  user: { features: Record<string, boolean> },
  {
    wrong,
    known,
    proposed,
    updates,
  }: { wrong: RowPage; known: RowPage; proposed: RowPage; updates?: Updates },
) {
  const { id, fileName, reading, counts, summary } = present;
  const { area } = description;
  const right = (counts?.n ?? 0) + (counts?.c ?? 0);
  const without = summary?.newWithoutProposals ?? right;
  const proposals = proposed.total > 0;
  const button = (name: string) => `${updates ? area : 'imports'}.check.${name}`;
  return {
    title: words.t(`${area}.check-title`, { file: fileName }),
    steps: stepsView(words, 3),
    sentence: reading ? readingSentence(words, reading) : '',
    changeHref: `/imports/${id}?step=columns`,
    counts: [
      ...(updates
        ? updateCounts(words, right, counts, '#addresses')
        : [
            { value: right, label: words.t('imports.count.new', { count: right }), kind: 'ok', icon: 'plus' },
            {
              ...{ value: known.total, label: words.t('imports.count.known', { count: known.total }) },
              ...{ icon: 'equal', href: known.total > 0 ? '#known' : undefined },
            },
          ]),
      wrongCount(words, wrong.total),
    ],
    updates,
    leftOut: leftOutText(words, present),
    made: madeView(words, summary?.made ?? {}, area),
    nothing: right === 0,
    nothingText: words.t(
      wrong.total > 0
        ? 'imports.check.nothing-right'
        : `imports.check.nothing-${updates ? 'changed' : 'new'}`,
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
          { label: words.t(button('import-with'), { count: right }), name: 'proposals', value: 'take' },
          ...(without > 0
            ? [
                {
                  ...{ label: words.t(button('import-without'), { count: without }) },
                  ...{ name: 'proposals', value: 'leave', kind: 'secondary' },
                },
              ]
            : []),
        ]
      : [
          {
            label: words.t(button(wrong.total > 0 ? 'import-right' : 'import-all'), { count: right }),
          },
        ],
    proposed: proposals
      ? {
          text: words.t('imports.proposals.text', { count: proposed.total }),
          rows: proposed.rows.flatMap((row) =>
            row.proposals.map(([column, , value, key]) => ({
              line: row.line,
              column: columnName(words, present, column),
              before: row.cells[column] ?? '',
              after: value,
              why: words.t(key, { value: quoted(row.cells[column]) }),
            })),
          ),
          pagination: paginationView(words, id, 'proposals', proposed),
        }
      : null,
    wrong: wrongView(words, present, description, wrong),
    known:
      known.total > 0
        ? {
            text: words.t(`${area}.known-text`, { count: known.total }),
            update: description.updatePath
              ? { href: description.updatePath, label: words.t(`${area}.known-update`) }
              : null,
            rows: known.rows.map((row) => ({
              line: row.line,
              name: nameOf(row),
              href: row.knownId === undefined ? null : description.knownPath(row.knownId),
            })),
            pagination: paginationView(words, id, 'known', known),
          }
        : null,
    cancelAction: `/imports/${id}/cancellation`,
  };
}

export function resultView(
  words: Words,
  present: Import,
  description: ImportDescription,
  { wrong, updates }: { wrong: RowPage; updates?: Updates },
  undoEnds: Date,
) {
  const { id, state, fileName, counts, summary } = present;
  const { area, donePath } = description;
  const written = counts?.written ?? 0;
  const wrongRows = counts?.w ?? 0;
  const undone = state === 'undone';
  const keptCount = summary?.keptCount ?? 0;
  return {
    title: words.t(`${area}.${undone ? 'undone-title' : 'done-title'}`, { count: written }),
    lead: undone
      ? words.t(`${area}.undone-text`, { count: Math.max(0, written - keptCount) })
      : words.t(`${area}.done-text`, { count: written, wrong: wrongRows }),
    steps: stepsView(words, 5),
    fileName,
    undone,
    counts: [
      ...(updates
        ? updateCounts(words, written, counts, `/imports/${id}?field=address#changes`)
        : [
            {
              ...{ value: written, label: words.t('imports.count.written', { count: written }) },
              ...{ kind: 'ok', icon: 'check-circle' },
            },
            {
              ...{ value: counts?.k ?? 0, label: words.t('imports.count.known', { count: counts?.k ?? 0 }) },
              icon: 'equal',
            },
          ]),
      wrongCount(words, wrongRows),
    ],
    updates: undone ? null : updates,
    doneHref: donePath,
    doneLabel: words.t(`${area}.done-link`),
    againHref: description.uploadPath,
    errorsHref: wrong.total > 0 || updates?.meanwhile ? `/imports/${id}/errors.csv` : null,
    wrong: wrongView(words, present, description, wrong),
    undoHref: !undone && written > 0 && undoEnds > new Date() ? `/imports/${id}/undo` : null,
    redoAction: undone && undoEnds > new Date() ? `/imports/${id}/redo` : null,
    undoEnds,
    kept:
      keptCount > 0
        ? {
            text: words.t(`${area}.kept-text`, { count: keptCount }),
            people: (summary?.kept ?? []).map(({ name, reason, fields }) => ({
              name,
              reason: keptText(words, description, reason, fields ?? []),
            })),
          }
        : null,
  };
}

/** Why somebody, or some of their fields, was left by an undo. */
function keptText(
  words: Words,
  { area, updates }: ImportDescription,
  reason: string,
  fields: readonly string[],
): string {
  const why = words.t(`${area}.kept-${reason}`);
  const labels = fields.flatMap((field) => updates?.labelOf(field) ?? []).map((key) => words.t(key));
  return labels.length === 0
    ? why
    : words.t('imports.kept.fields', { fields: words.list([...new Set(labels)]), why });
}

function updateCounts(
  words: Words,
  changed: number,
  counts: Record<string, number> | null,
  addressHref: string,
) {
  const { s: same = 0, a: addresses = 0 } = counts ?? {};
  return [
    {
      ...{ value: changed, label: words.t('imports.count.changed', { count: changed }) },
      ...{ kind: 'ok', icon: 'edit', href: changed > 0 ? '#changes' : undefined },
    },
    { value: same, label: words.t('imports.count.same', { count: same }), icon: 'equal' },
    ...(addresses > 0
      ? [
          {
            ...{ value: addresses, label: words.t('imports.count.addresses', { count: addresses }) },
            ...{ kind: 'warn', icon: 'mail', href: addressHref },
          },
        ]
      : []),
  ];
}

function wrongCount(words: Words, count: number) {
  return {
    ...{ value: count, label: words.t('imports.count.wrong', { count }) },
    ...(count > 0 ? { kind: 'danger', icon: 'alert-circle', href: '#wrong' } : { icon: 'check' }),
  };
}

export function undoView(words: Words, { id, fileName, counts }: Import, { area }: ImportDescription) {
  const count = counts?.written ?? 0;
  return {
    title: words.t(`${area}.undo-title`, { file: fileName }),
    lead: words.t(`${area}.undo-lead`, { count }),
    points: ['removed', 'kept', 'groups', 'links', 'back'].map((name) => words.t(`${area}.undo-${name}`)),
    action: `/imports/${id}/undo`,
    label: words.t(`${area}.undo-button`, { count }),
    cancelHref: `/imports/${id}`,
  };
}

export function endedView(
  words: Words,
  { state, fileName, problem }: Import,
  { uploadPath, area }: ImportDescription,
) {
  return {
    title: words.t(`imports.ended.${state}`, { file: fileName }),
    text: problem ? words.t(problem.key, problem.values) : words.t('imports.ended.nothing'),
    href: uploadPath,
    label: words.t(`${area}.another`),
  };
}

/** A problem as a sentence about the cell it is in. */
export function problemText(
  words: Words,
  row: Pick<Row, 'cells'>,
  [column, key, values]: RowProblem,
): string {
  return words.t(key, { value: quoted(row.cells[column]), ...values });
}

/** What the file calls the column; for one it does not have, its letter as in a spreadsheet. */
export function columnName(words: Words, { reading }: Pick<Import, 'reading'>, column: number): string {
  if (column < 0) return words.t('imports.row.whole');
  return reading?.header[column]?.trim() || letterOf(column);
}

/** A, B … Z, AA as spreadsheets name columns. */
export function letterOf(column: number): string {
  const rest = Math.floor(column / 26);
  return (rest > 0 ? letterOf(rest - 1) : '') + String.fromCharCode(65 + (column % 26));
}

function wrongView(words: Words, present: Import, { updates }: ImportDescription, wrong: RowPage) {
  if (wrong.total === 0) return null;
  return {
    text: words.t('imports.wrong.text', { count: wrong.total }),
    rows: wrong.rows.flatMap((row) =>
      row.problems.map((problem) => ({
        line: row.line,
        column: columnName(words, present, problem[0]),
        value: quoted(row.cells[problem[0]]),
        text: problemText(words, row, problem),
        byHand:
          row.knownId === undefined
            ? null
            : (updates?.byHand(present.reading?.columns[problem[0]] ?? null, row.knownId) ?? null),
      })),
    ),
    pagination: paginationView(words, present.id, 'wrong', wrong),
  };
}

/** Names shown without opening the list. */
const OPEN_NAMES = 10;

/** Columns that fill nothing: whoever wrote roles into a file learns here that they are not taken. */
function leftOutText(words: Words, present: Import): string | null {
  const columns = present.reading?.columns ?? [];
  const left = columns.flatMap((field, column) => (field === null ? columnName(words, present, column) : []));
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

export function paginationView(
  words: Words,
  id: string,
  name: string,
  { page, pages, total }: RowPage,
  others: Record<string, string> = {},
) {
  const at = (wanted: number) =>
    `/imports/${id}?${new URLSearchParams({ ...others, [name]: String(wanted) }).toString()}#${name}`;
  return {
    text: pages > 1 ? words.t('imports.page-of', { page, pages, total }) : '',
    ...(page > 1 ? { first: at(1), previous: at(page - 1) } : {}),
    ...(page < pages ? { next: at(page + 1), last: at(pages) } : {}),
  };
}

function quoted(cell: string | undefined): string {
  const text = (cell ?? '').trim();
  return text.length <= QUOTED ? text : `${[...text].slice(0, QUOTED).join('')}…`;
}

function nameOf({ values }: Row): string {
  const name = [values.givenName, values.familyName].filter(Boolean).join(' ');
  return [name, values.email].filter(Boolean).join(' · ');
}
