import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What an account decides beyond its name, country and features. A migration that was cut off begins again and passes
 * over what it had made.
 */
export class AccountSettings1763856030000 implements MigrationInterface {
  name = 'AccountSettings1763856030000';

  async up(runner: QueryRunner): Promise<void> {
    if (!(await hasRevision(runner))) {
      await runner.query('ALTER TABLE accounts ADD COLUMN settingsRevision int UNSIGNED NOT NULL DEFAULT 0');
    }
    await runner.query(
      `CREATE TABLE IF NOT EXISTS account_settings (
         accountId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         allowedDomains mediumtext COLLATE utf8mb4_bin NOT NULL,
         blockedDomains mediumtext COLLATE utf8mb4_bin NOT NULL,
         google tinyint NOT NULL DEFAULT 1,
         office365 tinyint NOT NULL DEFAULT 1,
         exchange tinyint NOT NULL DEFAULT 1,
         auditYears tinyint UNSIGNED NULL,
         mailDays tinyint UNSIGNED NOT NULL DEFAULT 30,
         importDays tinyint UNSIGNED NOT NULL DEFAULT 30,
         retentionFrom datetime(3) NULL,
         PRIMARY KEY (accountId)
       ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS account_settings');
    if (await hasRevision(runner)) await runner.query('ALTER TABLE accounts DROP COLUMN settingsRevision');
  }
}

async function hasRevision(runner: QueryRunner): Promise<boolean> {
  const found = (await runner.query(
    `SELECT 1 FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = 'accounts' AND column_name = 'settingsRevision'`,
  )) as unknown[];
  return found.length > 0;
}
