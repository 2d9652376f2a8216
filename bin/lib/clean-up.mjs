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

/** @returns {AbortSignal} aborted by Ctrl-C, SIGTERM or a closed terminal; later signals change nothing, the stopping has limits of its own */
export function stopSignal() {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => controller.abort());
  return controller.signal;
}
