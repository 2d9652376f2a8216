import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Contacts that were said not to be the same person. */
export class ContactDistinctions1763942410000 implements MigrationInterface {
  name = 'ContactDistinctions1763942410000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE IF NOT EXISTS personal_contact_distinctions (
         \`ownerId\` ${id} NOT NULL,
         \`lowId\` ${id} NOT NULL,
         \`highId\` ${id} NOT NULL,
         \`accountId\` ${id} NOT NULL,
         \`answerId\` ${id} NOT NULL,
         \`at\` datetime(3) NOT NULL,
         PRIMARY KEY (\`ownerId\`, \`lowId\`, \`highId\`),
         INDEX \`ix_personal_contact_distinctions_answer\` (\`ownerId\`, \`answerId\`)
       ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE personal_contact_distinctions');
  }
}

const id = 'char(36) CHARACTER SET ascii COLLATE ascii_bin';
