/* The steps that every use of the application begins with: a database to talk to, and tables that fit the code. */
import path from 'node:path';
import { reachDatabase } from './given-database.mjs';
import { PrivateDatabase } from './private-database.mjs';
import { Problem } from './problem.mjs';
import { lastLines, run } from './processes.mjs';
import { root } from './root.mjs';

export const mainFile = path.join(root, 'dist', 'src', 'main.js');
export const cliFile = path.join(root, 'dist', 'src', 'cli.js');

/**
 * @param {{ dataDir: string, step: Function, signal: AbortSignal, cleanUp: import('./clean-up.mjs').CleanUp }} context
 * @returns {Promise<{ url: string, database: PrivateDatabase | null }>} `database` is null when DATABASE_URL names one
 */
export async function openDatabase({ dataDir, step, signal, cleanUp }) {
  const given = process.env.DATABASE_URL;
  return step('Database', async (note) => {
    if (given) {
      note('reaching it');
      return [await reachDatabase(given), { url: given, database: null }];
    }
    const database = new PrivateDatabase(dataDir);
    cleanUp.add(() => database.close());
    const outcome = await database.open({ note, signal });
    return [outcome, { url: database.url('carnet'), database }];
  });
}

/** Brings the tables to where the code expects them. */
export function migrate({ env, step, signal }) {
  return step('Tables', async (note) => {
    note('bringing them up to date');
    const { code, stderr, stdout } = await run(
      process.execPath,
      [path.join(root, 'dist', 'src', 'migrate.js')],
      {
        cwd: root,
        env,
        signal,
      },
    );
    // migrate.js says in its last line what stands in the way, and prints the name of each migration it ran.
    if (code !== 0)
      throw new Problem(lastLines(stderr, 1), lastLines(stderr, 12).split('\n').slice(0, -1).join('\n'));
    const ran = stdout.split('\n').filter(Boolean).length;
    return [ran === 0 ? 'up to date' : `${ran} migration${ran === 1 ? '' : 's'} run`];
  });
}
