/* npm test: checks, then jest with a database and a browser; ends with `N passed, N failed`. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from './build.mjs';
import { findOrInstallChromium } from './chromium.mjs';
import { CleanUp } from './clean-up.mjs';
import { installPackages } from './packages.mjs';
import { Interrupted } from './problem.mjs';
import { identify, run, stopProcess } from './processes.mjs';
import { root } from './root.mjs';
import { emptyTally, sum, summary, unrun } from './tally.mjs';
import { browserSpecsOf, writeGroups } from './test-groups.mjs';
import { openThrowawayDatabase } from './throwaway-database.mjs';

/** A test that hangs must not hold a build machine for ever. */
const LIMIT_MS = 20 * 60_000;
const LIMIT_ALL_PAGES_MS = 60 * 60_000;
/** What jest may take to end after its last test. Longer means that a test left something open. */
const END_MS = 20_000;
/** Where specs are grouped, below the root. */
const GROUPS = '.test/groups';

const bin = (name, file) => path.join(root, 'node_modules', name, file);

/** @returns {Promise<number>} the exit status */
export async function runTests({ pages, jest: patterns, step, say, signal }) {
  const cleanUp = new CleanUp();
  let tally = emptyTally();
  const count = (part) => (tally = sum(tally, part));
  try {
    await step('Packages', (note) => installPackages({ note, signal }));
    const quick = patterns.length > 0;
    const steps = quick ? [] : checks.map((check) => () => runCheck(check, { step, say, signal }));
    const compile = () => attempt('build', () => step('Build', (note) => build({ note, signal })), say);
    (await twoAtATime([...steps, async () => (await compile()).tally])).forEach(count);
    const database = await attempt('database', () => openDatabase({ step, signal, cleanUp }), say);
    count(database.tally);
    const browser = await step('Browser', async (note) => {
      const found = await findOrInstallChromium({ note, signal });
      return [found.program ?? 'none', found];
    });
    if (browser.missing) count(withoutBrowser(browser.missing));

    const projects = ['unit'];
    if (database.ok) projects.push('application', ...(browser.program ? ['browser'] : []));
    const env = {
      ...process.env,
      NODE_ENV: 'test',
      ...(database.ok && { TEST_DATABASE_URL: database.value }),
      ...(browser.program && { CHROMIUM_PATH: browser.program }),
      ...(pages && { TEST_PAGES: 'all' }),
      ...(!quick && { TEST_GROUPS: GROUPS }),
    };
    const files = quick ? [] : [...writeGroups(root, path.join(root, GROUPS)), ...browserSpecsOf(root)];
    const expected = files.filter((file) => projects.includes(projectOf(file)));
    say('');
    const limitMs = pages ? LIMIT_ALL_PAGES_MS : LIMIT_MS;
    count(await runJest({ projects, patterns, expected, env, limitMs, signal }));
    return tally.failed > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    count({ ...emptyTally(), failed: 1, failures: ['interrupted'] });
    return 130;
  } finally {
    await cleanUp.run();
    say(`\n${summary(tally)}`);
  }
}

/** Each keeps one core busy; the longest first. */
const checks = [
  { name: 'ESLint', args: [bin('eslint', 'bin/eslint.js'), '.'] },
  { name: 'Types', args: [bin('typescript', 'bin/tsc'), '-p', 'tsconfig.test.json', '--noEmit'] },
  { name: 'Prettier', args: [bin('prettier', 'bin/prettier.cjs'), '--check', '.'] },
];

async function runCheck({ name, args }, { step, say, signal }) {
  const { code, output } = await step(name, async (note) => {
    note('checking');
    const result = await run(process.execPath, args, { cwd: root, signal });
    return [result.code === 0 ? 'passed' : 'failed', result];
  });
  if (code === 0) return { ...emptyTally(), passed: 1 };
  say(output.trimEnd());
  return failure(name);
}

