/** What was started, to be ended in the opposite order whatever happens in between. */
export class CleanUp {
  #tasks = [];

  /** @param {() => unknown} task */
  add(task) {
    this.#tasks.push(task);
  }

  async run() {
    let failure;
    while (this.#tasks.length > 0) {
      try {
        await this.#tasks.pop()();
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure) throw failure;
  }
}

/**
 * @returns {AbortSignal} aborted by Ctrl-C, SIGTERM or a closed terminal. Later signals change nothing: the stopping
 * has time limits of its own, and npm passes Ctrl-C on a second time.
 */
export function stopSignal() {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => controller.abort());
  if (process.env.npm_lifecycle_event) abortWithoutParent(controller);
  return controller.signal;
}

/** npm passes SIGTERM to the shell between it and us, which ends without telling us; its death is what we can see. */
function abortWithoutParent(controller) {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && controller.abort(), 250).unref();
}
