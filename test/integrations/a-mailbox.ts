import { type Provider } from '../../src/accounts/settings.js';
import { type User } from '../../src/accounts/user.entity.js';
import { newId, type Id } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { type ConnectionProblem } from '../../src/integrations/connection.entities.js';
import { Connections } from '../../src/integrations/connections/connections.service.js';
import { nowhere } from '../../src/integrations/contacts/cloud-contact-row.js';
import {
  binCloudContacts,
  insertCloudContacts,
  storedCloudContacts,
} from '../../src/integrations/contacts/cloud-contact-writes.js';
import { Journal } from '../../src/journal/journal.service.js';
import { someAddress } from '../support/browser.js';
import { type TestApp } from '../support/app.js';

export interface AMailbox {
  id: Id;
  accountName: string;
  folder: Id;
  contacts: Id[];
  conflict: Id;
  run: Id;
  batch: Id;
}

interface Wanted {
  provider?: Provider;
  /** Names of living contacts; the last of `binned` are in the bin. */
  contacts?: readonly string[];
  binned?: readonly string[];
  folder?: string;
  secret?: string;
  mailboxId?: string;
}

/** A connected mailbox as runs leave it: a folder, contacts both sides have, a conflict and a run; nobody is spoken to. */
export async function aMailbox(app: TestApp, owner: User, wanted: Wanted = {}): Promise<AMailbox> {
  const { provider = 'exchange', contacts = ['Xenophora'], binned = [], folder = 'Molluscs' } = wanted;
  const accountName = someAddress();
  const { connectionId } = await app.get(Connections).connect(
    owner,
    {
      ...{ provider, mailboxId: wanted.mailboxId ?? accountName, accountName, details: {} },
      secret: wanted.secret ?? 'a password nobody sees',
    },
    { contacts: 'write', calendar: 'none' },
  );
  const ids = { folder: newId(), conflict: newId(), run: newId() };
  const names = [...contacts, ...binned];
  const rows = names.map((displayName) => ({ id: newId(), displayName }));
  const batch = await inTransaction(app.database, async (manager) => {
    const { id: ownerId, accountId } = owner;
    await manager.query(
      `INSERT INTO cloud_folders (id, accountId, ownerId, connectionId, remoteId, name, role, isDefault, living,
         createdAt, updatedAt)
       VALUES (?, ?, ?, ?, 'remote-folder', ?, 'contacts', 1, 1, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
      [ids.folder, accountId, ownerId, connectionId, folder],
    );
    await manager.query(
      `INSERT INTO sync_scopes (id, accountId, connectionId, scopeKey, \`cursor\`) VALUES (?, ?, ?, ?, 'state')`,
      [newId(), accountId, connectionId, ids.folder],
    );
    const journal = app.get(Journal);
    const batchId = await journal.begin(manager, { accountId, actorId: ownerId, kind: 'cloud.sync' });
    const act = { accountId, ownerId, connectionId, region: 'FR', batchId, now: new Date() };
    const fields = {
      ...{ email: null, workPhone: null, homePhone: null, mobilePhone: null, faxNumber: null },
      ...{ mainPhone: null, organization: null },
    };
    await insertCloudContacts(
      manager,
      act,
      rows.map(({ id, displayName }, place) => ({
        ...{ id, displayName, ...fields, typedPhones: {}, isPrivate: false, starred: false },
        ...{ folderIds: [ids.folder], ...nowhere, remoteId: `remote-${place}`, revision: 'one' },
        memory: { further: { numbers: [], emails: [`${id}@further.example`] } },
        agreed: { fields: { displayName, ...fields }, folderIds: ['remote-folder'] },
      })),
    );
    const gone = rows.slice(contacts.length).map(({ id }) => id);
    const stored = await storedCloudContacts(manager, connectionId, { ids: gone, lock: true });
    await binCloudContacts(manager, act, [...stored.values()], { there: 'gone' });
    await manager.query(
      `INSERT INTO cloud_conflicts (id, accountId, ownerId, connectionId, contactId, kind, fields, createdAt)
       VALUES (?, ?, ?, ?, ?, 'fields', ?, UTC_TIMESTAMP(3))`,
      [
        ...[ids.conflict, accountId, ownerId, connectionId, rows[0]?.id],
        JSON.stringify({ organization: { agreed: null, here: 'Hereby', there: 'Thereby' } }),
      ],
    );
    await manager.query(
      `INSERT INTO sync_runs (id, accountId, ownerId, connectionId, kind, outcome, counts, batchId, startedAt, endedAt)
       VALUES (?, ?, ?, ?, 'first', 'done', ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
      [ids.run, accountId, ownerId, connectionId, JSON.stringify({ addedHere: names.length }), batchId],
    );
    await manager.query(
      `UPDATE connections SET lastRunAt = UTC_TIMESTAMP(3), lastSuccessAt = UTC_TIMESTAMP(3), askedAt = NULL,
         nextRunAt = DATE_ADD(UTC_TIMESTAMP(3), INTERVAL 10 MINUTE), wakeAt = nextRunAt WHERE id = ?`,
      [connectionId],
    );
    return batchId;
  });
  return { ...ids, batch, id: connectionId, accountName, contacts: rows.map(({ id }) => id) };
}

/** A connection that has failed for so many days. */
export async function failing(app: TestApp, id: Id, key: string, days: number): Promise<void> {
  const problem: ConnectionProblem = { key, since: new Date(Date.now() - days * 86_400_000).toISOString() };
  await app.database.query('UPDATE connections SET problem = ?, failures = 3 WHERE id = ?', [
    JSON.stringify(problem),
    id,
  ]);
}

export async function connectionRow(app: TestApp, id: Id) {
  const [row] = await app.database.query<Record<string, unknown>[]>(
    'SELECT * FROM connections WHERE id = ?',
    [id],
  );
  return row;
}

export async function hasSecret(app: TestApp, id: Id): Promise<boolean> {
  const rows = await app.database.query<unknown[]>(
    'SELECT 1 FROM connection_secrets WHERE connectionId = ?',
    [id],
  );
  return rows.length > 0;
}
