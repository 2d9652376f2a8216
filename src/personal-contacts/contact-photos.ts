import { createHash } from 'node:crypto';
import { limits } from '../config/limits.js';
import { type Id } from '../database/new-id.js';
import { type Statements } from '../imports/import-kind.js';

const DAY_MS = 86_400_000;

/** Pictures of one statement: 50 of 64 kB stay far below any packet limit. */
const CHUNK = 50;

/**
 * Keeps pictures of one's contacts, made small already (`encodePhoto`).
 * @returns the hash of each, in their order: what a contact's `photoHash` holds
 */
export async function keepContactPhotos(
  database: Statements,
  { accountId, ownerId, now }: { accountId: Id; ownerId: Id; now: Date },
  pictures: readonly Uint8Array[],
): Promise<string[]> {
  const hashes = pictures.map((bytes) => createHash('sha256').update(bytes).digest('hex'));
  const rows = pictures.map((bytes, place) => [ownerId, hashes[place], accountId, bytes, now]);
  for (let from = 0; from < rows.length; from += CHUNK)
    await database.query(
      `INSERT INTO personal_contact_photos (ownerId, hash, accountId, bytes, createdAt) VALUES ?
       ON DUPLICATE KEY UPDATE unusedSince = NULL`,
      [rows.slice(from, from + CHUNK)],
    );
  return hashes;
}

/** Pictures (WebP) of one's own contacts, by hash. */
export async function contactPhotos(
  database: Statements,
  ownerId: Id,
  hashes: readonly string[],
): Promise<Map<string, Buffer>> {
  if (hashes.length === 0) return new Map();
  const rows = await database.query<{ hash: string; bytes: Buffer }[]>(
    'SELECT hash, bytes FROM personal_contact_photos WHERE ownerId = ? AND hash IN (?)',
    [ownerId, hashes],
  );
  return new Map(rows.map(({ hash, bytes }) => [hash, bytes]));
}

/** Where the picture of a contact is shown, to its owner alone; '' when there is none. */
export function contactPhotoUrl({ id, photoHash }: { id: Id; photoHash: string | null }): string {
  return photoHash === null ? '' : `/personal-contacts/${id}/photo/${photoHash}`;
}

/**
 * Takes away pictures that no contact, living or in the bin, has had for as long as a change of photo can be undone. Done now
 * and then by a worker; marking comes first, so a picture is kept for 30 days from when it was found unused. Read along the
 * key, some at a time: there may be as many as contacts, and few of them change.
 */
export async function sweepContactPhotos(database: Statements, now = new Date()): Promise<void> {
  // One that was brought in this hour may belong to a contact that is being written.
  const settled = new Date(now.getTime() - 3_600_000);
  const over = new Date(now.getTime() - limits.restoreDays * DAY_MS);
  for (let after: Key = ['', '']; ;) {
    const photos = await database.query<Swept[]>(
      `SELECT p.ownerId, p.hash, p.createdAt, p.unusedSince, ${usedOf('p')} AS used FROM personal_contact_photos p
       WHERE p.ownerId > ? OR (p.ownerId = ? AND p.hash > ?) ORDER BY p.ownerId, p.hash LIMIT ${SWEPT}`,
      [after[0], ...after],
    );
    const keys = (which: (photo: Swept) => boolean) => photos.filter(which).map(keyOf);
    const again = keys(({ used, unusedSince }) => Boolean(used) && unusedSince !== null);
    const unused = keys((photo) => !photo.used && photo.unusedSince === null && photo.createdAt < settled);
    const gone = keys(({ used, unusedSince }) => !used && unusedSince !== null && unusedSince < over);
    // Asked again in the statement that writes: a contact may have taken it meanwhile.
    if (again.length > 0)
      await database.query(
        `UPDATE personal_contact_photos SET unusedSince = NULL WHERE (ownerId, hash) IN (?) AND ${used}`,
        [again],
      );
    if (unused.length > 0)
      await database.query(
        `UPDATE personal_contact_photos SET unusedSince = ? WHERE (ownerId, hash) IN (?) AND NOT ${used}`,
        [now, unused],
      );
    if (gone.length > 0)
      await database.query(
        `DELETE FROM personal_contact_photos WHERE (ownerId, hash) IN (?) AND NOT ${used}`,
        [gone],
      );
    if (photos.length < SWEPT) return;
    after = keyOf(photos[SWEPT - 1]);
  }
}

/** Pictures a sweep looks at together. */
const SWEPT = 1_000;

type Key = [ownerId: Id, hash: string];

interface Swept {
  ownerId: Id;
  hash: string;
  createdAt: Date;
  unusedSince: Date | null;
  used: number;
}

function keyOf({ ownerId, hash }: Swept): Key {
  return [ownerId, hash];
}

function usedOf(photo: string): string {
  return `EXISTS (SELECT 1 FROM personal_contacts c WHERE c.ownerId = ${photo}.ownerId AND c.photoHash = ${photo}.hash)`;
}

const used = usedOf('personal_contact_photos');
