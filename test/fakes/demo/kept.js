/* What a stand-in of the demonstration keeps over restarts. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** @param {string} file @returns {any} null where there is none */
export function readKept(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/** @param {string} file @param {unknown} value */
export function keep(file, value) {
  writeFileSync(`${file}.new`, JSON.stringify(value), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/**
 * The port of the last time if it is free: addresses of it are known to people and connections by now.
 * @template Fake @param {(port: number) => Promise<Fake>} start @param {(number | undefined)[]} ports
 */
export async function onFirstFree(start, ports) {
  for (const port of [...ports.filter((each) => each !== undefined), 0]) {
    try {
      return await start(port);
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error('No port is free');
}
