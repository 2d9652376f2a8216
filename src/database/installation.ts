import { type DataSource } from 'typeorm';
import { type SecretKeys } from '../crypto/secret-keys.js';
import { newId } from './id.js';

/** The secret key of this process is not the one the database was made with. */
export class KeyDoesNotFit extends Error {}

/** A fact of this installation, set by whoever asks first. @returns the value that stands */
export async function fact(database: DataSource, name: string, value: string): Promise<string> {
  await database.query('INSERT IGNORE INTO installation (name, value) VALUES (?, ?)', [name, value]);
  const [row] = await database.query<{ value: string }[]>('SELECT value FROM installation WHERE name = ?', [
    name,
  ]);
  return row.value;
}

/** Random and fixed for good: what links of the whole installation are bound to. */
export function installationId(database: DataSource): Promise<string> {
  return fact(database, 'id', newId());
}

/**
 * Stops a process whose key is not the database's: it would send links nobody can open and end every session.
 * @throws KeyDoesNotFit
 */
export async function checkKey(database: DataSource, keys: SecretKeys): Promise<void> {
  const stored = await fact(database, 'key-check', `${keys.current}:${keys.checkValue()}`);
  const [number, value] = stored.split(':');
  if (!keys.has(Number(number)) || keys.checkValue(Number(number)) !== value) {
    throw new KeyDoesNotFit(
      'SECRET_KEYS (or DATA_DIR/secret-keys) is not the key this database was made with; give back the key that was in use',
    );
  }
}
