import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type WholeContact } from '../../contact-card/contact-fields.js';
import { inTransaction } from '../../database/transaction.js';
import { Jobs, type Task } from '../../jobs/jobs.service.js';
import { Notifications } from '../../notifications/notifications.service.js';
import { Connection } from '../connection.entities.js';
import { KEEP_COPY, type ConnectionOwner, type KeepCopy } from './connections.service.js';
import { copiesOf } from './copied-contact.js';
import { providerNames } from './provider-names.js';

export interface KeptCopy extends Omit<WholeContact, 'photoHash'> {
  starred: boolean;
}

export interface KeptCopyOutcome {
  added: number;
  /** They have them already. */
  already: number;
  /** There was no room. */
  left: number;
  /** Where the copies are, a local path. */
  href: string;
}

/** Where copies of cloud contacts go: personal contacts, which this module does not know. */
export interface KeptCopyTaker {
  /** How many more one may have. */
  room(owner: ConnectionOwner): Promise<number>;
  /** In the transaction of `manager`, all or nothing. @param groupName what they are kept under */
  take(
    manager: EntityManager,
    owner: ConnectionOwner,
    groupName: string,
    sets: AsyncIterable<readonly KeptCopy[]>,
  ): Promise<KeptCopyOutcome>;
}

/** Copies what an ended connection held to the personal contacts of its owner, where they chose that. */
@Injectable()
export class KeptCopies implements OnModuleInit {
  private taker: KeptCopyTaker | null = null;

  constructor(
    private readonly database: DataSource,
    private readonly jobs: Jobs,
    private readonly notifications: Notifications,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<KeepCopy>(KEEP_COPY, (wanted, task) => this.copy(wanted, task));
  }

  /** Once, by the module that reads across features. */
  goTo(taker: KeptCopyTaker): void {
    this.taker = taker;
  }

  room(owner: ConnectionOwner): Promise<number> {
    return this.taker ? this.taker.room(owner) : Promise.resolve(0);
  }

  /** In one transaction with its news: done again after a crash, it finds all or nothing. */
  private async copy({ connectionId, userId, accountId, endedAt }: KeepCopy, task: Task): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      await task.extend(manager);
      const connection = await manager.findOneBy(Connection, { id: connectionId, userId, accountId });
      // Connected again since: the contacts are where they were.
      if (connection?.state !== 'ended' || connection.endedAt?.toISOString() !== endedAt || !this.taker)
        return;
      const { provider, accountName } = connection;
      const name = `${providerNames[provider]} – ${accountName}`.slice(0, 255);
      const sets = copiesOf(manager, connection, () => task.extend(manager));
      const owner = { id: userId, accountId };
      const { href, ...counts } = await this.taker.take(manager, owner, name, sets);
      await this.notifications.tell(manager, [
        {
          ...{ accountId, userId, kind: 'connection-copied', href },
          values: { provider, account: accountName, ...counts },
          onceKey: `connection-copied:${connectionId}:${Date.parse(endedAt)}`,
        },
      ]);
    });
  }
}
