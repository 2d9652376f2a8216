import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Tokens by which other programs come to `/api/v1`. */
export class ApiTokens1764288020000 implements MigrationInterface {
  name = 'ApiTokens1764288020000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE IF NOT EXISTS api_tokens (
         id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         accountId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         name varchar(255) COLLATE utf8mb4_unicode_ci NOT NULL,
         tokenHash varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         ending varchar(4) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         scopes varchar(191) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         createdBy char(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
         createdAt datetime(3) NOT NULL,
         expiresAt datetime(3) NULL,
         lastUsedAt datetime(3) NULL,
         revokedAt datetime(3) NULL,
         PRIMARY KEY (id),
         UNIQUE INDEX uq_api_tokens_hash (tokenHash),
         INDEX ix_api_tokens_account (accountId, createdAt),
         INDEX ix_api_tokens_creator (createdBy)
       ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS api_tokens');
  }
}
