import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Where two requests that are accepted at one moment meet, so that nobody has more contacts than there may be. */
export class ExternalContactLists1764028890000 implements MigrationInterface {
  name = 'ExternalContactLists1764028890000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE IF NOT EXISTS external_contact_lists (
         \`ownerId\` ${id},
         \`accountId\` ${id},
         \`revision\` int UNSIGNED NOT NULL DEFAULT 1,
         PRIMARY KEY (\`ownerId\`)
       ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS external_contact_lists');
  }
}

const id = 'char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL';
