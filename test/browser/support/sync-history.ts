import { type User } from '../../../src/accounts/user.entity.js';
import { newId, type Id } from '../../../src/database/id.js';
import { CloudContacts } from '../../../src/integrations/contacts/cloud-contacts.service.js';
import { type E164 } from '../../../src/phone/e164.js';
import { MailboxOf } from '../../integrations/mailbox-of.js';
import { type TestApp } from '../../support/app.js';

/** What pages of conflicts and runs need to show. */
export interface SyncPages {
  /** It asks before it deletes. */
  mailbox: Id;
  run: Id;
  failed: Id;
}

const long = 'personne.au.nom.assez.long@fournisseur-de-longue-date.example';

/** A mailbox with a conflict of each kind, runs of each outcome, and a question in two folders. */
export async function syncHistory(app: TestApp, owner: User): Promise<SyncPages> {
  const mailbox = await MailboxOf.connect(app, owner, { accountName: 'archives@troisieme-boite.example' });
  const folder = await mailbox.addFolder('Fournisseurs de longue date', mailbox.folder);
  const phones = { workPhone: '+33140205050' as E164, homePhone: '+33170189900' as E164 };
  const [both, there, here, changed, edited, gone] = await mailbox.add(
    { displayName: 'Béatrice Conflit', email: 'bea@example.com', ...phones },
    { displayName: 'Carl Là-bas', email: long },
    { displayName: 'Dora Ici', organization: 'Ateliers de construction mécanique de Bourg-en-Bresse' },
    { displayName: 'Ève Changée', email: 'eve@example.com', ...phones, folderIds: [folder] },
    { displayName: 'Farid Modifié', email: 'farid@example.com' },
    { displayName: 'Gaëlle Partie' },
  );
  const batch = await oneBatch(app, owner, async () => {
    await mailbox.changedThere(changed, { email: long, homePhone: null, displayName: 'Ève Nouvelle' });
    await mailbox.changedThere(edited, { email: 'farid@ailleurs.example' });
    await mailbox.deletedThere(gone);
    await mailbox.add({
      displayName: 'Hugo Nouveau',
      email: 'hugo@example.com',
      mobilePhone: '+33612345678',
    });
  });
  const edit = { fields: { email: 'farid@depuis.example' }, phones: {} };
  await app.get(CloudContacts).edit(owner, edited, edit, { version: null });
  const problem = { key: 'not-reachable', since: '2026-03-01T08:00:00Z' };
  const [run, failed] = await addRuns(app, mailbox, [
    {
      ...{ kind: 'asked', outcome: 'done', batchId: batch },
      counts: { addedHere: 1, changedHere: 2, removedHere: 1, addedThere: 12, conflicts: 3, skipped: 1 },
    },
    { kind: 'schedule', outcome: 'failed', problem, counts: {} },
    { kind: 'push', outcome: 'partly', problem: { ...problem, key: 'quota' }, counts: { refused: 2 } },
    { kind: 'schedule', outcome: 'stopped', counts: { changedThere: 1 } },
    { kind: 'first', outcome: 'done', counts: { addedHere: 1_234 } },
  ]);
  await addConflicts(app, mailbox, run, [
    {
      ...{ contactId: both, kind: 'fields' },
      fields: {
        email: { agreed: 'bea@example.com', here: long, there: 'beatrice@example.com' },
        workPhone: { agreed: '+33140205050', here: null, there: '01 40 20 50 51 poste 12' },
      },
    },
    { contactId: there, kind: 'deleted-there', fields: {} },
    {
      ...{ contactId: edited, kind: 'fields' },
      fields: { organization: { agreed: null, here: 'Ici', there: null } },
    },
    { contactId: here, kind: 'deleted-here', fields: {} },
  ]);
  const lost = await mailbox.add(
    ...Array.from({ length: 60 }, (_, place) => ({
      ...{ displayName: `Personne au nom assez long ${place + 100}`, folderIds: [folder] },
    })),
  );
  await app.database.query('UPDATE cloud_contacts SET goneAt = UTC_TIMESTAMP(3) WHERE id IN (?)', [lost]);
  const since = '2026-03-01T08:00:00.000Z';
  await addBrakes(app, mailbox, [
    [folder, { direction: 'here', deleted: 60, of: 61, since }],
    [mailbox.folder, { direction: 'there', deleted: 40, of: 90, since, decision: 'keep' }],
  ]);
  return { mailbox: mailbox.id, run, failed };
}

/** What several acts noted, as one run notes it. */
async function oneBatch(app: TestApp, { accountId }: User, acts: () => Promise<void>): Promise<Id> {
  const before = newId();
  await acts();
  const rows = await app.database.query<{ id: Id }[]>(
    "SELECT id FROM journal_batches WHERE accountId = ? AND id > ? AND kind = 'cloud.sync' ORDER BY id",
    [accountId, before],
  );
  const ids = rows.map(({ id }) => id);
  const values = [ids[0], ids];
  await app.database.query('UPDATE journal_entries SET batchId = ? WHERE batchId IN (?)', values);
  for (const column of ['createdByBatch', 'deletedByBatch'])
    await app.database.query(`UPDATE cloud_contacts SET ${column} = ? WHERE ${column} IN (?)`, values);
  return ids[0];
}

/** The newest first. @returns their ids */
async function addRuns(
  app: TestApp,
  { owner, id }: MailboxOf,
  runs: readonly { kind: string; outcome: string; problem?: object; counts: object; batchId?: Id }[],
): Promise<Id[]> {
  const rows = runs.map(({ kind, outcome, problem, counts, batchId = null }, place) => {
    const at = new Date(Date.now() - place * 3_600_000);
    return [
      ...[newId(), owner.accountId, owner.id, id, kind, outcome],
      ...[problem ? JSON.stringify(problem) : null, JSON.stringify(counts), batchId, at, at],
    ];
  });
  await app.database.query(
    `INSERT INTO sync_runs (id, accountId, ownerId, connectionId, kind, outcome, problem, counts, batchId, startedAt,
       endedAt) VALUES ?`,
    [rows],
  );
  return rows.map(([runId]) => runId as Id);
}

async function addConflicts(
  app: TestApp,
  { owner, id }: MailboxOf,
  runId: Id,
  conflicts: readonly { contactId: Id; kind: string; fields: object }[],
): Promise<void> {
  await app.database.query(
    `INSERT INTO cloud_conflicts (id, accountId, ownerId, connectionId, contactId, openKey, kind, fields, runId, createdAt)
     VALUES ?`,
    [
      conflicts.map(({ contactId, kind, fields }) => [
        ...[newId(), owner.accountId, owner.id, id, contactId, 1, kind, JSON.stringify(fields), runId],
        new Date(),
      ]),
    ],
  );
}

async function addBrakes(
  app: TestApp,
  { owner, id }: MailboxOf,
  brakes: readonly (readonly [scopeKey: string, brake: object])[],
): Promise<void> {
  await app.database.query(
    `INSERT INTO sync_scopes (id, accountId, connectionId, scopeKey, brake) VALUES ?`,
    [brakes.map(([scopeKey, brake]) => [newId(), owner.accountId, id, scopeKey, JSON.stringify(brake)])],
  );
}
