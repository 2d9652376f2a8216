import { setImmediate as otherWork } from 'node:timers/promises';
import { limits } from '../../config/limits.js';
import { decoded, EncodingProbe } from '../../csv/encoding.js';
import { detectLayout, LAYOUT_SAMPLE, type Layout } from '../../csv/layout.js';
import { recognise } from '../../csv/profiles.js';
import { readRows } from '../../csv/rows.js';
import { FileRefused } from '../../imports/file-refused.js';
import { refusalOfFirstBytes } from '../../imports/file-signatures.js';
import { normaliseAddress, parseAddressList } from '../../text/address.js';

/** One row of a file of addresses. */
export interface AddressRow {
  /** As the spreadsheet counts it; of pasted text the number of the entry. */
  line: number;
  text: string;
  /** null when it cannot be read as one. */
  email: string | null;
}

/** Rows after which other work of the process has its turn. */
const TURN = 1_000;
/** The header is looked for in so many rows. */
const TITLES = 5;
/** Characters of a cell that are shown. */
const SHOWN = 100;

const refusals = {
  spreadsheet: 'imports.file.workbook',
  binary: 'imports.file.binary',
  empty: 'imports.file.empty',
} as const;

/**
 * The addresses of a CSV file: its encoding, separator and header found as imports find them; the column is the one
 * called e-mail, or the only one.
 * @throws FileRefused when it is no such file, or too long
 */
export async function addressesOfFile(bytes: Buffer): Promise<AddressRow[]> {
  const refusal = refusalOfFirstBytes(bytes);
  if (refusal) throw new FileRefused(refusal);
  const probe = new EncodingProbe();
  probe.add(bytes);
  const verdict = probe.verdict();
  if (verdict.kind === 'refused') throw new FileRefused({ key: refusals[verdict.reason] });
  let text = '';
  for await (const part of decoded([bytes], verdict.encoding)) text += part;
  return addressesOfTable(text);
}

/** Pasted addresses: a table from a spreadsheet, or a list as mail programs have it. @throws FileRefused */
export async function addressesOfText(text: string): Promise<AddressRow[]> {
  const [first = ''] = text.trimStart().split(/\r\n|\n|\r/, 1);
  if (text.includes('\t') || !first.includes('@')) return addressesOfTable(text);
  const entries = parseAddressList(text);
  checkCount(entries.length);
  return entries.map((entry, place) => ({
    line: place + 1,
    text: entry.typed.slice(0, SHOWN),
    // One that stands there twice is counted by whoever looks them up.
    email: 'address' in entry ? entry.address : entry.problem === 'twice' ? addressIn(entry.typed) : null,
  }));
}

async function addressesOfTable(text: string): Promise<AddressRow[]> {
  const whole = text.length <= LAYOUT_SAMPLE;
  const sample = text.slice(0, LAYOUT_SAMPLE);
  const found = detectLayout(sample, { whole });
  // A title above two columns looks like a header: the row that names the addresses counts.
  const named = Array.from({ length: TITLES }, (_, above) =>
    detectLayout(sample, { whole, chosen: { headerRow: above + 1 } }),
  ).find((layout) => nameOfEmail(layout) >= 0);
  const layout = named ?? found;
  const column = emailColumn(layout);
  const rows: AddressRow[] = [];
  for await (const { line, cells } of readRows(piecesOf(text), layout)) {
    const cell = cells[column] ?? '';
    rows.push({
      line,
      text: (cell || cells.join(' ')).trim().slice(0, SHOWN),
      email: normaliseAddress(unquoted(cell)),
    });
    checkCount(rows.length);
    if (rows.length % TURN === 0) await otherWork();
  }
  checkCount(rows.length);
  return rows;
}

/** @throws FileRefused when no column can be told to hold addresses */
function emailColumn({ header, headerRow, samples }: Layout): number {
  const width = Math.max(header.length, ...samples.map(({ cells }) => cells.length), 0);
  if (width === 0) throw new FileRefused({ key: 'user-runs.file.no-rows' });
  const named = nameOfEmail({ header, headerRow });
  if (named >= 0) return named;
  const holding = Array.from({ length: width }, (_, column) => column).filter(
    (column) =>
      samples.length > 0 &&
      samples.every(({ cells }) => normaliseAddress(unquoted(cells[column] ?? '')) !== null),
  );
  const [only] = holding;
  if (only !== undefined && (holding.length === 1 || headerRow === 0)) return only;
  if (width === 1) return 0;
  const columns = header.map((name) => name.trim().slice(0, SHOWN)).filter((name) => name !== '');
  throw new FileRefused({
    key: 'user-runs.file.no-column',
    values: { columns: columns.slice(0, 20).join(', ') || '–' },
  });
}

/** The column whose name says that it holds addresses; -1 when none does. */
function nameOfEmail({ header, headerRow }: Pick<Layout, 'header' | 'headerRow'>): number {
  if (headerRow === 0) return -1;
  const { columns, ignored } = recognise(header, 'users');
  const named = columns.indexOf('email');
  // `User Name` may be one: whose addresses these are, the next page shows before anything happens.
  return named >= 0 ? named : (ignored.find(({ proposals }) => proposals?.includes('email'))?.index ?? -1);
}

function checkCount(rows: number): void {
  if (rows > limits.deactivationRows)
    throw new FileRefused({ key: 'user-runs.file.too-many', values: { max: limits.deactivationRows } });
}

function* piecesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; from += LAYOUT_SAMPLE) yield text.slice(from, from + LAYOUT_SAMPLE);
}

/** Spreadsheets and exports put a mark before what might be read as a formula. */
function unquoted(cell: string): string {
  return cell.replace(/^\s*['‘’]/u, '');
}

function addressIn(typed: string): string | null {
  return normaliseAddress(/[^\s<>"(),;]+@[^\s<>"(),;]+/.exec(typed)?.[0] ?? '');
}
