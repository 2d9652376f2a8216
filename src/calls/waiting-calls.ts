import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SessionCounts } from '../auth/session-counts.js';

/** Missed calls one has not seen, and voicemails one has not heard. */
export const CALLS_WAITING = 'callsWaiting';

/** What waits is counted with every page, for the navigation. */
@Injectable()
export class WaitingCalls implements OnModuleInit {
  constructor(private readonly counts: SessionCounts) {}

  onModuleInit(): void {
    this.counts.register(CALLS_WAITING, {
      from: 'calls w',
      where: 'w.userId = u.id AND w.heardAt IS NULL AND w.deletedAt IS NULL',
    });
  }
}
