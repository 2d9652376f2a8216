import { Injectable } from '@nestjs/common';
import { type Request, type Response } from 'express';
import multer, { MulterError, type StorageEngine } from 'multer';
import { type Id } from '../database/id.js';
import { BadRequest, DomainError, Forbidden } from '../errors/domain-error.js';
import { redirect, type Page, type Redirect } from '../web/answers.js';
import { Csrf } from '../web/csrf.js';
import { type SignedIn } from '../web/signed-in.js';
import { FileRefused } from './file-refused.js';
import { type ImportDescription } from './import-kind.js';
import { problemOfTexts, rulesFrom } from './import-rules.js';
import { ImportWait } from './import-wait.js';
import { type FileProblem, type ImportOptions } from './reading.js';
import { Staging } from './staging.service.js';

type Received = { importId: Id } | { problem: FileProblem };

/** What a form with a file may hold beside it (SECURITY: files 1, fields 20, parts 25). */
const FORM = { files: 1, fields: 20, parts: 25, fieldNameSize: 100, fieldSize: 10_000 };

/** No boundary, no end, or parts that are none: what no browser sends. */
const UNREADABLE = 'common.error.bad-request';

/** Takes the file of a form straight into the database; the form's token comes before it and is checked first. */
@Injectable()
export class ImportUploads {
  constructor(
    private readonly staging: Staging,
    private readonly csrf: Csrf,
    private readonly wait: ImportWait,
  ) {}

  /**
   * What a form with a file is answered: it leads to the import it began, or comes back as it was filled in.
   * @param again the form with what is wrong with it
   * @throws Forbidden for a form that is not ours, or what the database says
   */
  async answer(
    request: Request,
    response: Response,
    user: SignedIn,
    description: ImportDescription,
    again: (problem: FileProblem, chosen: ImportOptions['choices']) => Page | Promise<Page>,
  ): Promise<Page | Redirect> {
    const received = await this.receive(request, response, user, description);
    if ('importId' in received) return redirect(`/imports/${received.importId}`);
    const chosen = rulesFrom((request.body ?? {}) as Record<string, unknown>, description);
    return again(received.problem, chosen);
  }

  private async receive(
    request: Request,
    response: Response,
    user: SignedIn,
    description: ImportDescription,
  ): Promise<Received> {
    let taking: Promise<Id> | null = null;
    let brokenOff = false;
    const storage: StorageEngine = {
      _handleFile: (_, file, done) => {
        file.stream.once('error', () => (brokenOff = true));
        taking = this.take(request, user, description, file);
        void taking
          .then(
            () => done(null, {}),
            (error: unknown) => done(error),
          )
          // What is left of the file must be read, or the browser never hears our answer.
          .finally(() => file.stream.resume());
      },
      _removeFile: (_, __, done) => done(null),
    };
    // One byte more than allowed tells a file that is too large from one that just fits.
    const { bytes, cardBytes = bytes } = description.limits;
    const fileSize = Math.max(bytes, cardBytes) + 1;
    const receive = multer({ storage, limits: { ...FORM, fileSize } }).single('file');
    try {
      const failure = await new Promise<unknown>((resolve) => receive(request, response, resolve));
      // Why the file was not taken says more than that the form broke off.
      const importId = await (taking as Promise<Id> | null);
      if (failure) throw failure instanceof MulterError ? failure : new BadRequest(UNREADABLE);
      this.checkToken(request);
      if (importId === null) return { problem: { key: 'imports.file.missing' } };
      await this.wait.settled(importId);
      return { importId };
    } catch (error) {
      if (error instanceof FileRefused) return { problem: error.problem };
      if (error instanceof MulterError && error.code === 'LIMIT_FILE_SIZE')
        return { problem: { key: 'imports.file.too-large' } };
      // The form ends in the middle of the file, or the browser has gone: no fault of ours.
      throw brokenOff && !(error instanceof DomainError) ? new BadRequest(UNREADABLE) : error;
    }
  }

  private async take(
    request: Request,
    user: SignedIn,
    description: ImportDescription,
    { stream, originalname }: Express.Multer.File,
  ): Promise<Id> {
    this.checkToken(request);
    const { _once: once } = request.body as { _once?: unknown };
    const choices = rulesFrom(request.body as Record<string, unknown>, description);
    const problem = problemOfTexts(choices, description);
    if (problem) throw new FileRefused(problem);
    return this.staging.take(
      user,
      description,
      {
        once: typeof once === 'string' ? once : null,
        fileName: nameOf(originalname),
        choices,
      },
      // Left whole when we stop early: a destroyed stream would end the form before our answer is written.
      stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>,
    );
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
