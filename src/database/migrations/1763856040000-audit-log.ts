import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What `/audit-log` is filtered by, and who has put the checklist away. A migration that was cut off begins again and
 * passes over what it had made.
 */
export class AuditLog1763856040000 implements MigrationInterface {
  name = 'AuditLog1763856040000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, columns] of Object.entries(indexes)) {
      if (await hasIndex(runner, name)) continue;
      await runner.query(`CREATE INDEX ${name} ON audit_entries (${columns})`);
    }
    await runner.query(
      `CREATE TABLE IF NOT EXISTS checklists (
         accountId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         hiddenAt datetime(3) NOT NULL,
         PRIMARY KEY (accountId)
       ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS checklists');
    for (const name of Object.keys(indexes)) {
      if (await hasIndex(runner, name)) await runner.query(`DROP INDEX ${name} ON audit_entries`);
    }
  }
}

const indexes = {
  ix_audit_entries_actor: 'accountId, actorId, at, id, action',
  ix_audit_entries_action: 'accountId, action, at, id',
  ix_audit_entries_batch: 'accountId, batchId',
};

async function hasIndex(runner: QueryRunner, name: string): Promise<boolean> {
  const found = (await runner.query(
    `SELECT 1 FROM information_schema.statistics
     WHERE table_schema = DATABASE() AND table_name = 'audit_entries' AND index_name = ? LIMIT 1`,
    [name],
  )) as unknown[];
  return found.length > 0;
}
