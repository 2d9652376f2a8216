/* npm run bench: the benchmark on a database of its own, with the settings real data has. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { build } from './build.mjs';
import { CleanUp } from './clean-up.mjs';
import { installPackages } from './packages.mjs';
import { identify, stopProcess } from './processes.mjs';
import { root } from './root.mjs';
import { openThrowawayDatabase } from './throwaway-database.mjs';

/** @returns {Promise<number>} the exit status */
export async function runBench({ rest, step, signal }) {
  const cleanUp = new CleanUp();
  try {
    await step('Packages', (note) => installPackages({ note, signal }));
    const url = await step('Database', async (note) => {
      const database = await openThrowawayDatabase('data', { note, signal });
      cleanUp.add(() => database.close());
      return [database.outcome, database.url];
    });
    await step('Build', (note) => build({ note, signal }));
    const child = spawn(process.execPath, [path.join(root, 'bin', 'bench.mjs'), ...rest], {
      cwd: root,
      env: { ...process.env, BENCH_DATABASE_URL: url },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    const identity = identify(child.pid);
    signal.addEventListener('abort', () => void stopProcess(identity, { patienceMs: 10_000, group: true }));
    return await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  } finally {
    await cleanUp.run();
  }
}
