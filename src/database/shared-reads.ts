/**
 * What many ask for at one moment, read once: whoever asks while it is being read shares the reading that comes next. So each
 * answer was read after it was asked for, and nothing is remembered; also for what decides what may be seen. Answers are shared: nobody
 * changes them.
 */
export class SharedReads<T> {
  private readonly underWay = new Map<string, Reading<T>>();

  of(key: string, read: () => Promise<T>): Promise<T> {
    const reading = this.underWay.get(key);
    if (!reading) return this.begin(key, read);
    reading.next ??= reading.over.then(() => this.begin(key, read));
    return reading.next;
  }

  private begin(key: string, read: () => Promise<T>): Promise<T> {
    const answer = read();
    const reading: Reading<T> = {
      // A failure is that of those who asked; the next reading is another one.
      over: answer.then(
        () => undefined,
        () => undefined,
      ),
      next: null,
    };
    this.underWay.set(key, reading);
    void reading.over.then(() => {
      if (reading.next === null) this.underWay.delete(key);
    });
    return answer;
  }
}

interface Reading<T> {
  over: Promise<void>;
  next: Promise<T> | null;
}
