import { encodings, type Encoding } from '../csv/encoding.js';
import { separators, type Separator } from '../csv/rows.js';
import { type Problem } from '../web/submitted.js';
import { type Correction } from './detection.js';
import { type ImportDescription } from './import-kind.js';
import { type Reading } from './reading.js';

/** Names separators have in a form: some of them are not seen in a menu. */
export const separatorNames: Record<Separator, string> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'bar',
};

/** Header rows the menu offers; a file with more above its header is best cut. */
export const HEADER_ROWS = 20;

/**
 * What was corrected on the page of columns. Once encoding, separator or header row change, the columns are others and
 * are guessed anew.
 */
export function correctionFrom(
  body: Record<string, unknown>,
  reading: Reading,
  { fields, oneOf, area }: ImportDescription,
): { correction: Correction; problems: Problem[] } {
  const encoding = encodings.find((each) => each === body.encoding) ?? (reading.encoding as Encoding);
  const separator =
    separators.find((each) => separatorNames[each] === body.separator) ?? (reading.separator as Separator);
  const row = Number(body.headerRow);
  const headerRow = Number.isInteger(row) && row >= 0 && row <= HEADER_ROWS ? row : reading.headerRow;
  const changed =
    encoding !== reading.encoding || separator !== reading.separator || headerRow !== reading.headerRow;
  const base = {
    encoding,
    separator,
    headerRow: body.headerRow === undefined ? reading.headerRow : headerRow,
  };
  if (changed) return { correction: base, problems: [] };

  const names = new Set(fields.map(({ name }) => name));
  const columns = reading.columns.map((_, column) => {
    const given = body[`column-${column}`];
    return typeof given === 'string' && names.has(given) ? given : null;
  });
  const problems: Problem[] = [];
  columns.forEach((field, column) => {
    const first = columns.indexOf(field);
    if (field !== null && first < column)
      problems.push({
        field: `column-${column}`,
        key: 'imports.columns.twice',
        values: { column: reading.header[first] ?? String(first + 1) },
      });
  });
  for (const { name, required, labelKey } of fields)
    if (required && !columns.includes(name))
      problems.push({ field: 'columns', key: 'imports.columns.required', values: { field: labelKey } });
  if (oneOf && !oneOf.some((name) => columns.includes(name)))
    problems.push({ field: 'columns', key: `${area}.columns-missing` });
  return { correction: { ...base, columns }, problems };
}
