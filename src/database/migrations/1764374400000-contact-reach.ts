import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Further numbers and addresses of contacts, by an index. Those of personal contacts that are there are filled in by a job; of
 * cloud contacts they were not kept, so that each scope is read once more: `reading` says with which version it was read.
 */
export class ContactReach1764374400000 implements MigrationInterface {
  name = 'ContactReach1764374400000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES)
      await runner.query(
        `CREATE TABLE IF NOT EXISTS ${table} (
           contactId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
           value varchar(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
           field varchar(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
           place tinyint unsigned NOT NULL,
           accountId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
           ownerId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
           PRIMARY KEY (contactId, value),
           INDEX ix_${table}_value (ownerId, value)
         ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
      );
    if (!(await hasReading(runner)))
      await runner.query('ALTER TABLE sync_scopes ADD COLUMN reading smallint unsigned NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await hasReading(runner)) await runner.query('ALTER TABLE sync_scopes DROP COLUMN reading');
    for (const table of TABLES) await runner.query(`DROP TABLE IF EXISTS ${table}`);
  }
}

const TABLES = ['personal_contact_reach', 'cloud_contact_reach'];

async function hasReading(runner: QueryRunner): Promise<boolean> {
  const found = (await runner.query(
    `SELECT 1 FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = 'sync_scopes' AND column_name = 'reading'`,
  )) as unknown[];
  return found.length > 0;
}
