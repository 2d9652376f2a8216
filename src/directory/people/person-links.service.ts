import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type RecordRef, type RecordsJoined } from '../../accounts/person-records.js';
import { newId, type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { Journal } from '../../journal/journal.service.js';
import { pairKey, type SaidOfTwo } from './grouping.js';
import { type PersonLink } from './person-link.entity.js';

/** Whose word it is; a `SignedIn` is one. */
export interface Owner {
  id: Id;
  accountId: Id;
}

/** What somebody says now of two entries; null takes back what they said. */
export interface Saying {
  one: RecordRef;
  other: RecordRef;
  verdict: PersonLink['verdict'];
}

export type LinkAct = 'person-links.link' | 'person-links.unlink' | 'person-links.apart';

/** What the journal calls a pair of entries. */
export const LINK = 'person-link';
/** Pairs of one reading: more than the 200 entries of a page have, each said to be one with 19 others. */
const MOST = 5_000;
/** Entries of one reading, and pairs of one statement, where there may be thousands. */
const CHUNK = 200;

/** What somebody said by hand of their entries. */
@Injectable()
export class PersonLinks {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
  ) {}

  /** All that was said of any of these entries, by index from both sides. */
  async about(
    { id: ownerId }: Pick<Owner, 'id'>,
    refs: readonly RecordRef[],
    database: Pick<EntityManager, 'query'> = this.database,
  ): Promise<SaidOfTwo[]> {
    if (refs.length === 0) return [];
    const ids = refs.map(({ id }) => id);
    const columns = 'oneKind, oneId, otherKind, otherId, verdict';
    const rows = await database.query<PersonLink[]>(
      `(SELECT ${columns} FROM person_links WHERE ownerId = ? AND oneId IN (?) AND verdict IS NOT NULL LIMIT ${MOST})
       UNION (SELECT ${columns} FROM person_links WHERE ownerId = ? AND otherId IN (?) AND verdict IS NOT NULL LIMIT ${MOST})`,
      [ownerId, ids, ownerId, ids],
    );
    return rows.flatMap(({ oneKind, oneId, otherKind, otherId, verdict }) =>
      verdict === null
        ? []
        : [{ one: { kind: oneKind, id: oneId }, other: { kind: otherKind, id: otherId }, verdict }],
    );
  }

  /**
   * Writes down what somebody says, as one act. Two windows that say different things of the same entries do so one after the
   * other: what was said last counts, and the journal has both.
   * @returns the act, by which it is undone; null when all of it was said before
   */
  say(owner: Owner, kind: LinkAct, sayings: readonly Saying[]): Promise<Id | null> {
    return this.inTurn(owner, (manager) => this.sayIn(manager, owner, kind, sayings));
  }

  /**
   * One act of an owner after the other: each is about up to 400 pairs, and an undo comes to them in another order. They wait at the
   * owner's own row.
   */
  inTurn<T>({ id }: Owner, body: (manager: EntityManager) => Promise<T>): Promise<T> {
    return inTransaction(this.database, async (manager) => {
      await manager.query('SELECT id FROM users WHERE id = ? FOR UPDATE', [id]);
      return body(manager);
    });
  }

  private async sayIn(
    manager: EntityManager,
    owner: Owner,
    kind: LinkAct,
    sayings: readonly Saying[],
  ): Promise<Id | null> {
    const changed = await this.changesBy(manager, owner, sayings);
    if (changed.length === 0) return null;
    const { id: actorId, accountId } = owner;
    const batchId = await this.journal.begin(manager, { accountId, actorId, kind });
    await this.write(manager, owner, batchId, changed);
    return batchId;
  }

  /**
   * What was said of entries that are no more is said of those they are now, as a part of that act; what the reader said of these
   * themselves stands. What was said of the former ones stays with them, and is there again if they come back.
   */
  async carry({ manager, owner, batchId, kind, into }: RecordsJoined): Promise<void> {
    const now = (ref: RecordRef): RecordRef =>
      ref.kind === kind ? { kind, id: into.get(ref.id) ?? ref.id } : ref;
    const former = [...into.keys()].map((id) => ({ kind, id }));
    const carried = new Map<string, Saying>();
    for (const some of chunksOf(former))
      for (const { one, other, verdict } of await this.about(owner, some, manager)) {
        const saying = { one: now(one), other: now(other), verdict };
        const key = pairKey(saying.one, saying.other);
        // Of two that were merged one was said to be somebody else: that goes before.
        if (saying.one.id !== saying.other.id && (verdict === 'different' || !carried.has(key)))
          carried.set(key, saying);
      }
    if (carried.size === 0) return;
    const changed = await this.changesBy(manager, owner, [...carried.values()]);
    await this.write(
      manager,
      owner,
      batchId,
      changed.filter(({ verdict }) => verdict === null),
    );
  }

  private async changesBy(manager: EntityManager, owner: Owner, sayings: readonly Saying[]) {
    const pairs = sayings.map(inOrderOfIds).sort((one, other) => (pairOf(one) < pairOf(other) ? -1 : 1));
    const wanted = new Map(pairs.map((pair) => [pairOf(pair), pair.verdict]));
    const changed: (StoredPair & { after: PersonLink['verdict'] })[] = [];
    for (const some of chunksOf(pairs)) {
      await insertMissing(
        manager,
        owner,
        some.filter(({ verdict }) => verdict !== null),
      );
      for (const row of await stored(manager, owner, some)) {
        const after = wanted.get(pairOf(row));
        if (after !== undefined && after !== row.verdict) changed.push({ ...row, after });
      }
    }
    return changed;
  }

  private async write(
    manager: EntityManager,
    { id: ownerId, accountId }: Owner,
    batchId: Id,
    changed: readonly { id: Id; verdict: PersonLink['verdict']; after: PersonLink['verdict'] }[],
  ): Promise<void> {
    await setVerdicts(manager, ownerId, changed);
    const entries = changed.map(({ id, verdict, after }) => ({
      ...{ subjectId: id, subjectType: LINK, action: 'changed' as const },
      changes: { verdict: [verdict, after] as [unknown, unknown] },
    }));
    await this.journal.record(manager, batchId, accountId, entries);
  }
}

