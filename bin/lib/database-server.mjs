/*
 * The database program itself: finding it, installing it, making a data folder, starting it. Knows MariaDB and
 * MySQL 8; nothing of who uses the database (private-database.mjs).
 */
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted, Problem } from './problem.mjs';
import { identify, isAlive, run } from './processes.mjs';
import { findProgram, installWithApt } from './system-packages.mjs';

const usualPlaces = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/libexec',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/opt/homebrew/opt/mysql/bin',
  '/usr/local/bin',
  '/usr/local/opt/mariadb/bin',
  '/usr/local/opt/mysql/bin',
  '/usr/local/mysql/bin',
];

/** @typedef {{ program: string, kind: 'MariaDB' | 'MySQL', version: string, installer: string | null }} Server */

/** Finds MariaDB or MySQL on this machine, or installs MariaDB where that can be done unasked. @returns {Promise<Server>} */
export async function findOrInstallServer({ note, signal, kind = null }) {
  const found = await findServer(kind);
  if (found) return found;
  note('installing MariaDB');
  // These two have no service: nothing runs on port 3306 afterwards. Without the client part a data folder cannot be made.
  const refusal = await installWithApt(['mariadb-server-core', 'mariadb-client-core'], signal);
  const installed = refusal ? null : await findServer(kind);
  if (installed) return installed;
  const why =
    refusal ?? (kind ? `the data here is ${kind}'s, which the package is not` : 'not found afterwards');
  throw new Problem(
    `There is no ${kind ?? 'MariaDB'} on this machine and it could not be installed (${why}). ` +
      'Install it (Debian: mariadb-server-core and mariadb-client-core; macOS: brew install mariadb), ' +
      'or set DATABASE_URL, or run it all in containers: docker compose up (compose.yaml).',
  );
}

/** @returns {Promise<Server | null>} */
async function findServer(kind) {
  for (const name of ['mariadbd', 'mysqld']) {
    const program = findProgram(name, usualPlaces);
    if (!program) continue;
    const { output } = await run(program, ['--no-defaults', '--version']);
    const found = /mariadb/i.test(output) ? 'MariaDB' : 'MySQL';
    const version = /Ver (\d+\.\d+\.\d+)/.exec(output)?.[1];
    if (!version || (kind && kind !== found)) continue;
    if (found === 'MySQL') return { program, kind: found, version, installer: null };
    const places = [path.dirname(program), ...usualPlaces];
    const installer = findProgram('mariadb-install-db', places) ?? findProgram('mysql_install_db', places);
    if (installer) return { program, kind: found, version, installer };
  }
  return null;
}

/** Which program made a data folder: the other one cannot read it. @returns {'MariaDB' | 'MySQL' | null} */
export function kindOfData(dataFolder) {
  if (existsSync(path.join(dataFolder, 'aria_log_control'))) return 'MariaDB';
  if (existsSync(path.join(dataFolder, 'mysql.ibd'))) return 'MySQL';
  return null;
}

/** Makes an empty data folder beside its final name and moves it there when complete. */
export async function createData(server, dataFolder, signal) {
  const parent = path.dirname(dataFolder);
  const name = `${path.basename(dataFolder)}.new`;
  const fresh = path.join(parent, name);
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  // Relative, from inside the parent: MariaDB's script breaks on a path with spaces.
  const { code, output } =
    server.kind === 'MariaDB'
      ? await run(
          server.installer,
          [
            '--no-defaults',
            `--datadir=./${name}`,
            '--auth-root-authentication-method=normal',
            '--skip-test-db',
            '--skip-name-resolve',
            ...asRoot(),
          ],
          { cwd: parent, signal },
        )
      : await run(
          server.program,
          ['--no-defaults', '--initialize-insecure', `--datadir=${fresh}`, ...asRoot()],
          {
            cwd: parent,
            signal,
          },
        );
  if (code !== 0) {
    throw new Problem(
      `${server.kind} could not make its data folder in ${parent}; it says why above.`,
      errorLines(output),
    );
  }
  renameSync(fresh, dataFolder);
}

/**
 * Starts the server on a data folder; the socket is its only door. `settings`: `data` keeps every acknowledged
 * commit through a crash; `test` does not and is quicker.
 * @returns {Promise<import('./processes.mjs').Identity>}
 */
