import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What a new contact of a run may turn out to be: another one moved. Repeatable from wherever it was cut off. */
export class CloudArrivals1764115210000 implements MigrationInterface {
  name = 'CloudArrivals1764115210000';

  async up(runner: QueryRunner): Promise<void> {
    if (!(await has(runner, 'columns', 'column_name', 'arrivedAs')))
      await runner.query(
        'ALTER TABLE cloud_contacts ADD COLUMN arrivedAs char(36) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER goneAt',
      );
    if (!(await has(runner, 'statistics', 'index_name', 'ix_cloud_contacts_arrived')))
      await runner.query(
        'CREATE INDEX ix_cloud_contacts_arrived ON cloud_contacts (connectionId, arrivedAs)',
      );
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await has(runner, 'statistics', 'index_name', 'ix_cloud_contacts_arrived'))
      await runner.query('DROP INDEX ix_cloud_contacts_arrived ON cloud_contacts');
    if (await has(runner, 'columns', 'column_name', 'arrivedAs'))
      await runner.query('ALTER TABLE cloud_contacts DROP COLUMN arrivedAs');
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
