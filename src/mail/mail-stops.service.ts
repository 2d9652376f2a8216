import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Stoppable } from './mail-content.js';
import { MailRefusals } from './mail-refusals.service.js';
import { type Stopped } from './stop-links.js';

/** One kind of mail that its receiver can stop; `subject` as in `Stopped`. Each act may come twice. */
export interface MailStop {
  isStopped(subject: string): Promise<boolean>;
  stop(subject: string): Promise<void>;
  /** As far as it can be taken back by whoever holds the link. */
  resume(subject: string): Promise<void>;
}

/** What stops when somebody says that they want no more of a mail: whoever sends such mails says how. */
@Injectable()
export class MailStops {
  private readonly stops = new Map<Stoppable, MailStop>();

  constructor(database: DataSource, refusals: MailRefusals) {
    this.handle('invitations', {
      isStopped: async (hash) => (await refusals.among(database.manager, [hash])).has(hash),
      stop: (hash) => refusals.refuse(database.manager, hash),
      resume: (hash) => refusals.allow(database.manager, hash),
    });
  }

  /** In `onModuleInit`, by the module whose mails they are. */
  handle(what: Stoppable, stop: MailStop): void {
    this.stops.set(what, stop);
  }

  isStopped({ what, subject }: Stopped): Promise<boolean> {
    return this.of(what).isStopped(subject);
  }

  stop({ what, subject }: Stopped): Promise<void> {
    return this.of(what).stop(subject);
  }

  resume({ what, subject }: Stopped): Promise<void> {
    return this.of(what).resume(subject);
  }

  private of(what: Stoppable): MailStop {
    const stop = this.stops.get(what);
    if (!stop) throw new Error(`Nobody stops ${what}`);
    return stop;
  }
}
