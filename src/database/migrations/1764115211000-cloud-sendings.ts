import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Which contacts were sent and have not been listed there since. Repeatable from wherever it was cut off. */
export class CloudSendings1764115211000 implements MigrationInterface {
  name = 'CloudSendings1764115211000';

  async up(runner: QueryRunner): Promise<void> {
    if (!(await has(runner, 'columns', 'column_name', 'sentAt')))
      await runner.query('ALTER TABLE cloud_contacts ADD COLUMN sentAt datetime(3) NULL AFTER pushAttempts');
    if (!(await has(runner, 'statistics', 'index_name', 'ix_cloud_contacts_sent')))
      await runner.query('CREATE INDEX ix_cloud_contacts_sent ON cloud_contacts (connectionId, sentAt)');
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await has(runner, 'statistics', 'index_name', 'ix_cloud_contacts_sent'))
      await runner.query('DROP INDEX ix_cloud_contacts_sent ON cloud_contacts');
    if (await has(runner, 'columns', 'column_name', 'sentAt'))
      await runner.query('ALTER TABLE cloud_contacts DROP COLUMN sentAt');
  }
}

async function has(
  runner: QueryRunner,
  what: 'columns' | 'statistics',
  named: string,
  name: string,
): Promise<boolean> {
  const found = (await runner.query(
    `SELECT 1 FROM information_schema.${what}
     WHERE table_schema = DATABASE() AND table_name = 'cloud_contacts' AND ${named} = ?`,
    [name],
  )) as unknown[];
  return found.length > 0;
}
