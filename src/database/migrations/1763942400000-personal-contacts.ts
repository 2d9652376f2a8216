import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Contacts each user keeps, and their groups. */
export class PersonalContacts1763942400000 implements MigrationInterface {
  name = 'PersonalContacts1763942400000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, columns] of Object.entries(tables)) {
      await runner.query(
        `CREATE TABLE IF NOT EXISTS ${table} (${columns}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of Object.keys(tables).reverse()) await runner.query(`DROP TABLE ${table}`);
  }
}

const id = 'char(36) CHARACTER SET ascii COLLATE ascii_bin';
const phone = 'varchar(16) CHARACTER SET ascii COLLATE ascii_bin NULL';

const tables: Record<string, string> = {
  personal_contacts: `
    \`id\` ${id} NOT NULL,
    \`accountId\` ${id} NOT NULL,
    \`ownerId\` ${id} NOT NULL,
    \`displayName\` varchar(255) NOT NULL,
    \`email\` varchar(254) COLLATE utf8mb4_bin NULL,
    \`workPhone\` ${phone},
    \`homePhone\` ${phone},
    \`mobilePhone\` ${phone},
    \`faxNumber\` ${phone},
    \`mainPhone\` ${phone},
    \`organization\` varchar(255) NULL,
    \`typedPhones\` mediumtext COLLATE utf8mb4_bin NOT NULL,
    \`extra\` mediumtext COLLATE utf8mb4_bin NOT NULL,
    \`photoHash\` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    \`starred\` tinyint NOT NULL DEFAULT 0,
    \`searchKey\` varchar(500) COLLATE utf8mb4_bin NOT NULL,
    \`sortKey\` varchar(191) COLLATE utf8mb4_bin NOT NULL,
    \`foldVersion\` smallint UNSIGNED NOT NULL,
    \`revision\` int UNSIGNED NOT NULL DEFAULT 1,
    \`createdByBatch\` ${id} NOT NULL,
    \`deletedByBatch\` ${id} NULL,
    \`mergedInto\` ${id} NULL,
    \`createdAt\` datetime(3) NOT NULL,
    \`updatedAt\` datetime(3) NOT NULL,
    \`deletedAt\` datetime(3) NULL,
    PRIMARY KEY (\`id\`),
    INDEX \`ix_personal_contacts_list\` (\`ownerId\`, \`deletedAt\`, \`sortKey\`, \`id\`, \`searchKey\`),
    INDEX \`ix_personal_contacts_email\` (\`ownerId\`, \`email\`),
    INDEX \`ix_personal_contacts_deleted\` (\`accountId\`, \`deletedAt\`)`,
  personal_contact_groups: `
    \`id\` ${id} NOT NULL,
    \`accountId\` ${id} NOT NULL,
    \`ownerId\` ${id} NOT NULL,
    \`name\` varchar(255) NOT NULL,
    \`nameKey\` varchar(255) COLLATE utf8mb4_bin NOT NULL,
    \`liveKey\` tinyint NULL DEFAULT 1,
    \`revision\` int UNSIGNED NOT NULL DEFAULT 1,
    \`createdByBatch\` ${id} NOT NULL,
    \`createdAt\` datetime(3) NOT NULL,
    \`deletedAt\` datetime(3) NULL,
    PRIMARY KEY (\`id\`),
    UNIQUE INDEX \`uq_personal_contact_groups_name\` (\`ownerId\`, \`nameKey\`, \`liveKey\`),
    INDEX \`ix_personal_contact_groups_deleted\` (\`accountId\`, \`deletedAt\`)`,
  personal_contact_group_members: `
    \`groupId\` ${id} NOT NULL,
    \`contactId\` ${id} NOT NULL,
    \`accountId\` ${id} NOT NULL,
    \`ownerId\` ${id} NOT NULL,
    PRIMARY KEY (\`groupId\`, \`contactId\`),
    INDEX \`ix_personal_contact_group_members_contact\` (\`contactId\`),
    INDEX \`ix_personal_contact_group_members_owner\` (\`ownerId\`, \`contactId\`)`,
};