export async function startServer(server, { dataFolder, runFolder, socket, settings, onSpawn, signal }) {
  const log = path.join(runFolder, 'database.log');
  const initFile = path.join(runFolder, 'database.sql');
  writeFileSync(
    initFile,
    'CREATE DATABASE IF NOT EXISTS carnet CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;\n',
  );
  writeFileSync(log, '');
  // Of its own: a server that starts clears its folder of temporary tables, those of others in a shared one as well.
  const temporary = path.join(runFolder, 'tmp');
  mkdirSync(temporary, { recursive: true, mode: 0o700 });
  rmSync(socket, { force: true });
  const output = openSync(log, 'a', 0o600);
  const child = spawn(
    server.program,
    [
      '--no-defaults',
      `--datadir=${dataFolder}`,
      `--socket=${socket}`,
      `--tmpdir=${temporary}`,
      `--pid-file=${path.join(runFolder, 'database.pid')}`,
      `--init-file=${initFile}`,
      '--skip-networking',
      '--skip-name-resolve',
      '--performance-schema=OFF',
      '--character-set-server=utf8mb4',
      '--collation-server=utf8mb4_unicode_ci',
      '--default-time-zone=+00:00',
      '--max-connections=60',
      '--sql-mode=ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
      ...tuning(server.kind, settings),
      ...asRoot(),
    ],
    // Its own process group: Ctrl-C in the terminal is for the launcher, which stops the server before the database.
    { cwd: runFolder, stdio: ['ignore', output, output], detached: true },
  );
  closeSync(output);
  child.on('error', () => {});
  child.unref();
  const identity = identify(child.pid ?? 0);
  if (identity) onSpawn(identity);
  const deadline = Date.now() + 120_000;
  while (!(await answers(socket))) {
    if (signal?.aborted) throw new Interrupted();
    if (!isAlive(identity) || Date.now() > deadline)
      throw new Problem(startFailure(server, log), tellingLines(log));
    await sleep(20);
  }
  return identity;
}

/** Whether a database greets on this socket: its first packet is a handshake (protocol version 10), not an error. */
export function answers(socket) {
  return new Promise((resolve) => {
    const connection = net.connect(socket);
    const end = (answer) => {
      connection.destroy();
      resolve(answer);
    };
    connection.setTimeout(2000, () => end(false));
    connection.once('error', () => end(false));
    connection.once('data', (packet) => end(packet[4] === 10));
    connection.once('end', () => end(false));
  });
}

function tuning(kind, settings) {
  const own = kind === 'MySQL' ? ['--skip-log-bin', '--mysqlx=OFF'] : [];
  const redoLog = (size) =>
    kind === 'MySQL' ? `--loose-innodb-redo-log-capacity=${size}` : `--innodb-log-file-size=${size}`;
  if (settings === 'data') {
    return [...own, '--innodb-flush-log-at-trx-commit=1', '--innodb-buffer-pool-size=128M', redoLog('48M')];
  }
  return [
    ...own,
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-flush-method=nosync',
    '--innodb-doublewrite=0',
    '--innodb-buffer-pool-size=64M',
    redoLog('16M'),
  ];
}

/** Both programs refuse to run as root unless told to. */
function asRoot() {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

function startFailure(server, log) {
  const text = readFileSync(log, 'utf8');
  if (/No space left|Disk full|errno: 28/i.test(text))
    return 'The disk is full: the database cannot start. Free some space, then start again.';
  if (/Unable to lock/i.test(text))
    return 'Another database process holds the data folder. Stop it, then start again.';
  return `${server.kind} ${server.version} does not start; it says why above (all of it in ${log}).`;
}

function tellingLines(log) {
  return errorLines(readFileSync(log, 'utf8'));
}

/** MariaDB and MySQL follow a failure with pages of advice; the reason is in the lines marked as errors. */
function errorLines(output) {
  const lines = output.trimEnd().split('\n');
  const errors = lines.filter((line) => /\[ERROR\]|^ERROR|^FATAL|cannot |errno/i.test(line));
  return (errors.length > 0 ? errors : lines).slice(-8).join('\n');
}
