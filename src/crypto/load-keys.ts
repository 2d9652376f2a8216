import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretKeys } from './secret-keys.js';
import { UnusableSetting, type Environment } from '../config/environment.js';

/**
 * The secret keys: `SECRET_KEYS`, else a file under DATA_DIR that is made once, readable by its owner alone.
 * @throws UnusableSetting
 */
export function loadKeys({ secretKeys, dataDir }: Environment): SecretKeys {
  try {
    return new SecretKeys(secretKeys ?? keysOnDisk(dataDir));
  } catch (error) {
    throw new UnusableSetting((error as Error).message);
  }
}

/** Puts a new key beside those of the file, which becomes the current one wherever Carnet starts from now on. @returns its number */
export function addKeyOnDisk(dataDir: string): number {
  const file = join(dataDir, 'secret-keys');
  const text = keysOnDisk(dataDir);
  const number = new SecretKeys(text).current + 1;
  // Written apart and put in its place at once: a file that is cut off would be the end of all that is sealed.
  const next = `${file}.next`;
  writeFileSync(next, `${text},${SecretKeys.generate(number)}`, { mode: 0o600, flush: true });
  renameSync(next, file);
  return number;
}

function keysOnDisk(dataDir: string): string {
  const file = join(dataDir, 'secret-keys');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    // Exclusive: of two processes that start at once, one makes the file and the other reads it.
    writeFileSync(file, SecretKeys.generate(), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8').trim();
}
