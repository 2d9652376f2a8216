import { type Request, type Response } from 'express';
import multer, { MulterError } from 'multer';
import { limits } from '../../config/limits.js';
import { BadRequest, Forbidden } from '../../errors/domain-error.js';
import { type FileProblem } from '../../imports/reading.js';
import { type Csrf } from '../../web/csrf.js';

/** What the form with the pasted list brought. */
export interface ReceivedList {
  text: string;
  /** null when no file was chosen. */
  file: Buffer | null;
  problem?: FileProblem;
}

/** Reads the fields `addresses` and `file`; the form's token is checked here, since the body was not read before. */
export async function receiveList(request: Request, response: Response, csrf: Csrf): Promise<ReceivedList> {
  if (request.is('multipart/form-data')) {
    const failure = await new Promise<unknown>((resolve) => upload(request, response, resolve));
    if (!csrf.accepts(request, fieldOf(request, '_csrf'))) throw new Forbidden('common.error.form-expired');
    if (failure) {
      if (failure instanceof MulterError && failure.code === 'LIMIT_FILE_SIZE')
        return { text: fieldOf(request, 'addresses'), file: null, problem: tooLarge };
      if (failure instanceof MulterError && failure.code === 'LIMIT_FIELD_VALUE')
        return { text: '', file: null, problem: tooMany };
      throw new BadRequest('common.error.bad-request');
    }
  }
  const file = request.file && request.file.size > 0 ? request.file.buffer : null;
  return { text: fieldOf(request, 'addresses'), file };
}

// Ten thousand addresses with names fit; the list is small enough to be read while the reader waits.
const upload = multer({
  storage: multer.memoryStorage(),
  limits: {
    files: 1,
    fileSize: limits.groupFileBytes,
    fields: 5,
    parts: 6,
    fieldNameSize: 100,
    fieldSize: limits.groupFileBytes,
  },
}).single('file');

const tooLarge: FileProblem = {
  key: 'groups.file.too-large',
  values: { megabytes: limits.groupFileBytes / (1024 * 1024), max: limits.groupAddresses },
};
const tooMany: FileProblem = { key: 'groups.problem.too-many', values: { max: limits.groupAddresses } };

function fieldOf(request: Request, name: string): string {
  const body = (request.body ?? {}) as Record<string, unknown>;
  const value = Object.hasOwn(body, name) ? body[name] : '';
  return typeof value === 'string' ? value : '';
}
