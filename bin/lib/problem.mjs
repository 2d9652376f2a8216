/** Something the person at the keyboard can put right: `message` says what happened and what to do, in one sentence or two. */
export class Problem extends Error {
  /** @param {string} message @param {string} [lines] what a tool printed, shown above the message */
  constructor(message, lines = '') {
    super(message);
    this.lines = lines;
  }
}

/** Ctrl-C or SIGTERM came while a step was at work. */
export class Interrupted extends Error {}
