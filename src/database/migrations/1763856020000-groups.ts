import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What editing groups needs. A migration that was cut off begins again and passes over the columns it had added. */
export class Groups1763856020000 implements MigrationInterface {
  name = 'Groups1763856020000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, column, definition] of columns) {
      if (await hasColumn(runner, table, column)) continue;
      await runner.query(`ALTER TABLE ${table} ADD COLUMN ${column} ${definition}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, column] of columns) {
      if (await hasColumn(runner, table, column))
        await runner.query(`ALTER TABLE ${table} DROP COLUMN ${column}`);
    }
  }
}

const columns = [
  ['accounts', 'groupFeatures', 'int UNSIGNED NOT NULL DEFAULT 0'],
  ['user_groups', 'revision', 'int UNSIGNED NOT NULL DEFAULT 1'],
  ['user_groups', 'arrivals', 'int UNSIGNED NOT NULL DEFAULT 0'],
  ['chat_groups', 'revision', 'int UNSIGNED NOT NULL DEFAULT 1'],
  ['chat_groups', 'arrivals', 'int UNSIGNED NOT NULL DEFAULT 0'],
] as const;

async function hasColumn(runner: QueryRunner, table: string, column: string): Promise<boolean> {
  const found = (await runner.query(
    `SELECT 1 FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ?`,
    [table, column],
  )) as unknown[];
  return found.length > 0;
}
