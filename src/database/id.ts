import { Column, PrimaryColumn, type ColumnOptions } from 'typeorm';
import { validate, version } from 'uuid';
import { newId, type Id } from './new-id.js';

export { newId, type Id };

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
