import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What pages of personal contacts say of the whole list, counted once for each of its states. */
export class ContactListSummaries1763953200000 implements MigrationInterface {
  name = 'ContactListSummaries1763953200000';

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

const id = 'char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL';

const tables: Record<string, string> = {
  personal_contact_lists: `
    \`ownerId\` ${id},
    \`accountId\` ${id},
    \`revision\` int UNSIGNED NOT NULL DEFAULT 1,
    PRIMARY KEY (\`ownerId\`)`,
  personal_contact_list_summaries: `
    \`ownerId\` ${id},
    \`revision\` int UNSIGNED NOT NULL,
    \`accountId\` ${id},
    \`summary\` mediumtext COLLATE utf8mb4_bin NOT NULL,
    PRIMARY KEY (\`ownerId\`, \`revision\`)`,
};
