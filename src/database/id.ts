import { Column, PrimaryColumn, type ColumnOptions } from 'typeorm';
import { v7, validate, version } from 'uuid';

/** UUIDv7 (RFC 9562 §5.7), lower case: made by us before the insert, so it is also the idempotency key. */
export type Id = string;

export function newId(): Id {
  return v7();
}

/** True for a UUIDv7 in canonical form; anything else in a path is simply not found. */
export function isId(text: unknown): text is Id {
  return typeof text === 'string' && validate(text) && version(text) === 7 && text === text.toLowerCase();
}

// One place decides how ids are stored. CHAR(36) ascii_bin: readable in every tool; docs/performance.md has the
// import measured with it and with BINARY(16).
const storage = { type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' } as const;

export function PrimaryId(): PropertyDecorator {
  return PrimaryColumn(storage);
}

export function IdColumn(options: ColumnOptions = {}): PropertyDecorator {
  return Column({ ...storage, ...options });
}
