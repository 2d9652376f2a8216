import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Sign-ins to mailboxes that people try in forms, one at a time. */
export class ConnectionTries1764115250000 implements MigrationInterface {
  name = 'ConnectionTries1764115250000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE IF NOT EXISTS connection_tries (
         userId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         accountId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         onceKey varchar(64) COLLATE utf8mb4_bin NOT NULL,
         token varchar(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         leaseUntil datetime(3) NOT NULL,
         answer mediumtext COLLATE utf8mb4_bin NULL,
         PRIMARY KEY (userId),
         INDEX ix_connection_tries_lease (leaseUntil),
         INDEX ix_connection_tries_account (accountId)
       ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS connection_tries');
  }
}
