import { deleteReach, insertReach } from '../../accounts/further-reach.js';
import { type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';
import { sameValue } from '../../journal/changes.js';
import { type RemoteState } from './cloud-contact-row.js';
import { cloudReachOf, furtherIn } from './further.js';

/** Further numbers and addresses in their table, as contacts are written; by cloud-contact-writes.ts alone. */

type Remembering = { id: Id } & Pick<RemoteState, 'memory'>;

interface Whose extends Record<'accountId' | 'ownerId', Id> {
  region: string;
}

/** Of contacts that were just inserted. */
export async function insertReachOf(
  database: Statements,
  whose: Whose,
  contacts: readonly Remembering[],
): Promise<void> {
  const reaching = contacts.map(({ id, memory }) => ({ id, reach: cloudReachOf(memory, whose.region) }));
  await insertReach(database, 'cloud_contacts', whose, reaching);
}

/** Of those of which the provider has others by now. */
export async function changeReachOf(
  database: Statements,
  whose: Whose,
  changes: readonly { before: Remembering; row: Remembering }[],
): Promise<void> {
  const others = changes.filter(
    ({ before, row }) => !sameValue(furtherIn(before.memory), furtherIn(row.memory)),
  );
  // Where there was nothing, nothing is deleted: it would hold the place against whoever inserts there.
  const had = others.flatMap(({ before }) => (said(before) ? before.id : []));
  await deleteReach(database, 'cloud_contacts', had);
  await insertReachOf(
    database,
    whose,
    others.map(({ row }) => row),
  );
}

/** Whatever could be read of it then. */
function said({ memory }: Remembering): boolean {
  const further = furtherIn(memory);
  return further !== null && further.numbers.length + further.emails.length > 0;
}
