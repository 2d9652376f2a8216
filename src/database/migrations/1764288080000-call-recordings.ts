import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Recordings of calls: sound apart from the calls themselves. */
export class CallRecordings1764288080000 implements MigrationInterface {
  name = 'CallRecordings1764288080000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE IF NOT EXISTS call_recordings (
        callId ${id} NOT NULL,
        accountId ${id} NOT NULL,
        userId ${id} NOT NULL,
        mediaType ${word(16)} NULL,
        hash ${word(64)} NULL,
        sizeBytes int UNSIGNED NOT NULL DEFAULT 0,
        bytes mediumblob NULL,
        problem ${word(32)} NULL,
        tries int UNSIGNED NOT NULL DEFAULT 0,
        dueAt datetime(3) NULL,
        revision int UNSIGNED NOT NULL DEFAULT 1,
        createdAt datetime(3) NOT NULL,
        updatedAt datetime(3) NOT NULL,
        PRIMARY KEY (callId),
        INDEX ix_call_recordings_account (accountId, dueAt),
        INDEX ix_call_recordings_user (userId)
      ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS call_recordings');
  }
}

const id = 'char(36) CHARACTER SET ascii COLLATE ascii_bin';
const word = (length: number) => `varchar(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
