import { limits } from '../../config/limits.js';
import { excelText, numberText } from './cell-text.js';
import { numberFormatOf, type NumberFormat } from './number-format.js';
import { WorkbookRefused, type WorkbookTrouble } from './workbook-refused.js';
import { attribute, readXml, type XmlReader } from './xml.js';
import { inflated, zipEntries, type Budget, type ZipEntry } from './zip.js';

/** A sheet as a CSV file: UTF-8 with a byte order mark, commas, rows where the spreadsheet has them. */
export interface SheetFile {
  csv: Buffer;
  sheet: string;
  /** Other sheets with something in them, which are left. */
  others: string[];
}

/** What a workbook may hold when it is unpacked. */
const UNPACKED_BYTES = 200 * 1024 * 1024;
/** Texts that cells share, in UTF-16 units: they are held until the sheet is read. */
const SHARED_CHARACTERS = 40_000_000;
const SHARED_TEXTS = 2_000_000;
const LAST_ROW = 1_048_576;

/**
 * The first sheet of an Excel workbook (.xlsx, ECMA-376) that has something in it. Our own instead of read-excel-file, which
 * unpacks everything into memory before it looks and makes an array for each cell up to the last one: neither a packed bomb
 * nor one cell at XFD1048576 may cost more than this file does. Read as a stream, with what it may take counted down.
 * @param mostText bytes the sheet may have as text
 * @throws WorkbookRefused
 */
export async function readWorkbook(archive: Buffer, mostText: number): Promise<SheetFile> {
  const budget: Budget = { left: UNPACKED_BYTES };
  const entries = zipEntries(archive, budget);
  const other = otherThanWorkbook(entries);
  if (other) throw new WorkbookRefused(other);
  const book = new Workbook(archive, entries, budget);
  await book.open();
  return book.firstSheet(mostText);
}

