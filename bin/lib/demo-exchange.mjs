/* The stand-in Exchange server of npm run demo: a child that ends with the launcher, and keeps its mailboxes in the data folder. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Interrupted, Problem } from './problem.mjs';
import { identify, stopProcess } from './processes.mjs';
import { root } from './root.mjs';

const program = path.join(root, 'test', 'fakes', 'exchange', 'demo.js');

/** The port beside that of the application, unless it was another the last time. */
const BESIDE = 90;

/**
 * @param {{ dataDir: string, port: number, step: Function, signal: AbortSignal, cleanUp: import('./clean-up.mjs').CleanUp }} around
 * @returns {Promise<Record<string, string>>} what the application has to be told; nothing where only the product is installed
 */
export async function startDemoExchange({ dataDir, port, step, signal, cleanUp }) {
  if (!existsSync(program)) return {};
  return step('Exchange', async (note) => {
    note('starting a stand-in');
    const child = spawn(
      process.execPath,
      [program, path.join(dataDir, 'demo-exchange.json'), String(port === 0 ? 0 : port + BESIDE)],
      // Its own process group, as the server: Ctrl-C is for the launcher.
      { cwd: root, detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    const identity = identify(child.pid);
    cleanUp.add(() => stopProcess(identity, { patienceMs: 5_000 }));
    const answer = await Promise.race([
      new Promise((resolve) => child.once('message', resolve)),
      new Promise((resolve) => child.once('exit', () => resolve(null))),
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true })),
    ]);
    if (signal.aborted) throw new Interrupted();
    if (!answer) throw new Problem('The stand-in Exchange server did not start; it says why above.');
    const listed = [process.env.CARNET_EWS_ALLOWED_HOSTS, answer.origin].filter(Boolean).join(',');
    return [
      `a stand-in at ${answer.origin}`,
      { CARNET_EWS_ALLOWED_HOSTS: listed, DEMO_EXCHANGE: answer.url },
    ];
  });
}
