import { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { WorkbookRefused } from './workbook-refused.js';

/** A file of an archive, as its directory describes it. */
export interface ZipEntry {
  name: string;
  method: number;
  checksum: number;
  compressedBytes: number;
  bytes: number;
  /** Where its header begins. */
  at: number;
}

/** What all files of an archive may hold together; what is read of it counts down. */
export interface Budget {
  left: number;
}

/** Files of one archive: a workbook has a few for each sheet. */
const MOST_ENTRIES = 5_000;
const END = 0x06054b50;
const DIRECTORY = 0x02014b50;
const HEADER = 0x04034b50;
const END_BYTES = 22;
const COMMENT_BYTES = 0xffff;
/** A number that stands in the extra field instead (ZIP64). */
const ELSEWHERE = 0xffffffff;
const STORED = 0;
const DEFLATED = 8;

/**
 * The directory of a ZIP archive (APPNOTE 6.3). Only the directory counts: what stands beside it in the file is not read.
 * @throws WorkbookRefused when it has none, is encrypted, or promises more than the budget
 */
export function zipEntries(archive: Buffer, { left }: Budget): Map<string, ZipEntry> {
  const end = endOf(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  if (count > MOST_ENTRIES || at > end) throw new WorkbookRefused('broken');
  const entries = new Map<string, ZipEntry>();
  let promised = 0;
  for (let number = 0; number < count; number++) {
    if (at + 46 > end || archive.readUInt32LE(at) !== DIRECTORY) throw new WorkbookRefused('broken');
    const nameEnd = at + 46 + archive.readUInt16LE(at + 28);
    const extraEnd = nameEnd + archive.readUInt16LE(at + 30);
    const name = archive.toString('utf8', at + 46, nameEnd);
    if (archive.readUInt16LE(at + 8) & 1) throw new WorkbookRefused('protected');
    const wide = wideNumbers(archive.subarray(nameEnd, extraEnd));
    const number32 = (place: number) => {
      const value = archive.readUInt32LE(at + place);
      return value === ELSEWHERE ? wide() : value;
    };
    const bytes = number32(24);
    const compressedBytes = number32(20);
    promised += bytes;
    if (promised > left) throw new WorkbookRefused('too-much');
    entries.set(name, {
      ...{ name, bytes, compressedBytes },
      method: archive.readUInt16LE(at + 10),
      checksum: archive.readUInt32LE(at + 16),
      at: number32(42),
    });
    at = extraEnd + archive.readUInt16LE(at + 32);
  }
  return entries;
}

/** A file's bytes as they are inflated, never more than the budget allows. @throws WorkbookRefused */
export async function* inflated(archive: Buffer, entry: ZipEntry, budget: Budget): AsyncGenerator<Buffer> {
  const { at, method, compressedBytes, checksum } = entry;
  if (at + 30 > archive.length || archive.readUInt32LE(at) !== HEADER) throw new WorkbookRefused('broken');
  const from = at + 30 + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
  if (from + compressedBytes > archive.length || (method !== STORED && method !== DEFLATED))
    throw new WorkbookRefused('broken');
  const packed = archive.subarray(from, from + compressedBytes);
  let sum = 0;
  try {
    for await (const chunk of method === STORED ? [packed] : inflating(packed)) {
      budget.left -= chunk.length;
      if (budget.left < 0) throw new WorkbookRefused('too-much');
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    // What zlib says of data that is not its own.
    throw error instanceof WorkbookRefused || !isZlibs(error) ? error : new WorkbookRefused('broken');
  }
  if (sum !== checksum) throw new WorkbookRefused('broken');
}

function inflating(packed: Buffer): AsyncIterable<Buffer> {
  // A small piece at a time: what is inflated of a bomb is thrown away as soon as it is counted.
  return Readable.from([packed]).pipe(createInflateRaw({ chunkSize: 64 * 1024 }));
}

function endOf(archive: Buffer): number {
  const last = archive.length - END_BYTES;
  for (let at = last; at >= 0 && at >= last - COMMENT_BYTES; at--)
    if (archive.readUInt32LE(at) === END) return at;
  throw new WorkbookRefused('broken');
}

/** The numbers of a ZIP64 field, one after the other. */
function wideNumbers(extra: Buffer): () => number {
  let field = 0;
  while (field + 4 <= extra.length && extra.readUInt16LE(field) !== 1)
    field += 4 + extra.readUInt16LE(field + 2);
  let at = field + 4;
  return () => {
    if (at + 8 > extra.length) throw new WorkbookRefused('broken');
    const value = Number(extra.readBigUInt64LE(at));
    at += 8;
    return value;
  };
}

function isZlibs(error: unknown): boolean {
  return String((error as { code?: string }).code).startsWith('Z_');
}
