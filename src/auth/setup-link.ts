import { type DataSource } from 'typeorm';
import { type SecretKeys } from '../crypto/secret-keys.js';
import { installationId } from '../database/installation.js';

/** Where the first company is founded, while there is none; null once one exists. */
export async function setupLink(
  database: DataSource,
  keys: SecretKeys,
  { publicUrl }: { publicUrl: string },
): Promise<string | null> {
  const accounts = await database.query<unknown[]>('SELECT 1 FROM accounts LIMIT 1');
  if (accounts.length > 0) return null;
  return `${publicUrl}/setup/${keys.sign('setup', await installationId(database))}`;
}

/** True for the token of this installation's set-up link. */
export async function isSetupToken(database: DataSource, keys: SecretKeys, token: string): Promise<boolean> {
  return keys.verify('setup', await installationId(database), token);
}
