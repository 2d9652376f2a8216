import { type Request } from 'express';
import { ApiError } from '../../web/api-error.js';

export interface Wanted {
  /** What `Content-Type` may say, without parameters. */
  types: readonly string[];
  bytes: number;
}

/**
 * The body of a request, read only when its token was looked at. It must come as it is: what is compressed could be a thousand times as
 * large once it is not.
 * @throws ApiError 400, 413, 415
 */
export async function readBody(request: Request, { types, bytes }: Wanted): Promise<Buffer> {
  const { headers } = request;
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new ApiError(415, 'encoded-body', { encoding: encoding.slice(0, 40) }, acceptEncoding);
  }
  const type = (headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
  if (!types.includes(type)) {
    throw new ApiError(
      415,
      'unsupported-media-type',
      { types: types.join(', ') },
      { headers: { Accept: types.join(', ') } },
    );
  }
  if (Number(headers['content-length'] ?? 0) > bytes) throw tooLarge(bytes);
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > bytes) throw tooLarge(bytes);
      pieces.push(piece);
    }
  } catch (error) {
    // The other side went away in the middle: nobody reads the answer.
    throw error instanceof ApiError ? error : new ApiError(400, 'bad-request');
  }
  return Buffer.concat(pieces);
}

/** RFC 9110 §12.5.3 lets a server say so. */
const acceptEncoding = { headers: { 'Accept-Encoding': 'identity' } };

function tooLarge(bytes: number): ApiError {
  return new ApiError(413, 'too-large', { kilobytes: Math.round(bytes / 1024) });
}
