import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
