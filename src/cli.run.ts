import { parseArgs } from 'node:util';
import { commands } from './cli.commands.js';
import { CannotBeDone, oneLine, WrongUse, type Options } from './cli.options.js';
import { UnusableSetting } from './config/environment.js';
import { DatabaseUnusable } from './database/data-source.js';
import { KeyDoesNotFit } from './database/installation.js';
import { DomainError } from './errors/domain-error.js';
import { Words } from './web/words.js';

/** One command: its results on stdout, a failure as one line on stderr. @returns the exit status, 0 or 1 */
export async function runCommand([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === 'help' || name === '--help') {
    process.stdout.write(usage());
    return 0;
  }
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : null;
    if (!command) throw new WrongUse(`There is no command ${name}; npm run carnet -- help lists them`);
    const { options, flags = [], takesFile = false } = command;
    const { values, positionals }: ReturnType<typeof parseArgs> = parseArgs({
      args,
      allowPositionals: true,
      options: Object.fromEntries([
        ...options.map((option) => [option, { type: 'string' }] as const),
        ...flags.map((flag) => [flag, { type: 'boolean' }] as const),
      ]),
    });
    if (takesFile && positionals.length !== 1) throw new WrongUse(`Name one file: ${name} ${command.usage}`);
    if (!takesFile && positionals.length > 0) throw new WrongUse(`${positionals[0]} is not known to ${name}`);
    await command.run(values as Options, {
      flags: new Set(flags.filter((flag) => values[flag] === true)),
      file: positionals[0] ?? '',
    });
    return 0;
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    return 1;
  }
}

function usage(): string {
  const lines = Object.entries(commands).map(([name, { usage: rest, does }]) => {
    const call = `  ${name} ${rest}`.trimEnd();
    return `${call}\n      ${does}`;
  });
  return `npm run carnet -- COMMAND\n\n${lines.join('\n')}\n`;
}

function sentenceOf(error: unknown): string {
  if (error instanceof DomainError) return Words.for('en').t(error.key, error.values);
  const { code, message } = error as { code?: string; message: string };
  const expected =
    error instanceof CannotBeDone ||
    error instanceof UnusableSetting ||
    error instanceof DatabaseUnusable ||
    error instanceof KeyDoesNotFit ||
    code?.startsWith('ERR_PARSE_ARGS');
  return oneLine(expected ? message : `That failed: ${message}`);
}