/** @template T @param {(() => Promise<T>)[]} tasks begun in this order @returns {Promise<T[]>} as they ended */
async function twoAtATime(tasks) {
  const waiting = [...tasks];
  const results = [];
  const lane = async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) results.push(await task());
  };
  await Promise.all([lane(), lane()]);
  return results;
}

/** A step that fails is a failure among others: what can be run without it still is. */
async function attempt(name, work, say) {
  try {
    return { ok: true, value: await work(), tally: emptyTally() };
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    if (error.lines) say(error.lines);
    say(error.message);
    return { ok: false, value: null, tally: failure(name) };
  }
}

function openDatabase({ step, signal, cleanUp }) {
  return step('Database', async (note) => {
    const database = await openThrowawayDatabase('test', { note, signal });
    cleanUp.add(() => database.close());
    return [database.outcome, database.url];
  });
}

/** On a build machine nobody reads "skipped", so there it is a failure. */
function withoutBrowser(reason) {
  const line = `browser tests: ${reason}`;
  return process.env.CI ? failure(line) : { ...emptyTally(), skipped: [line] };
}

/** `.test/groups/unit/…`, else a spec for a browser. */
function projectOf(file) {
  return file.startsWith(`${GROUPS}/`) ? file.slice(GROUPS.length + 1).split('/')[0] : 'browser';
}

/** @param {{ expected: string[] }} run test files that have to run */
async function runJest({ projects, patterns, expected, env, limitMs, signal }) {
  mkdirSync(path.join(root, '.test'), { recursive: true });
  const tallyFile = path.join(root, '.test', `tally-${process.pid}.json`);
  const child = spawn(
    process.execPath,
    [
      bin('jest', 'bin/jest.js'),
      '--passWithNoTests',
      '--reporters=default',
      `--reporters=${path.join(root, 'test', 'support', 'tally-reporter.mjs')}`,
      '--selectProjects',
      ...projects,
      ...(patterns.length > 0 ? ['--testPathPatterns', ...patterns] : []),
    ],
    {
      cwd: root,
      env: { ...env, TALLY_FILE: tallyFile },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    },
  );
  const identity = identify(child.pid);
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const over = new AbortController();
  const code = await Promise.race([ended, tooLong(tallyFile, limitMs, over.signal), aborted(signal)]);
  over.abort();
  if (typeof code !== 'number') await stopProcess(identity, { patienceMs: 5000, group: true });
  const tally = readTally(tallyFile) ?? { ...emptyTally(), files: [], complete: false };
  rmSync(tallyFile, { force: true });
  if (signal.aborted) throw new Interrupted();
  const { complete, files, ...results } = tally;
  const counted = sum(results, unrun(expected, files));
  if (typeof code !== 'number') return sum(counted, failure(code.why));
  return code !== 0 && (!complete || counted.failed === 0)
    ? sum(counted, failure(`jest ended with status ${code}`))
    : counted;
}

/** @returns {Promise<{ why: string }>} resolves when jest runs too long, or does not end after its last test */
async function tooLong(tallyFile, limitMs, signal) {
  const deadline = Date.now() + limitMs;
  let completeAt = null;
  try {
    for (;;) {
      await sleep(500, undefined, { signal });
      if (Date.now() > deadline) return { why: `the tests took longer than ${limitMs / 60_000} minutes` };
      if (readTally(tallyFile)?.complete) completeAt ??= Date.now();
      if (completeAt && Date.now() - completeAt > END_MS) {
        return { why: 'jest did not end after the last test: something a test opened was not closed' };
      }
    }
  } catch {
    return { why: 'no longer watched' };
  }
}

function aborted(signal) {
  if (signal.aborted) return Promise.resolve({ why: 'interrupted' });
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve({ why: 'interrupted' }), { once: true }),
  );
}

function readTally(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function failure(line) {
  return { ...emptyTally(), failed: 1, failures: [line] };
}
