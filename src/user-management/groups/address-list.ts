import { limits } from '../../config/limits.js';
import { decoded, EncodingProbe } from '../../csv/encoding.js';
import { headerKey } from '../../csv/header-names.js';
import { detectLayout, LAYOUT_SAMPLE } from '../../csv/layout.js';
import { readRows, type Row } from '../../csv/rows.js';
import { userProfiles } from '../../csv/user-profiles.js';
import { type FileProblem } from '../../imports/reading.js';
import { normaliseAddress, parseAddressList } from '../../text/address.js';

/** What a pasted list or a file says: addresses, each once, and entries that hold none. */
export interface AddressList {
  addresses: { address: string; typed: string }[];
  unreadable: string[];
}

/** One address a line, or as mail programs write several: `Ada Lovelace <ada@x.org>; …`. */
export function pastedAddresses(text: string): AddressList {
  const list: AddressList = { addresses: [], unreadable: [] };
  for (const entry of parseAddressList(text)) {
    if (!('problem' in entry)) list.addresses.push({ address: entry.address, typed: entry.typed });
    // Standing twice in a list is no fault: the person is added once.
    else if (entry.problem !== 'twice') list.unreadable.push(entry.typed);
  }
  return list;
}

/**
 * The addresses of a CSV file: of the column that some program we know calls e-mail, else of the first one that holds
 * addresses. Rows with nothing in that column are passed over when they are blank, and named when they are not.
 */
export async function addressesOfFile(bytes: Buffer): Promise<AddressList | { problem: FileProblem }> {
  const probe = new EncodingProbe();
  probe.add(bytes);
  const verdict = probe.verdict();
  if (verdict.kind === 'refused') return { problem: { key: fileProblems[verdict.reason] } };
  let text = '';
  for await (const piece of decoded([bytes], verdict.encoding)) text += piece;
  const { separator } = detectLayout(text.slice(0, LAYOUT_SAMPLE), { whole: text.length <= LAYOUT_SAMPLE });
  const rows: Row[] = [];
  for await (const row of readRows([text], { separator, headerRow: 0 })) {
    rows.push(row);
    if (rows.length > limits.groupAddresses + 1) return tooMany();
  }
  const place = columnOf(rows);
  if (place === null) return { problem: { key: 'groups.file.no-column' } };
  const list: AddressList = { addresses: [], unreadable: [] };
  const seen = new Set<string>();
  for (const { cells } of rows.slice(place.from)) {
    const typed = (cells[place.column] ?? '').trim().replace(/^['‘’](?=[=+@-])/, '');
    const address = normaliseAddress(typed);
    if (address === null) list.unreadable.push(typed || cells.join(' ').trim().slice(0, 200));
    else if (!seen.has(address)) list.addresses.push({ address, typed });
    if (address !== null) seen.add(address);
  }
  return list.addresses.length + list.unreadable.length > limits.groupAddresses ? tooMany() : list;
}

const fileProblems = {
  spreadsheet: 'imports.file.workbook',
  binary: 'imports.file.binary',
  empty: 'groups.file.empty',
} as const;

/** How many rows are looked at to find the column. */
const LOOKED_AT = 20;

const emailNames = new Set(
  userProfiles.flatMap(({ columns }) =>
    [...columns].flatMap(([name, meaning]) =>
      'field' in meaning && meaning.field === 'email' ? [name] : [],
    ),
  ),
);

/** Where the addresses stand and with which row they begin; null when nothing looks like one. */
function columnOf(rows: Row[]): { column: number; from: number } | null {
  const first = rows.slice(0, LOOKED_AT);
  const header = first.findIndex(({ cells }) => cells.some((cell) => emailNames.has(headerKey(cell))));
  if (header >= 0) {
    const named = (first[header]?.cells ?? []).flatMap((cell, column) =>
      emailNames.has(headerKey(cell)) ? [column] : [],
    );
    const below = rows.slice(header + 1, header + 1 + LOOKED_AT);
    const filled = named.find((column) => below.some(({ cells }) => cells[column]?.includes('@')));
    return { column: filled ?? named[0] ?? 0, from: header + 1 };
  }
  for (const [from, { cells }] of first.entries()) {
    const column = cells.findIndex((cell) => normaliseAddress(cell) !== null);
    // Whatever stands above the first address is a heading of no known name.
    if (column >= 0) return { column, from: from === 1 ? 1 : 0 };
  }
  return null;
}

function tooMany(): { problem: FileProblem } {
  return { problem: { key: 'groups.problem.too-many', values: { max: limits.groupAddresses } } };
}
