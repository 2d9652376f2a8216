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

const KEY_IN_USE = 'key-in-use';

/** Notes which key the server works with by now, so that nothing is sealed with one it does not have. */
export async function noteKeyInUse(database: DataSource, keys: SecretKeys): Promise<void> {
  await put(database, KEY_IN_USE, String(keys.current));
}

/** The current key of the server that was started last; null while none was. */
export async function keyInUse(database: DataSource): Promise<number | null> {
  const [row] = await database.query<{ value: string }[]>('SELECT value FROM installation WHERE name = ?', [
    KEY_IN_USE,
  ]);
  return row ? Number(row.value) : null;
}

/** What a process is measured by is the current key from now on: older ones may be taken out. */
export async function renewKeyCheck(database: DataSource, keys: SecretKeys): Promise<void> {
  await put(database, 'key-check', `${keys.current}:${keys.checkValue()}`);
}

async function put(database: DataSource, name: string, value: string): Promise<void> {
  await database.query(
    'INSERT INTO installation (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)',
    [name, value],
  );
}
