import { type Request, type Response } from 'express';
import multer from 'multer';

const form = multer({
  limits: { files: 0, fields: 5, parts: 5, fieldNameSize: 100, fieldSize: 1_000 },
}).none();

/**
 * Whether a mail program asks for its user: the body is `List-Unsubscribe=One-Click`, in either encoding of a form
 * (RFC 8058 §3.2).
 */
export async function isOneClick(request: Request, response: Response): Promise<boolean> {
  if (request.is('multipart/form-data')) {
    await new Promise<void>((resolve, reject) => {
      form(request, response, (error: unknown) => (error ? reject(error as Error) : resolve()));
    });
  }
  const body = (request.body ?? {}) as Record<string, unknown>;
  return body['List-Unsubscribe'] === 'One-Click';
}
