import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Sign-ins at Google and Microsoft that were begun here. */
export class OAuthRequests1764201610000 implements MigrationInterface {
  name = 'OAuthRequests1764201610000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE IF NOT EXISTS oauth_requests (
         id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         accountId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         userId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         stateHash varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         onceKey varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         sessionHash varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         provider varchar(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         connectionId char(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
         contacts varchar(6) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         calendar varchar(6) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         sealed mediumtext CHARACTER SET ascii COLLATE ascii_bin NULL,
         expiresAt datetime(3) NOT NULL,
         usedAt datetime(3) NULL,
         outcome mediumtext COLLATE utf8mb4_bin NULL,
         PRIMARY KEY (id),
         UNIQUE INDEX uq_oauth_requests_state (stateHash),
         UNIQUE INDEX uq_oauth_requests_once (userId, onceKey),
         INDEX ix_oauth_requests_expires (expiresAt),
         INDEX ix_oauth_requests_account (accountId)
       ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS oauth_requests');
  }
}
