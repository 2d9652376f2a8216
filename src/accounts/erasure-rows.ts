import { In, type EntityManager } from 'typeorm';
import { type Id } from '../database/id.js';
import { isDuplicate } from '../database/transaction.js';
import { type Changes } from '../journal/journal.entities.js';
import { inChunks } from './people-rows.js';
import { keysOf, User, type Status } from './user.entity.js';

/** What the journal and the audit log call erasing. */
export const erasing = { kind: 'users.erase' } as const;

/** An erased person, and what the batch that erased them wrote down. */
export interface Erased {
  user: User;
  /** Before they were erased. */
  status: Status;
  /** Theirs again; null when they had none, or somebody else has it now. */
  extension: string | null;
  extensionLost: boolean;
}

/** What erasing took from these people, from the journal: the newest erasing of each. */
export async function whatErasingTook(
  manager: EntityManager,
  accountId: Id,
  people: readonly User[],
): Promise<Erased[]> {
  const before = new Map<Id, Changes>();
  const taken = new Set<string>();
  await inChunks(people, async (chunk) => {
    const entries = await manager.query<{ subjectId: Id; changes: string | null }[]>(
      `SELECT e.subjectId, e.changes FROM journal_entries e JOIN journal_batches b ON b.id = e.batchId
       WHERE e.subjectId IN (?) AND e.accountId = ? AND b.kind = '${erasing.kind}' ORDER BY e.batchId`,
      [chunk.map(({ id }) => id), accountId],
    );
    for (const { subjectId, changes } of entries)
      before.set(subjectId, changes === null ? {} : (JSON.parse(changes) as Changes));
    const wanted = chunk.flatMap(
      ({ id }) => (before.get(id)?.['extension']?.[0] as string | undefined) ?? [],
    );
    if (wanted.length === 0) return;
    const holders = await manager.query<{ extension: string }[]>(
      'SELECT extension FROM users WHERE accountId = ? AND extension IN (?) AND liveKey = 1',
      [accountId, wanted],
    );
    for (const { extension } of holders) taken.add(extension);
  });
  return people.map((user) => {
    const { status, extension } = before.get(user.id) ?? {};
    const had = (extension?.[0] as string | undefined) ?? null;
    // Two erased people may have had the same extension, one after the other: it goes to one of them.
    const free = had !== null && !taken.has(had);
    if (free) taken.add(had);
    return {
      user,
      // Nothing written down: as somebody who has to be let in again.
      status: (status?.[0] as Status | undefined) ?? 'deactivated',
      extension: free ? had : null,
      extensionLost: had !== null && !free,
    };
  });
}

export async function giveBack(
  manager: EntityManager,
  accountId: Id,
  back: readonly Erased[],
  now: Date,
): Promise<void> {
  for (const status of new Set(back.map((each) => each.status))) {
    await inChunks(
      back.filter((each) => each.status === status),
      (chunk) =>
        manager.update(
          User,
          { id: In(chunk.map(({ user }) => user.id)), accountId },
          { status, deletedAt: null, updatedAt: now, revision: () => 'revision + 1' },
        ),
    );
  }
  // The search key holds the extension: right still where it comes back, made anew where it does not.
  await inChunks(
    back.filter(({ extension }) => extension !== null),
    async (chunk) => {
      await manager.query(
        `UPDATE users SET extension = CASE id ${chunk.map(() => 'WHEN ? THEN ?').join(' ')} END WHERE id IN (?)`,
        [...chunk.flatMap(({ user, extension }) => [user.id, extension]), chunk.map(({ user }) => user.id)],
      );
    },
  );
  await inChunks(
    back.filter(({ extensionLost }) => extensionLost),
    async (chunk) => {
      await manager.query(
        `UPDATE users SET searchKey = CASE id ${chunk.map(() => 'WHEN ? THEN ?').join(' ')} END WHERE id IN (?)`,
        [
          ...chunk.flatMap(({ user }) => [user.id, keysOf({ ...user, extension: null }).searchKey]),
          chunk.map(({ user }) => user.id),
        ],
      );
    },
  );
}

/** Somebody took an extension at the moment it was to be given back: looking again sees it. */
export async function retryExtension<T>(body: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await body();
    } catch (error) {
      if (attempt === 3 || !isDuplicate(error, 'uq_users_extension')) throw error;
    }
  }
}
