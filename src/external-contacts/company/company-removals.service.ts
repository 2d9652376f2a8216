import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { Gone, NotFound, Refused } from '../../errors/domain-error.js';
import { type ActFacts, type Actor } from '../../journal/actor.js';
import { type Changes, JournalBatch } from '../../journal/journal.entities.js';
import { Journal, type NewEntry } from '../../journal/journal.service.js';
import { Notifications, type News } from '../../notifications/notifications.service.js';
import { ExternalLinks } from '../links/external-links.service.js';
import { CompanyContacts, type CompanyContact } from './company-contacts.query.js';
import { type CompanyFilters } from './company-list.state.js';
import { contactText, personText } from './company-words.js';

/** Ticked contacts, or all that a list shows. */
export type CompanyChosen = { ids: readonly string[] } | { matching: CompanyFilters };

export interface CompanyRemoval {
  removed: number;
  /** Of so many of the company's people. */
  people: number;
  /** By which it is taken back; null when nothing was done. */
  batchId: Id | null;
}

export interface CompanyRejoining {
  rejoined: number;
  /** Not to be had back: blocked, in contact again, erased, or there is no room for them. */
  left: number;
}

/** News of one removal that each of the company's people reads one by one; of more they read the number. */
const TOLD_SINGLY = 3;

/** Names that the journal keeps of one person's removed contacts. */
const NAMED = 20;

const DAY_MS = 86_400_000;

const removal = { kind: 'external-contacts.remove' } as const;
const undoing = { kind: 'external-contacts.remove.undo' } as const;

/**
 * A company ends contacts of its people: for both sides at once, told to its own people, in the audit log, and for 30
 * days to be taken back. What the two kept of each other waits meanwhile.
 */
@Injectable()
export class CompanyRemovals {
  constructor(
    private readonly database: DataSource,
    private readonly contacts: CompanyContacts,
    private readonly links: ExternalLinks,
    private readonly journal: Journal,
    private readonly notifications: Notifications,
  ) {}

  /** Those meant, as they are now. @throws Refused beyond `limits.externalEndedAtOnce`: one transaction holds them all */
  async chosen(accountId: Id, chosen: CompanyChosen): Promise<CompanyContact[]> {
    const ids =
      'ids' in chosen
        ? [...new Set(chosen.ids.filter(isId))].slice(0, limits.page)
        : await this.contacts.ids(accountId, chosen.matching, limits.externalEndedAtOnce + 1);
    if (ids.length > limits.externalEndedAtOnce)
      throw new Refused('company-external.too-many', { max: limits.externalEndedAtOnce });
    return this.contacts.rows(accountId, ids);
  }

  remove(actor: Actor, facts: ActFacts, contacts: readonly CompanyContact[]): Promise<CompanyRemoval> {
    const { accountId } = actor;
    // As the column holds it, to the millisecond: the undo knows its own by it.
    const at = new Date();
    return inTransaction(this.database, async (manager) => {
      const linkIds = contacts.map(({ linkId }) => linkId);
      const parted = await this.links.partAll(manager, linkIds, { for: 'company', at });
      const ended = contacts.filter(({ linkId }) => parted.has(linkId));
      const byPerson = grouped(ended, ({ person }) => person.id);
      if (ended.length === 0) return { removed: 0, people: 0, batchId: null };
      const batchId = await this.journal.begin(manager, { accountId, actorId: actor.id, ...removal });
      const entries = [...byPerson].map(([subjectId, theirs]) => entryOf(subjectId, theirs, at));
      await this.journal.record(manager, batchId, accountId, entries);
      await this.journal.audit(manager, actor, facts, {
        ...{ action: removal.kind, batchId },
        ...(byPerson.size === 1 ? targetOf(ended[0]) : {}),
        details: {
          ...{ people: byPerson.size, contacts: ended.length },
          ...(ended.length === 1 ? { contact: contactText(ended[0].contact) } : {}),
        },
      });
      await this.notifications.tell(manager, newsOf(accountId, batchId, byPerson));
      return { removed: ended.length, people: byPerson.size, batchId };
    });
  }

  /** @throws NotFound for what is no removal of this account; Gone when it was taken back before, and after 30 days */
  undo(actor: Actor, facts: ActFacts, batchId: string): Promise<CompanyRejoining> {
    return inTransaction(this.database, async (manager) => {
      const { accountId } = actor;
      const batch = isId(batchId)
        ? await manager.findOneBy(JournalBatch, { id: batchId, accountId, ...removal })
        : null;
      if (!batch) throw new NotFound();
      if (batch.at.getTime() < Date.now() - limits.restoreDays * DAY_MS)
        throw new Gone('company-external.undo.over', { days: limits.restoreDays });
      if (!(await this.journal.markUndone(manager, accountId, batch.id)))
        throw new Gone('company-external.undo.done');
      const ended = await this.endedBy(manager, accountId, batch.id);
      const fitting = await withRoom(manager, ended);
      const again = new Set<Id>();
      for (const [at, these] of grouped(fitting, (each) => each.at)) {
        const linkIds = these.map(({ linkId }) => linkId);
        const end = { for: 'company', at: new Date(at) } as const;
        for (const id of await this.links.rejoinAll(manager, linkIds, end)) again.add(id);
      }
      const rejoined = fitting.filter(({ linkId }) => again.has(linkId));
      const rejoinedIds = rejoined.map(({ id }) => id);
      const byPerson = grouped(
        await this.contacts.rows(accountId, rejoinedIds, manager),
        ({ person }) => person.id,
      );
      const owners = [...byPerson.keys()];
      const act = await this.journal.begin(manager, {
        ...{ accountId, actorId: actor.id, undoes: batch.id, ...undoing },
      });
      // An entry without its changes is read as one of somebody who was erased for good.
      const entries = [...byPerson].map(([subjectId, theirs]) => backOf(subjectId, theirs));
      await this.journal.record(manager, act, accountId, entries);
      const left = ended.length - rejoined.length;
      await this.journal.audit(manager, actor, facts, {
        ...{ action: undoing.kind, batchId: act },
        details: { people: owners.length, contacts: rejoined.length, ...(left > 0 ? { notBack: left } : {}) },
      });
      await untell(manager, batch.id, owners);
      return { rejoined: rejoined.length, left };
    });
  }

