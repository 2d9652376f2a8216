import { decoded, encodeAs, EncodingProbe, encodings } from './encoding.js';
import { detectLayout } from './layout.js';
import { readRows, separators } from './rows.js';
import { csvLine, csvStream, unquoteFormula, type Cell, type CsvExport } from './writer.js';

async function written(rows: Cell[][], options: Partial<CsvExport> = {}): Promise<string> {
  let text = '';
  for await (const piece of csvStream(rows, {
    form: 'plain',
    locale: 'en',
    headers: ['Email', 'Phone'],
    ...options,
  }))
    text += piece;
  return text;
}

describe('csvLine', () => {
  it('quotes what needs it', () => {
    expect(csvLine(['a', 'b,c', 'd"e', 'f\ng', ' h ', 'i;j', null, undefined, 0])).toBe(
      'a,"b,c","d""e","f\ng"," h ",i;j,,,0\r\n',
    );
    expect(csvLine(['b,c', 'i;j'], { separator: ';' })).toBe('b,c;"i;j"\r\n');
    expect(csvLine([''])).toBe('""\r\n');
  });

  it.each([
    '=1+1',
    '+cmd',
    '-2',
    '@x',
    '\tx',
    '\rx',
    ' =x',
    '\u00a0+x',
    '＝x',
    '＋33',
    '－x',
    '＠x',
    '+33 6 12',
    '+0123',
    '+',
    '\n=x',
  ])('keeps %j from being a formula, and it is read back as it was', (cell) => {
    for (const guard of ['plain', 'excel'] as const) {
      const line = csvLine([cell], { guard });
      expect(line.replace(/^"/, '')).toMatch(/^'/);
      expect(unquoteFormula(`'${cell}`)).toBe(cell);
    }
  });

  it('leaves E.164 as it is in the plain form, and guards all numbers for Excel', () => {
    expect(csvLine(['+33612345678', '0123'])).toBe('+33612345678,0123\r\n');
    expect(csvLine(['+33612345678', '0123', '12a'], { guard: 'excel' })).toBe("'+33612345678,'0123,12a\r\n");
  });

  it('does not pile up apostrophes on rows that are given back', () => {
    expect(csvLine(["'+33612345678", '=x', '+33612345678'], { guard: 'given-back' })).toBe(
      "'+33612345678,'=x,+33612345678\r\n",
    );
  });
});

describe('unquoteFormula', () => {
  it.each([
    ["'+33612345678", '+33612345678'],
    ["'=x", '=x'],
    ["'0123", '0123'],
    ["''=x", "'=x"],
    ["'t Hooft", "'t Hooft"],
    ["'", "'"],
    ["'12 rue", "'12 rue"],
    ['=x', '=x'],
    ['', ''],
  ])('%j is %j', (cell, text) => expect(unquoteFormula(cell)).toBe(text));
});

describe('csvStream', () => {
  it('writes the plain form: byte order mark, comma, CRLF', async () => {
    expect(await written([['a@x.org', '+33612345678']])).toBe(
      '\ufeffEmail,Phone\r\na@x.org,+33612345678\r\n',
    );
    expect(await written([['a@x.org', '+33612345678']], { locale: 'fr' })).toContain('Email,Phone');
  });

  it('writes the Excel form: semicolons in French, numbers as text', async () => {
    expect(await written([['a@x.org', '+33612345678']], { form: 'excel', locale: 'fr' })).toBe(
      "\ufeffEmail;Phone\r\na@x.org;'+33612345678\r\n",
    );
    expect(await written([['a@x.org', '+33612345678']], { form: 'excel' })).toContain(
      "a@x.org,'+33612345678",
    );
  });

  it('comes in pieces', async () => {
    let pieces = 0;
    const rows = Array.from({ length: 10_000 }, (_, n) => [`user${n}@example.org`, '+33612345678']);
    for await (const piece of csvStream(rows, { form: 'plain', locale: 'en', headers: ['Email', 'Phone'] })) {
      expect(piece.length).toBeLessThan(70_000);
      pieces++;
    }
    expect(pieces).toBeGreaterThan(3);
  });
});

describe('there and back', () => {
  let seed = 11;
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  const parts = [
    'a',
    'é',
    'œ',
    '’',
    ' ',
    '"',
    ',',
    ';',
    '\t',
    '|',
    '\n',
    '\r\n',
    "'",
    '=',
    '+',
    '-',
    '@',
    '7',
    '+33612345678',
  ];
  const cell = () => Array.from({ length: random(5) }, () => parts[random(parts.length)]).join('');

  it('changes nothing, in any encoding, separator and form', async () => {
    for (let round = 0; round < 120; round++) {
      const encoding = encodings[random(4)];
      const separator = separators[random(4)];
      const guard = (['plain', 'excel'] as const)[random(2)];
      const bom = encoding.startsWith('utf') && random(2) === 0;
      const rows = Array.from({ length: 3 + random(20) }, (_, n) => [`u${n}@x.org`, cell(), cell(), cell()]);
      const header = ['E-mail', 'Prénom', 'Société', 'Téléphone'];
      const text = [header, ...rows].map((cells) => csvLine(cells, { separator, guard })).join('');
      const bytes = encodeAs(text, encoding, { bom });
      const pieces: Buffer[] = [];
      for (let at = 0, size = 1 + random(200); at < bytes.length; at += size)
        pieces.push(bytes.subarray(at, at + size));

      const probe = new EncodingProbe();
      for (const piece of pieces) probe.add(piece);
      expect(probe.verdict()).toEqual({ kind: 'text', encoding, bom });
      let sample = '';
      for await (const piece of decoded(pieces, encoding)) sample += piece;
      expect(detectLayout(sample, { whole: true })).toMatchObject({ separator, headerRow: 1, header });
      const read: string[][] = [];
      for await (const { cells } of readRows(decoded(pieces, encoding), { separator, headerRow: 1 }))
        read.push(cells.map(unquoteFormula));
      expect(read).toEqual(rows);
    }
  });
});
