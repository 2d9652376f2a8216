import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Colleagues people have starred. */
export class DirectoryStars1764288070000 implements MigrationInterface {
  name = 'DirectoryStars1764288070000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE IF NOT EXISTS directory_stars (
         ownerId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         userId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         accountId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         starredAt datetime(3) NOT NULL,
         PRIMARY KEY (ownerId, userId),
         INDEX ix_directory_stars_user (userId),
         INDEX ix_directory_stars_account (accountId)
       ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS directory_stars');
  }
}
