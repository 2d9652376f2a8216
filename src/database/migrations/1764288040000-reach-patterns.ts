import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What calling, chatting and meeting lead to in a company; NULL: `tel:`, no chat, no meeting. */
export class ReachPatterns1764288040000 implements MigrationInterface {
  name = 'ReachPatterns1764288040000';

  async up(runner: QueryRunner): Promise<void> {
    for (const column of columns)
      if (!(await hasIt(runner, column)))
        await runner.query(
          `ALTER TABLE accounts ADD COLUMN ${column} varchar(500) CHARACTER SET ascii COLLATE ascii_bin NULL`,
        );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of columns)
      if (await hasIt(runner, column)) await runner.query(`ALTER TABLE accounts DROP COLUMN ${column}`);
  }
}

const columns = ['callPattern', 'chatPattern', 'meetPattern'] as const;

async function hasIt(runner: QueryRunner, column: string): Promise<boolean> {
  const found = (await runner.query(
    `SELECT 1 FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = 'accounts' AND column_name = ?`,
    [column],
  )) as unknown[];
  return found.length > 0;
}
