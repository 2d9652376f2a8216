import { formatPhone, isE164 } from '../phone/e164.js';
import { type Words } from '../web/words.js';
import { select, type CheckboxField, type Returned, type SelectField } from '../web/fields.js';
import { type Problem } from '../web/submitted.js';
import { type Id } from '../database/new-id.js';
import { askedControls } from './asked.view.js';
import { type ImportDescription, type RemovalView, type Row } from './import-kind.js';
import { type RowList, type RowPage } from './import-rows.query.js';
import { CARDS } from './card-file.js';
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
  const { profile, encoding, separator, headerRow, workbook } = reading;
  if (profile === CARDS) return words.t('contact-card.reading');
  const origin = profile === null ? '' : words.t(`imports.profile.${profile}`);
  if (workbook) {
    const { sheet, others } = workbook;
    const said = words.t('workbooks.reading', { sheet, profile: profile ?? 'none', origin, headerRow });
    if (others.length === 0) return said;
    return `${said} ${words.t('workbooks.others', { count: others.length, names: others.join(', ') })}`;
  }
  return words.t('imports.reading.sentence', {
    profile: profile ?? 'none',
    origin,
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
  const whole = (name: string) => (wrongRows > 0 && allOrNothing ? `${name}-right` : name);
  const button = (name: string) => `${updates ? area : 'imports'}.check.${name}`;
  return {
    title: words.t(`${area}.check-title`, { file: fileName }),
    rowsAre: rowsAre(reading),
    steps: stepsView(words, 3),
    sentence: reading ? readingSentence(words, reading) : '',
    // Of cards there is nothing to correct: each property says how it is read.
    changeHref: reading?.profile === CARDS ? null : `/imports/${id}?step=columns`,
    counts: [
      ...(adds
        ? addCounts(words, counts, description, { known: known.total > 0 || doubled.total > 0 })
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
      wrongCount(words, wrongRows),
    ],
    updates,
    removal,
    consent: removal?.consent && agreed(words, removal.consent, refusal),
    asked,
    rulesAction: `/imports/${id}/rules`,
    refusal:
      refusal && asked?.every(({ name }) => name !== refusal.field)
        ? words.t(refusal.key, refusal.values)
        : null,
    blocked: problem && !refusal ? words.t(problem.key, problem.values) : null,
    problems: refusal
      ? [
          {
            text: words.t(refusal.key, refusal.values),
            href: refusal.field === 'rows' ? '#confirm' : `#${refusal.field}`,
          },
        ]
      : [],
    twice: twiceView(words, summary?.twice ?? [], area),
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
            label: words.t(button(whole('import-with')), { count: right }),
            name: 'proposals',
            value: 'take',
          },
          ...(without > 0
            ? [
                {
                  ...{ label: words.t(button(whole('import-without')), { count: without }) },
                  ...{ name: 'proposals', value: 'leave', kind: 'secondary' },
                },
              ]
            : []),
        ]
      : [
          {
            label: words.t(button(wrongRows > 0 ? 'import-right' : 'import-all'), { count: right }),
          },
        ],
    proposed: proposals
      ? {
          title: adds ? words.t(`${area}.proposals-title`) : words.t('imports.proposals.title'),
          text: words.t(adds ? `${area}.proposals-text` : 'imports.proposals.text', {
            count: counts?.o ?? 0,
          }),
          ...kindsView(words, present, description, 'o', lists.proposals),
          rows: proposed.rows.flatMap((row) =>
            row.proposals
              .filter(([, , , key]) => isOfKind(lists.proposals, key))
              .map(([column, field, value, key, before]) => ({
                line: row.line,
                column: proposedColumn(words, present, description, column, field),
                before: before ?? row.cells[column] ?? '',
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
            text: words.t('imports.fresh.text', { count: fresh.total }),
            rows: fresh.rows.map((row) => ({
              line: row.line,
              name: (row.shown ?? []).join(' · ') || nameOf(row),
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
  updates?: Updates;
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
  { area, updatePath, knownPath }: ImportDescription,
  page: RowPage,
  names: ReadonlyMap<Id, string>,
) {
  return {
    update: updatePath ? { href: updatePath, label: words.t(`${area}.known-update`) } : null,
    rows: page.rows.map((row) => ({
      line: row.line,
      name: names.get(row.knownId ?? '') ?? nameOf(row),
      href: row.knownId === undefined ? null : knownPath(row.knownId),
    })),
    pagination: paginationView(words, id, 'known', page),
  };
}

/** Rows of a file that are the same person as an earlier one. */
function twiceView(words: Words, twice: readonly { line: number; earlier: number }[], area: string) {
  if (twice.length === 0) return null;
  return {
    text: words.t(`${area}.twice-text`, { count: twice.length }),
    rows: twice.slice(0, NAMED).map((pair) => words.t(`${area}.twice-rows`, pair)),
    more: twice.length > NAMED ? words.t('imports.check.more', { count: twice.length - NAMED }) : null,
  };
}

/** The rows with problems (`w`) or proposals (`o`) of one kind, named by the end of its key; all when there is none such. */
export function kindList(
  { counts }: Pick<Import, 'counts'>,
  letter: 'w' | 'o',
  kind: string | undefined,
): RowList {
  const found = Object.keys(counts ?? {}).find(
    (name) => kind !== undefined && name.startsWith(`${letter}:`) && kindOf(name) === kind,
  );
  return found === undefined ? letter : (found as RowList);
}

/** What the kind of a problem or proposal is called in addresses and catalogues. */
function kindOf(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}

function isOfKind(list: RowList, key: string): boolean {
  return list.length === 1 || list.slice(2) === key;
}

function kindQuery(list: RowList): Record<string, string> {
  return list.length === 1 ? {} : { [queries[list[0] as 'w' | 'o'].kind]: kindOf(list) };
}

const queries = { w: { kind: 'problem', anchor: 'wrong' }, o: { kind: 'proposal', anchor: 'proposals' } };

/** What rows have to be corrected or agreed to, by kind with how often; and what is to be said about a kind as a whole. */
function kindsView(
  words: Words,
  { id, counts }: Import,
  { area, kindArea = area }: ImportDescription,
  letter: 'w' | 'o',
  current: RowList,
) {
  const kinds = Object.entries(counts ?? {}).flatMap(([name, count]) => {
    const label = `${kindArea}.kind.${kindOf(name)}`;
    return name.startsWith(`${letter}:`) && words.has(label)
      ? [{ name, count, label: words.t(label, { count }), kind: kindOf(name) }]
      : [];
  });
  kinds.sort((one, other) => other.count - one.count);
  const { kind: parameter, anchor } = queries[letter];
  const at = (kind: string | null) =>
    `/imports/${id}${kind === null ? '' : `?${parameter}=${kind}`}#${anchor}`;
  return {
    kinds:
      kinds.length < 2
        ? []
        : [
            {
              ...{ href: at(null), label: words.t('imports.updates.all'), count: counts?.[letter] ?? 0 },
              current: current === letter,
            },
            ...kinds.map(({ name, count, label, kind }) => ({
              ...{ href: at(kind), label, count, current: current === name },
            })),
          ],
    remedies: kinds.flatMap(({ kind, count }) => {
      const key = `${kindArea}.remedy.${kind}`;
      return letter === 'w' && words.has(key) ? [words.t(key, { count })] : [];
    }),
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

export function resultView(
  words: Words,
  present: Import,
  description: ImportDescription,
  {
    list,
    wrong,
    updates,
    removal,
  }: { list: RowList; wrong: RowPage; updates?: Updates; removal: RemovalView | null },
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
    rowsAre: rowsAre(present.reading),
    lead: undone
      ? words.t(`${area}.undone-text`, { count: Math.max(0, written - keptCount) })
      : words.t(`${area}.done-text`, { count: written, wrong: wrongRows }),
    steps: stepsView(words, 5),
    fileName,
    undone,
    counts: [
      ...(description.updates?.adds
        ? addCounts(words, counts, description)
        : updates
          ? updateCounts(words, written, counts, `/imports/${id}?field=address#changes`)
          : [
              {
                ...{ value: written, label: words.t('imports.count.written', { count: written }) },
                ...{ kind: 'ok', icon: 'check-circle' },
              },
              {
                ...{
                  value: counts?.k ?? 0,
                  label: words.t('imports.count.known', { count: counts?.k ?? 0 }),
                },
                icon: 'equal',
              },
            ]),
      ...(removal?.counts ?? []),
      wrongCount(words, wrongRows),
    ],
    updates: undone ? null : updates,
    removal: undone ? null : removal,
    doneHref: donePath,
    doneLabel: words.t(`${area}.done-link`),
    againHref: description.uploadPath,
    errorsHref: wrong.total > 0 || updates?.meanwhile ? `/imports/${id}/errors.csv` : null,
    wrong: wrongView(words, present, description, wrong, list),
    undoHref: !undone && !removal && written > 0 && undoEnds > new Date() ? `/imports/${id}/undo` : null,
    restore: !undone && removal && undoEnds > new Date() ? removal.restore : null,
    redoLabel: words.t(words.has(`${area}.redo`) ? `${area}.redo` : 'imports.undo.redo'),
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

/** Of a file that adds and changes. */
function addCounts(
  words: Words,
  counts: Record<string, number> | null,
  { area, kindArea = area, removes }: ImportDescription,
  linked?: { known: boolean },
) {
  const { n = 0, c = 0, s = 0, k = 0, d = 0, o = 0 } = counts ?? {};
  const there = k + d;
  return [
    {
      value: n,
      label: words.t('imports.count.new', { count: n }),
      ...(linked && n > 0 ? { href: '#new' } : {}),
      kind: 'ok',
      icon: 'plus',
    },
    ...(c > 0
      ? [
          {
            ...{ value: c, label: words.t('imports.count.changed', { count: c }) },
            ...{ kind: 'ok', icon: 'edit', href: '#changes' },
          },
        ]
      : []),
    ...(s > 0 ? [{ value: s, label: words.t('imports.count.same', { count: s }), icon: 'equal' }] : []),
    // What replaces a list leaves nobody as already there.
    ...(there > 0 || !removes
      ? [
          {
            ...{ value: there, label: words.t('imports.count.known', { count: there }) },
            ...{ icon: 'equal', href: linked?.known ? '#known' : undefined },
          },
        ]
      : []),
    ...(linked && o > 0 && words.has(`${kindArea}.count.proposals`)
      ? [
          {
            ...{ value: o, label: words.t(`${kindArea}.count.proposals`, { count: o }) },
            ...{ kind: 'warn', icon: 'alert', href: '#proposals' },
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
    points: ['removed', 'kept', 'groups', 'links', 'back'].flatMap((name) =>
      words.has(`${area}.undo-${name}`) ? [words.t(`${area}.undo-${name}`)] : [],
    ),
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
  const tooMany = problem?.key === TOO_MANY;
  const key = tooMany && words.has(`${area}.too-many-rows`) ? `${area}.too-many-rows` : problem?.key;
  return {
    title: words.t(`imports.ended.${tooMany ? 'cancelled' : state}`, { file: fileName }),
    text: key ? words.t(key, problem?.values) : words.t('imports.ended.nothing'),
    href: uploadPath,
    label: words.t(`${area}.another`),
  };
}

const TOO_MANY = 'imports.file.too-many-rows';

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
  const field = reading?.profile === CARDS ? reading.columns[column] : null;
  if (field) return words.t(`contact-card.field.${field}`);
  return reading?.header[column]?.trim() || letterOf(column);
}

/** What a row of the file is called. */
function rowsAre(reading: Reading | null): 'cards' | 'rows' {
  return reading?.profile === CARDS ? 'cards' : 'rows';
}

/** A, B … Z, AA as spreadsheets name columns. */
export function letterOf(column: number): string {
  const rest = Math.floor(column / 26);
  return (rest > 0 ? letterOf(rest - 1) : '') + String.fromCharCode(65 + (column % 26));
}

function wrongView(
  words: Words,
  present: Import,
  description: ImportDescription,
  wrong: RowPage,
  list: RowList = 'w',
) {
  if (wrong.total === 0) return null;
  const { updates } = description;
  return {
    text: words.t('imports.wrong.text', { count: present.counts?.w ?? wrong.total }),
    ...kindsView(words, present, description, 'w', list),
    rows: wrong.rows.flatMap((row) =>
      row.problems
        .filter(([, key]) => isOfKind(list, key))
        .map((problem) => ({
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
    pagination: paginationView(words, present.id, 'wrong', wrong, kindQuery(list)),
  };
}

/** Names shown without opening the list. */
const OPEN_NAMES = 10;

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

export function paginationView(
  words: Words,
  id: string,
  name: string,
  { page, pages, total }: Pick<RowPage, 'page' | 'pages' | 'total'>,
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
  const name = values.displayName ?? [values.givenName, values.familyName].filter(Boolean).join(' ');
  return [name, values.email].filter(Boolean).join(' · ');
}
