import { limits } from '../../config/limits.js';
import { type Statements } from '../../imports/import-kind.js';
import { UNREAD } from '../contacts-connector.js';
import { markGone, type EmptiedFolder } from './gone.js';
import { type ClaimedConnection } from './lease.js';
import { type Run } from './run.js';
import { lookForUnheard } from './unheard.js';

/*
 * A mailbox may hold any number of contacts, ours may not: a page that would pass the limit is not saved, nor its cursor, so that
 * the reading goes on there once there is room.
 */

export const TOO_MANY_CONTACTS = 'too-many-contacts';

/** What a page would add is more than may be kept. */
export class NoRoom extends Error {}

/** Rows of one mailbox, also deleted and gone ones: one that replaces all it holds again and again has an end as well. */
const ROWS_A_CONTACT = 4;

/**
 * Those that are gone there leave room, whatever is decided on them later.
 * @throws NoRoom
 */
export async function assertRoomToRead(
  database: Statements,
  { id, ownerId }: Pick<ClaimedConnection, 'id' | 'ownerId'>,
  more: number,
): Promise<void> {
  const [{ living, gone, rows }] = await database.query<
    [Record<'living' | 'gone' | 'rows', number | string>]
  >(
    `SELECT (SELECT COUNT(*) FROM cloud_contacts WHERE ownerId = ? AND deletedAt IS NULL AND connectionId = ?) AS living,
       (SELECT COUNT(*) FROM cloud_contacts WHERE connectionId = ? AND goneAt IS NOT NULL AND deletedAt IS NULL) AS gone,
       (SELECT COUNT(*) FROM cloud_contacts WHERE connectionId = ?) AS \`rows\``,
    [ownerId, id, id, id],
  );
  const max = limits.cloudContactsPerConnection;
  if (Number(living) - Number(gone) + more > max || Number(rows) + more > ROWS_A_CONTACT * max)
    throw new NoRoom();
}

/** However many contacts a folder has: no more pages of ids are asked for at once. */
const MOST_PAGES = 100;

/**
 * What was deleted there since, a reading that stands still is not told: the ids of the folder (null: of the whole book) are listed,
 * and what is not among them is gone; what was sent since is asked for by name. A list that is not whole says nothing.
 */
export async function lookForRoom(run: Run, folder: EmptiedFolder | null): Promise<void> {
  const listed = new Set<string>();
  const none = (ids: readonly string[]) => Promise.resolve(new Map(ids.map((id) => [id, UNREAD])));
  let pages = 0;
  for await (const page of run.session.contacts(folder?.remoteId ?? null, null, none)) {
    run.signal.throwIfAborted();
    for (const change of page.changes) if (change.kind === 'seen') listed.add(change.remoteId);
    if (page.last) break;
    if (++pages >= MOST_PAGES || performance.now() >= run.endsAt) return;
  }
  const any = await run.save(({ manager }) => markGone(manager, run.connection.id, folder, { listed }));
  run.missed ||= any;
  await lookForUnheard(run, folder);
}
