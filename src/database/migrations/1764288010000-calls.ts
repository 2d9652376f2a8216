import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Who was called and who called, and for how long an account keeps it. Repeatable from wherever it was cut off. */
export class Calls1764288010000 implements MigrationInterface {
  name = 'Calls1764288010000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE IF NOT EXISTS calls (${columns}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
    if (!(await hasMonths(runner)))
      await runner.query(
        'ALTER TABLE account_settings ADD COLUMN callMonths tinyint UNSIGNED NULL DEFAULT 12 AFTER importDays',
      );
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await hasMonths(runner)) await runner.query('ALTER TABLE account_settings DROP COLUMN callMonths');
    await runner.query('DROP TABLE IF EXISTS calls');
  }
}

async function hasMonths(runner: QueryRunner): Promise<boolean> {
  const found = (await runner.query(
    `SELECT 1 FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = 'account_settings' AND column_name = 'callMonths'`,
  )) as unknown[];
  return found.length > 0;
}

const id = 'char(36) CHARACTER SET ascii COLLATE ascii_bin';
const word = (length: number) => `varchar(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const key = (length: number) => `varchar(${length}) COLLATE utf8mb4_bin`;

const columns = `
  id ${id} NOT NULL,
  accountId ${id} NOT NULL,
  userId ${id} NOT NULL,
  callId ${key(128)} NOT NULL,
  direction ${word(8)} NOT NULL,
  outcome ${word(9)} NOT NULL,
  number ${word(16)} NULL,
  typedNumber varchar(64) NULL,
  callerName varchar(255) NULL,
  startedAt datetime(3) NOT NULL,
  seconds int UNSIGNED NOT NULL DEFAULT 0,
  heardAt datetime(3) NULL,
  recordingUrl varchar(2048) NULL,
  recording ${word(8)} NULL,
  source ${word(6)} NOT NULL,
  createdByBatch ${id} NULL,
  searchKey ${key(500)} NOT NULL,
  foldVersion smallint UNSIGNED NOT NULL,
  deletedAt datetime(3) NULL,
  createdAt datetime(3) NOT NULL,
  updatedAt datetime(3) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE INDEX uq_calls_call (userId, callId),
  INDEX ix_calls_list (userId, deletedAt, startedAt, id, direction, outcome, number, typedNumber, searchKey),
  INDEX ix_calls_number (userId, number, startedAt),
  INDEX ix_calls_waiting (userId, heardAt, deletedAt),
  INDEX ix_calls_started (accountId, startedAt),
  INDEX ix_calls_deleted (accountId, deletedAt),
  INDEX ix_calls_batch (accountId, createdByBatch, id)`;
