import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Whose number it is, by an index of each column that holds one. A migration that was cut off goes on where it was. */
export class PersonNumbers1764288060000 implements MigrationInterface {
  name = 'PersonNumbers1764288060000';

  async up(runner: QueryRunner): Promise<void> {
    for (const { table, index, columns } of INDEXES)
      if (!(await has(runner, table, index)))
        await runner.query(`CREATE INDEX ${index} ON ${table} (${columns})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { table, index } of INDEXES)
      if (await has(runner, table, index)) await runner.query(`DROP INDEX ${index} ON ${table}`);
  }
}

const fields = {
  workPhone: 'work_phone',
  homePhone: 'home_phone',
  mobilePhone: 'mobile_phone',
  faxNumber: 'fax_number',
  mainPhone: 'main_phone',
};

const INDEXES = [
  ...(['workPhone', 'mobilePhone'] as const).map((field) => ({
    table: 'users',
    index: `ix_users_${fields[field]}`,
    columns: `accountId, ${field}`,
  })),
  ...['personal_contacts', 'cloud_contacts'].flatMap((table) =>
    Object.entries(fields).map(([field, name]) => ({
      table,
      index: `ix_${table}_${name}`,
      columns: `ownerId, ${field}`,
    })),
  ),
];

async function has(runner: QueryRunner, table: string, index: string): Promise<boolean> {
  const found = (await runner.query(
    `SELECT 1 FROM information_schema.statistics
     WHERE table_schema = DATABASE() AND table_name = ? AND index_name = ?`,
    [table, index],
  )) as unknown[];
  return found.length > 0;
}
