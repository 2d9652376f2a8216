import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** When calendars were read: what colleagues see of a calendar that was not for an hour is unknown. */
export class CalendarReadings1764201640000 implements MigrationInterface {
  name = 'CalendarReadings1764201640000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, column, type] of columns)
      if (!(await hasIt(runner, table, column)))
        await runner.query(`ALTER TABLE ${table} ADD COLUMN ${column} ${type} NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, column] of columns)
      if (await hasIt(runner, table, column))
        await runner.query(`ALTER TABLE ${table} DROP COLUMN ${column}`);
  }
}

const columns = [
  ['calendars', 'readAt', 'datetime(3)'],
  ['connections', 'calendarsListedAt', 'datetime(3)'],
  ['connections', 'calendarProblem', 'mediumtext COLLATE utf8mb4_bin'],
] as const;

async function hasIt(runner: QueryRunner, table: string, column: string): Promise<boolean> {
  const found = (await runner.query(
    `SELECT 1 FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ?`,
    [table, column],
  )) as unknown[];
  return found.length > 0;
}
