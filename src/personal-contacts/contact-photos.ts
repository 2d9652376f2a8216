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
 * and then by a worker; marking comes first, so a picture is kept for 30 days from when it was found unused.
 */
export async function sweepContactPhotos(database: Statements, now = new Date()): Promise<void> {
  const used =
    'EXISTS (SELECT 1 FROM personal_contacts c WHERE c.ownerId = personal_contact_photos.ownerId AND c.photoHash = personal_contact_photos.hash)';
  await database.query(
    `UPDATE personal_contact_photos SET unusedSince = NULL WHERE unusedSince IS NOT NULL AND ${used}`,
  );
  await database.query(
    `UPDATE personal_contact_photos SET unusedSince = ? WHERE unusedSince IS NULL AND createdAt < ? AND NOT ${used}`,
    // One that was brought in this hour may belong to a contact that is being written.
    [now, new Date(now.getTime() - 3_600_000)],
  );
  await database.query(`DELETE FROM personal_contact_photos WHERE unusedSince < ? AND NOT ${used}`, [
    new Date(now.getTime() - limits.restoreDays * DAY_MS),
  ]);
}
