import sharp from 'sharp';
import { limits } from '../config/limits.js';
import { Refused } from '../errors/domain-error.js';

/** Side of the square every photo becomes; shown at 80 px at most, so sharp on screens of three dots a pixel. */
export const PHOTO_PIXELS = 256;

// Only what phones and cameras write may be decoded. Drawings (SVG, PDF), animations and the rest of what the
// library can open stay shut, whatever a file claims to be.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadHeifBuffer',
  ],
});
// Every upload is another picture: nothing to gain from keeping decoded ones.
sharp.cache(false);
sharp.concurrency(1);

/**
 * A picture as we keep it: upright, cut to a square around what draws the eye, WebP of at most 64 kB, with nothing
 * of the file it came from (place and time of the shot, colour profiles, what hides behind the end of the image).
 * Decoding runs outside the main thread, one picture at a time, since a large one takes much memory.
 * @throws Refused when it is no JPEG, PNG, WebP or AVIF picture, is damaged, or has more than 50 million pixels
 */
export function encodePhoto(file: Buffer): Promise<Buffer> {
  const encoded = queue.then(() => encode(file));
  queue = encoded.catch(() => undefined);
  return encoded;
}

/** A picture of ours (WebP) for programs of others: Outlook and many phones show JPEG alone. */
export function jpegOf(photo: Buffer): Promise<Buffer> {
  return sharp(photo).jpeg({ quality: 88 }).toBuffer();
}

const MAX_PIXELS = 50_000_000;
const SECONDS = 10;
let queue: Promise<unknown> = Promise.resolve();

async function encode(file: Buffer): Promise<Buffer> {
  if (!isPicture(file)) throw new Refused('contacts.photo.not-a-picture');
  const { width, height } = await metadataOf(file);
  if (width * height > MAX_PIXELS) throw new Refused('contacts.photo.too-many-pixels');
  const square = await squareOf(file);
  for (const quality of [82, 70, 55, 40, 25]) {
    const photo = await sharp(square.data, { raw: square.info }).webp({ quality }).toBuffer();
    if (photo.length <= limits.photoBytes) return photo;
  }
  throw new Refused('contacts.photo.damaged');
}

async function metadataOf(file: Buffer): Promise<{ width: number; height: number }> {
  try {
    return await sharp(file, { limitInputPixels: false }).metadata();
  } catch {
    throw new Refused('contacts.photo.damaged');
  }
}

async function squareOf(file: Buffer) {
  try {
    return await sharp(file, { limitInputPixels: MAX_PIXELS, failOn: 'error', pages: 1 })
      .rotate()
      .resize(PHOTO_PIXELS, PHOTO_PIXELS, { fit: 'cover', position: sharp.strategy.attention })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .removeAlpha()
      .timeout({ seconds: SECONDS })
      .raw()
      .toBuffer({ resolveWithObject: true });
  } catch {
    throw new Refused('contacts.photo.damaged');
  }
}

/** By its first bytes: JPEG (FF D8 FF), PNG, RIFF…WEBP, or an ISO file that says avif. */
function isPicture(file: Buffer): boolean {
  if (file.length < 16) return false;
  if (file[0] === 0xff && file[1] === 0xd8 && file[2] === 0xff) return true;
  if (file.subarray(0, 8).equals(PNG)) return true;
  const at = (from: number, to: number) => file.toString('latin1', from, to);
  if (at(0, 4) === 'RIFF' && at(8, 12) === 'WEBP') return true;
  // Its own brand or one it is compatible with; HEIC, which phones share as JPEG, has neither.
  return at(4, 8) === 'ftyp' && at(8, 48).includes('avif');
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
