import { encodings } from '../csv/encoding.js';
import { separators } from '../csv/rows.js';
import { select } from '../web/fields.js';
import { type Problem } from '../web/submitted.js';
import { type Words } from '../web/words.js';
import { HEADER_ROWS, separatorNames } from './correction.form.js';
import { type ImportDescription } from './import-kind.js';
import { letterOf, readingSentence, stepsView } from './import-page.view.js';
import { type Import } from './import.entities.js';

/** The columns of a file with samples, and the field each fills; how the file is read can be corrected above. */
export function columnsView(
  words: Words,
  { id, fileName, reading, state }: Import,
  description: ImportDescription,
  problems: Problem[] = [],
) {
  if (!reading) throw new Error(`Import ${id} has no reading`);
  const { fields } = description;
  const { header, samples, columns, unsure, encoding, separator, headerRow, workbook } = reading;
  const options = fields
    .filter(({ name, rare }) => !rare || columns.includes(name))
    .map(({ name, labelKey, labelValues, required }) => ({
      value: name,
      label: required
        ? words.t('imports.columns.required-field', { field: words.t(labelKey) })
        : words.t(labelKey, labelValues),
    }));
  const problemOf = (name: string) => problems.find(({ field }) => field === name);
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
    problems: problems.map((problem) => ({ text: worded(problem), href: `#${firstAnchor(problem.field)}` })),
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
    columns: columns.map((field, column) => {
      const problem = problemOf(`column-${column}`);
      const name = header[column]?.trim() || letterOf(column);
      return {
        name,
        samples: samples.map((cells) => (cells[column] ?? '').slice(0, 60)).filter((cell) => cell !== ''),
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
    cancelAction: `/imports/${id}/cancellation`,
  };
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

function firstAnchor(field: string): string {
  return field === 'columns' ? 'column-0' : field;
}
