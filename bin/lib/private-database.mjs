/*
 * The database of one DATA_DIR and who uses it. `npm start` and `npm run carnet` may use it at once; the first
 * starts it, the last stops it. What they know of each other stands in DATA_DIR/run: `database.json` (the database
 * process and its socket) and `users/<pid>` (an identity each). A user that died does not count.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { answers, createData, findOrInstallServer, kindOfData, startServer } from './database-server.mjs';
import { readIdentity, withLock } from './lock.mjs';
import { Problem } from './problem.mjs';
import { identify, isAlive, stopProcess } from './processes.mjs';

/** A socket's path may have 107 bytes on Linux and 103 on macOS (sun_path in unix(7)). */
const LONGEST_SOCKET_PATH = 100;
const RESTARTS_A_MINUTE = 5;

export class PrivateDatabase {
  #folder;
  #settings;
  #server = null;
  #watching = null;

  /** @param {string} folder DATA_DIR, or a throwaway folder @param {'data' | 'test'} settings */
  constructor(folder, settings = 'data') {
    this.#folder = folder;
    this.#settings = settings;
  }

  /**
   * Uses the running database, or starts it.
   * @returns {Promise<string>} what was done, for the step's line
   */
  async open({ note, signal }) {
    mkdirSync(this.#users(), { recursive: true, mode: 0o700 });
    // Before the lock: whoever is about to stop this database then leaves it to us.
    writeFileSync(path.join(this.#users(), String(process.pid)), JSON.stringify(identify(process.pid)));
    return this.#locked(async () => {
      const running = this.#running();
      const used = running ? await this.#takeOver(running) : false;
      if (!used) await this.#start({ note, signal });
      const name = this.#state().name;
      return used ? `${name}, already running` : `${name}, started`;
    }, signal);
  }

  /** @param {string} schema may be empty @returns {string} */
  url(schema) {
    const socket = encodeURIComponent(this.#state().socket).replaceAll('%2F', '/');
    return `mysql://root@localhost/${schema}?socketPath=${socket}`;
  }

  /**
   * Starts the database again whenever it dies, until `close`.
   * @param {{ onRestart: () => void, onGivenUp: (problem: Error) => void }} tell
   */
  keepAlive({ onRestart, onGivenUp }) {
    const stop = new AbortController();
    this.#watching = stop;
    const restarts = [];
    const watch = async () => {
      while (!stop.signal.aborted) {
        await sleep(250, undefined, { signal: stop.signal, ref: false });
        if (isAlive(this.#state()?.process)) continue;
        const minuteAgo = Date.now() - 60_000;
        if (restarts.filter((at) => at > minuteAgo).length >= RESTARTS_A_MINUTE) {
          throw new Problem(
            `The database stopped ${RESTARTS_A_MINUTE} times within a minute; see ${this.#run('database.log')}.`,
          );
        }
        restarts.push(Date.now());
        await this.#locked(async () => {
          if (stop.signal.aborted || this.#running()) return;
          await this.#start({ note: () => {}, signal: stop.signal });
          onRestart();
        }, stop.signal);
      }
    };
    watch().catch((error) => {
      if (!stop.signal.aborted) onGivenUp(error);
    });
  }

  /** Stops the database unless another process uses it, which then stops it. @returns {Promise<string>} what was done */
  async close() {
    this.#watching?.abort();
    return this.#locked(async () => {
      rmSync(path.join(this.#users(), String(process.pid)), { force: true });
      const others = this.#livingUsers();
      if (others.length > 0) return `left to process ${others[0].pid}, which still uses it`;
      const state = this.#state();
      const forced = state ? await stopProcess(state.process, { patienceMs: 60_000 }) : false;
      this.#forget();
      return forced ? 'stopped by force, it did not stop when asked' : 'stopped';
    });
  }

  /** @returns {import('./processes.mjs').Identity | null} a living process that uses this database */
  user() {
    return this.#livingUsers()[0] ?? null;
  }

  async #start({ note, signal }) {
    const dataFolder = path.join(this.#folder, 'database');
    if (existsSync(dataFolder)) {
      this.#server ??= await findOrInstallServer({ note, signal, kind: kindOfData(dataFolder) });
    } else {
      this.#server ??= await findOrInstallServer({ note, signal });
      note('making the data folder');
      await createData(this.#server, dataFolder, signal);
    }
    note('starting');
    const socket = this.#state()?.socket ?? this.#socketPath();
    mkdirSync(path.dirname(socket), { recursive: true, mode: 0o700 });
    const { kind, version } = this.#server;
    const remember = (identity) =>
      writeFileSync(
        this.#run('database.json'),
        JSON.stringify({ process: identity, socket, name: `${kind} ${version}` }),
        {
          mode: 0o600,
        },
      );
    try {
      await startServer(this.#server, {
        dataFolder,
        runFolder: this.#run(),
        socket,
        settings: this.#settings,
        onSpawn: remember,
        signal,
      });
    } catch (error) {
      const state = this.#state();
      if (state) await stopProcess(state.process, { patienceMs: 10_000 });
      this.#forget();
      throw error;
    }
  }

  /** A database that runs already is waited for while it starts; one that does not answer is ended. @returns {Promise<boolean>} */
  async #takeOver(state) {
    const deadline = Date.now() + 30_000;
    while (isAlive(state.process) && Date.now() < deadline) {
      if (await answers(state.socket)) return true;
      await sleep(50);
    }
    await stopProcess(state.process, { patienceMs: 10_000 });
    return false;
  }

  #running() {
    const state = this.#state();
    return state && isAlive(state.process) ? state : null;
  }

  /** @returns {{ process: import('./processes.mjs').Identity, socket: string, name: string } | null} */
  #state() {
    try {
      return JSON.parse(readFileSync(this.#run('database.json'), 'utf8'));
    } catch {
      return null;
    }
  }

  #forget() {
    const socket = this.#state()?.socket;
    rmSync(this.#run('database.json'), { force: true });
    if (socket && path.dirname(socket) !== this.#run())
      rmSync(path.dirname(socket), { recursive: true, force: true });
  }

  #livingUsers() {
    if (!existsSync(this.#users())) return [];
    return readdirSync(this.#users())
      .map((name) => path.join(this.#users(), name))
      .flatMap((file) => {
        const identity = readIdentity(file);
        if (isAlive(identity)) return [identity];
        // An empty file is one that is just being written.
        if (identity) rmSync(file, { force: true });
        return [];
      });
  }

  #socketPath() {
    const near = this.#run('db.sock');
    if (fitsSocket(near)) return near;
    return path.join(mkdtempSync(path.join(shortTmp(), 'carnet-')), 'db.sock');
  }

  #locked(work, signal) {
    return withLock(this.#run('lock'), work, { signal });
  }

  #users() {
    return this.#run('users');
  }

  #run(...names) {
    return path.join(this.#folder, 'run', ...names);
  }
}

export function fitsSocket(file) {
  return Buffer.byteLength(file) <= LONGEST_SOCKET_PATH;
}

/** mkdtemp makes its folder with mode 0700 (POSIX), so nobody else gets to the socket. */
function shortTmp() {
  return fitsSocket(path.join(os.tmpdir(), 'carnet-XXXXXX', 'db.sock')) ? os.tmpdir() : '/tmp';
}
