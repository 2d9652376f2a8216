import { Injectable } from '@nestjs/common';
import { EventEmitter, once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { type Id } from '../database/id.js';
import { type ImportState } from './import.entities.js';

/** A larger file takes longer than anybody waits for a page. */
const SMALL_BYTES = 2 * 1024 * 1024;
/** A step of this process says when it ends; looking is for those of others. */
const FIRST_LOOK_MS = 25;
const LONGEST_PAUSE_MS = 100;
const working: readonly ImportState[] = ['uploading', 'checking', 'importing', 'undoing', 'redoing'];

/**
 * Lets the request that began a step of a small import wait for its end, so that the person sees what came of it and
 * not how far it is. Whichever process does the step, the row says when it is done.
 */
@Injectable()
export class ImportWait {
  /** Longer than this nobody waits; then the page shows the progress. */
  mostMs = 1_500;
  private readonly ends = new EventEmitter().setMaxListeners(0);

  constructor(private readonly database: DataSource) {}

  /** A step has ended in this process: whoever waits for it looks at once. */
  ended(importId: Id): void {
    this.ends.emit(importId);
  }

  async settled(importId: Id): Promise<void> {
    const until = performance.now() + this.mostMs;
    for (let pause = FIRST_LOOK_MS; performance.now() + pause < until;) {
      await this.pause(importId, pause);
      const [row] = await this.database.query<{ state: ImportState; fileBytes: number }[]>(
        'SELECT state, fileBytes FROM imports WHERE id = ?',
        [importId],
      );
      if (!row || !working.includes(row.state) || row.fileBytes > SMALL_BYTES) return;
      pause = Math.min(LONGEST_PAUSE_MS, pause * 1.5);
    }
  }
  private async pause(importId: Id, milliseconds: number): Promise<void> {
    const over = new AbortController();
    const { signal } = over;
    await Promise.race([wait(milliseconds, undefined, { signal }), once(this.ends, importId, { signal })]);
    over.abort();
  }
}
