import { parts } from '../ormconfig.js';
import { print } from './cli.options.js';
import { readEnvironment, UnusableSetting } from './config/environment.js';
import { migrate } from './database/migrator.js';

export async function migrateTables(): Promise<void> {
  const { databaseUrl } = readEnvironment();
  if (!databaseUrl) throw new UnusableSetting('DATABASE_URL is not set; use npm run carnet');
  const done = await migrate(databaseUrl, parts);
  print(done.length > 0 ? done.join('\n') : 'The tables are up to date');
}
