import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { Problem } from './problem.mjs';
import { lastLines, run } from './processes.mjs';
import { root } from './root.mjs';

const lockFile = path.join(root, 'package-lock.json');
const nodeModules = path.join(root, 'node_modules');
const installedLock = path.join(nodeModules, '.package-lock.json');
/** The hash of the lock file we installed from: a checkout touches the lock file's time, not its content. */
const stamp = path.join(nodeModules, '.carnet-installed');

/** Installs what package-lock.json names, unless that is what is there. Two starts at once: the second waits and finds it done. */
export async function installPackages({ note, signal }) {
  if (areInstalled()) return ['up to date'];
  refuseUnwritable();
  refuseLink();
  return withLock(
    path.join(root, 'dist', '.locks', 'packages'),
    async () => {
      if (areInstalled()) return ['installed by another start'];
      note('installing, which takes a minute the first time');
      const { code, output } = await npm(['ci', '--include=dev', '--no-audit', '--no-fund'], signal);
      if (code !== 0) {
        throw new Problem(
          'The packages could not be installed (npm ci, above). Check the network and the free disk space, then start again.',
          lastLines(output, 15),
        );
      }
      writeFileSync(stamp, lockHash());
      return ['installed'];
    },
    { signal, onWait: () => note('waiting for another start that installs them') },
  );
}

function areInstalled() {
  if (!existsSync(installedLock)) return false;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash()) return true;
  // Someone ran `npm install` by hand, or an image was built: npm writes this file last.
  return statSync(installedLock).mtimeMs >= statSync(lockFile).mtimeMs;
}

function lockHash() {
  return createHash('sha256').update(readFileSync(lockFile)).digest('hex');
}

function refuseUnwritable() {
  try {
    accessSync(root, constants.W_OK);
  } catch {
    throw new Problem(
      `The packages belong in ${nodeModules}, but ${os.userInfo().username} may not write there. ` +
        'Give this folder to that user (chown -R), or start as its owner.',
    );
  }
}

/** npm ci empties the folder before it fills it: behind a link that would be another clone's. */
function refuseLink() {
  if (!lstatSync(nodeModules, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw new Problem(
    `${nodeModules} is a link to packages that do not fit package-lock.json, and installing would empty the folder it ` +
      'points to. Remove the link, then start again.',
  );
}

function npm(args, signal) {
  const env = { ...process.env, npm_config_cache: npmCache() };
  // Within `npm start` npm tells where it is; else it is the one on the PATH.
  const cli = process.env.npm_execpath;
  return cli?.endsWith('.js') && existsSync(cli)
    ? run(process.execPath, [cli, ...args], { cwd: root, env, signal })
    : run('npm', args, { cwd: root, env, signal });
}

/** npm keeps its cache in the home folder, which a service user may not have. */
function npmCache() {
  if (process.env.npm_config_cache && isWritable(process.env.npm_config_cache))
    return process.env.npm_config_cache;
  const home = os.homedir();
  if (isWritable(path.join(home, '.npm'))) return path.join(home, '.npm');
  return path.join(root, 'dist', '.npm-cache');
}

function isWritable(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
