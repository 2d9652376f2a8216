import { limits } from '../config/limits.js';

export const separators = [',', ';', '\t', '|'] as const;
export type Separator = (typeof separators)[number];

export interface Row {
  /** As a spreadsheet numbers it: the first row is 1, blank rows count, a cell with line breaks is one row. */
  line: number;
  cells: string[];
  /**
   * `quote`: a quotation mark opens here and is not closed (the row then holds this one line, cut at separators);
   * `too-long`: only the start of its cells is kept.
   */
  problem?: 'too-long' | 'too-many-columns' | 'quote';
}

export interface RowOptions {
  separator: Separator;
  /** Rows up to and including this one are passed over; 0 when the file has no header. */
  headerRow: number;
  limits?: RowLimits;
}

export interface RowLimits {
  rowBytes: number;
  columns: number;
}

/** The rows after the header, as arrays. Blank rows (nothing but separators and spaces) are counted, not given. */
export async function* readRows(
  chunks: AsyncIterable<string> | Iterable<string>,
  options: RowOptions,
): AsyncGenerator<Row> {
  const parser = new RowParser(options.separator, options.limits);
  for await (const chunk of chunks) yield* wanted(parser.push(chunk), options.headerRow);
  yield* wanted(parser.end(), options.headerRow);
}

/**
 * Text to rows (RFC 4180), piece by piece; any of CRLF, LF and CR ends a row, spaces around a quoted cell are no part
 * of it, a quotation mark inside an unquoted cell is itself, and so is a lone one inside a quoted cell of one line.
 *
 * Our own instead of csv-parse, which rows.spec.ts compares it with, because files go on after a fault: csv-parse
 * ends the whole parse at an unclosed quotation mark or an overlong row, having read the rest of the file into one
 * cell. Here the fault is one wrong row and reading goes on with the next line. A cell that spans lines and holds a
 * quotation mark that neither closes nor is doubled is such a fault: it is how an unclosed mark meets the next
 * quoted cell.
 */
export class RowParser {
  private text = '';
  private at = 0;
  private line = 0;
  /** Inside a row that is too long: nothing is kept until the next line break. */
  private skipping = false;
  private unclosed = 0;
  private started = false;
  private readonly separatorCode: number;

  constructor(
    private readonly separator: Separator,
    private readonly allowed: RowLimits = { rowBytes: limits.csvRowBytes, columns: limits.csvColumns },
  ) {
    this.separatorCode = separator.charCodeAt(0);
  }

  push(chunk: string): Row[] {
    this.text = this.at < this.text.length ? this.text.slice(this.at) + chunk : chunk;
    this.at = 0;
    return this.rows(false);
  }

  end(): Row[] {
    return this.rows(true);
  }

  private rows(final: boolean): Row[] {
    const rows: Row[] = [];
    if (!this.started && this.text !== '') {
      if (!final && !/[\r\n]./su.test(this.text) && this.text.length < FIRST_LINE) return rows;
      this.started = true;
      // Excel takes this line for itself and does not number it.
      this.at = /^\ufeff?(?:"?sep=.?"?[^\S\r\n]*(?:\r\n|\r|\n|$))?/iu.exec(this.text)![0].length;
    }
    for (;;) {
      if (this.skipping && !this.skipLine(final)) return rows;
      if (this.at >= this.text.length) return rows;
      const row = this.row(final);
      if (row === null) return rows;
      rows.push(row);
    }
  }

