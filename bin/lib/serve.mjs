/* npm start: everything from the packages to a server in the foreground, and its end. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cliFile, mainFile, migrate, openDatabase } from './application.mjs';
import { build } from './build.mjs';
import { CleanUp } from './clean-up.mjs';
import { startDemoStandIns } from './demo-stand-ins.mjs';
import { withLock } from './lock.mjs';
import { installPackages } from './packages.mjs';
import { Interrupted, Problem } from './problem.mjs';
import { identify, isAlive, lastLines, run, stopProcess } from './processes.mjs';
import { root } from './root.mjs';
import { address, dataFolder, requireFreePort } from './surroundings.mjs';

/** The application ends open requests within 10 s of SIGTERM. */
const SERVER_PATIENCE_MS = 15_000;

/** @returns {Promise<number>} the exit status */
export async function serve({ demo, step, say, signal }) {
  const cleanUp = new CleanUp();
  try {
    const dataDir = dataFolder();
    const listenAt = address();
    if (!process.env.DATABASE_URL) await claimFolder(dataDir, listenAt, cleanUp, say);
    // A process that only works on jobs serves no pages.
    if (process.env.WORKER !== 'only') await requireFreePort(listenAt);

    await step('Packages', (note) => installPackages({ note, signal }));
    const { url, database } = await openDatabase({ dataDir, step, signal, cleanUp });
    await step('Build', (note) => build({ note, signal }));
    // The style guide and other aids for building pages are for whoever asks for them.
    const env = { NODE_ENV: 'production', ...process.env, DATA_DIR: dataDir, DATABASE_URL: url };
    await migrate({ env, step, signal });
    if (demo)
      Object.assign(env, await startDemoStandIns({ dataDir, port: listenAt.port, step, signal, cleanUp }));
    const signIns = demo ? await seedDemo({ env, step, signal }) : '';

    const server = await startServer({ env, dataDir, step, signal });
    cleanUp.add(() => server.stop());
    const databaseLost = new Promise((_resolve, reject) =>
      database?.keepAlive({ onRestart: () => say('Database    was gone, started again'), onGivenUp: reject }),
    );
    if (signIns) say(`\n${signIns}`);
    say(`\nCarnet is at ${server.address}`);
    if (server.setupLink) say(`Found your company: ${server.setupLink}`);
    say('Ctrl-C stops it.');
    const end = await Promise.race([server.ended, aborted(signal), databaseLost]);
    return signal.aborted ? 0 : afterServer(end);
  } finally {
    if (signal.aborted) say('Stopping');
    await cleanUp.run();
    if (signal.aborted) say('Stopped');
  }
}

/** Makes this the one server of a folder with a private database. A server whose launcher was killed is ended first. */
async function claimFolder(dataDir, { host, port }, cleanUp, say) {
  const runFolder = path.join(dataDir, 'run');
  const file = claimFile(dataDir);
  mkdirSync(runFolder, { recursive: true, mode: 0o700 });
  await withLock(path.join(runFolder, 'server.lock'), async () => {
    const before = readClaim(dataDir);
    if (isAlive(before?.launcher)) {
      throw new Problem(
        `Carnet already runs from this folder (process ${before.launcher.pid}, http://${before.host}:${before.port}). ` +
          'Stop that one first, or give this one a folder and a port of its own: DATA_DIR=.data-2 PORT=3001 npm start.',
      );
    }
    if (isAlive(before?.server)) {
      await stopProcess(before.server, { patienceMs: SERVER_PATIENCE_MS, group: true });
      say(`Ended the server that an earlier start had left behind (process ${before.server.pid})`);
    }
    writeFileSync(file, JSON.stringify({ launcher: identify(process.pid), host, port }), { mode: 0o600 });
  });
  cleanUp.add(() => rmSync(file, { force: true }));
}

/** @returns {Promise<{ address: string, setupLink?: string, ended: Promise<End>, stop: () => Promise<boolean> }>} */
function startServer({ env, dataDir, step, signal }) {
  return step('Server', async (note) => {
    note('starting');
    const child = spawn(process.execPath, ['--enable-source-maps', mainFile], {
      cwd: root,
      env,
      // Its own process group: Ctrl-C in the terminal is for the launcher, which stops the server before the database.
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const identity = identify(child.pid);
    rememberServer(dataDir, identity);
    const ended = new Promise((resolve) => child.once('exit', (code, by) => resolve({ code, by })));
    const ready = new Promise((resolve) =>
      child.on('message', (message) => message?.ready && resolve(message)),
    );
    const stop = () => stopProcess(identity, { patienceMs: SERVER_PATIENCE_MS, group: true });
    const first = await Promise.race([ready, ended, aborted(signal)]);
    if (first?.ready) return ['answers', { ...first, ended, stop }];
    await stop();
    if (signal.aborted) throw new Interrupted();
    throw new Problem(`The server did not start (${inWords(first)}); it says why above.`);
  });
}

/** @typedef {{ code: number | null, by: string | null }} End how a process ended: its exit status, or the signal */

/** @param {End} end @returns {number} the exit status of the launcher */
function afterServer(end) {
  if (end.code === 0) return 0;
  throw new Problem(
    `The server stopped unexpectedly (${inWords(end)}); the lines above say what happened. Start again with npm start.`,
  );
}

function inWords({ code, by }) {
  return by ? `ended by ${by}` : `exit status ${code}`;
}

function seedDemo({ env, step, signal }) {
  return step('Demo', async (note) => {
    note('making two companies');
    const { code, stdout, stderr } = await run(process.execPath, [cliFile, 'seed-demo'], {
      cwd: root,
      env,
      signal,
    });
    if (code !== 0) throw new Problem(`The demo could not be made: ${lastLines(stderr, 1)}`);
    return ['two companies', stdout.trimEnd()];
  });
}

function aborted(signal) {
  if (signal.aborted) return Promise.resolve(null);
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }));
}

function rememberServer(dataDir, server) {
  const claim = readClaim(dataDir);
  if (claim?.launcher.pid === process.pid)
    writeFileSync(claimFile(dataDir), JSON.stringify({ ...claim, server }));
}

/** @returns {{ launcher: Identity, server?: Identity, host: string, port: number } | null} */
function readClaim(dataDir) {
  try {
    return JSON.parse(readFileSync(claimFile(dataDir), 'utf8'));
  } catch {
    return null;
  }
}

function claimFile(dataDir) {
  return path.join(dataDir, 'run', 'server.json');
}
