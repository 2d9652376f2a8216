import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { askToPush } from '../contacts/outbox.js';
import { QuotaExceeded } from '../provider-errors.js';
import { brakePush } from './push-brake.js';
import { MOST_TRIES, sendContact } from './push-contact.js';
import { type Run } from './run.js';
import { type Ask } from './standing-brake.js';

/**
 * Tells the provider what was changed here, one contact after another, oldest first. What is changed meanwhile waits for the next
 * turn. A failure of the mailbox as a whole ends it; one of a single contact stays with that contact.
 * @param ask the owner, before so much is deleted there
 */
export async function push(run: Run, ask: Ask): Promise<void> {
  if (run.connection.contacts !== 'write') return;
  const held = await brakePush(run, ask);
  let made = 0;
  try {
    for (const id of await waiting(run)) {
      run.signal.throwIfAborted();
      if (await sendContact(run, id, held)) made++;
    }
  } catch (error) {
    if (!(error instanceof QuotaExceeded)) throw error;
    // Reading goes on; what waits is tried again with the next run.
    run.problem = { key: error.key };
  }
  if (made > 0) await removeWhereMovedFrom(run);
}

/**
 * What waits to be sent. One that failed often comes last, so that it holds up nobody. A contact on its way to another mailbox is
 * removed from this one when it was made there, or was deleted there too.
 */
async function waiting(run: Run): Promise<Id[]> {
  const rows = await run.statements.query<{ id: Id }[]>(
    `SELECT c.id FROM cloud_contacts c LEFT JOIN cloud_contacts t ON t.id = c.movedTo
     WHERE c.connectionId = ? AND c.pending IS NOT NULL AND c.goneAt IS NULL AND c.problem IS NULL
       AND (c.movedTo IS NULL OR t.remoteId IS NOT NULL OR t.deletedAt IS NOT NULL)
     ORDER BY c.pushAttempts >= ?, c.pendingSince, c.id`,
    [run.connection.id, MOST_TRIES],
  );
  return rows.map(({ id }) => id);
}

/** Contacts of other mailboxes that were waiting for what was made in this one. */
async function removeWhereMovedFrom({ connection, statements }: Run): Promise<void> {
  const others = await statements.query<{ id: Id }[]>(
    `SELECT DISTINCT k.id FROM connections k
     JOIN cloud_contacts c ON c.connectionId = k.id AND c.pending = 'remove' AND c.movedTo IS NOT NULL
     WHERE k.userId = ? AND k.id <> ? AND k.state <> 'ended'`,
    [connection.ownerId, connection.id],
  );
  if (others.length > 0)
    await inTransaction(statements.connection, (manager) =>
      askToPush(
        manager,
        others.map(({ id }) => id),
      ),
    );
}
