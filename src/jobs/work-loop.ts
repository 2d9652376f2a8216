import { Logger } from '@nestjs/common';
import { isConnectionLoss } from '../database/transaction.js';

const IDLE_MS = 1_000;
const BACK_OFF_MS = [250, 500, 1_000, 2_000, 3_000];

/**
 * Looks for work again and again: at once when woken or while there is more, else every second. A turn that fails
 * (the database is gone) is repeated with growing pauses, at most three seconds, until it works again.
 */
export class WorkLoop {
  private readonly logger: Logger;
  private running: Promise<void> | null = null;
  private stopping = false;
  private woken = false;
  private endPause: (() => void) | null = null;

  /** @param turn one look; true when there may be more to do now */
  constructor(
    name: string,
    private readonly turn: () => Promise<boolean>,
  ) {
    this.logger = new Logger(name);
  }

  start(): void {
    this.stopping = false;
    this.running ??= this.run();
  }

  /** There is new work: look now. */
  wake(): void {
    this.woken = true;
    this.endPause?.();
  }

  /** @returns once the turn under way has ended */
  async stop(): Promise<void> {
    this.stopping = true;
    this.endPause?.();
    await this.running;
    this.running = null;
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.stopping) {
      this.woken = false;
      let pause: number;
      try {
        pause = (await this.turn()) ? 0 : IDLE_MS;
        if (failures > 0) this.logger.warn('Working again');
        failures = 0;
      } catch (error) {
        pause = BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)] ?? IDLE_MS;
        if (failures++ === 0) this.report(error);
      }
      // After a failure the pause is kept: what woke us cannot be done yet.
      if (pause > 0 && (failures > 0 || !this.woken)) await this.pause(pause);
    }
  }

  private async pause(milliseconds: number): Promise<void> {
    if (this.stopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.endPause = null;
  }

  private report(error: unknown): void {
    if (isConnectionLoss(error)) this.logger.warn('The database does not answer; trying again until it does');
    else this.logger.error(error);
  }
}
