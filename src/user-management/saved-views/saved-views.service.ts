import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { emptyChanges, emptyWhatIsSaid } from '../../accounts/erasure-final.js';
import { AccountEvents } from '../../accounts/events.js';
import { nameKeyOf } from '../../accounts/user-rows.js';
import { limits } from '../../config/limits.js';
import { isId, newId, type Id } from '../../database/id.js';
import { inTransaction, isDuplicate } from '../../database/transaction.js';
import { Conflict, Forbidden, NotFound, Refused } from '../../errors/domain-error.js';
import { type ActFacts, type Actor } from '../../journal/actor.js';
import { JournalEntry, type Changes } from '../../journal/journal.entities.js';
import { Journal, type NewEntry } from '../../journal/journal.service.js';
import { SavedView, SHARED } from './saved-view.entity.js';

/** Views one person, or all administrators together, may have. */
const MOST = limits.savedViews;

export interface ViewFields {
  name: string;
  shared: boolean;
}

/** A view as lists show it. */
export type ListedView = Pick<SavedView, 'id' | 'name' | 'query' | 'ownerId' | 'scope'> & {
  /** Of whoever made it; null when gone. */
  maker: string | null;
};

/** Named lists of users: one's own, and those shared by all administrators. */
@Injectable()
export class SavedViews implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
    private readonly events: AccountEvents,
  ) {}

  /** Shared ones stay: others work with them. */
  onModuleInit(): void {
    this.events.erased.subscribe(async ({ manager, accountId, userIds }) => {
      await forgetViewsOf(manager, accountId, userIds);
      await forgetManagers(manager, accountId, userIds);
    });
  }

  /** Those a reader sees, A to Z. */
  list({ accountId, id }: Pick<Actor, 'accountId' | 'id'>): Promise<ListedView[]> {
    return this.database.query(
      `SELECT v.id, v.name, v.query, v.ownerId, v.scope, CONCAT(u.givenName, ' ', u.familyName) AS maker
       FROM saved_views v LEFT JOIN users u ON u.id = v.ownerId AND u.liveKey = 1
       WHERE v.accountId = ? AND v.scope IN (?, '${SHARED}') AND v.liveKey = 1
       ORDER BY v.nameKey, v.id LIMIT ${2 * MOST}`,
      [accountId, id],
    );
  }

  /** By id or name; of two with one name the reader's own. @throws NotFound also for another's private view */
  async find(reader: Pick<Actor, 'accountId' | 'id'>, idOrName: string): Promise<ListedView> {
    const views = await this.list(reader);
    const byId = views.find(({ id }) => id === idOrName);
    const named = isId(idOrName) ? [] : views.filter(({ name }) => nameKeyOf(name) === nameKeyOf(idOrName));
    const view = byId ?? named.find(({ scope }) => scope !== SHARED) ?? named[0];
    if (!view) throw new NotFound('saved-views.not-found');
    return view;
  }

  /** @param replace puts the query into one's view of this name, where there is one. @throws Conflict name taken */
  save(
    actor: Actor,
    facts: ActFacts,
    { name, shared, query, replace }: ViewFields & { query: string; replace: boolean },
  ): Promise<Id> {
    return this.named(async (manager) => {
      const views = manager.getRepository(SavedView);
      const place = { accountId: actor.accountId, scope: scopeOf(actor, shared), liveKey: 1 };
      const there = await views.findOneBy({ ...place, nameKey: nameKeyOf(name) });
      if (there && !(replace && mayChange(actor, there))) throw new Conflict('saved-views.name-taken');
      if (there) {
        await views.update(there.id, { query });
        await this.note(manager, actor, facts, 'views.edit', there, { query: [there.query, query] });
        return there.id;
      }
      await forgetDeleted(manager, actor);
      if ((await views.countBy(place)) >= MOST) throw new Refused('saved-views.too-many', { max: MOST });
      const view = views.create({
        ...{ ...place, id: newId(), ownerId: idOf(actor), name, nameKey: nameKeyOf(name) },
        ...{ query, createdAt: new Date(), deletedAt: null },
      });
      await views.insert(view);
      await this.note(manager, actor, facts, 'views.create', view, {
        name: [null, name],
        query: [null, query],
      });
      return view.id;
    });
  }

  /** Another name, or others who see it. @throws Conflict name taken */
  edit(actor: Actor, facts: ActFacts, id: string, { name, shared }: ViewFields): Promise<void> {
    return this.named(async (manager) => {
      const view = await this.changeable(manager, actor, id);
      // A shared view that is shared no longer is its maker's alone.
      const scope = shared ? SHARED : view.ownerId;
      if (name === view.name && scope === view.scope) return;
      await manager.update(SavedView, view.id, { name, nameKey: nameKeyOf(name), scope });
      await this.note(manager, actor, facts, 'views.edit', view, {
        ...(name === view.name ? {} : { name: [view.name, name] }),
        ...(scope === view.scope ? {} : { scope: [view.scope, scope] }),
      });
    });
  }

  /** @returns the journal batch, by which it is restored */
  remove(actor: Actor, facts: ActFacts, id: string): Promise<Id> {
    return inTransaction(this.database, async (manager) => {
      const view = await this.changeable(manager, actor, id);
      await manager.update(SavedView, view.id, { liveKey: null, deletedAt: new Date() });
      return this.note(manager, actor, facts, 'views.delete', view, { name: [view.name, null] });
    });
  }

  /** Brings back a deleted view. @throws NotFound after 30 days */
  restore(actor: Actor, facts: ActFacts, id: string): Promise<SavedView> {
    return this.named(async (manager) => {
      const view = await this.changeable(manager, actor, id, null);
      await manager.update(SavedView, view.id, { liveKey: 1, deletedAt: null });
      await this.note(manager, actor, facts, 'views.restore', view, { name: [null, view.name] });
      return view;
    });
  }

  /** @throws NotFound for a view the actor does not see, Forbidden for one that is another's to change */
  private async changeable(
    manager: EntityManager,
    actor: Actor,
    id: string,
    liveKey: 1 | null = 1,
  ): Promise<SavedView> {
    const view = isId(id)
      ? await manager.getRepository(SavedView).findOneBy({ id, accountId: actor.accountId })
      : null;
    if (view?.liveKey !== liveKey || (view.scope !== SHARED && view.ownerId !== actor.id))
      throw new NotFound('saved-views.not-found');
    if (!mayChange(actor, view)) throw new Forbidden('saved-views.not-yours');
    return view;
  }

  /** What gives a name: two at once of one name are settled by the unique index. */
  private async named<T>(body: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await inTransaction(this.database, body);
    } catch (error) {
      if (isDuplicate(error, 'uq_saved_views_name')) throw new Conflict('saved-views.name-taken');
      throw error;
    }
  }

  private async note(
    manager: EntityManager,
    actor: Actor,
    facts: ActFacts,
    action: keyof typeof entryActions,
    { id, name, scope, accountId }: SavedView,
    changes: Changes,
  ): Promise<Id> {
    const batchId = await this.journal.begin(manager, { accountId, actorId: actor.id, kind: action });
    const entry: NewEntry = { subjectId: id, subjectType: 'view', action: entryActions[action], changes };
    await this.journal.record(manager, batchId, accountId, [entry]);
    await this.journal.audit(manager, actor, facts, {
      ...{ action, batchId, targetType: 'view', targetId: id, targetName: name },
      details: { shared: scope === SHARED },
    });
    return batchId;
  }
}

