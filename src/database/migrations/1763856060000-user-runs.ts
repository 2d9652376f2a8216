import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Bulk actions and the people they are for. */
export class UserRuns1763856060000 implements MigrationInterface {
  name = 'UserRuns1763856060000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, columns] of Object.entries(tables)) {
      await runner.query(
        `CREATE TABLE IF NOT EXISTS ${table} (${columns}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of Object.keys(tables).reverse()) await runner.query(`DROP TABLE ${table}`);
  }
}

const tables: Record<string, string> = {
  user_runs: `
    \`id\` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    \`accountId\` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    \`actorId\` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    \`act\` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    \`state\` varchar(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    \`choice\` mediumtext COLLATE utf8mb4_bin NOT NULL,
    \`preview\` mediumtext COLLATE utf8mb4_bin NULL,
    \`back\` varchar(2000) NOT NULL,
    \`undoes\` char(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    \`reversed\` tinyint NOT NULL DEFAULT 0,
    \`undoneBy\` char(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    \`total\` int UNSIGNED NOT NULL,
    \`chunksDone\` int UNSIGNED NOT NULL DEFAULT 0,
    \`seen\` int UNSIGNED NOT NULL DEFAULT 0,
    \`doneCount\` int UNSIGNED NOT NULL DEFAULT 0,
    \`sameCount\` int UNSIGNED NOT NULL DEFAULT 0,
    \`leftCount\` int UNSIGNED NOT NULL DEFAULT 0,
    \`leftFirst\` mediumtext COLLATE utf8mb4_bin NULL,
    \`leftReasons\` mediumtext COLLATE utf8mb4_bin NULL,
    \`batchId\` char(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
    \`facts\` mediumtext COLLATE utf8mb4_bin NOT NULL,
    \`createdAt\` datetime(3) NOT NULL,
    \`startedAt\` datetime(3) NULL,
    \`finishedAt\` datetime(3) NULL,
    PRIMARY KEY (\`id\`),
    INDEX \`ix_user_runs_account\` (\`accountId\`, \`id\`)`,
  user_run_people: `
    \`runId\` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    \`chunk\` int UNSIGNED NOT NULL,
    \`accountId\` char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    \`userIds\` mediumtext COLLATE utf8mb4_bin NOT NULL,
    PRIMARY KEY (\`runId\`, \`chunk\`)`,
};
