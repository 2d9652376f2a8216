import { type Words } from '../web/words.js';
import { CARDS } from './card-file.js';
import { type ImportDescription, type Row } from './import-kind.js';
import { type RowList, type RowPage } from './import-rows.query.js';
import { type Import } from './import.entities.js';
import { type Reading } from './reading.js';
import { type RowProblem } from './stored-rows.js';

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
export function kindOf(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}

export function isOfKind(list: RowList, key: string): boolean {
  return list.length === 1 || list.slice(2) === key;
}

export function kindQuery(list: RowList): Record<string, string> {
  return list.length === 1 ? {} : { [queries[list[0] as 'w' | 'o'].kind]: kindOf(list) };
}

/** What rows have to be corrected or agreed to, by kind with how often; and what is to be said about a kind as a whole. */
export function kindsView(
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

export function wrongView(
  words: Words,
  present: Import,
  description: ImportDescription,
  wrong: RowPage,
  list: RowList = 'w',
) {
  if (wrong.total === 0) return null;
  const { updates } = description;
  return {
    text: words.t('imports.wrong.text', {
      ...{ count: present.counts?.w ?? wrong.total, of: rowsAre(present.reading) },
    }),
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
  if (column < 0) return words.t('imports.row.whole', { of: rowsAre(reading) });
  const field = reading?.profile === CARDS ? reading.columns[column] : null;
  if (field) return words.t(`contact-card.field.${field}`);
  return reading?.header[column]?.trim() || letterOf(column);
}

/** What a row of the file is called. */
export function rowsAre(reading: Reading | null): 'cards' | 'rows' {
  return reading?.profile === CARDS ? 'cards' : 'rows';
}

/** A, B … Z, AA as spreadsheets name columns. */
export function letterOf(column: number): string {
  const rest = Math.floor(column / 26);
  return (rest > 0 ? letterOf(rest - 1) : '') + String.fromCharCode(65 + (column % 26));
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

export function quoted(cell: string | undefined): string {
  const text = (cell ?? '').trim();
  return text.length <= QUOTED ? text : `${[...text].slice(0, QUOTED).join('')}…`;
}

const queries = { w: { kind: 'problem', anchor: 'wrong' }, o: { kind: 'proposal', anchor: 'proposals' } };

/** Characters of a cell that a sentence repeats. */
const QUOTED = 60;
