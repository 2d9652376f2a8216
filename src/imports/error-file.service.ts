import { Injectable } from '@nestjs/common';
import { type Response } from 'express';
import { pipeline } from 'node:stream/promises';
import { cardAgain } from '../contact-card/card-row.js';
import { userHeaders } from '../csv/user-profiles.js';
import { type Separator } from '../csv/rows.js';
import { csvLine } from '../csv/writer.js';
import { encodeAs, type Encoding } from '../csv/encoding.js';
import { NotFound } from '../errors/domain-error.js';
import { type Words } from '../web/words.js';
import { CARDS } from './card-file.js';
import { columnName, problemText } from './row-lists.view.js';
import { ImportKinds } from './import-kinds.js';
import { type ImportDescription, type Row } from './import-kind.js';
import { ImportNames } from './import-names.query.js';
import { ImportRows } from './import-rows.query.js';
import { type Import } from './import.entities.js';
import { type Reading } from './reading.js';
import { meanwhileText } from './updates.view.js';

/** Rows to correct as a file like the one that came: same columns, separator and encoding, plus what is wrong. */
@Injectable()
export class ErrorFile {
  constructor(
    private readonly rows: ImportRows,
    private readonly kinds: ImportKinds,
    private readonly names: ImportNames,
  ) {}

  /** Streams it, so that a large one is never held whole. @throws NotFound without rows to correct */
  async send(present: Import, words: Words, response: Response): Promise<void> {
    const { reading, fileName } = present;
    if (!reading || (present.state !== 'done' && present.state !== 'checked')) throw new NotFound();
    const cards = reading.profile === CARDS;
    const [type, ending] = cards ? ['text/vcard', 'vcf'] : ['text/csv', 'csv'];
    const name = words
      .t('imports.result.file-name', { name: fileName.replace(/\.[^.]*$/, '') })
      .replace(/csv$/, ending);
    response.setHeader('Content-Type', `${type}; charset=${reading.encoding}`);
    response.setHeader(
      'Content-Disposition',
      `attachment; filename="errors.${ending}"; filename*=UTF-8''${encodeName(name)}`,
    );
    await pipeline(cards ? this.cards(present, words) : this.lines(present, reading, words), response);
  }

  /** Cards stay cards. */
  private async *cards(present: Import, words: Words): AsyncGenerator<Buffer> {
    const description = this.kinds.get(present.kind);
    for await (const found of this.rows.all(present, 'w', 'm'))
      yield Buffer.from(cardAgain(found.cells, await this.why(words, present, description, found)));
  }

  private async *lines(present: Import, reading: Reading, words: Words): AsyncGenerator<Buffer> {
    const { error, line } = userHeaders[words.locale];
    // A file that came back once has these columns already: they are made anew.
    const old = new Set(Object.values(userHeaders).flatMap((own) => [own.error, own.line] as string[]));
    const kept = reading.header.flatMap((name, column) => (old.has(name.trim()) ? [] : [column]));
    const header = kept.map((column) => reading.header[column] || columnName(words, present, column));
    // Guarded against formulas: the file may come from somebody else, and what an import reads has no guard.
    const options = { separator: reading.separator as Separator, guard: 'given-back' as const };
    const row = (cells: string[]) => csvLine(cells, options).replace(/\r\n$/, reading.lineBreak);
    const encoding = reading.encoding as Encoding;
    yield encodeAs(row([...header, error, line]), encoding, { bom: reading.bom });
    const description = this.kinds.get(present.kind);
    for await (const found of this.rows.all(present, 'w', 'm')) {
      const why = await this.why(words, present, description, found);
      const cells = kept.map((column) => found.cells[column] ?? '');
      yield encodeAs(row([...cells, why, String(found.line)]), encoding);
    }
  }

  private async why(
    words: Words,
    present: Import,
    description: ImportDescription,
    row: Row,
  ): Promise<string> {
    const problems = row.problems.map((problem) =>
      words.t('imports.result.error', {
        column: columnName(words, present, problem[0]),
        text: [problemText(words, row, problem), byHandText(words, present, description, row, problem[0])]
          .filter(Boolean)
          .join(' '),
      }),
    );
    if (!row.meanwhile || !description.updates) return problems.join(' ');
    const { updates } = description;
    // Names are asked for only where a manager was changed meanwhile: few rows.
    const mentioned = row.meanwhile.some(([field]) => updates.references.includes(field));
    const names = mentioned
      ? await this.names.of(present, description, [{ rows: [row], total: 1, page: 1, pages: 1 }])
      : new Map<string, string>();
    const met = row.meanwhile.map((each) =>
      words.t('imports.result.error', {
        column: words.t(updates.labelOf(each[0]) ?? each[0]),
        text: meanwhileText(words, each, description, names),
      }),
    );
    return [...problems, ...met].join(' ');
  }
}

/** Where else a value that no file can hold may be set. */
function byHandText(
  words: Words,
  { reading }: Import,
  { updates }: ImportDescription,
  { knownId }: Row,
  column: number,
): string {
  const href = knownId === undefined ? null : updates?.byHand(reading?.columns[column] ?? null, knownId);
  return href ? words.t('imports.wrong.by-hand-at', { href }) : '';
}

/** RFC 8187 §3.2.1 */
function encodeName(name: string): string {
  return encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
}
