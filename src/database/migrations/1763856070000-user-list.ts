import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What the list of users is filtered by, and its saved views. Indexes of the list hold every column its filters ask
 * for, so that no pair of filters reads rows one by one. A migration that was cut off begins again and passes over the
 * indexes that are as they should be.
 */
export class UserList1763856070000 implements MigrationInterface {
  name = 'UserList1763856070000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, columns] of Object.entries(indexes)) await become(runner, name, columns.now);
    await runner.query(
      `CREATE TABLE IF NOT EXISTS saved_views (
         id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         accountId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         ownerId char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         scope varchar(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         liveKey tinyint NULL DEFAULT 1,
         name varchar(255) NOT NULL,
         nameKey varchar(255) COLLATE utf8mb4_bin NOT NULL,
         query mediumtext COLLATE utf8mb4_bin NOT NULL,
         createdAt datetime(3) NOT NULL,
         deletedAt datetime(3) NULL,
         PRIMARY KEY (id),
         UNIQUE INDEX uq_saved_views_name (accountId, scope, nameKey, liveKey)
       ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS saved_views');
    for (const [name, columns] of Object.entries(indexes)) await become(runner, name, columns.before);
  }
}

const asked = 'role,type,managerId,lastSignInAt,invitedAt,liveKey';
const indexes = {
  ix_users_search: {
    before: 'accountId,status,sortKey,id,searchKey,role,type,restricted',
    now: 'accountId,status,sortKey,id,searchKey,role,type,restricted,managerId,lastSignInAt,invitedAt,liveKey',
  },
  ix_users_department: {
    before: 'accountId,status,department,sortKey',
    now: `accountId,status,department,sortKey,id,location,${asked}`,
  },
  ix_users_location: {
    before: 'accountId,status,location,sortKey',
    now: `accountId,status,location,sortKey,id,${asked}`,
  },
  ix_users_manager: { before: 'accountId,managerId', now: 'accountId,managerId,status,sortKey' },
};

/** One statement takes the old index away and makes the new one. */
async function become(runner: QueryRunner, name: string, columns: string): Promise<void> {
  const found = (await runner.query(
    `SELECT column_name AS name FROM information_schema.statistics
     WHERE table_schema = DATABASE() AND table_name = 'users' AND index_name = ? ORDER BY seq_in_index`,
    [name],
  )) as { name: string }[];
  if (found.map((column) => column.name).join(',') === columns) return;
  const drop = found.length > 0 ? `DROP INDEX ${name}, ` : '';
  await runner.query(`ALTER TABLE users ${drop}ADD INDEX ${name} (${columns})`);
}
