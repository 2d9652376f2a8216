import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccountEvents, type PersonMoved } from '../accounts/events.js';
import { lockPeople } from '../accounts/people-rows.js';
import { PersonalAccounts } from '../accounts/personal-accounts.service.js';
import { User } from '../accounts/user.entity.js';
import { inTransaction } from '../database/transaction.js';
import { Conflict } from '../errors/domain-error.js';
import { Jobs, type Task } from '../jobs/jobs.service.js';
import { Activations, type Invitation } from './activation.service.js';
import { type Person } from './passport.js';
import { Passwords } from './passwords.service.js';

const LOOK_AGAIN = 'people.moved';
/** After this no request is under way any more that began before the move. */
const LOOK_AGAIN_SECONDS = 120;

type Move = Omit<PersonMoved, 'manager'>;

/**
 * From an account of one's own to a company that invited the same address: what was kept comes along, and the account
 * closes. One transaction, so that whatever happens in the middle leaves all or nothing.
 */
@Injectable()
export class Movings implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly activations: Activations,
    private readonly personal: PersonalAccounts,
    private readonly passwords: Passwords,
    private readonly events: AccountEvents,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<Move>(LOOK_AGAIN, (move, task) => this.lookAgain(move, task));
  }

  /**
   * Makes the invited person active with the password and everything of the personal account.
   * @param owner of the personal account, who has proved it
   * @throws Gone when the invitation was used or withdrawn meanwhile; Conflict (`account-moving.not-any-more`) when the
   *   account is not open or has another address by now, (`account-moving.import-runs`) while a file is read or written
   */
  async move(invitation: Invitation, owner: Person): Promise<Person> {
    const { id, accountId, email } = invitation.person;
    const from = { accountId: owner.accountId, userId: owner.id };
    const to = { accountId, userId: id };
    await inTransaction(this.database, async (manager) => {
      await this.activations.begin(manager, invitation);
      const user = await this.lock(manager, owner);
      const { affectedRows } = await manager.query<{ affectedRows: number }>(
        'UPDATE sign_in_addresses SET accountId = ?, userId = ? WHERE address = ? AND userId = ?',
        [accountId, id, email, owner.id],
      );
      const [credential] = await manager.query<{ secret: string }[]>(
        `SELECT secret FROM credentials WHERE userId = ? AND kind = 'password'`,
        [owner.id],
      );
      if (affectedRows !== 1 || !credential) throw new Conflict('account-moving.not-any-more');
      await bringSettings(manager, user, to);
      await this.bring(manager, { from, to });
      await this.activations.finish(manager, invitation, credential.secret);
      await this.personal.leave(manager, user);
      await this.jobs.enqueue(manager, {
        ...{ kind: LOOK_AGAIN, accountId, payload: { from, to }, afterSeconds: LOOK_AGAIN_SECONDS },
      });
    });
    return { id, accountId };
  }

  private async lock(manager: EntityManager, { id, accountId }: Person): Promise<User> {
    const { affectedRows } = await manager.query<{ affectedRows: number }>(
      `UPDATE accounts SET rolesRevision = rolesRevision + 1
       WHERE id = ? AND kind = 'personal' AND closedAt IS NULL`,
      [accountId],
    );
    const [user] = await lockPeople(manager, accountId, [id], 'active');
    if (affectedRows !== 1 || !user) throw new Conflict('account-moving.not-any-more');
    return user;
  }

  private async bring(manager: EntityManager, { from, to }: Move): Promise<void> {
    await this.events.moved.tell({ manager, from, to });
    await bringHistory(manager, { from, to });
  }

  /** A form sent in another window at the same moment may have been kept for who they were: it comes along too. */
  private async lookAgain(move: Move, task: Task): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      await task.extend(manager);
      await this.bring(manager, move);
    });
  }
}

/** How Carnet looks to them, and their picture unless the company has one. What the company says of them stays. */
async function bringSettings(
  manager: EntityManager,
  { accountId, theme, timeZone, language, shortcuts, photoHash }: User,
  to: Move['to'],
): Promise<void> {
  await manager.query(
    `UPDATE users SET theme = ?, shortcuts = ?, timeZone = COALESCE(timeZone, ?), language = COALESCE(language, ?)
     WHERE id = ?`,
    [theme, shortcuts ? 1 : 0, timeZone, language, to.userId],
  );
  if (photoHash === null) return;
  await manager.query(
    `INSERT INTO photos (accountId, hash, bytes, createdAt)
     SELECT ?, p.hash, p.bytes, p.createdAt FROM photos p WHERE p.accountId = ? AND p.hash = ?
     ON DUPLICATE KEY UPDATE hash = VALUES(hash)`,
    [to.accountId, accountId, photoHash],
  );
  await manager.query('UPDATE users SET photoHash = ? WHERE id = ? AND photoHash IS NULL', [
    photoHash,
    to.userId,
  ]);
}

/** What they did with what they keep, so that it is undone and restored as before. All of the account was theirs. */
async function bringHistory(manager: EntityManager, { from, to }: Move): Promise<void> {
  await manager.query(
    `UPDATE journal_entries e JOIN journal_batches b ON b.id = e.batchId SET e.accountId = ?
     WHERE b.accountId = ? AND b.kind NOT LIKE 'users.%'`,
    [to.accountId, from.accountId],
  );
  await manager.query(
    `UPDATE journal_batches SET accountId = ?, actorId = IF(actorId = ?, ?, actorId)
     WHERE accountId = ? AND kind NOT LIKE 'users.%'`,
    [to.accountId, from.userId, to.userId, from.accountId],
  );
}
