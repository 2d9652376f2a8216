import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../config/limits.js';
import { type Id } from '../database/id.js';
import { inTransaction } from '../database/transaction.js';
import { Forbidden, NotFound } from '../errors/domain-error.js';
import { accountsWithDue } from '../jobs/due-accounts.js';
import { type Task } from '../jobs/jobs.service.js';
import { every, Sweeper } from '../jobs/sweeper.service.js';
import { noFacts, operator, type ActFacts, type Actor } from '../journal/actor.js';
import { Journal } from '../journal/journal.service.js';
import { moveCounters } from './counters.service.js';
import { emptyWhatIsSaid, takeAwayWhatIsTheirs } from './erasure-final.js';
import { AccountEvents } from './events.js';
import { type Status } from './user.entity.js';

export const FINISH = 'people.erase-finally';

/** People of one transaction: each takes rows of a dozen tables with it. */
const AT_ONCE = 200;
/** Sets of one account before the next has its turn. */
const SETS = 25;

interface Gone {
  id: Id;
  photoHash: string | null;
  status: Status;
  liveKey: number | null;
}

/**
 * The end of the 30 days: erased people, cancelled invitations and people of undone imports go for good. In sets, a
 * transaction each, so that a process may end at any moment and the next goes on with who is left.
 */
@Injectable()
export class Erasures implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly sweeper: Sweeper,
    private readonly journal: Journal,
    private readonly events: AccountEvents,
  ) {}

  onModuleInit(): void {
    this.sweeper.register(FINISH, every.hour, (task) => this.finishAll(task));
  }

  /** Erases one person for good before the 30 days are over. @throws Forbidden unless an owner does it, NotFound */
  async finishNow(actor: Actor, facts: ActFacts, userId: Id): Promise<void> {
    if (actor.role !== 'owner') throw new Forbidden('accounts.erase-final-by-owner');
    const erased = await inTransaction(this.database, (manager) =>
      this.finishSet(manager, actor, facts, [userId], null),
    );
    if (erased === 0) throw new NotFound('accounts.user-not-found');
  }

  private async finishAll(task: Task): Promise<void> {
    for (;;) {
      const due = { table: 'users', column: 'deletedAt', over: OVER, most: 100 };
      const accounts = await accountsWithDue(this.database, due);
      for (const accountId of accounts) {
        for (let set = 0; set < SETS && (await this.finishSome(accountId, task)) > 0; set++);
      }
      if (accounts.length === 0) return;
    }
  }

  private async finishSome(accountId: Id, task: Task): Promise<number> {
    task.cancelled.throwIfAborted();
    const due = await this.database.query<{ id: Id }[]>(
      `SELECT id FROM users WHERE accountId = ? AND deletedAt < ${OVER} ORDER BY deletedAt LIMIT ${AT_ONCE}`,
      [accountId],
    );
    if (due.length === 0) return 0;
    return inTransaction(this.database, async (manager) => {
      await task.extend(manager);
      const ids = due.map(({ id }) => id);
      return this.finishSet(manager, operator(accountId), noFacts, ids, OVER);
    });
  }

  /**
   * One set in one transaction; whoever was restored meanwhile is no longer found.
   * @param before SQL of the moment they must have been erased before; null: whenever
   * @returns how many there were
   */
  private async finishSet(
    manager: EntityManager,
    actor: Actor,
    facts: ActFacts,
    userIds: readonly Id[],
    before: string | null,
  ): Promise<number> {
    const { accountId } = actor;
    const people = await manager.query<Gone[]>(
      `SELECT id, photoHash, status, liveKey FROM users
       WHERE id IN (?) AND accountId = ? AND (status = 'erased' OR liveKey IS NULL)
         ${before === null ? '' : `AND deletedAt < ${before}`} ORDER BY id FOR UPDATE`,
      [userIds, accountId],
    );
    if (people.length === 0) return 0;
    const ids = people.map(({ id }) => id);
    await this.events.erased.tell({ manager, accountId, userIds: ids });
    await takeAwayWhatIsTheirs(manager, accountId, people);
    await emptyWhatIsSaid(manager, accountId, ids);
    await manager.query('DELETE FROM users WHERE id IN (?) AND accountId = ?', [ids, accountId]);
    // Invitations that were cancelled, and imports that were undone, are out of the counters since.
    const counted = people.filter(({ status, liveKey }) => status === 'erased' && liveKey !== null);
    if (counted.length > 0) {
      await this.journal.audit(manager, actor, facts, {
        ...{ action: 'users.erase-final', targetType: 'user' },
        ...(counted.length === 1 ? { targetId: counted[0]?.id } : {}),
        details: { people: counted.length },
      });
    }
    await moveCounters(manager, accountId, { from: 'erased', people: counted.length });
    return people.length;
  }
}

const OVER = `DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${limits.restoreDays} DAY)`;
