import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type PersonRecord } from '../../accounts/person-records.js';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { NotFound, Refused } from '../../errors/domain-error.js';
import { JournalBatch, JournalEntry } from '../../journal/journal.entities.js';
import { Journal } from '../../journal/journal.service.js';
import { RECORDS_OF_A_PERSON } from './grouping.js';
import { type PersonLink } from './person-link.entity.js';
import { LINK, PersonLinks, setVerdicts, type Owner, type Saying } from './person-links.service.js';
import { type Person } from './person.js';
import { keyOf } from './same-person.js';

export interface UndoneLinks {
  /** Of the undo itself, by which it is undone. */
  batchId: Id;
  /** Pairs that are as before, and those of which something else was said since. */
  restored: number;
  left: number;
}

/** What one says by hand of somebody's entries, and takes back for 30 days. */
@Injectable()
export class PersonActs {
  constructor(
    private readonly links: PersonLinks,
    private readonly journal: Journal,
  ) {}

  /**
   * Makes one person of two. It is said of each entry of both, so that the rest stays one person when any of them goes; whatever
   * was said against it before is taken back.
   * @returns null when they are one already. @throws Refused when they would have too many entries
   */
  async link(owner: Owner, person: Person, other: Person): Promise<Id | null> {
    if (areOne(person, other)) return null;
    if (person.records.length + other.records.length > RECORDS_OF_A_PERSON)
      throw new Refused('person-card.too-many', { count: RECORDS_OF_A_PERSON });
    return this.links.say(owner, 'person-links.link', betweenAll(person, other, 'same'));
  }

  /** Takes one entry out. @returns null when it is somebody else's already */
  async unlink(owner: Owner, person: Person, record: PersonRecord): Promise<Id | null> {
    const others = person.records.filter((each) => keyOf(each) !== keyOf(record));
    if (others.length === 0 || others.length === person.records.length) return null;
    return this.links.say(
      owner,
      'person-links.unlink',
      others.map((other) => ({ one: record, other, verdict: 'different' })),
    );
  }

  /** They are two, so that nobody proposes them again. @returns null when that was said before */
  async keepApart(owner: Owner, person: Person, other: Person): Promise<Id | null> {
    if (areOne(person, other)) return null;
    return this.links.say(owner, 'person-links.apart', betweenAll(person, other, 'different'));
  }

  /**
   * Takes back an act, an undo too, where nothing else was said since.
   * @returns null when it was undone before. @throws NotFound for another's act; Refused after 30 days
   */
  undo(owner: Owner, batchId: string): Promise<UndoneLinks | null> {
    if (!isId(batchId)) throw new NotFound();
    return this.links.inTurn(owner, (manager) => this.undoIn(manager, owner, batchId));
  }

  private async undoIn(manager: EntityManager, owner: Owner, batchId: Id): Promise<UndoneLinks | null> {
    const { id: ownerId, accountId } = owner;
    const batch = await manager.findOneBy(JournalBatch, { id: batchId, accountId, actorId: ownerId });
    if (!batch || !batch.kind.startsWith('person-links.')) throw new NotFound();
    if (batch.at.getTime() < Date.now() - limits.restoreDays * 86_400_000)
      throw new Refused('person-card.undo-over', { days: limits.restoreDays });
    if (!(await this.journal.markUndone(manager, accountId, batchId))) return null;
    const kind = 'person-links.undo';
    const own = await this.journal.begin(manager, { accountId, actorId: ownerId, kind, undoes: batchId });
    await this.journal.markDoneAgain(manager, batch);
    const entries = await manager.findBy(JournalEntry, { batchId, accountId });
    const { restored, left } = await restore(manager, ownerId, entries);
    await this.journal.record(manager, own, accountId, restored);
    return { batchId: own, restored: restored.length, left };
  }
}

/** Per pair only where it is still as the act left it. @param entries of the act, about pairs */
export async function restore(manager: EntityManager, ownerId: Id, entries: readonly JournalEntry[]) {
  if (entries.length === 0) return { restored: [], left: 0 };
  const rows = await manager.query<{ id: Id; verdict: Verdict }[]>(
    'SELECT id, verdict FROM person_links WHERE ownerId = ? AND id IN (?) ORDER BY id FOR UPDATE',
    [ownerId, entries.map(({ subjectId }) => subjectId)],
  );
  const present = new Map(rows.map(({ id, verdict }) => [id, verdict]));
  const restored = entries.flatMap(({ subjectId, changes }) => {
    const [before, after] = (changes?.['verdict'] ?? []) as [Verdict?, Verdict?];
    if (before === undefined || after === undefined || present.get(subjectId) !== after) return [];
    return [{ id: subjectId, now: after, after: before }];
  });
  await setVerdicts(manager, ownerId, restored);
  return {
    restored: restored.map(({ id, now, after }) => ({
      ...{ subjectId: id, subjectType: LINK, action: 'changed' as const },
      changes: { verdict: [now, after] as [unknown, unknown] },
    })),
    left: entries.length - restored.length,
  };
}

type Verdict = PersonLink['verdict'];

function areOne(person: Person, other: Person): boolean {
  const theirs = new Set(other.records.map(keyOf));
  return person.records.some((record) => theirs.has(keyOf(record)));
}

function betweenAll(person: Person, other: Person, verdict: Exclude<Verdict, null>): Saying[] {
  return person.records.flatMap((one) => other.records.map((theirs) => ({ one, other: theirs, verdict })));
}
