import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** External contacts of a company, the newest first, and who has whom without reading the rows. A migration that was cut off begins again. */
export class ExternalContactsByTime1764028840000 implements MigrationInterface {
  name = 'ExternalContactsByTime1764028840000';

  async up(runner: QueryRunner): Promise<void> {
    for (const { table, index, columns } of indexes)
      if (!(await hasIndex(runner, table, index)))
        await runner.query(`ALTER TABLE ${table} ADD INDEX ${index} (${columns})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { table, index } of indexes)
      if (await hasIndex(runner, table, index))
        await runner.query(`ALTER TABLE ${table} DROP INDEX ${index}`);
  }
}

const indexes = [
  {
    table: 'external_contacts',
    index: 'ix_external_contacts_company',
    columns: 'accountId, endedAt, connectedAt, id, ownerId, otherUserId, otherAccountId',
  },
  // What people of a company have asked, the newest first.
  {
    table: 'external_requests_sent',
    index: 'ix_external_requests_sent_account',
    columns: 'accountId, state, sentAt, id',
  },
];

async function hasIndex(runner: QueryRunner, table: string, index: string): Promise<boolean> {
  const rows = (await runner.query(`SHOW INDEX FROM ${table} WHERE Key_name = ?`, [index])) as unknown[];
  return rows.length > 0;
}
