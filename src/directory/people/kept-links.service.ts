import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { emptyChanges } from '../../accounts/erasure-final.js';
import { AccountEvents, type PeopleErased, type PersonMoved } from '../../accounts/events.js';
import { OwnData } from '../../accounts/own-data.js';
import { PersonRecords, type RecordKind, type RecordsUndone } from '../../accounts/person-records.js';
import { type Id } from '../../database/id.js';
import { JournalEntry } from '../../journal/journal.entities.js';
import { Journal } from '../../journal/journal.service.js';
import { every, Sweeper } from '../../jobs/sweeper.service.js';
import { type SignedIn } from '../../web/signed-in.js';
import { restore } from './person-acts.service.js';
import { type PersonLink } from './person-link.entity.js';
import { LINK, PersonLinks } from './person-links.service.js';
import { keyOf } from './same-person.js';

/** Rows of one statement. */
const CHUNK = 500;

/** Where the entries of each kind are; in the bin they are there still, and what was said of them comes back with them. */
const tables: Record<RecordKind, string> = {
  colleague: 'users',
  external: 'external_contacts',
  cloud: 'cloud_contacts',
  personal: 'personal_contacts',
};

/**
 * What somebody said by hand goes with them, moves with them, is theirs to take along, goes on with what their entries are merged
 * into, and ends with the entries it is about:
 * those that are gone for good are found by a sweep, since no place tells of it.
 */
@Injectable()
export class KeptLinks implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly events: AccountEvents,
    private readonly own: OwnData,
    private readonly records: PersonRecords,
    private readonly sweeper: Sweeper,
    private readonly links: PersonLinks,
    private readonly journal: Journal,
  ) {}

  onModuleInit(): void {
    this.events.erased.subscribe((news) => this.forget(news));
    this.events.moved.subscribe((news) => this.bring(news));
    this.records.joined.subscribe((news) => this.links.carry(news));
    this.records.undone.subscribe((news) => this.takeBack(news));
    this.own.tell('personLinks', (owner) => this.told(owner));
    this.sweeper.register('person-links.sweep', every.day, ({ cancelled }) => this.sweep(cancelled));
  }

  /** Pairs whose entries are gone for good; all pairs are looked through, some at a time. */
  async sweep(cancelled?: AbortSignal): Promise<void> {
    for (let place: Id | undefined = ''; place !== undefined;) {
      cancelled?.throwIfAborted();
      const rows: PersonLink[] = await this.database.query(
        `SELECT id, oneKind, oneId, otherKind, otherId FROM person_links WHERE id > ? ORDER BY id LIMIT ${CHUNK}`,
        [place],
      );
      const gone = await this.goneAmong(rows);
      if (gone.length > 0) await this.database.query('DELETE FROM person_links WHERE id IN (?)', [gone]);
      place = rows.at(-1)?.id;
    }
  }

  private async goneAmong(rows: readonly PersonLink[]): Promise<Id[]> {
    const refs = rows.flatMap((row) => [
      { kind: row.oneKind, id: row.oneId },
      { kind: row.otherKind, id: row.otherId },
    ]);
    const present = new Set<string>();
    for (const [kind, table] of Object.entries(tables) as [RecordKind, string][]) {
      const ids = [...new Set(refs.flatMap((ref) => (ref.kind === kind ? ref.id : [])))];
      if (ids.length === 0) continue;
      const found = await this.database.query<{ id: Id }[]>(`SELECT id FROM ${table} WHERE id IN (?)`, [ids]);
      for (const { id } of found) present.add(keyOf({ kind, id }));
    }
    return rows.flatMap(({ id, oneKind, oneId, otherKind, otherId }) =>
      present.has(keyOf({ kind: oneKind, id: oneId })) && present.has(keyOf({ kind: otherKind, id: otherId }))
        ? []
        : [id],
    );
  }

  private async forget({ manager, accountId, userIds }: PeopleErased): Promise<void> {
    const rows = await manager.query<{ id: Id }[]>(
      'SELECT id FROM person_links WHERE ownerId IN (?) ORDER BY id FOR UPDATE',
      [userIds],
    );
    for (let from = 0; from < rows.length; from += CHUNK)
      await emptyChanges(
        manager,
        accountId,
        rows.slice(from, from + CHUNK).map(({ id }) => id),
      );
    await manager.query('DELETE FROM person_links WHERE ownerId IN (?)', [userIds]);
  }

  /** What an act carried over goes back with it, where nothing else was said since. */
  private async takeBack({ manager, owner, undone, batchId }: RecordsUndone): Promise<void> {
    const { id, accountId } = owner;
    const entries = await manager.findBy(JournalEntry, { batchId: undone, accountId, subjectType: LINK });
    const { restored } = await restore(manager, id, entries);
    if (restored.length > 0) await this.journal.record(manager, batchId, accountId, restored);
  }

  private async bring({ manager, from, to }: PersonMoved): Promise<void> {
    await dropTwins(manager, from.userId, to.userId);
    await manager.query('UPDATE person_links SET ownerId = ?, accountId = ? WHERE ownerId = ?', [
      ...[to.userId, to.accountId, from.userId],
    ]);
  }

  /** By name, and of entries one sees alone. */
  private async told(owner: SignedIn): Promise<object[]> {
    const rows = await this.database.query<PersonLink[]>(
      `SELECT oneKind, oneId, otherKind, otherId, verdict, saidAt FROM person_links
       WHERE ownerId = ? AND verdict IS NOT NULL ORDER BY saidAt, id`,
      [owner.id],
    );
    const told: object[] = [];
    for (let from = 0; from < rows.length; from += TOLD) {
      const some = rows.slice(from, from + TOLD);
      const refs = some.flatMap(({ oneKind, oneId, otherKind, otherId }) => [
        { kind: oneKind, id: oneId },
        { kind: otherKind, id: otherId },
      ]);
      const seen = new Map((await this.records.byRefs(owner, refs)).map((record) => [keyOf(record), record]));
      for (const { oneKind, oneId, otherKind, otherId, verdict, saidAt } of some) {
        const one = seen.get(keyOf({ kind: oneKind, id: oneId }));
        const other = seen.get(keyOf({ kind: otherKind, id: otherId }));
        if (!one || !other) continue;
        const entry = ({ kind, name, email }: typeof one) => ({ kind, name, email });
        told.push({ entries: [entry(one), entry(other)], verdict, saidAt });
      }
    }
    return told;
  }
}

/** Pairs of one reading of their entries: no source gives more than 200. */
const TOLD = 100;

/** What both said of the same two entries: the word of whom they are now stays. */
async function dropTwins(manager: EntityManager, from: Id, to: Id): Promise<void> {
  const twins = await manager.query<{ id: Id }[]>(
    `SELECT mine.id FROM person_links mine
     JOIN person_links theirs ON theirs.ownerId = ? AND theirs.oneId = mine.oneId AND theirs.otherId = mine.otherId
     WHERE mine.ownerId = ?`,
    [to, from],
  );
  if (twins.length > 0)
    await manager.query('DELETE FROM person_links WHERE id IN (?)', [twins.map(({ id }) => id)]);
}
