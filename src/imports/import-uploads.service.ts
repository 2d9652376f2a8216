import { Injectable } from '@nestjs/common';
import { type Request, type Response } from 'express';
import multer, { MulterError, type StorageEngine } from 'multer';
import { type Id } from '../database/id.js';
import { Forbidden } from '../errors/domain-error.js';
import { Csrf } from '../web/csrf.js';
import { type SignedIn } from '../web/signed-in.js';
import { FileRefused } from './file-refused.js';
import { type ImportDescription } from './import-kind.js';
import { type FileProblem } from './reading.js';
import { Staging } from './staging.service.js';

export type Received = { importId: Id } | { problem: FileProblem };

/** What a form with a file may hold beside it (SECURITY: files 1, fields 20, parts 25). */
const FORM = { files: 1, fields: 20, parts: 25, fieldNameSize: 100, fieldSize: 10_000 };

/** Takes the file of a form straight into the database; the form's token comes before it and is checked first. */
@Injectable()
export class ImportUploads {
  constructor(
    private readonly staging: Staging,
    private readonly csrf: Csrf,
  ) {}

  /** @throws Forbidden for a form that is not ours, or what the database says */
  async receive(
    request: Request,
    response: Response,
    user: SignedIn,
    description: ImportDescription,
  ): Promise<Received> {
    let importId: Id | null = null;
    const storage: StorageEngine = {
      _handleFile: (_, file, done) => {
        const take = async () => {
          this.checkToken(request);
          const { _once: once } = request.body as { _once?: unknown };
          importId = await this.staging.take(
            user,
            description,
            { once: typeof once === 'string' ? once : null, fileName: nameOf(file.originalname) },
            file.stream as AsyncIterable<Buffer>,
          );
        };
        take().then(
          () => done(null, {}),
          (error: unknown) => {
            // What is left of the file must be read, or the browser never hears our answer.
            file.stream.resume();
            done(error);
          },
        );
      },
      _removeFile: (_, __, done) => done(null),
    };
    // One byte more than allowed tells a file that is too large from one that just fits.
    const receive = multer({ storage, limits: { ...FORM, fileSize: description.limits.bytes + 1 } }).single(
      'file',
    );
    try {
      await new Promise<void>((resolve, reject) =>
        receive(request, response, (error: unknown) => (error ? reject(error as Error) : resolve())),
      );
      this.checkToken(request);
    } catch (error) {
      if (error instanceof FileRefused) return { problem: error.problem };
      if (error instanceof MulterError && error.code === 'LIMIT_FILE_SIZE')
        return { problem: { key: 'imports.file.too-large' } };
      throw error;
    }
    return importId === null ? { problem: { key: 'imports.file.missing' } } : { importId };
  }

  private checkToken(request: Request): void {
    const { _csrf } = (request.body ?? {}) as { _csrf?: unknown };
    if (!this.csrf.accepts(request, _csrf)) throw new Forbidden('common.error.form-expired');
  }
}

/** Browsers send the name alone, in UTF-8 that the parser takes for Latin-1. */
function nameOf(original: string): string {
  const isLatin1 = [...original].every((character) => character.charCodeAt(0) < 256);
  const utf8 = isLatin1 ? Buffer.from(original, 'latin1').toString('utf8') : original;
  const name = utf8.includes('\ufffd') ? original : utf8;
  const bare = name
    .replace(/^.*[\\/]/, '')
    .replace(/\p{Cc}/gu, '')
    .trim();
  return [...bare].slice(0, 255).join('') || '-';
}
