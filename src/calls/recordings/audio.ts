/** What browsers play, told by the bytes themselves: a name or a header may say anything. */
export type AudioType = 'audio/wav' | 'audio/mpeg';

/** `not-audio`: neither WAV nor MP3. `cut`: the beginning of one. */
export type AudioProblem = 'empty' | 'not-audio' | 'cut';

/** @returns its media type, or why it is no recording */
export function audioTypeOf(bytes: Buffer): AudioType | AudioProblem {
  if (bytes.length === 0) return 'empty';
  if (startsWith(bytes, 'RIFF')) return waveOf(bytes);
  if (startsWith(bytes, 'ID3')) return taggedMpegOf(bytes);
  return mpegOf(bytes, 0);
}

export function isAudioType(found: AudioType | AudioProblem): found is AudioType {
  return found.startsWith('audio/');
}

/** Ends a file may have where a writer did not know the length when it began (ffmpeg, Asterisk on a pipe). */
const unknownLengths: readonly number[] = [0, 0xffffffff, 0x7fffffff];

/** RIFF: 12 bytes, then chunks of a name, a length (little-endian) and as many bytes, padded to an even number. */
function waveOf(bytes: Buffer): AudioType | AudioProblem {
  if (bytes.length < 12) return 'cut';
  if (bytes.toString('latin1', 8, 12) !== 'WAVE') return 'not-audio';
  let described = false;
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    if (!/^[\x20-\x7e]{4}$/.test(name)) return 'not-audio';
    if (name === 'data') {
      if (!described) return 'not-audio';
      const there = bytes.length - at - 8;
      if (there === 0) return 'cut';
      return unknownLengths.includes(length) || length <= there ? 'audio/wav' : 'cut';
    }
    if (name === 'fmt ') {
      if (length < 14 || length > 4096) return 'not-audio';
      described = true;
    }
    at += 8 + length + (length % 2);
  }
  return described ? 'cut' : 'not-audio';
}

/** ID3v2: `ID3`, version, flags, then the length in four bytes of seven bits, without these ten and a footer of ten. */
function taggedMpegOf(bytes: Buffer): AudioType | AudioProblem {
  if (bytes.length < 10) return 'cut';
  const [major, revision, flags, ...size] = bytes.subarray(3, 10);
  if (major < 2 || major > 4 || revision === 0xff || size.some((byte) => byte > 0x7f)) return 'not-audio';
  const length = size.reduce((sum, byte) => sum * 128 + byte, 0);
  let at = 10 + length + (flags & 0x10 ? 10 : 0);
  // Some writers pad beyond the length they said.
  while (at < bytes.length && bytes[at] === 0) at++;
  return at >= bytes.length ? 'cut' : mpegOf(bytes, at);
}

/** One frame, and the beginning of the next where there is one: two bytes alone may be anything. */
function mpegOf(bytes: Buffer, at: number): AudioType | AudioProblem {
  const length = frameBytes(bytes, at);
  if (length === null) return 'not-audio';
  const next = at + length;
  if (next > bytes.length) return 'cut';
  const goesOn =
    next + 4 > bytes.length ||
    frameBytes(bytes, next) !== null ||
    bytes.toString('latin1', next, next + 3) === 'TAG';
  return goesOn ? 'audio/mpeg' : 'not-audio';
}

/** Kilobits a second by index 1 to 14 (ISO 11172-3 §2.4.2.3, 13818-3): MPEG 1 and 2 (and 2.5), layers II and III. */
const bitrates = {
  one: {
    2: [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    3: [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  },
  two: {
    2: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    3: [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  },
} as const;

/** Of a frame that begins here; null where none does. Layer I and free bitrates are not what telephones record in. */
function frameBytes(bytes: Buffer, at: number): number | null {
  if (at + 4 > bytes.length) return null;
  const header = bytes.readUInt32BE(at);
  const version = (header >>> 19) & 3;
  const layer = 4 - ((header >>> 17) & 3);
  const rate = (header >>> 12) & 15;
  const frequency = (header >>> 10) & 3;
  if (header >>> 21 !== 0x7ff || version === 1 || (layer !== 2 && layer !== 3)) return null;
  if (rate === 0 || rate === 15 || frequency === 3) return null;
  const isOne = version === 3;
  const hertz = [44_100, 48_000, 32_000][frequency] / (isOne ? 1 : version === 2 ? 2 : 4);
  const kilobits = bitrates[isOne ? 'one' : 'two'][layer][rate - 1];
  const perFrame = layer === 3 && !isOne ? 72 : 144;
  return Math.floor((perFrame * kilobits * 1000) / hertz) + ((header >>> 9) & 1);
}

function startsWith(bytes: Buffer, text: string): boolean {
  return bytes.toString('latin1', 0, text.length) === text;
}