/** @param rows of this owner, locked */
export async function setVerdicts(
  manager: EntityManager,
  ownerId: Id,
  rows: readonly { id: Id; after: PersonLink['verdict'] }[],
): Promise<void> {
  for (const verdict of ['same', 'different', null] as const) {
    const ids = rows.flatMap(({ id, after }) => (after === verdict ? id : []));
    if (ids.length === 0) continue;
    await manager.query(
      'UPDATE person_links SET verdict = ?, saidAt = UTC_TIMESTAMP(3) WHERE ownerId = ? AND id IN (?)',
      [verdict, ownerId, ids],
    );
  }
}

type StoredPair = Pick<PersonLink, 'id' | 'oneId' | 'otherId' | 'verdict'>;

/** These pairs and no others between the same entries, held. */
async function stored(
  manager: EntityManager,
  { id: ownerId }: Owner,
  pairs: readonly Pair[],
): Promise<StoredPair[]> {
  const others = new Map<Id, Id[]>();
  for (const { oneId, otherId } of pairs) others.set(oneId, [...(others.get(oneId) ?? []), otherId]);
  return manager.query<StoredPair[]>(
    `SELECT id, oneId, otherId, verdict FROM person_links FORCE INDEX (ux_person_links_pair)
     WHERE ownerId = ? AND (${[...others].map(() => '(oneId = ? AND otherId IN (?))').join(' OR ')})
     ORDER BY oneId, otherId FOR UPDATE`,
    [ownerId, ...[...others].flat()],
  );
}

function chunksOf<Each>(all: readonly Each[]): Each[][] {
  const chunks: Each[][] = [];
  for (let from = 0; from < all.length; from += CHUNK) chunks.push(all.slice(from, from + CHUNK));
  return chunks;
}

type Pair = Pick<PersonLink, 'oneKind' | 'oneId' | 'otherKind' | 'otherId' | 'verdict'>;

function inOrderOfIds({ one, other, verdict }: Saying): Pair {
  const [low, high] = one.id < other.id ? [one, other] : [other, one];
  return { oneKind: low.kind, oneId: low.id, otherKind: high.kind, otherId: high.id, verdict };
}

function pairOf({ oneId, otherId }: { oneId: Id; otherId: Id }): string {
  return `${oneId} ${otherId}`;
}

/** With nothing said yet, so that whoever comes at the same moment waits at the row. */
async function insertMissing(
  manager: EntityManager,
  { id: ownerId, accountId }: Owner,
  pairs: readonly Pair[],
): Promise<void> {
  if (pairs.length === 0) return;
  const now = new Date();
  await manager.query(
    `INSERT INTO person_links (id, accountId, ownerId, oneKind, oneId, otherKind, otherId, verdict, saidAt) VALUES ?
     ON DUPLICATE KEY UPDATE ownerId = VALUES(ownerId)`,
    [
      pairs.map(({ oneKind, oneId, otherKind, otherId }) => [
        ...[newId(), accountId, ownerId, oneKind, oneId, otherKind, otherId, null, now],
      ]),
    ],
  );
}
