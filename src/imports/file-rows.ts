import { limits } from '../config/limits.js';
import { decoded, type Encoding } from '../csv/encoding.js';
import { readRows, type Separator } from '../csv/rows.js';
import { CARDS, cardRows } from './card-file.js';
import { type Reading } from './reading.js';
import { type RowProblem } from './stored-rows.js';

export interface FileRow {
  line: number;
  cells: string[];
  problem?: RowProblem;
}

/** The rows of an uploaded file as its reading says. */
export async function* fileRows(
  chunks: AsyncIterable<Buffer>,
  { profile, encoding, separator, headerRow, exampleRow, secret }: Reading,
): AsyncGenerator<FileRow> {
  if (profile === CARDS) return yield* cardRows(chunks);
  const rows = readRows(decoded(chunks, encoding as Encoding), {
    separator: separator as Separator,
    headerRow,
  });
  for await (const { line, cells, problem } of rows) {
    if (line === exampleRow) continue;
    for (const column of secret) if (column < cells.length) cells[column] = '';
    if (problem) yield { line, cells, problem: [-1, `imports.row.${problem}`, valuesOf[problem]] };
    else yield { line, cells };
  }
}

const valuesOf = {
  'too-long': { kilobytes: Math.floor(limits.csvRowBytes / 1000) },
  'too-many-columns': { max: limits.csvColumns },
  quote: {},
};
