import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type User } from '../../accounts/user.entity.js';
import { Sessions } from '../../auth/sessions.service.js';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { type ActFacts, type Actor } from '../../journal/actor.js';
import { Journal } from '../../journal/journal.service.js';

/** Ends other people's sessions, with a line in the audit log when one was open. */
@Injectable()
export class UserSessions {
  constructor(
    private readonly database: DataSource,
    private readonly sessions: Sessions,
    private readonly journal: Journal,
  ) {}

  /** @throws NotFound for somebody else's session */
  async end(actor: Actor, facts: ActFacts, user: User, publicId: Id): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      if (await this.sessions.endSession(user.id, publicId, manager))
        await this.note(manager, actor, facts, user, 1);
    });
  }

  /** @returns how many there were */
  async endAll(actor: Actor, facts: ActFacts, user: User): Promise<number> {
    return inTransaction(this.database, async (manager) => {
      const ended = await this.sessions.endAllOf(manager, user.id);
      if (ended > 0) await this.note(manager, actor, facts, user, ended);
      return ended;
    });
  }

  private async note(
    manager: Parameters<Journal['audit']>[0],
    actor: Actor,
    facts: ActFacts,
    user: User,
    sessions: number,
  ): Promise<void> {
    await this.journal.audit(manager, actor, facts, {
      ...{ action: 'users.sessions-end', targetType: 'user' },
      ...{ targetId: user.id, targetName: user.displayName, details: { sessions } },
    });
  }
}
