import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';
import multer, { MulterError } from 'multer';
import { limits } from '../../config/limits.js';
import { newId } from '../../database/id.js';
import { BadRequest, Forbidden } from '../../errors/domain-error.js';
import { FileRefused } from '../../imports/file-refused.js';
import { Admin, ReceivesFile } from '../../web/access.js';
import { page, redirect, type Page, type Redirect } from '../../web/answers.js';
import { CurrentWords } from '../../web/context.js';
import { Csrf } from '../../web/csrf.js';
import { fileField, problemsOf, textarea, type Returned } from '../../web/fields.js';
import { CurrentUser, type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { addressesOfFile, addressesOfText } from './address-file.js';
import { DeactivationFile } from './deactivation-file.service.js';
import { runPath } from './user-runs.controller.js';

/** Deactivating the people of a list that was uploaded or pasted; the page that follows shows who was found. */
@Admin()
@Controller('users/deactivate')
export class DeactivationFileController {
  constructor(
    private readonly files: DeactivationFile,
    private readonly csrf: Csrf,
  ) {}

  @Get()
  choose(@CurrentWords() words: Words): Page {
    return form(words);
  }

  @Post()
  @ReceivesFile()
  async receive(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
  ): Promise<Page | Redirect> {
    let typed = '';
    try {
      const file = await receiveForm(request, response);
      const { _csrf, _once, addresses } = (request.body ?? {}) as Record<string, unknown>;
      if (!this.csrf.accepts(request, _csrf)) throw new Forbidden('common.error.form-expired');
      typed = typeof addresses === 'string' ? addresses : '';
      const pasted = typed.trim() !== '';
      if (file && pasted) throw new FileRefused({ key: 'user-runs.file.both' });
      if (!file && !pasted) throw new FileRefused({ key: 'user-runs.file.missing' });
      const rows = file ? await addressesOfFile(file.buffer) : await addressesOfText(typed);
      const name = file ? nameOf(file.originalname) : words.t('user-runs.file.pasted');
      const once = typeof _once === 'string' ? _once : null;
      return redirect(runPath(await this.files.draft(reader, once, name, rows)));
    } catch (error) {
      const problem = problemOf(words, error);
      if (!problem) throw error;
      const field = typed.trim() === '' ? 'file' : 'addresses';
      return form(words, { typed: { addresses: typed }, problems: [{ field, ...problem }] });
    }
  }
}

function form(words: Words, returned?: Returned): Page {
  const fields = [
    fileField(
      words,
      {
        name: 'file',
        labelKey: 'user-runs.file.field',
        hintKey: 'user-runs.file.hint',
        hintValues: { rows: limits.deactivationRows },
        accept: '.csv,.txt,text/csv,text/plain',
        maxBytes: limits.deactivationFileBytes,
      },
      returned,
    ),
    textarea(
      words,
      {
        ...{ name: 'addresses', labelKey: 'user-runs.file.paste', hintKey: 'user-runs.file.paste-hint' },
        rows: 6,
      },
      returned,
    ),
  ];
  const title = words.t('user-runs.file.title');
  const data = { title, once: newId(), fields, problems: problemsOf(words, fields, returned) };
  return page('user-runs/file', data, returned ? 422 : 200);
}

const upload = multer({
  storage: multer.memoryStorage(),
  limits: {
    files: 1,
    fileSize: limits.deactivationFileBytes,
    fields: 5,
    parts: 6,
    fieldNameSize: 100,
    fieldSize: limits.deactivationPastedBytes,
  },
}).single('file');

function receiveForm(request: Request, response: Response): Promise<Express.Multer.File | null> {
  return new Promise((resolve, reject) => {
    upload(request, response, (error: unknown) => {
      if (error instanceof MulterError) reject(error);
      else if (error) reject(new BadRequest('common.error.bad-request'));
      else resolve(request.file && request.file.size > 0 ? request.file : null);
    });
  });
}

function problemOf(words: Words, error: unknown) {
  if (error instanceof FileRefused) return error.problem;
  if (!(error instanceof MulterError)) return null;
  const most = {
    LIMIT_FILE_SIZE: limits.deactivationFileBytes,
    LIMIT_FIELD_VALUE: limits.deactivationPastedBytes,
  } as Record<string, number>;
  const size = most[error.code];
  return size ? { key: 'user-runs.file.too-large', values: { size: words.bytes(size) } } : null;
}

/** Browsers send the name alone, in UTF-8 that the parser takes for Latin-1. */
function nameOf(original: string): string {
  const utf8 = Buffer.from(original, 'latin1').toString('utf8');
  const name = utf8.includes('\ufffd') ? original : utf8;
  const bare = name
    .replace(/^.*[\\/]/, '')
    .replace(/\p{Cc}/gu, '')
    .trim();
  return [...bare].slice(0, 255).join('') || '-';
}
