/** Values of a command's `--name VALUE` options. */
export type Options = Record<string, string | undefined>;

/** What stands on the command line besides options with a value. */
export interface Rest {
  /** Names of the `--flags` that were given. */
  flags: ReadonlySet<string>;
  /** The FILE of a command that takes one. */
  file: string;
}

/** It cannot be done as asked; the message is one line for the operator that says what to do. */
export class CannotBeDone extends Error {}

/** The command was called in a way it cannot be carried out; the message says how to call it. */
export class WrongUse extends CannotBeDone {}

/** @throws WrongUse without a value */
export function required(options: Options, name: string): string {
  const value = options[name]?.trim();
  if (!value) throw new WrongUse(`--${name} is missing`);
  return value;
}

/** @throws WrongUse for a value that is none of the choices */
export function oneOf<T extends string>(
  options: Options,
  name: string,
  choices: readonly T[],
  otherwise: T,
): T {
  const value = options[name];
  if (value === undefined) return otherwise;
  const choice = choices.find((one) => one === value);
  if (!choice) throw new WrongUse(`--${name} is one of ${choices.join(', ')}`);
  return choice;
}

/** A line of the command's result. What it repeats from a file can neither end the line nor steer a terminal. */
export function print(line: string): void {
  process.stdout.write(`${oneLine(line)}\n`);
}

export function oneLine(text: string): string {
  return text.replaceAll(/[^\P{Cc}\t]+/gu, ' ');
}
