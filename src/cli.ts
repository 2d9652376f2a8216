import 'reflect-metadata';
import { runCommand } from './cli.run.js';
import { log } from './web/log.js';

/** The operator's tool, behind `npm run carnet -- COMMAND …`. */
// The log goes to stdout, which is the command's result here.
log.level = 'silent';
process.exitCode = await runCommand(process.argv.slice(2));
