/** A part of so many bytes: `from` is the first, `to` the last. */
export interface ByteRange {
  from: number;
  to: number;
}

/**
 * The one part a Range field asks for (RFC 9110 §14.1.2). `whole`: there is none, it cannot be read, is in another unit, or asks for
 * several parts, all of which a server may answer with everything. `none`: there is no such part (416).
 */
export function byteRangeOf(field: string | undefined, size: number): ByteRange | 'whole' | 'none' {
  const [, first, last] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(field ?? '') ?? [];
  if (first === undefined || (first === '' && last === '')) return 'whole';
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'none' : { from: size - length, to: size - 1 };
  }
  const from = Number(first);
  if (last !== '' && Number(last) < from) return 'whole';
  if (from >= size) return 'none';
  return { from, to: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}
