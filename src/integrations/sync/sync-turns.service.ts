import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { errorText } from '../../database/error-text.js';
import { isConnectionLoss } from '../../database/transaction.js';
import { LeaseLost } from '../../jobs/jobs.service.js';
import { Journal } from '../../journal/journal.service.js';
import { CalendarTurns } from '../calendar/calendar-turns.service.js';
import { Connections } from '../connections/connections.service.js';
import { pausesOf } from '../connections/pauses.js';
import { ConnectionSecrets } from '../connections/secrets.js';
import { storedCloudContacts } from '../contacts/cloud-contact-writes.js';
import { type ConnectionAccess } from '../contacts-connector.js';
import {
  AccessDenied,
  AuthorizationRevoked,
  FolderGone,
  ProviderError,
  Throttled,
} from '../provider-errors.js';
import { brakeNewsKey } from './brake.js';
import { contactsInConflict, settleConflicts } from './conflict-writes.js';
import { Connectors } from './connectors.js';
import { type ClaimedConnection, type Lease } from './lease.js';
import { pull } from './pull.js';
import { push } from './push.js';
import { readTree, TREE } from './read-tree.js';
import { Run, TurnOver } from './run.js';
import { markScope, newScope, saveScope, scopesOf, type Scope } from './scopes.js';
import { settle } from './settle.js';
import { kindOf, TurnEndings } from './turn-endings.service.js';

/** A connection whose turns end its process so often in a row waits like one that fails. */
const MOST_CRASHES = 3;

/** One turn of a connection: may it run, what changed there, what is gone, what changed here, and how it ended. */
@Injectable()
export class SyncTurns {
  private readonly logger = new Logger('Sync');
  /** A mailbox that never ends, or answers slowly, holds one of the few places of a process no longer than this. */
  turnMs = 5 * 60_000;

  constructor(
    private readonly database: DataSource,
    private readonly connectors: Connectors,
    private readonly connections: Connections,
    private readonly secrets: ConnectionSecrets,
    private readonly journal: Journal,
    private readonly endings: TurnEndings,
    private readonly calendars: CalendarTurns,
  ) {}

  /** @throws LeaseLost when it went on elsewhere; what else goes wrong is noted on the connection */
  async take(connection: ClaimedConnection, lease: Lease): Promise<void> {
    const turn: Turn = { run: null };
    try {
      if (connection.inherited) await this.endings.abandoned(lease, connection);
      if (connection.inherited && connection.failures > MOST_CRASHES)
        return await this.endings.failed(lease, connection, null, { key: 'stopped' });
      await this.runIt(connection, lease, turn);
    } catch (error) {
      await this.noteFailure(connection, lease, turn.run, error);
    }
  }

  private async runIt(connection: ClaimedConnection, lease: Lease, turn: Turn): Promise<void> {
    const { id, accountId, ownerId: userId, provider } = connection;
    const pauses = await pausesOf(this.database.manager, accountId, [{ id, userId, provider }]);
    const reason = pauses.get(id);
    if (reason) {
      await lease.save((manager) => this.connections.pause(manager, [connection.id], reason));
      return;
    }
    const secret = await this.secrets.openFor(id, userId);
    if (secret === null) throw new AuthorizationRevoked('sign-in');
    const connector = this.connectors.of(connection.provider);
    const access = this.accessOf(connection, lease, secret);
    const session = connector.open(access);
    try {
      const scopes = await scopesOf(this.database.manager, connection.id);
      // What is sent in the middle of a reading from nothing would not be listed by it.
      const whole = connection.whole || [...scopes.values()].some((scope) => scope.passing && !scope.problem);
      const kind = kindOf({ ...connection, whole });
      const region = await this.regionOf(connection);
      const run = new Run(connection, kind, region, connector, session, lease, this.journal);
      turn.run = run;
      run.endsAt = performance.now() + this.turnMs;
      if (connection.contacts !== 'none') {
        run.isFirstReading = kind === 'first' && !(await this.hasContacts(connection));
        if (whole && (await this.readAllThereIsRoomFor(run, scopes)))
          await settle(
            run,
            scopes,
            ({ manager }, news) =>
              this.endings.tell(manager, connection, news.kind, news.onceKey, news.values, news.href),
            () => this.readAll(run, scopes),
          );
        await this.send(run);
      }
      const calendars = whole ? await this.calendars.read(connection, lease, access, run.endsAt) : null;
      if (run.full) await this.endings.failed(lease, connection, run, run.full);
      else await this.endings.done(lease, connection, run, whole, calendars);
    } finally {
      session.close();
    }
  }

  /** What left a folder that is read late has made room for one that was read early. */
  private async readAllThereIsRoomFor(run: Run, scopes: Map<string, Scope>): Promise<boolean> {
    const all = await this.readAll(run, scopes);
    if (!run.full || !run.missed) return all;
    run.full = null;
    return this.readAll(run, scopes);
  }

