import { Column, type ColumnOptions } from 'typeorm';

/** A moment, UTC, to the millisecond. */
export function MomentColumn(options: ColumnOptions = {}): PropertyDecorator {
  return Column({ type: 'datetime', precision: 3, ...options });
}

/** A word from a short list of ours (status, kind): ASCII, compared byte by byte. */
export function WordColumn(length: number, options: ColumnOptions = {}): PropertyDecorator {
  return Column({ type: 'varchar', length, charset: 'ascii', collation: 'ascii_bin', ...options });
}

/** Text compared byte by byte: folded keys and normalised addresses. */
export function KeyColumn(length: number, options: ColumnOptions = {}): PropertyDecorator {
  return Column({ type: 'varchar', length, charset: 'utf8mb4', collation: 'utf8mb4_bin', ...options });
}

/** What people read. */
export function TextColumn(length: number, options: ColumnOptions = {}): PropertyDecorator {
  return Column({ type: 'varchar', length, charset: 'utf8mb4', collation: 'utf8mb4_unicode_ci', ...options });
}

/** A small JSON document as text (a portable column type on every server we support). */
export function JsonColumn(options: ColumnOptions = {}): PropertyDecorator {
  return Column({
    type: 'mediumtext',
    charset: 'utf8mb4',
    collation: 'utf8mb4_bin',
    transformer: {
      to: (value: unknown) => (value === null || value === undefined ? value : JSON.stringify(value)),
      from: (text: string | null) => (text === null ? null : (JSON.parse(text) as unknown)),
    },
    ...options,
  });
}

export function FlagColumn(options: ColumnOptions = {}): PropertyDecorator {
  return Column({
    type: 'tinyint',
    default: 0,
    transformer: {
      to: (value: unknown) => value,
      from: (value: unknown) => (value === null ? null : Boolean(value)),
    },
    ...options,
  });
}
