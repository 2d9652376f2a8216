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
  const first = await pieces.next();
  response.set({
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename="${fileName}"`,
  });
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
  // Sweden writes dates as ISO 8601 does.
  return `${name}-${new Intl.DateTimeFormat('sv-SE', { timeZone }).format()}.csv`;
}

async function* startingWith(first: IteratorResult<string, void>, pieces: AsyncGenerator<string, void>) {
  if (!first.done) yield first.value;
  yield* pieces;
}
