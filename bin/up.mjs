#!/usr/bin/env node
/*
 * Behind npm start, npm run demo, npm test and npm run bench. Imports only what Node brings until the packages are
 * installed, so that a fresh clone needs nothing but Node.
 */
import { help, readArgs } from './lib/args.mjs';
import { runBench } from './lib/bench-run.mjs';
import { stopSignal } from './lib/clean-up.mjs';
import { Interrupted, Problem } from './lib/problem.mjs';
import { serve } from './lib/serve.mjs';
import { stepsOn } from './lib/steps.mjs';
import { requireNode } from './lib/surroundings.mjs';
import { runTests } from './lib/test-run.mjs';

process.exitCode = await main(process.argv.slice(2));
// Nothing left behind by a step may keep a finished start alive.
process.exit();

async function main(args) {
  try {
    requireNode();
    const wish = readArgs(args);
    const surroundings = { ...stepsOn(process.stdout), signal: stopSignal() };
    if (wish.mode === 'help') {
      console.log(help);
      return 0;
    }
    if (wish.mode === 'test') return await runTests({ ...wish, ...surroundings });
    if (wish.mode === 'bench') return await runBench({ ...wish, ...surroundings });
    return await serve({ ...wish, ...surroundings });
  } catch (error) {
    if (error instanceof Interrupted) return 0;
    if (!(error instanceof Problem)) throw error;
    if (error.lines) console.error(error.lines);
    console.error(`\n${error.message}`);
    return 1;
  }
}
