import { type Cursor } from '../contacts-connector.js';
import { CursorExpired } from '../provider-errors.js';

/** How far a list was read: on to `page` of it; from `sync` on, what changed since. Neither: from the beginning. */
export interface Position {
  sync: string | null;
  page: string | null;
}

/** Raised when other fields are read: Google takes a sync token for those alone it was given for. */
const VERSION = 1;

export type ListName = 'people' | 'groups' | 'events';

export function writeCursor(of: ListName, { sync, page }: Position): Cursor {
  return JSON.stringify({ v: VERSION, of, sync, page });
}

/** @throws CursorExpired for what is none of that list */
export function readCursor(of: ListName, cursor: Cursor | null): Position {
  if (cursor === null) return { sync: null, page: null };
  const { sync, page } = parsed(of, cursor);
  const isToken = (token: unknown) => token === null || typeof token === 'string';
  if (!isToken(sync) || !isToken(page)) throw new CursorExpired({ code: 'NO_CURSOR' });
  return { sync, page } as Position;
}

function parsed(of: ListName, cursor: Cursor): Record<string, unknown> {
  try {
    const read = JSON.parse(cursor) as Record<string, unknown> | null;
    if (read?.['v'] === VERSION && read['of'] === of) return read;
  } catch {
    // Said below.
  }
  throw new CursorExpired({ code: 'NO_CURSOR' });
}
