import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type EntitySubscriberInterface, type QueryRunner } from 'typeorm';

type Action = () => void;

/**
 * Runs something once a transaction has been committed, for example waking the worker that its job waits for.
 * Only for what may be missed: a process that dies right after the commit never runs it.
 */
@Injectable()
export class AfterCommit {
  private readonly waiting = new WeakMap<QueryRunner, Set<Action>>();

  constructor(database: DataSource) {
    const { waiting } = this;
    const subscriber: EntitySubscriberInterface = {
      afterTransactionCommit({ queryRunner }) {
        // A released savepoint is announced like a commit; the transaction around it is still open.
        if (queryRunner.isTransactionActive) return;
        const actions = waiting.get(queryRunner) ?? [];
        waiting.delete(queryRunner);
        actions.forEach((action) => action());
      },
      afterTransactionRollback({ queryRunner }) {
        if (!queryRunner.isTransactionActive) waiting.delete(queryRunner);
      },
    };
    database.subscribers.push(subscriber);
  }

  /** Runs `action` after the commit of the manager's transaction, once however often it is asked for; at once
      outside a transaction; never after a rollback. */
  do(manager: EntityManager, action: Action): void {
    const runner = manager.queryRunner;
    if (!runner?.isTransactionActive) return action();
    const actions = this.waiting.get(runner);
    if (actions) actions.add(action);
    else this.waiting.set(runner, new Set([action]));
  }
}
