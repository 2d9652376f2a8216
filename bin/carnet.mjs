#!/usr/bin/env node
/*
 * Behind `npm run carnet -- COMMAND…`: finds or starts the database, then hands over to the application's own
 * command line. What the launcher has to say goes to stderr, so that a command's output can be read by a program.
 */
import { spawn } from 'node:child_process';
import { cliFile, openDatabase } from './lib/application.mjs';
import { build } from './lib/build.mjs';
import { CleanUp, stopSignal } from './lib/clean-up.mjs';
import { installPackages } from './lib/packages.mjs';
import { Interrupted, Problem } from './lib/problem.mjs';
import { stepsOn } from './lib/steps.mjs';
import { dataFolder, requireNode } from './lib/surroundings.mjs';

process.exitCode = await main(process.argv.slice(2));
process.exit();

async function main(args) {
  const cleanUp = new CleanUp();
  try {
    requireNode();
    const signal = stopSignal();
    const { step } = stepsOn(process.stderr);
    const dataDir = dataFolder();
    await step('Packages', (note) => installPackages({ note, signal }));
    const { url } = await openDatabase({ dataDir, step, signal, cleanUp });
    await step('Build', (note) => build({ note, signal }));
    return await runCommand(args, { ...process.env, DATA_DIR: dataDir, DATABASE_URL: url }, signal);
  } catch (error) {
    if (!(error instanceof Problem || error instanceof Interrupted)) throw error;
    if (error.lines) console.error(error.lines);
    console.error(error.message || 'Interrupted');
    return 1;
  } finally {
    await cleanUp.run();
  }
}

/** A file named on the command line is meant from where the person stands, which npm keeps in INIT_CWD. */
function runCommand(args, env, signal) {
  const child = spawn(process.execPath, ['--enable-source-maps', cliFile, ...args], {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    env,
    stdio: 'inherit',
  });
  signal.addEventListener('abort', () => child.kill('SIGTERM'));
  return new Promise((resolve) => child.once('exit', (code) => resolve(code === 0 ? 0 : 1)));
}
