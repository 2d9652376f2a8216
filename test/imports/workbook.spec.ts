import { readFileSync } from 'node:fs';
import { RowParser } from '../../src/csv/rows.js';
import { readWorkbook } from '../../src/imports/workbook/workbook.js';
import { inflated, zipEntries, type ZipEntry } from '../../src/imports/workbook/zip.js';
import { sheetOf, xlsx, zip, type Cell, type WorkbookParts } from './xlsx.js';

const MB = 1024 * 1024;

/** The rows an import reads, with their spreadsheet numbers. */
async function rowsOf(parts: WorkbookParts, most = 2 * MB): Promise<Record<number, string[]>> {
  const { csv } = await readWorkbook(xlsx(parts), most);
  const parser = new RowParser(',');
  const rows = [...parser.push(csv.toString('utf8')), ...parser.end()];
  return Object.fromEntries(
    rows.filter(({ cells }) => cells.some((cell) => cell !== '')).map(({ line, cells }) => [line, cells]),
  );
}

/** One cell as an import reads it. */
async function cellOf(cell: Cell, parts: Partial<WorkbookParts> = {}): Promise<string> {
  const rows = await rowsOf({ ...sheetOf('S', ['Name', cell]), ...parts });
  return rows[1][1] ?? '';
}

const refusalOf = (archive: Buffer, most = 2 * MB) =>
  readWorkbook(archive, most).then(
    () => null,
    ({ why }: { why?: string }) => why ?? 'another fault',
  );

describe('a workbook', () => {
  it('gives its rows where the spreadsheet has them, blank ones and blank cells counted', async () => {
    expect(
      await rowsOf(
        sheetOf(
          'Contacts',
          null,
          null,
          ['Name', 'Mobile'],
          null,
          ['Zoë “Z” Müller, née X', null, 'far'],
          [' '],
        ),
      ),
    ).toEqual({ 3: ['Name', 'Mobile'], 5: ['Zoë “Z” Müller, née X', '', 'far'] });
  });

  it('is read from its first sheet with something in it, and says which others are left', async () => {
    const { sheet, others, csv } = await readWorkbook(
      xlsx({
        sheets: [
          { name: 'Hidden', rows: [['no']], state: 'hidden' },
          { name: 'Feuil1', rows: [] },
          { name: 'Blank', rows: [[' ']] },
          { name: 'Amis & famille', rows: [['Nom'], ['Ada']] },
          { name: 'Feuil2' },
          { name: 'Autres', rows: [['Nom']] },
        ],
      }),
      MB,
    );
    expect([sheet, others]).toEqual(['Amis & famille', ['Autres']]);
    expect(csv.toString('utf8')).toBe('\ufeffsep=,\r\nNom\r\nAda\r\n');
  });

  it.each<[string, Cell, string]>([
    ['a phone number as a number', 33612345678, '33612345678'],
    ['a number in scientific form', { xml: '<c r="@"><v>3.3612345678E10</v></c>' }, '33612345678'],
    ['a sum that is not exact', { xml: '<c r="@"><v>0.30000000000000004</v></c>' }, '0.3'],
    ['the smallest part', { xml: '<c r="@"><v>1E-7</v></c>' }, '0.0000001'],
    [
      'a number whose last digits Excel has destroyed, as destroyed',
      { xml: '<c r="@"><v>1234567890123456</v></c>' },
      '1.23456789012346E+15',
    ],
    ['truth', true, 'TRUE'],
    ['a formula by its result', { xml: '<c r="@" t="str"><f>A1&amp;"x"</f><v>Namex</v></c>' }, 'Namex'],
    ['a formula without a result', { xml: '<c r="@" t="str"><f>A1</f></c>' }, ''],
    ['an error', { xml: '<c r="@" t="e"><v>#N/A</v></c>' }, '#N/A'],
    ['a date that says so', { xml: '<c r="@" t="d"><v>2026-11-22T00:00:00</v></c>' }, '2026-11-22'],
    [
      'rich text',
      { xml: '<c r="@" t="inlineStr"><is><r><t>Fran</t></r><r><rPr><b/></rPr><t>çois</t></r></is></c>' },
      'François',
    ],
    [
      'a line break',
      { xml: '<c r="@" t="inlineStr"><is><t>1 rue X_x000D_\nParis</t></is></c>' },
      '1 rue X\nParis',
    ],
    [
      'what looks like an escape and is none',
      { xml: '<c r="@" t="inlineStr"><is><t>_x005F_x0041_</t></is></c>' },
      '_x0041_',
    ],
    ['a text with an apostrophe in front', "'+33612345678", "'+33612345678"],
    ['separators and marks', 'a;b\t|"c"', 'a;b\t|"c"'],
    [
      'an emoji and a mark from right to left',
      '\u200f\u05e9\u05dc\u05d5\u05dd 😀',
      '\u200f\u05e9\u05dc\u05d5\u05dd 😀',
    ],
    ['characters no name has', { xml: '<c r="@" t="inlineStr"><is><t>A_x0000_B</t></is></c>' }, 'A B'],
  ])('gives %s', async (_, cell, text) => {
    expect(await cellOf(cell)).toBe(text);
  });

  it('gives shared texts without their pronunciation', async () => {
    const shared = [
      '<si><t>Nom</t></si>',
      '<si><r><t>東</t></r><r><t xml:space="preserve">京 </t></r><rPh sb="0" eb="1"><t>トウ</t></rPh></si>',
    ];
    const cell = (index: number) => ({ xml: `<c r="@" t="s"><v>${index}</v></c>` });
    expect(await rowsOf({ ...sheetOf('S', [cell(0), cell(1)]), shared })).toEqual({ 1: ['Nom', '東京 '] });
  });

  it.each([
    ['00" "00" "00" "00" "00', 612345678, '06 12 34 56 78'],
    ['"+"0', 33612345678, '+33612345678'],
    ['\\+00\\ 0\\ 00\\ 00\\ 00\\ 00', 33612345678, '+33 6 12 34 56 78'],
    ['0000000000', 612345678, '0612345678'],
    ['[$-40C]0#" "##" "##" "##" "##', 612345678, '06 12 34 56 78'],
    ['[>9999999999]#;0#', 612345678, '612345678'],
    ['#,##0', 612345678, '612345678'],
    ['0.00', 12.5, '12.5'],
    ['0%', 0.5, '0.5'],
    ['General', 612345678, '612345678'],
    ['@', 612345678, '612345678'],
    ['dd/mm/yyyy', 46348, '2026-11-22'],
    ['[$-409]d\\-mmm\\-yy', 46348.5, '2026-11-22 12:00'],
    ['[h]:mm', 0.75, '18:00'],
    ['yyyy', 1, '1900-01-01'],
  ])('shows a number of the format %s', async (format, number, text) => {
    const cell = { xml: `<c r="@" s="1"><v>${number}</v></c>` };
    expect(await cellOf(cell, { formats: [format] })).toBe(text);
  });

  it('counts days from 1904 where the workbook does', async () => {
    const cell = { xml: '<c r="@" s="1"><v>44886</v></c>' };
    expect(await cellOf(cell)).toBe('2022-11-21');
    expect(await cellOf(cell, { from1904: true })).toBe('2026-11-22');
  });

  it('is read with prefixes, single quotes, CDATA, and without references', async () => {
    const xml = `<x:worksheet xmlns:x='m'><x:sheetData><x:row><x:c t='str'><x:v><![CDATA[A<B>]]></x:v></x:c><x:c t="str" x:odd="a>b"><x:v>&#x44;&amp;&quot;</x:v></x:c></x:row></x:sheetData></x:worksheet>`;
    expect(await rowsOf({ sheets: [{ name: 'S', xml }] })).toEqual({ 1: ['A<B>', 'D&"'] });
  });
});

