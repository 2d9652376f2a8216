import { type Request, type Response } from 'express';
import multer, { MulterError } from 'multer';
import { limits } from '../config/limits.js';
import { Forbidden, Refused } from '../errors/domain-error.js';
import { type Csrf } from './csrf.js';
import { type Words } from './words.js';

/**
 * The field `photo` of a form whose route is `@ReceivesFile()`; its token is checked here, after the fields.
 * @throws Refused when there is none, it is too large or the body is broken
 */
export async function receivePhoto(
  csrf: Csrf,
  words: Words,
  request: Request,
  response: Response,
): Promise<Buffer> {
  const file = await received(words, request, response);
  if (!csrf.accepts(request, (request.body as { _csrf?: unknown } | undefined)?._csrf)) {
    throw new Forbidden('common.error.form-expired');
  }
  if (!file) throw new Refused('contacts.photo.missing');
  return file;
}

const upload = multer({
  storage: multer.memoryStorage(),
  limits: {
    files: 1,
    fileSize: limits.photoUploadBytes,
    fields: 5,
    parts: 6,
    fieldNameSize: 100,
    fieldSize: 10_000,
  },
}).single('photo');

/** @returns the file, or null when none was chosen */
function received(words: Words, request: Request, response: Response): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    upload(request, response, (error: unknown) => {
      if (error) reject(refusalOf(words, error));
      else resolve(request.file && request.file.size > 0 ? request.file.buffer : null);
    });
  });
}

function refusalOf(words: Words, error: unknown): Error {
  if (!(error instanceof MulterError)) return new Refused('common.error.bad-request');
  if (error.code !== 'LIMIT_FILE_SIZE') return error;
  return new Refused('contacts.photo.too-large', { size: words.bytes(limits.photoUploadBytes) });
}
