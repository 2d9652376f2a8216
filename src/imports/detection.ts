import { limits } from '../config/limits.js';
import { decoded, type Encoding, type EncodingVerdict } from '../csv/encoding.js';
import { misreadAs } from '../csv/misread.js';
import { detectLayout, LAYOUT_SAMPLE, type Layout } from '../csv/layout.js';
import { isExampleRow, recognise, shapeOf } from '../csv/profiles.js';
import { type Separator } from '../csv/rows.js';
import { normaliseAddress } from '../text/address.js';
import { FileRefused } from './file-refused.js';
import { type ImportDescription } from './import-kind.js';
import { type Reading } from './reading.js';

/** What the person says about a file; absent columns are guessed. */
export interface Correction {
  encoding: Encoding;
  separator: Separator;
  headerRow: number;
  columns?: (string | null)[];
}

const SAMPLES = 3;
/** Characters kept of a cell that is shown as a sample. */
const SAMPLE_LENGTH = 100;

/**
 * How a file is read, from its first piece and the verdict on the whole of it.
 * @throws FileRefused when it is no CSV file
 */
export async function detectReading(
  head: Buffer,
  verdict: EncodingVerdict,
  description: ImportDescription,
): Promise<Reading> {
  if (verdict.kind === 'refused') throw new FileRefused({ key: refusals[verdict.reason] });
  const { bom } = verdict;
  const seen = await sampleOf(head, verdict.encoding);
  const misreading = verdict.encoding === 'utf-8' ? misreadAs(seen.text) : null;
  const encoding = misreading ?? verdict.encoding;
  const { text, whole } = misreading ? await sampleOf(head, encoding) : seen;
  const layout = detectLayout(text, { whole });
  // Files of programs that write no header: what stands first is a row like all others.
  const headless = layout.headerRow > 0 && shapeOf([layout.header], description.fileKind) !== null;
  const chosen = { separator: layout.separator, headerRow: 0 };
  const found = headless ? detectLayout(text, { whole, chosen }) : layout;
  return readingOf(found, { encoding, bom }, description);
}

/** The reading with what was corrected. @throws FileRefused */
export async function correctedReading(
  head: Buffer,
  present: Reading,
  { encoding, separator, headerRow, columns }: Correction,
  description: ImportDescription,
): Promise<Reading> {
  const { text, whole } = await sampleOf(head, encoding);
  const layout = detectLayout(text, { whole, chosen: { separator, headerRow } });
  const bom = present.bom && encoding === present.encoding;
  const { workbook } = present;
  const reading = { ...readingOf(layout, { encoding, bom }, description), ...(workbook ? { workbook } : {}) };
  if (columns === undefined) return reading;
  return { ...reading, columns: reading.columns.map((_, index) => columns[index] ?? null), unsure: [] };
}

function readingOf(
  layout: Layout,
  { encoding, bom }: { encoding: Encoding; bom: boolean },
  { fileKind, fields, oneOf }: ImportDescription,
): Reading {
  const width = Math.max(layout.header.length, ...layout.samples.map(({ cells }) => cells.length), 0);
  if (width === 0) throw new FileRefused({ key: 'imports.file.empty' });
  if (width > limits.csvColumns)
    throw new FileRefused({ key: 'imports.file.too-many-columns', values: { max: limits.csvColumns } });
  const shape = layout.headerRow === 0 ? shapeOf(cellsOf(layout.samples), fileKind) : null;
  const header = Array.from({ length: width }, (_, column) => (shape?.names ?? layout.header)[column] ?? '');
  const { profile, foreign, columns, ignored } = recognise(header, fileKind);
  const secret = ignored.flatMap(({ index, why }) => (why === 'secret' ? [index] : []));
  const [first] = layout.samples;
  const example = first && isExampleRow(fileKind, profile, first.cells);
  const samples = layout.samples.slice(example ? 1 : 0, SAMPLES + (example ? 1 : 0));
  const taken: (string | null)[] =
    shape?.columns ?? (layout.headerRow === 0 ? guessed(samples, width) : columns);
  const unsure = ignored.flatMap(({ index, why }) => (why === 'ambiguous' ? [index] : []));
  const complete =
    fields.every(({ name, required }) => !required || taken.includes(name)) &&
    (oneOf?.some((name) => taken.includes(name)) ?? true);
  return {
    profile: shape?.profile ?? (layout.headerRow === 0 ? null : profile),
    foreign: shape !== null || (layout.headerRow > 0 && foreign),
    encoding,
    bom,
    separator: layout.separator,
    lineBreak: layout.lineBreak,
    headerRow: layout.headerRow,
    header,
    columns: taken,
    secret,
    unsure: complete ? unsure : all(width),
    samples: samples.map(({ cells }) =>
      cells.map((cell, column) => (secret.includes(column) ? '' : cell.slice(0, SAMPLE_LENGTH))),
    ),
    ...(example ? { exampleRow: first.line } : {}),
  };
}

function cellsOf(samples: Layout['samples']): string[][] {
  return samples.map(({ cells }) => cells);
}

/** Without a header only addresses tell what they are. */
function guessed(samples: Layout['samples'], width: number): (string | null)[] {
  const isAddress = (column: number) =>
    samples.length > 0 && samples.every(({ cells }) => normaliseAddress(cells[column] ?? '') !== null);
  const email = all(width).find(isAddress);
  return all(width).map((column) => (column === email ? 'email' : null));
}

function all(width: number): number[] {
  return Array.from({ length: width }, (_, column) => column);
}

/** Text of the first piece, as much as the layout wants to see; cut at a whole row by whoever reads it. */
async function sampleOf(head: Buffer, encoding: Encoding): Promise<{ text: string; whole: boolean }> {
  let text = '';
  for await (const part of decoded([head.subarray(0, 4 * LAYOUT_SAMPLE)], encoding)) text += part;
  return {
    text: text.slice(0, LAYOUT_SAMPLE),
    whole: text.length <= LAYOUT_SAMPLE && head.length <= 4 * LAYOUT_SAMPLE,
  };
}

const refusals = {
  spreadsheet: 'imports.file.workbook',
  binary: 'imports.file.binary',
  empty: 'imports.file.empty',
} as const;
