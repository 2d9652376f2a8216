import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Photos } from '../accounts/photos.service.js';
import { Retentions } from '../accounts/retention.service.js';
import { ENVIRONMENT } from '../config/config.module.js';
import { type Environment } from '../config/environment.js';
import { Mails } from '../mail/mails.service.js';
import { Sessions } from './sessions.service.js';
import { Throttle } from './throttle.service.js';

const everyMs = 15 * 60 * 1000;

/**
 * Takes away, in processes that work, the rows of what has ended: sessions, counts of tries, old mails and photos, and
 * what companies keep for a shorter time.
 */
@Injectable()
export class Sweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Sweeper');
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sessions: Sessions,
    private readonly throttle: Throttle,
    private readonly mails: Mails,
    private readonly photos: Photos,
    private readonly retentions: Retentions,
    private readonly database: DataSource,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  onApplicationBootstrap(): void {
    if (this.environment.worker === 'off') return;
    this.timer = setInterval(() => {
      // Rows that stay a while longer do no harm: what has ended is never read as if it had not.
      this.sweep().catch((error: unknown) => this.logger.warn(error));
    }, everyMs);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  async sweep(): Promise<void> {
    await this.sessions.sweep();
    await this.throttle.sweep();
    await this.mails.sweep(this.database.manager);
    await this.photos.sweep();
    await this.retentions.sweep();
  }
}
