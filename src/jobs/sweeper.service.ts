import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ENVIRONMENT } from '../config/config.module.js';
import { type Environment } from '../config/environment.js';
import { Jobs, type Task } from './jobs.service.js';

/** How often something is looked for, in seconds. */
export const every = { quarterHour: 15 * 60, hour: 60 * 60, day: 24 * 60 * 60 } as const;

/**
 * One look at what is due, for all accounts. It must bear being run twice, works in sets (a transaction each, `extend` as
 * their fence where two must not save), stops when `cancelled`, and costs next to nothing when nothing is due.
 */
export type Sweep = (task: Task) => Promise<unknown>;

/**
 * What is done again and again: the end of what is over. Each sweep is one row of `jobs` that is never done but due again
 * after its time, so that of all processes one does it, under its lease, and a turn that broke off is gone on with
 * elsewhere. Work that has a cause is a job of its own (`Jobs.enqueue`).
 */
@Injectable()
export class Sweeper implements OnApplicationBootstrap {
  private readonly seconds = new Map<string, number>();

  constructor(
    private readonly jobs: Jobs,
    private readonly database: DataSource,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  /** Says what is looked for how often; in `onModuleInit`. @param kind of job, for example `sessions.sweep` */
  register(kind: string, seconds: number, sweep: Sweep): void {
    this.jobs.handle(kind, (_: object, task) => this.run(kind, sweep, task));
    this.seconds.set(kind, seconds);
  }

  get kinds(): string[] {
    return [...this.seconds.keys()].sort();
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.environment.worker !== 'off') await this.plan();
  }

  /** Sees to it that each has a next turn: one that is waited for already keeps its time, however often a process starts. */
  async plan(): Promise<void> {
    for (const [kind, seconds] of this.seconds) await this.ask(kind, seconds);
  }

  /** The next turn comes after so many seconds, or sooner if one is waited for already. */
  async ask(kind: string, afterSeconds = 0): Promise<void> {
    await this.jobs.enqueue(this.database.manager, { kind, payload: {}, uniqueKey: kind, afterSeconds });
  }

  private async run(kind: string, sweep: Sweep, task: Task): Promise<void> {
    // After a failure again soon, whatever its time: there is always a next turn.
    let next: number = every.quarterHour;
    try {
      await sweep(task);
      next = this.seconds.get(kind) ?? next;
    } finally {
      await this.ask(kind, next);
    }
  }
}
