import { setTimeout as wait } from 'node:timers/promises';
import { Controller, Get, Injectable, Res } from '@nestjs/common';
import { type Response } from 'express';
import { DataSource } from 'typeorm';
import { Public } from './access.js';

/** Set while the process shuts down, so that a load balancer stops sending before the last answers are given. */
@Injectable()
export class Readiness {
  stopping = false;
}

@Controller()
@Public()
export class HealthController {
  constructor(
    private readonly database: DataSource,
    private readonly readiness: Readiness,
  ) {}

  /** The process lives. */
  @Get('healthz')
  alive(): object {
    return { status: 'ok' };
  }

  /** The process can serve: not stopping, and the database answers. */
  @Get('readyz')
  async ready(@Res({ passthrough: true }) response: Response): Promise<object> {
    if (this.readiness.stopping) return unready(response, 'stopping');
    try {
      await Promise.race([this.database.query('SELECT 1'), tooLate()]);
      return { status: 'ok' };
    } catch {
      return unready(response, 'database');
    }
  }
}

/** Whoever asks waits a few seconds at most, and a database that is slower than this serves nobody. */
const ANSWER_MS = 2_000;

async function tooLate(): Promise<never> {
  await wait(ANSWER_MS, undefined, { ref: false });
  throw new Error('The database does not answer');
}

function unready(response: Response, reason: string): object {
  response.status(503);
  return { status: 'unavailable', reason };
}
