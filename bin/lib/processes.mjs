import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from './problem.mjs';

/** @typedef {{ pid: number, born: string }} Identity a process, told apart from a later one with the same number */

/** @returns {Identity | null} null when no such process runs */
export function identify(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const born = process.platform === 'linux' ? bornOnLinux(pid) : bornElsewhere(pid);
  return born ? { pid, born } : null;
}

/** @param {Identity | null | undefined} identity */
export function isAlive(identity) {
  return Boolean(identity) && identify(identity.pid)?.born === identity.born;
}

/** Asks a process to end, and ends it by force when it has not after `patienceMs`. @returns {Promise<boolean>} true when force was needed */
export async function stopProcess(identity, { patienceMs, group = false }) {
  signalTo(identity, 'SIGTERM', false);
  const deadline = Date.now() + patienceMs;
  while (isAlive(identity)) {
    if (Date.now() > deadline) {
      signalTo(identity, 'SIGKILL', group);
      while (isAlive(identity)) await sleep(20);
      return true;
    }
    await sleep(20);
  }
  return false;
}

/**
 * Runs a program to its end and keeps what it prints.
 * @returns {Promise<{ code: number, output: string, stdout: string, stderr: string }>} `output` is both streams as they came
 */
export function run(command, args, { cwd, env = process.env, signal, stdin = 'ignore' } = {}) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new Interrupted());
    const child = spawn(command, args, { cwd, env, stdio: [stdin, 'pipe', 'pipe'] });
    const kept = { output: '', stdout: '', stderr: '' };
    const keep = (stream) => (chunk) => {
      kept[stream] += chunk;
      kept.output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', keep('stdout'));
    child.stderr.setEncoding('utf8').on('data', keep('stderr'));
    const interrupt = () => child.kill('SIGTERM');
    signal?.addEventListener('abort', interrupt);
    child.on('error', (error) => resolve({ ...kept, code: 127, output: kept.output + error.message }));
    child.on('close', (code) => {
      signal?.removeEventListener('abort', interrupt);
      if (signal?.aborted) reject(new Interrupted());
      else resolve({ ...kept, code: code ?? 1 });
    });
  });
}

/** @param {string} output @param {number} count */
export function lastLines(output, count) {
  return output.trimEnd().split('\n').slice(-count).join('\n');
}

function signalTo({ pid }, signal, group) {
  try {
    process.kill(group ? -pid : pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Start time in ticks since boot (proc(5), field 22 of stat) with the boot's own id; a zombie counts as gone. */
function bornOnLinux(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return null;
  }
}

function bornElsewhere(pid) {
  try {
    const [state, ...started] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .trim()
      .split(/\s+/);
    return state.startsWith('Z') ? null : started.join(' ');
  } catch {
    return null;
  }
}
