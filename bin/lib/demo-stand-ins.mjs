/* The stand-ins of npm run demo, an Exchange server, Google and Microsoft 365: one child that ends with the launcher, and keeps what is in them in the data folder. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Interrupted, Problem } from './problem.mjs';
import { identify, stopProcess } from './processes.mjs';
import { root } from './root.mjs';

const program = path.join(root, 'test', 'fakes', 'demo', 'main.js');

/** The first of their ports beside that of the application, unless they were others the last time. */
const BESIDE = 90;

/**
 * @param {{ dataDir: string, port: number, step: Function, signal: AbortSignal, cleanUp: import('./clean-up.mjs').CleanUp }} around
 * @returns {Promise<Record<string, string>>} what the application has to be told; nothing where only the product is installed
 */
export async function startDemoStandIns({ dataDir, port, step, signal, cleanUp }) {
  if (!existsSync(program)) return {};
  return step('Stand-ins', async (note) => {
    note('starting Exchange, Google and Microsoft 365');
    const origin = new URL(process.env.PUBLIC_URL || `http://localhost:${port}`).origin;
    const child = spawn(
      process.execPath,
      [program, dataDir, String(port === 0 ? 0 : port + BESIDE), origin],
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
    if (!answer) throw new Problem('The stand-ins of the demonstration did not start; it says why above.');
    const { CARNET_EWS_ALLOWED_HOSTS, ...env } = withoutOwn(answer.env);
    const listed = [process.env.CARNET_EWS_ALLOWED_HOSTS, CARNET_EWS_ALLOWED_HOSTS].filter(Boolean).join(',');
    return ['Exchange, Google and Microsoft 365', { ...env, CARNET_EWS_ALLOWED_HOSTS: listed }];
  });
}

/** Who has a client at a real provider demonstrates with that one. @param {Record<string, string>} env */
function withoutOwn(env) {
  const own = [
    ...(process.env.GOOGLE_CLIENT_ID ? ['GOOGLE'] : []),
    ...(process.env.MICROSOFT_CLIENT_ID ? ['MICROSOFT', 'OFFICE365'] : []),
  ];
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !own.some((provider) => new RegExp(`^(DEMO_)?${provider}\\b|^${provider}_`).test(name)),
    ),
  );
}
