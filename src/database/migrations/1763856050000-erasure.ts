import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Finds whose 30 days are over. A migration that was cut off begins again and passes over what it had made. */
export class Erasure1763856050000 implements MigrationInterface {
  name = 'Erasure1763856050000';

  async up(runner: QueryRunner): Promise<void> {
    if (await hasIndex(runner)) return;
    await runner.query('CREATE INDEX ix_users_deleted ON users (accountId, deletedAt)');
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await hasIndex(runner)) await runner.query('DROP INDEX ix_users_deleted ON users');
  }
}

async function hasIndex(runner: QueryRunner): Promise<boolean> {
  const found = (await runner.query(
    `SELECT 1 FROM information_schema.statistics
     WHERE table_schema = DATABASE() AND table_name = 'users' AND index_name = 'ix_users_deleted' LIMIT 1`,
  )) as unknown[];
  return found.length > 0;
}
