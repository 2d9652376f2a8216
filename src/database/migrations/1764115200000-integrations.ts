import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Connections to mailboxes, with their secrets, folders, contacts, conflicts and runs. A migration that was cut off begins
 * again.
 */
export class Integrations1764115200000 implements MigrationInterface {
  name = 'Integrations1764115200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, columns] of Object.entries(tables)) {
      await runner.query(
        `CREATE TABLE IF NOT EXISTS ${table} (${columns}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
      );
    }
    if (!(await hasSeveral(runner)))
      await runner.query(
        'ALTER TABLE account_settings ADD COLUMN severalConnections tinyint NOT NULL DEFAULT 0',
      );
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await hasSeveral(runner))
      await runner.query('ALTER TABLE account_settings DROP COLUMN severalConnections');
    for (const table of Object.keys(tables).reverse()) await runner.query(`DROP TABLE IF EXISTS ${table}`);
  }
}

async function hasSeveral(runner: QueryRunner): Promise<boolean> {
  const found = (await runner.query(
    `SELECT 1 FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = 'account_settings' AND column_name = 'severalConnections'`,
  )) as unknown[];
  return found.length > 0;
}

const id = 'char(36) CHARACTER SET ascii COLLATE ascii_bin';
const word = (length: number) => `varchar(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const key = (length: number) => `varchar(${length}) COLLATE utf8mb4_bin`;
const json = 'mediumtext COLLATE utf8mb4_bin';

const tables: Record<string, string> = {
  connections: `
    id ${id} NOT NULL,
    accountId ${id} NOT NULL,
    userId ${id} NOT NULL,
    provider ${word(12)} NOT NULL,
    mailboxId ${key(255)} NOT NULL,
    accountName varchar(255) NOT NULL,
    slotKey ${key(191)} NULL,
    state ${word(16)} NOT NULL,
    pausedFor ${word(10)} NULL,
    contacts ${word(6)} NOT NULL,
    calendar ${word(6)} NOT NULL,
    details ${json} NOT NULL,
    problem ${json} NULL,
    failures int UNSIGNED NOT NULL DEFAULT 0,
    fence int UNSIGNED NOT NULL DEFAULT 0,
    leaseToken ${id} NULL,
    leaseUntil datetime(3) NULL,
    wakeAt datetime(3) NULL,
    nextRunAt datetime(3) NULL,
    pushAt datetime(3) NULL,
    askedAt datetime(3) NULL,
    lastRunAt datetime(3) NULL,
    lastSuccessAt datetime(3) NULL,
    revision int UNSIGNED NOT NULL DEFAULT 1,
    createdAt datetime(3) NOT NULL,
    endedAt datetime(3) NULL,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_connections_slot (userId, slotKey),
    INDEX ix_connections_due (wakeAt, id),
    INDEX ix_connections_account (accountId, state, userId),
    INDEX ix_connections_ended (accountId, endedAt)`,
  connection_secrets: `
    connectionId ${id} NOT NULL,
    accountId ${id} NOT NULL,
    userId ${id} NOT NULL,
    sealed mediumtext CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    keyNumber int UNSIGNED NOT NULL,
    updatedAt datetime(3) NOT NULL,
    PRIMARY KEY (connectionId),
    INDEX ix_connection_secrets_key (keyNumber, connectionId)`,
  cloud_folders: `
    id ${id} NOT NULL,
    accountId ${id} NOT NULL,
    ownerId ${id} NOT NULL,
    connectionId ${id} NOT NULL,
    remoteId ${word(512)} NOT NULL,
    parentRemoteId ${word(512)} NULL,
    name varchar(255) NOT NULL,
    role ${word(8)} NOT NULL,
    isDefault tinyint NOT NULL DEFAULT 0,
    readOnly tinyint NOT NULL DEFAULT 0,
    living tinyint NOT NULL DEFAULT 0,
    createdAt datetime(3) NOT NULL,
    updatedAt datetime(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_cloud_folders_remote (connectionId, remoteId),
    INDEX ix_cloud_folders_owner (ownerId, living),
    INDEX ix_cloud_folders_account (accountId)`,
  sync_scopes: `
    id ${id} NOT NULL,
    accountId ${id} NOT NULL,
    connectionId ${id} NOT NULL,
    scopeKey ${word(36)} NOT NULL,
    \`cursor\` longtext COLLATE utf8mb4_bin NULL,
    cursorSavedAt datetime(3) NULL,
    pass int UNSIGNED NOT NULL DEFAULT 0,
    passing tinyint NOT NULL DEFAULT 0,
    brake ${json} NULL,
    problem ${json} NULL,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_sync_scopes_key (connectionId, scopeKey),
    INDEX ix_sync_scopes_account (accountId)`,
  sync_runs: `
    id ${id} NOT NULL,
    accountId ${id} NOT NULL,
    ownerId ${id} NOT NULL,
    connectionId ${id} NOT NULL,
    kind ${word(10)} NOT NULL,
    outcome ${word(10)} NOT NULL,
    problem ${json} NULL,
    counts ${json} NOT NULL,
    batchId ${id} NULL,
    startedAt datetime(3) NOT NULL,
    endedAt datetime(3) NULL,
    PRIMARY KEY (id),
    INDEX ix_sync_runs_connection (connectionId, startedAt, id),
    INDEX ix_sync_runs_owner (ownerId, startedAt, id),
    INDEX ix_sync_runs_account (accountId, startedAt, id)`,
  cloud_contacts: `
    id ${id} NOT NULL,
    accountId ${id} NOT NULL,
    ownerId ${id} NOT NULL,
    connectionId ${id} NOT NULL,
    remoteId ${word(512)} NULL,
    revision ${key(512)} NULL,
    agreed ${json} NULL,
    memory ${json} NULL,
    displayName varchar(255) NOT NULL,
    email ${key(254)} NULL,
    workPhone ${word(16)} NULL,
    homePhone ${word(16)} NULL,
    mobilePhone ${word(16)} NULL,
    faxNumber ${word(16)} NULL,
    mainPhone ${word(16)} NULL,
    organization varchar(255) NULL,
    typedPhones ${json} NOT NULL,
    isPrivate tinyint NOT NULL DEFAULT 0,
    starred tinyint NOT NULL DEFAULT 0,
    searchKey ${key(500)} NOT NULL,
    sortKey ${key(191)} NOT NULL,
    foldVersion smallint UNSIGNED NOT NULL,
    version int UNSIGNED NOT NULL DEFAULT 1,
    pending ${word(6)} NULL,
    pendingSince datetime(3) NULL,
    pushAttempts int UNSIGNED NOT NULL DEFAULT 0,
    problem ${json} NULL,
    pass int UNSIGNED NOT NULL DEFAULT 0,
    goneAt datetime(3) NULL,
    createdByBatch ${id} NOT NULL,
    deletedByBatch ${id} NULL,
    createdAt datetime(3) NOT NULL,
    updatedAt datetime(3) NOT NULL,
    deletedAt datetime(3) NULL,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_cloud_contacts_remote (connectionId, remoteId),
    INDEX ix_cloud_contacts_list (ownerId, deletedAt, sortKey, id, connectionId, searchKey, starred, updatedAt),
    INDEX ix_cloud_contacts_email (ownerId, email),
    INDEX ix_cloud_contacts_pending (connectionId, pending, pendingSince),
    INDEX ix_cloud_contacts_gone (connectionId, goneAt),
    INDEX ix_cloud_contacts_deleted (accountId, deletedAt)`,
  cloud_contact_folders: `
    contactId ${id} NOT NULL,
    folderId ${id} NOT NULL,
    accountId ${id} NOT NULL,
    ownerId ${id} NOT NULL,
    PRIMARY KEY (contactId, folderId),
    INDEX ix_cloud_contact_folders_folder (folderId, contactId),
    INDEX ix_cloud_contact_folders_owner (ownerId)`,
  cloud_conflicts: `
    id ${id} NOT NULL,
    accountId ${id} NOT NULL,
    ownerId ${id} NOT NULL,
    connectionId ${id} NOT NULL,
    contactId ${id} NOT NULL,
    openKey tinyint NULL DEFAULT 1,
    kind ${word(16)} NOT NULL,
    fields ${json} NOT NULL,
    runId ${id} NULL,
    revision int UNSIGNED NOT NULL DEFAULT 1,
    createdAt datetime(3) NOT NULL,
    resolvedAt datetime(3) NULL,
    resolvedByBatch ${id} NULL,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_cloud_conflicts_open (contactId, openKey),
    INDEX ix_cloud_conflicts_owner (ownerId, openKey, createdAt, id),
    INDEX ix_cloud_conflicts_connection (connectionId, openKey),
    INDEX ix_cloud_conflicts_resolved (accountId, resolvedAt)`,
};
