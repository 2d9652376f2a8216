import { crc32, deflateRawSync } from 'node:zlib';

/** A cell: a text, a number, or XML of its own (`{ xml: '<c …>' }`, where `@` is its reference). */
export type Cell = string | number | boolean | null | { xml: string };

export interface WorkbookParts {
  sheets: { name: string; rows?: (readonly Cell[] | null)[]; xml?: string; state?: string }[];
  /** Texts in `sharedStrings.xml`, as XML of each `<si>`. */
  shared?: string[];
  /** Number formats by style: style n has the nth. */
  formats?: string[];
  from1904?: boolean;
  /** Files beside, or instead of, those of the workbook. */
  files?: Record<string, string | Buffer>;
}

/** An .xlsx file, as small as Excel takes one. */
export function xlsx({ sheets, shared, formats = [], from1904 = false, files = {} }: WorkbookParts): Buffer {
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`;
  const relations = (body: string) =>
    `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${body}</Relationships>`;
  return zip({
    '[Content_Types].xml': '<?xml version="1.0"?><Types/>',
    '_rels/.rels': relations(relation('rId1', 'officeDocument', 'xl/workbook.xml')),
    'xl/workbook.xml': `<?xml version="1.0"?><workbook xmlns="${main}" xmlns:r="${office}"><workbookPr date1904="${from1904 ? 1 : 0}"/><sheets>${sheets
      .map(
        ({ name, state }, index) =>
          `<sheet name="${escaped(name)}" sheetId="${index + 1}"${state ? ` state="${state}"` : ''} r:id="rId${index + 1}"/>`,
      )
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations(
      sheets
        .map((_, index) => relation(`rId${index + 1}`, 'worksheet', `worksheets/sheet${index + 1}.xml`))
        .join('') +
        relation('rIdS', 'styles', 'styles.xml') +
        (shared ? relation('rIdT', 'sharedStrings', '/xl/sharedStrings.xml') : ''),
    ),
    'xl/styles.xml': `<styleSheet xmlns="${main}"><numFmts>${formats
      .map((code, index) => `<numFmt numFmtId="${164 + index}" formatCode="${escaped(code)}"/>`)
      .join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${formats
      .map((_, index) => `<xf numFmtId="${164 + index}"/>`)
      .join('')}<xf numFmtId="14"/></cellXfs></styleSheet>`,
    ...(shared ? { 'xl/sharedStrings.xml': `<sst xmlns="${main}">${shared.join('')}</sst>` } : {}),
    ...Object.fromEntries(
      sheets.map(({ rows = [], xml }, index) => [
        `xl/worksheets/sheet${index + 1}.xml`,
        xml ??
          `<?xml version="1.0"?><worksheet xmlns="${main}"><dimension ref="A1"/><sheetData>${rows.map(rowXml).join('')}</sheetData></worksheet>`,
      ]),
    ),
    ...files,
  });
}

/** A sheet whose texts stand in its cells. */
export function sheetOf(name: string, ...rows: (readonly Cell[] | null)[]): WorkbookParts {
  return { sheets: [{ name, rows }] };
}

function rowXml(cells: readonly Cell[] | null, index: number): string {
  if (cells === null) return '';
  const row = index + 1;
  return `<row r="${row}">${cells.map((cell, column) => cellXml(cell, `${letters(column)}${row}`)).join('')}</row>`;
}

function cellXml(cell: Cell, reference: string): string {
  if (cell === null) return '';
  if (typeof cell === 'object') return cell.xml.replaceAll('@', reference);
  if (typeof cell === 'number') return `<c r="${reference}"><v>${cell}</v></c>`;
  if (typeof cell === 'boolean') return `<c r="${reference}" t="b"><v>${cell ? 1 : 0}</v></c>`;
  return `<c r="${reference}" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
}

export function letters(column: number): string {
  return (column >= 26 ? letters(Math.floor(column / 26) - 1) : '') + String.fromCharCode(65 + (column % 26));
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

interface ZipChoices {
  /** What the directory says a file has unpacked, where that is not true. */
  claimed?: number;
  flags?: number;
}

/** A ZIP archive of these files (APPNOTE 6.3), deflated. */
export function zip(files: Record<string, string | Buffer>, { claimed, flags = 0 }: ZipChoices = {}): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const path = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claimed ?? bytes.length, 18);
    common.writeUInt16LE(path.length, 22);
    bodies.push(Buffer.from('504b0304', 'hex'), common, path, packed);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    directory.push(Buffer.from('504b01021400', 'hex'), common, place, path);
    at += 30 + path.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('504b0506', 'hex');
  end.writeUInt16LE(directory.length / 4, 8);
  end.writeUInt16LE(directory.length / 4, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, central, end]);
}
