import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What somebody sent, newest first, whatever became of it. A migration that was cut off begins again. */
export class ExternalRequestsByTime1764028810000 implements MigrationInterface {
  name = 'ExternalRequestsByTime1764028810000';

  async up(runner: QueryRunner): Promise<void> {
    if (await hasIndex(runner)) return;
    await runner.query(`ALTER TABLE ${table} ADD INDEX ${index} (senderId, sentAt, id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await hasIndex(runner)) await runner.query(`ALTER TABLE ${table} DROP INDEX ${index}`);
  }
}

const table = 'external_requests_sent';
const index = 'ix_external_requests_sent_time';

async function hasIndex(runner: QueryRunner): Promise<boolean> {
  const rows = (await runner.query(`SHOW INDEX FROM ${table} WHERE Key_name = ?`, [index])) as unknown[];
  return rows.length > 0;
}