/** What an archive is that is no workbook, by the files in it. */
function otherThanWorkbook(entries: Map<string, ZipEntry>): WorkbookTrouble | null {
  const names = [...entries.keys()];
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (has(/^xl\/workbook\.bin$/)) return 'xlsb';
  if (has(/^\[Content_Types\]\.xml$/) && has(/^xl\//)) return null;
  if (has(/^word\//)) return 'document';
  if (has(/^ppt\//)) return 'slides';
  if (has(/\.iwa$/) || has(/^Index\.zip$/)) return 'numbers';
  if (has(/^META-INF\/manifest\.xml$/) && has(/^content\.xml$/)) return 'ods';
  return has(/^_rels\/\.rels$/) ? null : 'archive';
}

interface Sheet {
  name: string;
  path: string;
}

class Workbook {
  private sheets: Sheet[] = [];
  private shared: string[] = [];
  private formats: NumberFormat[] = [];
  private from1904 = false;

  constructor(
    private readonly archive: Buffer,
    private readonly entries: Map<string, ZipEntry>,
    private readonly budget: Budget,
  ) {}

  async open(): Promise<void> {
    const [main = 'xl/workbook.xml'] = (await this.relations('')).values('officeDocument');
    const relations = await this.relations(main);
    const declared: { name: string; id: string; hidden: boolean }[] = [];
    await this.read(main, {
      open: (name, attributes) => {
        if (name === 'workbookPr')
          this.from1904 = /^(?:1|true)$/.test(attribute(attributes, 'date1904') ?? '');
        if (name !== 'sheet') return;
        declared.push({
          name: excelText(attribute(attributes, 'name') ?? ''),
          id: attribute(attributes, 'id') ?? '',
          hidden: /hidden/i.test(attribute(attributes, 'state') ?? ''),
        });
      },
    });
    const visible = declared.filter(({ hidden }) => !hidden);
    this.sheets = (visible.length > 0 ? visible : declared).flatMap(({ name, id }) => {
      const path = relations.byId('worksheet', id);
      return path === undefined ? [] : [{ name, path }];
    });
    for (const path of relations.values('sharedStrings')) await this.readShared(path);
    for (const path of relations.values('styles')) await this.readFormats(path);
  }

  async firstSheet(mostText: number): Promise<SheetFile> {
    for (const [index, { name, path }] of this.sheets.entries()) {
      const csv = new CsvText(mostText);
      await this.readSheet(path, (line, cells) => csv.add(line, cells));
      if (csv.isEmpty) continue;
      const others: string[] = [];
      for (const other of this.sheets.slice(index + 1))
        if (await this.hasContent(other.path)) others.push(other.name);
      return { csv: csv.end(), sheet: name, others };
    }
    throw new WorkbookRefused('no-content');
  }

  private async hasContent(path: string): Promise<boolean> {
    let found = false;
    await this.readSheet(
      path,
      (_, cells) => (found ||= cells.some((cell) => cell.trim() !== '')),
      () => found,
    );
    return found;
  }

  private async readSheet(
    path: string,
    take: (line: number, cells: string[]) => void,
    enough?: () => boolean,
  ): Promise<void> {
    let line = 0;
    let cells: string[] = [];
    let column = -1;
    let cell: { type: string; style: string; value: string | null } | null = null;
    let inValue = false;
    let phonetic = 0;
    await this.read(
      path,
      {
        open: (name, attributes) => {
          if (name === 'row') {
            const given = attribute(attributes, 'r');
            const next = given === undefined ? line + 1 : Number(given);
            // Excel writes rows in order; whatever does not is not read wrongly.
            if (!(next > line && next <= LAST_ROW)) throw new WorkbookRefused('broken');
            line = next;
            cells = [];
            column = -1;
          } else if (name === 'c') {
            const reference = attribute(attributes, 'r');
            const place = reference === undefined ? column + 1 : columnOf(reference);
            if (!(place > column)) throw new WorkbookRefused('broken');
            column = place;
            cell = {
              ...{ type: attribute(attributes, 't') ?? 'n', style: attribute(attributes, 's') ?? '0' },
              value: null,
            };
          } else if (name === 'rPh') phonetic++;
          else if (cell && (name === 'v' || (name === 't' && phonetic === 0))) {
            inValue = true;
            cell.value ??= '';
          }
        },
        text: (text) => {
          if (inValue && cell) cell.value += text;
        },
        close: (name) => {
          if (name === 'v' || name === 't') inValue = false;
          else if (name === 'rPh') phonetic--;
          else if (name === 'c' && cell) {
            const text = this.textOf(cell);
            cell = null;
            if (text === '') return;
            if (column >= limits.csvColumns)
              throw new WorkbookRefused('too-many-columns', { max: limits.csvColumns });
            while (cells.length < column) cells.push('');
            cells.push(text);
          } else if (name === 'row') take(line, cells);
        },
      },
      enough,
    );
  }

  private textOf({ type, style, value }: { type: string; style: string; value: string | null }): string {
    if (value === null || value === '') return '';
    if (type === 's') {
      const text = this.shared[Number(value)];
      if (text === undefined) throw new WorkbookRefused('broken');
      return text;
    }
    if (type === 'b') return value === '1' || value === 'true' ? 'TRUE' : 'FALSE';
    // A date that says so itself is written as ISO 8601 already.
    if (type === 'd') return value.replace(/T00:00:00(?:\.0+)?Z?$/, '').replace('T', ' ');
    if (type !== 'n') return excelText(value);
    return numberText(value, this.formats[Number(style)] ?? { kind: 'number' }, this.from1904);
  }

  private async readShared(path: string): Promise<void> {
    let text = '';
    let inText = false;
    let phonetic = 0;
    let characters = 0;
    await this.read(path, {
      open: (name) => {
        if (name === 'si') text = '';
        else if (name === 'rPh') phonetic++;
        else if (name === 't') inText = phonetic === 0;
      },
      text: (piece) => {
        if (inText) text += piece;
      },
      close: (name) => {
        if (name === 't') inText = false;
        else if (name === 'rPh') phonetic--;
        else if (name === 'si') {
          characters += text.length;
          if (characters > SHARED_CHARACTERS || this.shared.length >= SHARED_TEXTS)
            throw new WorkbookRefused('too-much');
          this.shared.push(excelText(text));
        }
      },
    });
  }

  private async readFormats(path: string): Promise<void> {
    const codes = new Map<number, string>();
    let inCells = false;
    await this.read(path, {
      open: (name, attributes) => {
        const id = Number(attribute(attributes, 'numFmtId') ?? 0);
        if (name === 'numFmt') codes.set(id, attribute(attributes, 'formatCode') ?? '');
        else if (name === 'cellXfs') inCells = true;
        else if (name === 'xf' && inCells) this.formats.push(numberFormatOf(id, codes.get(id)));
      },
      close: (name) => {
        if (name === 'cellXfs') inCells = false;
      },
    });
  }

  /** Where the parts a file belongs to are, by what they are to it. */
  private async relations(path: string): Promise<Relations> {
    const relations = new Relations(path);
    const slash = path.lastIndexOf('/') + 1;
    const own = `${path.slice(0, slash)}_rels/${path.slice(slash)}.rels`;
    if (!this.entries.has(own)) return relations;
    await this.read(own, {
      open: (name, attributes) => {
        // Outside of the file is nothing we read.
        if (name !== 'Relationship' || attribute(attributes, 'TargetMode') === 'External') return;
        relations.add(
          attribute(attributes, 'Type') ?? '',
          attribute(attributes, 'Id') ?? '',
          attribute(attributes, 'Target') ?? '',
        );
      },
    });
    return relations;
  }

  private async read(path: string, reader: XmlReader, enough?: () => boolean): Promise<void> {
    const entry = this.entries.get(path);
    if (!entry) throw new WorkbookRefused('broken');
    await readXml(inflated(this.archive, entry, this.budget), reader, enough);
  }
}

class Relations {
  private readonly all: { type: string; id: string; path: string }[] = [];

  constructor(private readonly from: string) {}

  add(type: string, id: string, target: string): void {
    const folder = this.from.slice(0, this.from.lastIndexOf('/') + 1);
    const whole = target.startsWith('/') ? target.slice(1) : folder + target;
    const steps: string[] = [];
    for (const step of whole.split('/')) {
      if (step === '..') steps.pop();
      else if (step !== '.' && step !== '') steps.push(step);
    }
    this.all.push({ type: type.slice(type.lastIndexOf('/') + 1), id, path: steps.join('/') });
  }

  values(type: string): string[] {
    return this.all.filter((each) => each.type === type).map(({ path }) => path);
  }

  byId(type: string, id: string): string | undefined {
    return this.all.find((each) => each.type === type && each.id === id)?.path;
  }
}

/** Rows as lines of a CSV file, each where the spreadsheet has it. */
class CsvText {
  private readonly pieces: Buffer[] = [];
  // The separator is said, so that nobody has to guess it from what cells hold.
  private text = '\ufeffsep=,\r\n';
  private line = 0;
  private bytes = 0;
  isEmpty = true;

  constructor(private readonly most: number) {}

  add(line: number, cells: readonly string[]): void {
    if (cells.every((cell) => cell.trim() === '')) return;
    this.isEmpty = false;
    this.text += '\r\n'.repeat(line - this.line - 1) + cells.map(quoted).join(',') + '\r\n';
    this.bytes -= 2 * (line - this.line - 1);
    this.line = line;
    if (this.text.length > 256 * 1024) this.flush();
  }

  end(): Buffer {
    this.flush();
    return Buffer.concat(this.pieces);
  }

  private flush(): void {
    const piece = Buffer.from(this.text);
    this.text = '';
    this.pieces.push(piece);
    // Blank rows are where they are for the numbers of the others.
    this.bytes += piece.length;
    if (this.bytes > this.most) throw new WorkbookRefused('too-much');
  }
}

function quoted(cell: string): string {
  return /[",;\t|\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** `B2` → 1 */
function columnOf(reference: string): number {
  let column = 0;
  for (let at = 0; at < 3; at++) {
    const code = reference.charCodeAt(at);
    if (!(code >= 65 && code <= 90)) break;
    column = column * 26 + code - 64;
  }
  return column - 1;
}
