import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Response } from 'express';
import { log } from './log.js';

/** Streams a CSV file as a download. What goes wrong before its first piece is still told by a page. */
export async function sendCsv(
  response: Response,
  pieces: AsyncGenerator<string, void>,
  { fileName, requestId }: { fileName: string; requestId: string },
): Promise<void> {
  await sendFile(response, pieces, { fileName, requestId, contentType: 'text/csv; charset=utf-8' });
}

/** The same for files of any kind. */
export async function sendFile(
  response: Response,
  pieces: AsyncGenerator<string | Buffer, void>,
  { fileName, requestId, contentType }: { fileName: string; requestId: string; contentType: string },
): Promise<void> {
  const first = await pieces.next();
  // Not by `set`, which would add UTF-8 to any text.
  response.setHeader('Content-Type', contentType);
  response.setHeader('Content-Disposition', `attachment; filename="${fileName}"`);
  try {
    await pipeline(Readable.from(startingWith(first, pieces)), response);
  } catch (error) {
    // Whoever closes the download in the middle has not found a fault.
    if ((error as { code?: string }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    log.info({ requestId }, 'export left before its end');
  }
}

/** `users-2026-11-22.csv`, by the reader's calendar. @param name ASCII */
export function csvFileName(name: string, timeZone: string): string {
  return datedFileName(name, 'csv', timeZone);
}

export function datedFileName(name: string, ending: string, timeZone: string): string {
  // Sweden writes dates as ISO 8601 does.
  return `${name}-${new Intl.DateTimeFormat('sv-SE', { timeZone }).format()}.${ending}`;
}

async function* startingWith<Piece>(first: IteratorResult<Piece, void>, pieces: AsyncGenerator<Piece, void>) {
  if (!first.done) yield first.value;
  yield* pieces;
}
