import { Interrupted } from './problem.mjs';

const NAME_WIDTH = 10;

/**
 * Prints each step on one line: its name, what came of it, its time.
 * @param {NodeJS.WriteStream} out
 */
export function stepsOn(out) {
  /**
   * @template T
   * @param {string} name
   * @param {(note: (doing: string) => void) => Promise<[string, T]>} work answers with what the line shall say, and a value
   * @returns {Promise<T>}
   */
  async function step(name, work) {
    const startedAt = performance.now();
    const note = (doing) => pending(out, `${label(name)}${doing}…`);
    try {
      const [outcome, value] = await work(note);
      finish(out, `${label(name)}${outcome.padEnd(44)} ${seconds(startedAt)}`);
      return value;
    } catch (error) {
      const outcome = error instanceof Interrupted ? 'interrupted' : 'failed';
      finish(out, `${label(name)}${outcome.padEnd(44)} ${seconds(startedAt)}`);
      throw error;
    }
  }
  const say = (line) => finish(out, line);
  return { step, say };
}

function label(name) {
  return `${name.padEnd(NAME_WIDTH)}  `;
}

/** A terminal shows what is going on and has it replaced by the outcome; a log gets the outcome alone. */
function pending(out, line) {
  if (out.isTTY) out.write(`\r\x1b[K${line}`);
}

function finish(out, line) {
  out.write(out.isTTY ? `\r\x1b[K${line}\n` : `${line}\n`);
}

function seconds(startedAt) {
  return `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`;
}
