import { encodings } from '../csv/encoding.js';
import { separators } from '../csv/rows.js';
import { select } from '../web/fields.js';
import { type Problem } from '../web/submitted.js';
import { type Words } from '../web/words.js';
import { HEADER_ROWS, separatorNames } from './correction.form.js';
import { type ImportDescription } from './import-kind.js';
import { readingSentence, stepsView } from './import-page.view.js';
import { letterOf } from './row-lists.view.js';
import { type Import } from './import.entities.js';

/** From so many columns on, those with nothing in the first rows are folded: each menu lists all fields. */
const MANY = 30;

/**
 * The columns of a file with samples, and the field each fills; how the file is read can be corrected above.
 * @param whole all columns are shown, also those with nothing in the first rows
 */
export function columnsView(
  words: Words,
  { id, fileName, reading, state }: Import,
  description: ImportDescription,
  { problems = [], whole = false }: { problems?: Problem[]; whole?: boolean } = {},
) {
  if (!reading) throw new Error(`Import ${id} has no reading`);
  const { fields } = description;
  const { header, samples, columns, unsure, encoding, separator, headerRow, workbook } = reading;
  const problemOf = (name: string) => problems.find(({ field }) => field === name);
  const nameOf = (column: number) => header[column]?.trim() || letterOf(column);
  const samplesOf = (column: number) =>
    samples.map((cells) => (cells[column] ?? '').slice(0, 60)).filter((cell) => cell !== '');
  const isFolded = (column: number) =>
    !whole &&
    columns.length > MANY &&
    samplesOf(column).length === 0 &&
    !unsure.includes(column) &&
    !problemOf(`column-${column}`);
  const places = columns.map((_, column) => column);
  const shown = places.filter((column) => !isFolded(column));
  const folded = places.filter(isFolded);
  const used = new Set(shown.map((column) => columns[column]));
  const options = fields
    .filter(({ name, rare }) => !rare || used.has(name))
    .map(({ name, labelKey, labelValues, required }) => ({
      value: name,
      label: required
        ? words.t('imports.columns.required-field', { field: words.t(labelKey) })
        : words.t(labelKey, labelValues),
    }));
  const worded = (problem: Problem) =>
    words.t(problem.key, {
      ...problem.values,
      ...(problem.key === 'imports.columns.required'
        ? { field: words.t(String(problem.values?.field)) }
        : {}),
    });
  return {
    title: words.t('imports.columns.title', { file: fileName }),
    steps: stepsView(words, 2),
    sentence: readingSentence(words, reading),
    asks: state === 'questions' ? words.t(whyAsked(reading, description), { count: unsure.length }) : null,
    action: `/imports/${id}/reading`,
    problems: problems.map((problem) => ({
      text: worded(problem),
      href: `#${firstAnchor(problem.field, shown)}`,
    })),
    menus: [
      select(words, {
        name: 'encoding',
        labelKey: 'imports.reading.encoding',
        value: encoding,
        options: encodings.map((each) => ({ value: each, labelKey: `imports.encoding.${each}` })),
      }),
      select(words, {
        name: 'separator',
        labelKey: 'imports.reading.separator',
        value: separatorNames[separator as keyof typeof separatorNames],
        options: separators.map((each) => ({
          value: separatorNames[each],
          labelKey: `imports.separator.${separatorNames[each]}`,
        })),
      }),
      select(words, {
        name: 'headerRow',
        labelKey: 'imports.reading.header-row',
        value: String(headerRow),
        options: Array.from({ length: HEADER_ROWS + 1 }, (_, row) => ({
          value: String(row),
          label: row === 0 ? words.t('imports.reading.no-header') : words.t('imports.reading.row', { row }),
        })),
      }),
      // Of a workbook there is nothing else to correct.
    ].filter(({ name }) => !workbook || name === 'headerRow'),
    columns: shown.map((column) => {
      const field = columns[column] ?? null;
      const problem = problemOf(`column-${column}`);
      const name = nameOf(column);
      return {
        name,
        samples: samplesOf(column),
        unsure: unsure.includes(column),
        ignored: field === null,
        menu: {
          ...select(words, {
            name: `column-${column}`,
            labelKey: 'imports.columns.field-of',
            labelValues: { column: name },
            value: field ?? '',
            emptyKey: 'imports.columns.ignored',
            options,
          }),
          bare: true,
          ...(problem ? { problem: worded(problem), describedBy: `column-${column}-problem` } : {}),
        },
      };
    }),
    folded:
      folded.length > 0
        ? {
            text: words.t('imports.columns.folded', { count: folded.length }),
            columns: folded.map((column) => ({
              ...{ name: nameOf(column), field: `column-${column}`, value: columns[column] ?? '' },
              becomes: becomes(words, fields, columns[column] ?? null),
            })),
            showHref: `/imports/${id}?step=columns&columns=all`,
            show: words.t('imports.columns.show-all', { count: columns.length }),
          }
        : null,
    cancelAction: `/imports/${id}/cancellation`,
  };
}

function becomes(words: Words, fields: ImportDescription['fields'], name: string | null): string {
  const field = fields.find((each) => each.name === name);
  return field ? words.t(field.labelKey, field.labelValues) : words.t('imports.columns.ignored');
}

function whyAsked(
  { headerRow, columns }: NonNullable<Import['reading']>,
  { area, fields, oneOf }: ImportDescription,
): string {
  if (headerRow === 0) return 'imports.columns.no-header';
  const missing =
    fields.some(({ name, required }) => required && !columns.includes(name)) ||
    !(oneOf?.some((name) => columns.includes(name)) ?? true);
  return missing ? `${area}.columns-missing` : 'imports.columns.unsure';
}

function firstAnchor(field: string, shown: readonly number[]): string {
  return field === 'columns' ? `column-${shown[0] ?? 0}` : field;
}
