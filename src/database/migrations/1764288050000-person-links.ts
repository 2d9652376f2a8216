import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Which entries of one's contacts are one person, as far as somebody said so by hand. */
export class PersonLinks1764288050000 implements MigrationInterface {
  name = 'PersonLinks1764288050000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE IF NOT EXISTS person_links (
         id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         accountId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         ownerId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         oneKind varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         oneId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         otherKind varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         otherId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         verdict varchar(10) CHARACTER SET ascii COLLATE ascii_bin NULL,
         saidAt datetime(3) NOT NULL,
         PRIMARY KEY (id),
         UNIQUE INDEX ux_person_links_pair (ownerId, oneId, otherId),
         INDEX ix_person_links_other (ownerId, otherId),
         INDEX ix_person_links_account (accountId)
       ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS person_links');
  }
}
