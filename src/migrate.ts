import { parts } from '../ormconfig.js';
import { readEnvironment, UnusableSetting } from './config/environment.js';
import { DatabaseUnusable } from './database/data-source.js';
import { migrate } from './database/migrator.js';

try {
  const { databaseUrl } = readEnvironment();
  if (!databaseUrl) throw new UnusableSetting('DATABASE_URL is not set');
  const done = await migrate(databaseUrl, parts);
  process.stdout.write(done.length > 0 ? `${done.join('\n')}\n` : '');
} catch (error) {
  const expected = error instanceof UnusableSetting || error instanceof DatabaseUnusable;
  process.stderr.write(
    `${expected ? error.message : `The tables could not be brought up to date: ${String(error)}`}\n`,
  );
  process.exitCode = 1;
}
