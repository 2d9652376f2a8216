import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Since when a connection is paused: 30 days later what it signs in with is dropped. */
export class ConnectionPauses1764115260000 implements MigrationInterface {
  name = 'ConnectionPauses1764115260000';

  async up(runner: QueryRunner): Promise<void> {
    if (!(await hasIt(runner)))
      await runner.query('ALTER TABLE connections ADD COLUMN pausedAt datetime(3) NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await hasIt(runner)) await runner.query('ALTER TABLE connections DROP COLUMN pausedAt');
  }
}

async function hasIt(runner: QueryRunner): Promise<boolean> {
  const found = (await runner.query(
    `SELECT 1 FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = 'connections' AND column_name = 'pausedAt'`,
  )) as unknown[];
  return found.length > 0;
}