describe('a workbook another program has written (ExcelJS)', () => {
  it('is read with its texts, numbers, dates, links and formulas', async () => {
    const archive = readFileSync(`${import.meta.dirname}/../data/workbooks/contacts.xlsx`);
    const { csv, sheet, others } = await readWorkbook(archive, MB);
    expect([sheet, others]).toEqual(['Contacts', ['More']]);
    expect(csv.toString('utf8').split('\r\n').slice(1)).toEqual([
      'Nom,Adresse e-mail,Mobile,Anniversaire,Note',
      'Éloïse Straße,eloise@example.test,33612345678,1990-05-17,Rich text',
      '"José ""Pepe""",jose@example.test,06 12 34 56 78,,Éloïse Straßex',
      '',
      "Last,,'+33 1 40 20 50 50,,#N/A",
      '',
    ]);
  });
});

describe('a file that is no workbook we read', () => {
  const body = sheetOf('S', ['Name'], ['Ada']);

  it.each<[string, Buffer, string]>([
    ['an archive', zip({ 'contacts.csv': 'Name\n' }), 'archive'],
    [
      'a text document',
      zip({ '[Content_Types].xml': '', '_rels/.rels': '', 'word/document.xml': '' }),
      'document',
    ],
    ['a presentation', zip({ '[Content_Types].xml': '', 'ppt/presentation.xml': '' }), 'slides'],
    [
      'an OpenDocument spreadsheet',
      zip({
        mimetype: 'application/vnd.oasis.opendocument.spreadsheet',
        'content.xml': '',
        'META-INF/manifest.xml': '',
      }),
      'ods',
    ],
    ['a Numbers file', zip({ 'Index/Document.iwa': '', 'Metadata/Properties.plist': '' }), 'numbers'],
    ['a binary workbook', zip({ '[Content_Types].xml': '', 'xl/workbook.bin': '' }), 'xlsb'],
    ['an encrypted archive', zip({ 'xl/workbook.xml': '' }, { flags: 1 }), 'protected'],
    [
      'an empty workbook',
      xlsx({ sheets: [{ name: 'A' }, { name: 'B', rows: [[''], [' ']] }] }),
      'no-content',
    ],
    ['a workbook cut off in the middle', xlsx(body).subarray(0, 700), 'broken'],
    [
      'a workbook without its sheet',
      xlsx({ ...body, files: { 'xl/_rels/workbook.xml.rels': '<Relationships/>' } }),
      'no-content',
    ],
  ])('is named: %s', async (_, archive, why) => {
    expect(await refusalOf(archive)).toBe(why);
  });

  it('is refused when a byte of it has changed, rather than read wrongly', async () => {
    const archive = xlsx(sheetOf('S', ['Name'], ...Array.from({ length: 50 }, (_, i) => [`Person ${i}`])));
    const at = archive.indexOf('xl/worksheets/sheet1.xml') + 200;
    archive[at] ^= 0x10;
    expect(await refusalOf(archive)).toBe('broken');
  });

  it.each([
    ['a document type', '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'],
    ['an entity', '<worksheet><sheetData><row><c t="str"><v>&secret;</v></c></row></sheetData></worksheet>'],
    ['elements that cross', '<worksheet><sheetData></worksheet></sheetData>'],
    ['an end that is missing', '<worksheet><sheetData><row r="1"><c t="str"><v>A</v></c></row>'],
    ['rows out of order', '<worksheet><row r="2"/><row r="1"/></worksheet>'],
    ['a row beyond the last', '<worksheet><row r="1048577"><c t="str"><v>A</v></c></row></worksheet>'],
    ['bytes that are no text', Buffer.from('<worksheet>\xff\xfe</worksheet>', 'latin1').toString('latin1')],
    ['elements without end', '<a>'.repeat(200)],
  ])('is refused with %s', async (_, xml) => {
    const files = { 'xl/worksheets/sheet1.xml': Buffer.from(xml, 'latin1') };
    expect(await refusalOf(xlsx({ ...body, files }))).toBe('broken');
  });
});

