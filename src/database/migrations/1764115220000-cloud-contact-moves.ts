import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What a contact that went to another mailbox goes on as. */
export class CloudContactMoves1764115220000 implements MigrationInterface {
  name = 'CloudContactMoves1764115220000';

  async up(runner: QueryRunner): Promise<void> {
    if (await hasColumn(runner)) return;
    await runner.query(
      'ALTER TABLE cloud_contacts ADD COLUMN movedTo char(36) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER goneAt',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await hasColumn(runner)) await runner.query('ALTER TABLE cloud_contacts DROP COLUMN movedTo');
  }
}

async function hasColumn(runner: QueryRunner): Promise<boolean> {
  const found = (await runner.query(
    `SELECT 1 FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = 'cloud_contacts' AND column_name = 'movedTo'`,
  )) as unknown[];
  return found.length > 0;
}
