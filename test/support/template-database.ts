import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise';
import { parts } from '../../ormconfig.js';
import { connectionsOf } from '../../src/database/data-source.js';
import { migrate } from '../../src/database/migrator.js';
import { filesBelow, rootDir } from '../../src/web/paths.js';

/** Not copied: what a template says of itself, written when the template is complete. */
const SCRIPT = 'copy_script';
/** Another worker may be making the template on a busy machine. */
const LOCK_SECONDS = 120;

/**
 * Makes the database a URL names, as `migrate` would leave it, in a tenth of the statements: the first who needs one
 * migrates a template, named by the content of the migrations, and everybody copies its tables.
 */
export async function copyMigrated(url: string): Promise<void> {
  const [{ database, ...settings }] = connectionsOf(url);
  const connection = await mysql.createConnection({ ...settings, multipleStatements: true });
  try {
    const template = templateName();
    const script =
      (await readScript(connection, template)) ?? (await makeTemplate(connection, template, url));
    const name = mysql.escapeId(database);
    await connection.query(
      `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci; USE ${name}; ${script}`,
    );
  } finally {
    await connection.end();
  }
}

function templateName(): string {
  templateKnown ??= nameByContent();
  return templateKnown;
}

let templateKnown: string | undefined;

function nameByContent(): string {
  const hash = createHash('sha256');
  const folder = join(rootDir, 'src/database');
  for (const file of [
    join(rootDir, 'ormconfig.ts'),
    ...filesBelow(folder).map((name) => join(folder, name)),
  ]) {
    hash.update(`${file}\0`).update(readFileSync(file));
  }
  return `carnet_template_${hash.digest('hex').slice(0, 16)}`;
}

/** @returns null while there is no complete template */
async function readScript(connection: Connection, template: string): Promise<string | null> {
  try {
    const [[row]] = await connection.query<RowDataPacket[]>(
      `SELECT script FROM ${mysql.escapeId(template)}.${SCRIPT}`,
    );
    return (row as { script: string } | undefined)?.script ?? null;
  } catch (error) {
    if (/ER_BAD_DB_ERROR|ER_NO_SUCH_TABLE/.test((error as { code: string }).code)) return null;
    throw error;
  }
}

async function makeTemplate(connection: Connection, template: string, url: string): Promise<string> {
  const name = mysql.escapeId(template);
  const [[lock]] = await connection.query<RowDataPacket[]>('SELECT GET_LOCK(?, ?) AS held', [
    template,
    LOCK_SECONDS,
  ]);
  if (lock['held'] !== 1) throw new Error(`Nobody finished ${template} in ${LOCK_SECONDS} s`);
  try {
    const made = await readScript(connection, template);
    if (made !== null) return made;
    await connection.query(`DROP DATABASE IF EXISTS ${name}`);
    const where = new URL(url);
    where.pathname = `/${template}`;
    await migrate(where.href, parts);
    const script = await scriptOf(connection, template);
    await connection.query(
      `CREATE TABLE ${name}.${SCRIPT} (script longtext NOT NULL); INSERT INTO ${name}.${SCRIPT} VALUES (?)`,
      [script],
    );
    return script;
  } finally {
    await connection.query('SELECT RELEASE_LOCK(?)', [template]);
  }
}

/** Statements that make the same tables in the database in use, with the rows the migrations wrote. */
async function scriptOf(connection: Connection, template: string): Promise<string> {
  const from = mysql.escapeId(template);
  const [tables] = await connection.query<RowDataPacket[]>(`SHOW TABLES FROM ${from}`);
  const statements: string[] = [];
  for (const [table] of tables.map((row) => Object.values(row) as string[])) {
    const name = mysql.escapeId(table);
    const [[made]] = await connection.query<RowDataPacket[]>(`SHOW CREATE TABLE ${from}.${name}`);
    statements.push(made['Create Table'] as string, `INSERT INTO ${name} SELECT * FROM ${from}.${name}`);
  }
  // A table may come before the one it refers to.
  return ['SET foreign_key_checks = 0', ...statements].join(';\n');
}