  /** What a removal ended, as far as it is still there and ended. */
  private async endedBy(manager: EntityManager, accountId: Id, batchId: Id): Promise<EndedContact[]> {
    const entries = await manager.query<{ changes: string | null }[]>(
      'SELECT changes FROM journal_entries WHERE batchId = ? AND accountId = ?',
      [batchId, accountId],
    );
    const ends = entries.flatMap(({ changes }) => {
      const [, end] = (changes === null ? {} : (JSON.parse(changes) as Changes))['externalEnd'] ?? [];
      return end ? [end as { at: string; ids: Id[] }] : [];
    });
    const ids = ends.flatMap((end) => end.ids);
    if (ids.length === 0) return [];
    const at = new Map(ends.flatMap((end) => end.ids.map((id) => [id, end.at])));
    const rows = await manager.query<Omit<EndedContact, 'at'>[]>(
      `SELECT id, linkId, ownerId, otherUserId FROM external_contacts
       WHERE id IN (?) AND accountId = ? AND endedAt IS NOT NULL`,
      [ids, accountId],
    );
    return rows.map((row) => ({ ...row, at: at.get(row.id) ?? '' }));
  }
}

interface EndedContact {
  id: Id;
  linkId: Id;
  ownerId: Id;
  otherUserId: Id;
  /** When it ended, as ISO 8601. */
  at: string;
}

/** Of somebody who has as many contacts as anybody may by now, and for whom there is no room, none more. */
async function withRoom(manager: EntityManager, contacts: readonly EndedContact[]): Promise<EndedContact[]> {
  if (contacts.length === 0) return [];
  const people = [...new Set(contacts.flatMap(({ ownerId, otherUserId }) => [ownerId, otherUserId]))];
  const rows = await manager.query<{ ownerId: Id; contacts: number | string }[]>(
    `SELECT ownerId, COUNT(*) AS contacts FROM external_contacts
     WHERE ownerId IN (?) AND endedAt IS NULL GROUP BY ownerId`,
    [people],
  );
  const has = new Map(rows.map((row) => [row.ownerId, Number(row.contacts)]));
  const full = (id: Id) => (has.get(id) ?? 0) >= limits.externalContacts;
  return contacts.filter(({ ownerId, otherUserId }) => {
    if (full(ownerId) || full(otherUserId)) return false;
    for (const id of [ownerId, otherUserId]) has.set(id, (has.get(id) ?? 0) + 1);
    return true;
  });
}

/**
 * The act stands in the history of the company's own person, whose final erasure empties it; `externalEnd` is what the
 * undo reads.
 */
function entryOf(subjectId: Id, contacts: readonly CompanyContact[], at: Date): NewEntry {
  return {
    ...{ subjectId, subjectType: 'user', action: 'changed' },
    changes: {
      externalContacts: [namesOf(contacts), null],
      externalEnd: [null, { at: at.toISOString(), ids: contacts.map(({ id }) => id) }],
    },
  };
}

/** The same of what came back. */
function backOf(subjectId: Id, contacts: readonly CompanyContact[]): NewEntry {
  return {
    ...{ subjectId, subjectType: 'user', action: 'changed' },
    changes: { externalContacts: [null, namesOf(contacts)] },
  };
}

function namesOf(contacts: readonly CompanyContact[]): string[] {
  const names = contacts.slice(0, NAMED).map(({ contact }) => contactText(contact));
  const more = contacts.length - names.length;
  return more > 0 ? [...names, `… (+${String(more)})`] : names;
}

function targetOf({ person }: CompanyContact) {
  return { targetType: 'user', targetId: person.id, targetName: personText(person) };
}

function grouped<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** To the company's own people; the others see it at the contact, which is no contact any more. */
function newsOf(accountId: Id, batchId: Id, byPerson: ReadonlyMap<Id, CompanyContact[]>): News[] {
  return [...byPerson].flatMap(([userId, contacts]): News[] => {
    const to = { accountId, userId };
    const kind = 'external.removed-by-company';
    const link = (id: Id | 'all') => ({
      href: id === 'all' ? '/external-contacts?former=1' : `/external-contacts/${id}`,
      onceKey: `${onceKeyOf(batchId)}${id}`,
    });
    if (contacts.length > TOLD_SINGLY)
      return [{ ...to, kind: `${kind}-many`, values: { count: contacts.length }, ...link('all') }];
    return contacts.map(({ id, contact: { name, email } }): News => {
      if (email !== null) return { ...to, kind, values: { name, address: email }, ...link(id) };
      if (name !== '') return { ...to, kind: `${kind}-named`, values: { name }, ...link(id) };
      return { ...to, kind: `${kind}-many`, values: { count: 1 }, ...link(id) };
    });
  });
}

/** What is as it was need not be read. */
async function untell(manager: EntityManager, batchId: Id, userIds: readonly Id[]): Promise<void> {
  if (userIds.length === 0) return;
  await manager.query('DELETE FROM notifications WHERE userId IN (?) AND onceKey LIKE ?', [
    userIds,
    `${onceKeyOf(batchId)}%`,
  ]);
}

function onceKeyOf(batchId: Id): string {
  return `removed-by-company:${batchId}:`;
}