/** The list a view stands for. */
export function pathOf(query: string): string {
  return query === '' ? '/users' : `/users?${query}`;
}

/** One's own, and for owners of the account the shared ones of others, who may have left. */
export function mayChange(
  { id, role }: Pick<Actor, 'id' | 'role'>,
  { ownerId, scope }: Pick<SavedView, 'ownerId' | 'scope'>,
): boolean {
  return ownerId === id || (scope === SHARED && role === 'owner');
}

const entryActions = {
  'views.create': 'created',
  'views.edit': 'changed',
  'views.delete': 'removed',
  'views.restore': 'restored',
} as const satisfies Record<string, JournalEntry['action']>;

function scopeOf(actor: Actor, shared: boolean): string {
  return shared ? SHARED : idOf(actor);
}

/** Views are saved by people, not by the command line. */
function idOf({ id }: Actor): Id {
  if (id === null) throw new Forbidden();
  return id;
}

/** What was deleted longer ago than it can be restored. */
async function forgetDeleted(manager: EntityManager, { accountId }: Actor): Promise<void> {
  await manager.query('DELETE FROM saved_views WHERE accountId = ? AND deletedAt < ?', [
    accountId,
    new Date(Date.now() - limits.restoreDays * 86_400_000),
  ]);
}

/** Private views of people erased for good, with what they called them and whom they looked for. */
async function forgetViewsOf(manager: EntityManager, accountId: Id, userIds: readonly Id[]): Promise<void> {
  const own = await manager.query<{ id: Id }[]>(
    'SELECT id FROM saved_views WHERE accountId = ? AND scope IN (?)',
    [accountId, userIds],
  );
  if (own.length === 0) return;
  const ids = own.map(({ id }) => id);
  await manager.query('DELETE FROM saved_views WHERE id IN (?)', [ids]);
  await emptyWhatIsSaid(manager, accountId, ids, 'view');
}

/** Views of those who report to one of them: an id finds as few as the address did, and names nobody. */
async function forgetManagers(manager: EntityManager, accountId: Id, userIds: readonly Id[]): Promise<void> {
  const views = await manager.query<{ id: Id; query: string }[]>(
    `SELECT id, query FROM saved_views WHERE accountId = ? AND query LIKE '%manager=%'`,
    [accountId],
  );
  if (views.length === 0) return;
  const people = await manager.query<{ id: Id; email: string }[]>(
    'SELECT id, email FROM users WHERE id IN (?) AND accountId = ?',
    [userIds, accountId],
  );
  const gone = new Map(people.map(({ id, email }) => [email, id]));
  for (const view of views) {
    const query = new URLSearchParams(view.query);
    const id = gone.get(query.get('manager') ?? '');
    if (!id) continue;
    query.set('manager', id);
    await manager.update(SavedView, view.id, { query: query.toString() });
    await emptyChanges(manager, accountId, [view.id]);
  }
}
