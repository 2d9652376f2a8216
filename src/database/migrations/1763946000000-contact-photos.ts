import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Photos of personal contacts, and how it is found which contact has one. A migration that was cut off begins again. */
export class ContactPhotos1763946000000 implements MigrationInterface {
  name = 'ContactPhotos1763946000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE IF NOT EXISTS personal_contact_photos (
         ownerId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         hash varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         accountId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         bytes mediumblob NOT NULL,
         createdAt datetime(3) NOT NULL,
         unusedSince datetime(3) NULL,
         PRIMARY KEY (ownerId, hash),
         INDEX ix_personal_contact_photos_account (accountId, unusedSince)
       ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
    if (!(await hasIndex(runner)))
      await runner.query(`ALTER TABLE personal_contacts ADD INDEX ${INDEX} (ownerId, photoHash)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await hasIndex(runner)) await runner.query(`ALTER TABLE personal_contacts DROP INDEX ${INDEX}`);
    await runner.query('DROP TABLE IF EXISTS personal_contact_photos');
  }
}

const INDEX = 'ix_personal_contacts_photo';

async function hasIndex(runner: QueryRunner): Promise<boolean> {
  const found = (await runner.query(
    `SELECT 1 FROM information_schema.statistics
     WHERE table_schema = DATABASE() AND table_name = 'personal_contacts' AND index_name = ?`,
    [INDEX],
  )) as unknown[];
  return found.length > 0;
}
