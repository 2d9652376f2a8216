import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * External contacts: links between people, requests, folders, blocks; notifications; addresses that want no invitation
 * mails. A migration that was cut off begins again.
 */
export class ExternalContacts1764028800000 implements MigrationInterface {
  name = 'ExternalContacts1764028800000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, columns] of Object.entries(tables)) {
      await runner.query(
        `CREATE TABLE IF NOT EXISTS ${table} (${columns}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
      );
    }
    for (const { table, column, type } of columns) {
      if (!(await hasColumn(runner, table, column)))
        await runner.query(`ALTER TABLE ${table} ADD COLUMN ${column} ${type}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { table, column } of [...columns].reverse()) {
      if (await hasColumn(runner, table, column))
        await runner.query(`ALTER TABLE ${table} DROP COLUMN ${column}`);
    }
    for (const table of Object.keys(tables).reverse()) await runner.query(`DROP TABLE IF EXISTS ${table}`);
  }
}

const id = 'char(36) CHARACTER SET ascii COLLATE ascii_bin';
const word = (length: number) => `varchar(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const key = (length: number) => `varchar(${length}) COLLATE utf8mb4_bin`;

const columns = [
  { table: 'one_time_links', column: 'subjectId', type: `${id} NULL` },
  { table: 'account_settings', column: 'outsiderFields', type: 'mediumtext COLLATE utf8mb4_bin NULL' },
];

const tables: Record<string, string> = {
  external_links: `
    id ${id} NOT NULL,
    lowUserId ${id} NOT NULL,
    highUserId ${id} NOT NULL,
    lowAccountId ${id} NOT NULL,
    highAccountId ${id} NOT NULL,
    state ${word(10)} NOT NULL,
    revision int UNSIGNED NOT NULL DEFAULT 1,
    askedBy ${id} NULL,
    connectedAt datetime(3) NULL,
    endedAt datetime(3) NULL,
    endedBy ${id} NULL,
    endedFor ${word(10)} NULL,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_external_links_pair (lowUserId, highUserId),
    INDEX ix_external_links_high (highUserId)`,
  external_contacts: `
    id ${id} NOT NULL,
    accountId ${id} NOT NULL,
    ownerId ${id} NOT NULL,
    linkId ${id} NOT NULL,
    otherUserId ${id} NOT NULL,
    otherAccountId ${id} NOT NULL,
    starred tinyint NOT NULL DEFAULT 0,
    note varchar(2000) NULL,
    revision int UNSIGNED NOT NULL DEFAULT 1,
    connectedAt datetime(3) NOT NULL,
    endedAt datetime(3) NULL,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_external_contacts_pair (ownerId, otherUserId),
    INDEX ix_external_contacts_account (accountId, endedAt, ownerId),
    INDEX ix_external_contacts_link (linkId)`,
  external_folders: `
    id ${id} NOT NULL,
    accountId ${id} NOT NULL,
    ownerId ${id} NOT NULL,
    name varchar(255) NOT NULL,
    nameKey ${key(255)} NOT NULL,
    liveKey tinyint NULL DEFAULT 1,
    revision int UNSIGNED NOT NULL DEFAULT 1,
    createdAt datetime(3) NOT NULL,
    deletedAt datetime(3) NULL,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_external_folders_name (ownerId, nameKey, liveKey),
    INDEX ix_external_folders_deleted (accountId, deletedAt)`,
  external_folder_members: `
    folderId ${id} NOT NULL,
    contactId ${id} NOT NULL,
    accountId ${id} NOT NULL,
    ownerId ${id} NOT NULL,
    PRIMARY KEY (folderId, contactId),
    INDEX ix_external_folder_members_contact (contactId),
    INDEX ix_external_folder_members_owner (ownerId, contactId)`,
  external_blocks: `
    id ${id} NOT NULL,
    accountId ${id} NOT NULL,
    ownerId ${id} NOT NULL,
    blockedUserId ${id} NOT NULL,
    name varchar(511) NOT NULL,
    address ${key(254)} NOT NULL,
    createdAt datetime(3) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_external_blocks_pair (ownerId, blockedUserId),
    INDEX ix_external_blocks_account (accountId)`,
  external_requests_sent: `
    id ${id} NOT NULL,
    accountId ${id} NOT NULL,
    senderId ${id} NOT NULL,
    toAddress ${key(254)} NOT NULL,
    message varchar(500) NULL,
    state ${word(10)} NOT NULL,
    openKey tinyint NULL DEFAULT 1,
    once ${id} NULL,
    sentAt datetime(3) NOT NULL,
    lastSentAt datetime(3) NOT NULL,
    timesSent int UNSIGNED NOT NULL DEFAULT 1,
    expiresAt datetime(3) NOT NULL,
    answeredAt datetime(3) NULL,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_external_requests_sent_open (senderId, toAddress, openKey),
    INDEX ix_external_requests_sent_list (senderId, state, sentAt, id),
    INDEX ix_external_requests_sent_address (accountId, toAddress, state),
    INDEX ix_external_requests_sent_due (state, expiresAt)`,
  external_requests_received: `
    id ${id} NOT NULL,
    accountId ${id} NOT NULL,
    receiverId ${id} NOT NULL,
    requestId ${id} NOT NULL,
    senderId ${id} NOT NULL,
    senderAccountId ${id} NOT NULL,
    senderName varchar(511) NOT NULL,
    senderAddress ${key(254)} NOT NULL,
    senderCompany varchar(255) NOT NULL,
    message varchar(500) NULL,
    state ${word(10)} NOT NULL,
    receivedAt datetime(3) NOT NULL,
    expiresAt datetime(3) NOT NULL,
    answeredAt datetime(3) NULL,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_external_requests_received_request (requestId),
    INDEX ix_external_requests_received_list (receiverId, state, receivedAt, id),
    INDEX ix_external_requests_received_sender (receiverId, senderId, state),
    INDEX ix_external_requests_received_account (accountId),
    INDEX ix_external_requests_received_due (state, expiresAt)`,
  notifications: `
    id ${id} NOT NULL,
    accountId ${id} NOT NULL,
    userId ${id} NOT NULL,
    kind ${word(48)} NOT NULL,
    \`values\` mediumtext COLLATE utf8mb4_bin NOT NULL,
    href varchar(255) NOT NULL,
    onceKey ${key(96)} NOT NULL,
    at datetime(3) NOT NULL,
    readAt datetime(3) NULL,
    PRIMARY KEY (id),
    UNIQUE INDEX uq_notifications_once (userId, onceKey),
    INDEX ix_notifications_list (userId, id),
    INDEX ix_notifications_unread (userId, readAt, id),
    INDEX ix_notifications_account (accountId, at)`,
  notification_choices: `
    userId ${id} NOT NULL,
    accountId ${id} NOT NULL,
    digest ${word(8)} NOT NULL DEFAULT 'none',
    digestAt datetime(3) NULL,
    revision int UNSIGNED NOT NULL DEFAULT 1,
    PRIMARY KEY (userId),
    INDEX ix_notification_choices_account (accountId)`,
  mail_refusals: `
    addressHash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    at datetime(3) NOT NULL,
    PRIMARY KEY (addressHash)`,
};

async function hasColumn(runner: QueryRunner, table: string, column: string): Promise<boolean> {
  const found = (await runner.query(
    `SELECT 1 FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ?`,
    [table, column],
  )) as unknown[];
  return found.length > 0;
}
