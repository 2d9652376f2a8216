import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { readRows, RowParser, separators, type Row, type RowOptions, type Separator } from './rows.js';

async function rowsOf(text: string, options: Partial<RowOptions> = {}, pieces = [text]): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of readRows(pieces, { separator: ',', headerRow: 0, ...options })) rows.push(row);
  return rows;
}
const shown = (rows: Row[]) =>
  rows.map(({ line, cells, problem }) => `${line} ${problem ?? ''}${cells.join('|')}`);

/** The text in pieces of every length up to 5, and whole. */
function cuts(text: string): string[][] {
  return [[text], ...[1, 2, 3, 5].map((size) => text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [])];
}

describe('readRows', () => {
  it('numbers rows as a spreadsheet does', async () => {
    const text = 'a,b\r\n1,2\r\n\r\n,,\r\n"x\r\ny",3\r\n4,"5"\r\n';
    for (const pieces of cuts(text))
      expect(shown(await rowsOf(text, { headerRow: 1 }, pieces))).toEqual(['2 1|2', '5 x\r\ny|3', '6 4|5']);
  });

  it.each(['\n', '\r\n', '\r'])('ends rows at %j, the last one also without', async (end) => {
    const text = ['a,b', '"c ""d"", e",', ',f'].join(end);
    for (const pieces of cuts(text))
      expect(shown(await rowsOf(text, {}, pieces))).toEqual(['1 a|b', '2 c "d", e|', '3 |f']);
  });

  it('takes quotation marks of careless programs as they were meant', async () => {
    const text = 'x, "a,b" ,5" tube\n"Les "Trois" Frères",y,"z"\n';
    for (const pieces of cuts(text))
      expect(shown(await rowsOf(text, {}, pieces))).toEqual(['1 x|a,b|5" tube', '2 Les "Trois" Frères|y|z']);
  });

  it('passes over a byte order mark and the line sep=, which spreadsheets do not number', async () => {
    for (const first of ['sep=;', '"sep=;"', '\ufeffsep=;'])
      for (const pieces of cuts(`${first}\r\na;b\r\n1;2`))
        expect(shown(await rowsOf('', { separator: ';' }, pieces))).toEqual(['1 a|b', '2 1|2']);
    expect(shown(await rowsOf('separate,b'))).toEqual(['1 separate|b']);
  });

  it('names an unclosed quotation mark and goes on with the next line', async () => {
    const text = 'h,i\n1,"open\n2,b\n3,"c"\n4,"d\ne"\n5,f\n';
    for (const pieces of cuts(text))
      expect(shown(await rowsOf(text, {}, pieces))).toEqual([
        '1 h|i',
        '2 quote1|"open',
        '3 2|b',
        '4 3|c',
        '5 4|d\ne',
        '6 5|f',
      ]);
  });

  it('names one at the end of the file and loses no row behind it', async () => {
    const rest = Array.from({ length: 50 }, (_, n) => `${n},x`);
    for (const pieces of cuts(['"a,b', ...rest].join('\r\n'))) {
      const rows = await rowsOf('', {}, pieces);
      expect(rows).toHaveLength(51);
      expect(rows[0]).toEqual({ line: 1, cells: ['"a', 'b'], problem: 'quote' });
      expect(rows[50]).toEqual({ line: 51, cells: ['49', 'x'] });
    }
  });

  it('gives up on an unclosed mark when the row is too long, and still reads all rows', async () => {
    const lines = Array.from({ length: 2000 }, (_, n) => `${n},plain text`);
    const rows = await rowsOf(`a,"b\n${lines.join('\n')}`, { limits: { rowBytes: 500, columns: 256 } });
    expect(rows).toHaveLength(2001);
    expect(rows.filter(({ problem }) => problem)).toEqual([
      { line: 1, cells: ['a', '"b'], problem: 'quote' },
    ]);
  });

  it('stays linear when every row has one', async () => {
    const text = '"abcdefghi,1\n'.repeat(100_000);
    const rows = await rowsOf(text, {}, text.match(/[^]{1,65536}/g)!);
    expect(rows).toHaveLength(100_000);
    expect(rows.every(({ problem }) => problem === 'quote')).toBe(true);
  });

  it('makes a row over the limit a wrong row and keeps only its start', async () => {
    const allowed = { limits: { rowBytes: 1000, columns: 256 } };
    for (const long of ['é'.repeat(501), 'x'.repeat(5000), `"${'y'.repeat(5000)}"`]) {
      const text = `a,b\n1,${long},3\r\n4,5\n`;
      for (const pieces of cuts(text)) {
        const rows = await rowsOf('', allowed, pieces);
        expect(rows.map(({ line, problem }) => [line, problem])).toEqual([
          [1, undefined],
          [2, 'too-long'],
          [3, undefined],
        ]);
        expect(rows[1].cells[1].length).toBeLessThanOrEqual(200);
        expect(rows[2].cells).toEqual(['4', '5']);
      }
    }
    expect((await rowsOf(`1,${'é'.repeat(499)}`, allowed))[0].problem).toBeUndefined();
  });

  it('makes a row with too many columns a wrong row', async () => {
    expect((await rowsOf(`${','.repeat(256)}x\n${','.repeat(255)}x`)).map(({ problem }) => problem)).toEqual([
      'too-many-columns',
      undefined,
    ]);
  });

  it('holds no more than the piece and the row it is in', () => {
    const parser = new RowParser(',');
    for (let round = 0; round < 200; round++) parser.push('z'.repeat(65_536));
    expect((parser as unknown as { text: string; at: number }).text.length).toBeLessThan(300_000);
  });

  it('answers nothing for nothing', async () => {
    expect(await rowsOf('')).toEqual([]);
    expect(await rowsOf('\n\n')).toEqual([]);
  });
});

describe('beside csv-parse', () => {
  const reference = (text: string, separator: Separator): string[][] =>
    parse(text, {
      delimiter: separator,
      relax_column_count: true,
      skip_empty_lines: false,
      bom: true,
    }) as string[][];
  const ours = (pieces: string[], separator: Separator): string[][] => {
    const parser = new RowParser(separator);
    return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()].map(({ cells }) => cells);
  };

  it('reads random well-formed files alike, however they are cut', () => {
    let seed = 42;
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    const parts = ['a', 'é', '欧', '😀', ' ', '"', ',', ';', '\t', '|', '\n', '\r\n', "'", '=', ''];
    for (let round = 0; round < 400; round++) {
      const separator = separators[random(4)];
      const end = ['\n', '\r\n'][random(2)];
      const rows = Array.from({ length: 1 + random(6) }, () =>
        Array.from(
          { length: 1 + random(5) },
          () => `x${Array.from({ length: random(5) }, () => parts[random(parts.length)]).join('')}`,
        ),
      );
      const text = rows
        .map((cells) =>
          cells
            .map((cell) =>
              /[",;\t|\r\n]/.test(cell) || random(3) === 0 ? `"${cell.replaceAll('"', '""')}"` : cell,
            )
            .join(separator),
        )
        .join(end);
      expect(reference(text, separator)).toEqual(rows);
      for (const pieces of cuts(text)) expect(ours(pieces, separator)).toEqual(rows);
    }
  });

  it('reads 2,000 users alike', () => {
    const text = readFileSync('test/data/users-2000.csv', 'utf8');
    expect(ours(text.match(/[^]{1,1000}/g)!, ',')).toEqual(reference(text, ','));
  });
});
