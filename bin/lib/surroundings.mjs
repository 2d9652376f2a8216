/* What must hold before anything is started: the version of Node, a folder to write to, a free port. */
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Problem } from './problem.mjs';
import { root } from './root.mjs';

const OLDEST_NODE = [20, 19];

/** @throws {Problem} */
export function requireNode(version = process.versions.node, platform = process.platform) {
  const [major, minor] = version.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new Problem(
      `Carnet needs Node ${OLDEST_NODE.join('.')} or newer and this is ${version}. Install a newer one (https://nodejs.org), then start again.`,
    );
  }
  if (platform === 'win32') {
    throw new Problem(
      'Carnet runs on Linux and macOS. On Windows use WSL, or containers: docker compose up (compose.yaml).',
    );
  }
}

/** @returns {string} DATA_DIR as an absolute path; made when missing, for its owner alone */
export function dataFolder(env = process.env) {
  const folder = env.DATA_DIR ? path.resolve(env.DATA_DIR) : path.join(root, '.data');
  const probe = path.join(folder, `.writable.${process.pid}`);
  try {
    const isNew = !existsSync(folder);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (isNew) chmodSync(folder, 0o700);
    writeFileSync(probe, 'x');
    rmSync(probe);
  } catch (error) {
    throw new Problem(
      `Carnet keeps its data in ${folder}, but ${whyUnwritable(error)}. ` +
        'Make that folder writable for this user, or set DATA_DIR to another one.',
    );
  }
  return folder;
}

/** @returns {{ host: string, port: number }} */
export function address(env = process.env) {
  const port = env.PORT ? Number(env.PORT) : 3000;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Problem(`PORT is "${env.PORT}"; it must be a number from 1 to 65535 (3000 when not set).`);
  }
  return { host: env.HOST || '127.0.0.1', port };
}

/** @throws {Problem} when nobody could listen there now */
export function requireFreePort({ host, port }) {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', (error) => reject(new Problem(whyNotListening(error, host, port))));
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}

function whyNotListening(error, host, port) {
  const another = `choose another port: PORT=${port < 65_535 ? port + 1 : 3000} npm start`;
  if (error.code === 'EADDRINUSE')
    return `Port ${port} is in use by another program. Stop that one, or ${another}.`;
  if (error.code === 'EACCES')
    return `This user may not listen on port ${port}. Ports from 1024 are open to everybody; ${another}.`;
  return `Nothing can listen on ${host} port ${port} (${error.code}). HOST must be an address of this machine, such as 127.0.0.1 or 0.0.0.0.`;
}

function whyUnwritable(error) {
  const user = os.userInfo().username;
  const reasons = {
    EACCES: `${user} may not write there`,
    EPERM: `${user} may not write there`,
    EROFS: 'that disk is read-only',
    ENOSPC: 'that disk is full',
    ENOTDIR: 'part of that path is a file',
    EEXIST: 'that is a file',
  };
  return reasons[error.code] ?? `it cannot be written (${error.code})`;
}