describe('a hostile workbook', () => {
  it('costs no memory by a cell at the far end', async () => {
    const rows = '<row r="1"><c r="A1" t="str"><v>Name</v></c></row>';
    const far = (reference: string, row: number) =>
      xlsx({
        sheets: [
          {
            name: 'S',
            xml: `<worksheet><sheetData>${rows}<row r="${row}"><c r="${reference}${row}" t="str"><v>far</v></c></row></sheetData></worksheet>`,
          },
        ],
      });
    expect(await refusalOf(far('XFD', 2))).toBe('too-many-columns');
    const { csv } = await readWorkbook(far('A', 1_048_576), 2 * MB);
    expect(csv.length).toBeLessThan(3 * MB);
  });

  it('is refused when it promises more than it may hold, before anything is unpacked', async () => {
    const archive = zip({ '[Content_Types].xml': '', 'xl/workbook.xml': 'x' }, { claimed: 150 * MB });
    expect(await refusalOf(archive)).toBe('too-much');
  });

  it('is given up as soon as it holds more than it may, whatever it promised', async () => {
    const archive = zip({ bomb: Buffer.alloc(MB) }, { claimed: 10 });
    const budget = { left: 100_000 };
    const entry = zipEntries(archive, budget).get('bomb');
    let seen = 0;
    const reading = (async () => {
      for await (const piece of inflated(archive, entry as ZipEntry, budget)) seen += piece.length;
    })();
    await expect(reading).rejects.toMatchObject({ why: 'too-much' });
    expect(seen).toBeLessThanOrEqual(100_000);
  });

  it('is refused when it is blank without end', async () => {
    const files = { 'xl/worksheets/sheet1.xml': Buffer.alloc(20 * MB, ' ').fill('<worksheet>', 0, 11) };
    expect(await refusalOf(xlsx({ ...sheetOf('S'), files }))).toBe('broken');
  });

  it('is refused when few shared texts make much text', async () => {
    const shared = [`<si><t>${'x'.repeat(30_000)}</t></si>`];
    const cell = { xml: '<c r="@" t="s"><v>0</v></c>' };
    const rows = Array.from({ length: 100 }, () => [cell]);
    expect(await refusalOf(xlsx({ ...sheetOf('S', ...rows), shared }))).toBe('too-much');
  });
});
