import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { commands, WrongUse, type Options } from './cli.commands.js';
import { UnusableSetting } from './config/environment.js';
import { DatabaseUnusable } from './database/data-source.js';
import { KeyDoesNotFit } from './database/installation.js';
import { DomainError } from './errors/domain-error.js';
import { Words } from './web/words.js';

/**
 * The operator's tool, behind `npm run carnet -- COMMAND …`: one command, exit status 0 or 1, results on stdout,
 * a failure as one line on stderr.
 */
process.exitCode = await run(process.argv.slice(2));

async function run([name, ...args]: string[]): Promise<number> {
  const command = commands[name ?? ''];
  if (!command) {
    const wanted = name === undefined || name === 'help' || name === '--help';
    (wanted ? process.stdout : process.stderr).write(
      wanted ? usage() : `There is no command ${name}\n${usage()}`,
    );
    return wanted ? 0 : 1;
  }
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: Object.fromEntries(command.options.map((option) => [option, { type: 'string' as const }])),
    });
    await command.run(values as Options, positionals);
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
    error instanceof WrongUse ||
    error instanceof UnusableSetting ||
    error instanceof DatabaseUnusable ||
    error instanceof KeyDoesNotFit ||
    code?.startsWith('ERR_PARSE_ARGS');
  return (expected ? message : `That failed: ${message}`).replaceAll('\n', ' ');
}
