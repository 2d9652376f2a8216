import { v7 } from 'uuid';

/** UUIDv7 (RFC 9562 §5.7), lower case: made by us before the insert, so it is also the idempotency key. */
export type Id = string;

/** In a file of its own: threads that speak SQL alone need ids, and not the object mapper that id.ts brings. */
export function newId(): Id {
  return v7();
}

/** The lowest id of a moment: 48 bits of milliseconds come first. */
export function firstIdOf(milliseconds: number): Id {
  const hex = milliseconds.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