  /** The next row, or null when its end has not come yet. */
  private row(final: boolean): Row | null {
    const { text, separatorCode } = this;
    const start = this.at;
    const end = text.length;
    const cells: string[] = [];
    // After many faults, cells that span lines are no longer looked for: each look may cost a whole row's length.
    const quotedEnd = this.unclosed < UNCLOSED_MARKS ? end : lineEnd(text, start);
    let stray = false;
    let at = start;
    for (;;) {
      let open = at;
      while (open < end && text.charCodeAt(open) === SPACE) open++;
      if (open < end && text.charCodeAt(open) === QUOTE) {
        let look = open + 1;
        let doubled = false;
        let close: number;
        let next: number;
        for (;;) {
          close = text.indexOf('"', look);
          if (close < 0 || close >= quotedEnd) {
            const lineIsWhole = quotedEnd < end - 1 || (quotedEnd < end && text.charCodeAt(quotedEnd) === LF);
            if (lineIsWhole || final) return this.unclosedRow(start);
            return this.unfinishedRow(start);
          }
          if (close + 1 >= end && !final) return this.unfinishedRow(start);
          if (text.charCodeAt(close + 1) === QUOTE) {
            doubled = true;
            look = close + 2;
            continue;
          }
          next = close + 1;
          while (next < end && text.charCodeAt(next) === SPACE) next++;
          if (next >= end && !final) return this.unfinishedRow(start);
          const code = next < end ? text.charCodeAt(next) : LF;
          if (code === separatorCode || code === LF || code === CR) break;
          stray = true;
          look = close + 1;
        }
        const cell = text.slice(open + 1, close);
        cells.push(doubled ? cell.replaceAll('""', '"') : cell);
        at = next;
      } else {
        const from = at;
        while (at < end) {
          const code = text.charCodeAt(at);
          if (code === separatorCode || code === LF || code === CR) break;
          at++;
        }
        if (at >= end && !final) return this.unfinishedRow(start);
        cells.push(text.slice(from, at));
      }
      if (at < end && text.charCodeAt(at) === separatorCode) {
        at++;
        continue;
      }
      break;
    }
    if (stray && lineEnd(text, start) < at) return this.unclosedRow(start);
    let after = at;
    if (at < end) {
      if (text.charCodeAt(at) === CR) {
        if (at + 1 >= end && !final) return this.unfinishedRow(start);
        after = text.charCodeAt(at + 1) === LF ? at + 2 : at + 1;
      } else after = at + 1;
    }
    this.at = after;
    const line = ++this.line;
    const length = at - start;
    if (
      length > this.allowed.rowBytes / 3 &&
      Buffer.byteLength(text.slice(start, at)) > this.allowed.rowBytes
    )
      return { line, cells: this.shortened(cells), problem: 'too-long' };
    if (cells.length > this.allowed.columns) return { line, cells, problem: 'too-many-columns' };
    return { line, cells };
  }

  /** More text is needed, unless the row is too long already. */
  private unfinishedRow(start: number): Row | null {
    if (this.text.length - start <= this.allowed.rowBytes) return null;
    if (lineEnd(this.text, start) < this.text.length - 1) return this.unclosedRow(start);
    const cells = this.shortened(this.text.slice(start, start + this.allowed.rowBytes).split(this.separator));
    this.at = this.text.length;
    this.skipping = true;
    return { line: ++this.line, cells, problem: 'too-long' };
  }

  /** One line as a faulty row; reading goes on behind it. */
  private unclosedRow(start: number): Row {
    this.unclosed++;
    const end = lineEnd(this.text, start);
    const cells = this.text.slice(start, end).split(this.separator);
    this.at = end + (this.text.startsWith('\r\n', end) ? 2 : 1);
    return { line: ++this.line, cells, problem: 'quote' };
  }

  private skipLine(final: boolean): boolean {
    const end = lineEnd(this.text, this.at);
    const atBreak =
      end < this.text.length && (final || end + 1 < this.text.length || this.text[end] === '\n');
    // A CR at the very end is kept: whether an LF follows is not known yet.
    this.at = atBreak ? end + (this.text.startsWith('\r\n', end) ? 2 : 1) : end;
    this.skipping = !atBreak;
    return atBreak;
  }

  private shortened(cells: string[]): string[] {
    return cells.slice(0, this.allowed.columns).map((cell) => cell.slice(0, SHOWN));
  }
}

const QUOTE = 34;
const SPACE = 32;
const LF = 10;
const CR = 13;
const FIRST_LINE = 16;
const UNCLOSED_MARKS = 100;
/** What is kept of each cell of a row that is too long, in UTF-16 units. */
const SHOWN = 200;

function* wanted(rows: Row[], headerRow: number): Generator<Row> {
  for (const row of rows) if (row.line > headerRow && !isBlank(row.cells)) yield row;
}

export function isBlank(cells: string[]): boolean {
  return cells.every((cell) => cell === '' || cell.trim() === '');
}

function lineEnd(text: string, from: number): number {
  LINE_BREAK.lastIndex = from;
  return LINE_BREAK.exec(text)?.index ?? text.length;
}

const LINE_BREAK = /[\r\n]/g;
