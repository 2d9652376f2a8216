import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { run } from './processes.mjs';

/** @returns {string | null} the first executable file of that name on the PATH, else in the `places` named */
export function findProgram(name, places = []) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), ...places];
  return (
    folders
      .filter(path.isAbsolute)
      .map((folder) => path.join(folder, name))
      .find(isExecutable) ?? null
  );
}

export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * Installs Debian packages, without asking anybody.
 * @returns {Promise<string | null>} null when they are there, else why not, as words that fit in brackets
 */
export async function installWithApt(packages, signal) {
  if (!isDebianLike() || !findProgram('apt-get', ['/usr/bin'])) return 'not a Debian or Ubuntu machine';
  const prefix = await rootPrefix();
  if (!prefix) return 'no right to install: neither root nor sudo without a password';
  const apt = (...args) => {
    const [command, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
    return run(command, rest, { signal });
  };
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  await apt(...wait, 'update');
  const { code, output } = await apt(...wait, 'install', '-y', '--no-install-recommends', ...packages);
  return code === 0 ? null : `apt-get: ${reason(output)}`;
}

function isDebianLike() {
  try {
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** @returns {Promise<string[] | null>} what to put before a command to have it run as root; null when it cannot be */
async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = findProgram('sudo', ['/usr/bin']);
  if (!sudo) return null;
  const { code } = await run(sudo, ['-n', 'true']);
  return code === 0 ? [sudo, '-n'] : null;
}

function reason(output) {
  const errors = output.split('\n').filter((line) => line.startsWith('E: '));
  return errors[0]?.slice(3) ?? 'it failed';
}
