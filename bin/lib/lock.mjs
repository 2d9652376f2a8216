import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from './problem.mjs';
import { identify, isAlive } from './processes.mjs';

/**
 * Runs `work` while no other process holds the lock `file`. A holder that died (kill -9) holds nothing.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {{ signal?: AbortSignal, onWait?: (holderPid: number) => void }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(file, work, { signal, onWait } = {}) {
  mkdirSync(path.dirname(file), { recursive: true });
  let waited = false;
  while (!take(file)) {
    if (signal?.aborted) throw new Interrupted();
    const holder = readIdentity(file);
    if (holder && !isAlive(holder)) clearStale(file);
    else if (holder && !waited) {
      waited = true;
      onWait?.(holder.pid);
    }
    await sleep(50);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** @returns {import('./processes.mjs').Identity | null} */
export function readIdentity(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** The file appears whole or not at all: written aside, then linked to its name, which fails when the name is taken. */
function take(file) {
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, JSON.stringify(identify(process.pid)));
  try {
    linkSync(aside, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Only one process at a time removes a dead holder's lock, so that nobody removes the lock that came after it. */
function clearStale(file) {
  const clearing = `${file}.clearing`;
  if (!take(clearing)) {
    if (!isAlive(readIdentity(clearing))) rmSync(clearing, { force: true });
    return;
  }
  try {
    if (!isAlive(readIdentity(file))) rmSync(file, { force: true });
  } finally {
    rmSync(clearing, { force: true });
  }
}