  /** @returns whether all that can be read was */
  private async readAll(run: Run, scopes: Map<string, Scope>): Promise<boolean> {
    const folders = await readTree(run, scopes);
    let highest = Math.max(0, ...[...scopes.values()].map(({ pass }) => pass));
    const pass = () => ++highest;
    const scopeOf = (key: string) => {
      const scope = scopes.get(key) ?? newScope(key);
      scopes.set(key, scope);
      return scope;
    };
    if (run.connector.scope === 'book') {
      await pull(run, scopeOf('book'), null, pass);
      return !run.full;
    }
    let all = true;
    for (const folder of folders) {
      const scope = scopeOf(folder.id);
      try {
        await pull(run, scope, folder, pass);
        if (scope.problem) await this.markProblem(run, scope, null);
      } catch (error) {
        if (!(error instanceof FolderGone || error instanceof AccessDenied)) throw error;
        // The tree still names it: looked at anew, it tells next time; if it does so again, the folder stays as it is.
        const unsure = error instanceof FolderGone && scope.problem?.key !== error.key;
        if (unsure) await this.readTreeAnew(run, scopes.get(TREE));
        all &&= !unsure;
        if (scope.problem?.key !== error.key) await this.markProblem(run, scope, error.key);
        run.problem ??= { key: error instanceof FolderGone ? 'folder-missing' : 'folder-denied' };
      }
    }
    return all && !run.full;
  }

  private async hasContacts({ id }: ClaimedConnection): Promise<boolean> {
    const found = await this.database.query<unknown[]>(
      'SELECT 1 FROM cloud_contacts WHERE connectionId = ? LIMIT 1',
      [id],
    );
    return found.length > 0;
  }

  private async markProblem(run: Run, scope: Scope, key: string | null): Promise<void> {
    const problem = key === null ? null : { key, since: new Date().toISOString() };
    await run.save(({ manager }) => markScope(manager, scope, 'problem', problem));
    scope.problem = problem;
  }

  private async readTreeAnew(run: Run, tree: Scope | undefined): Promise<void> {
    if (!tree) return;
    await run.save(({ manager }) => saveScope(manager, run.connection, { ...tree, cursor: null }));
    tree.cursor = null;
  }

  private async send(run: Run): Promise<void> {
    const { connection } = run;
    const href = `/integrations/${connection.id}/brake`;
    await push(run, ({ manager }, scopeId, brake) =>
      this.endings.tell(manager, connection, 'sync-brake-there', brakeNewsKey(scopeId, brake), {}, href),
    );
    const ids = await contactsInConflict(run.statements, connection.id);
    if (ids.length > 0)
      await run.save(async ({ manager }) => {
        const contacts = await storedCloudContacts(manager, connection.id, {
          ...{ ids, lock: true, deleted: 'both' },
        });
        await settleConflicts(manager, run.quietly(), contacts);
      });
  }

  private async regionOf({ accountId }: ClaimedConnection): Promise<string> {
    const [{ region }] = await this.database.query<[{ region: string }]>(
      'SELECT region FROM accounts WHERE id = ?',
      [accountId],
    );
    return region;
  }

  private accessOf(
    { id: connectionId, accountId, ownerId: userId, details }: ClaimedConnection,
    lease: Lease,
    secret: string,
  ): ConnectionAccess {
    const access: Mutable<ConnectionAccess> = {
      ...{ connectionId, details, secret, signal: lease.signal },
      keep: async (learnt) => {
        await lease.save(async (manager) => {
          if (learnt.details)
            await manager.query('UPDATE connections SET details = ? WHERE id = ?', [
              JSON.stringify(learnt.details),
              connectionId,
            ]);
          if (learnt.secret !== undefined)
            await this.secrets.keep(manager, { connectionId, accountId, userId }, learnt.secret);
        });
        access.details = learnt.details ?? access.details;
        access.secret = learnt.secret ?? access.secret;
      },
    };
    return access;
  }

  private async noteFailure(
    connection: ClaimedConnection,
    lease: Lease,
    run: Run | null,
    error: unknown,
  ): Promise<void> {
    const lost = [error, lease.signal.reason].find((reason) => reason instanceof LeaseLost);
    if (lost) {
      await this.endings.cutOff(lease, run);
      throw lost;
    }
    if (lease.signal.aborted) {
      return this.endings.released(lease, connection, run);
    }
    if (error instanceof TurnOver && run?.full) return this.endings.failed(lease, connection, run, run.full);
    if (error instanceof TurnOver) return this.endings.handedOn(lease, connection, run);
    if (error instanceof ProviderError)
      this.logger.log(`Connection ${connection.id}: ${error.name} ${error.message}`);
    if (error instanceof AuthorizationRevoked)
      return this.endings.refused(lease, connection, run, { key: error.key });
    if (error instanceof Throttled)
      return this.endings.failed(lease, connection, run, { key: error.key }, { waitMs: error.waitMs });
    if (error instanceof ProviderError)
      return this.endings.failed(lease, connection, run, { key: error.key });
    // The database is gone: whoever comes after the lease goes on.
    if (isConnectionLoss(error)) throw error;
    this.logger.error(`Connection ${connection.id}: ${errorText(error)}`, (error as Error).stack);
    return this.endings.failed(lease, connection, run, { key: 'internal' });
  }
}

/** What a turn has come to when it fails. */
interface Turn {
  run: Run | null;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
