import { isId, type Id } from '../database/id.js';
import { NotFound } from '../errors/domain-error.js';
import { type Statements } from '../imports/import-kind.js';

/** Whose contacts; a `SignedIn` is one. */
export interface Owner {
  id: Id;
  accountId: Id;
}

/** True when all of these are contacts of this person, living or in the bin; what is no id is nobody's. */
export async function areOwn(database: Statements, ownerId: Id, ids: readonly string[]): Promise<boolean> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return true;
  if (!wanted.every(isId)) return false;
  const [{ own }] = await database.query<[{ own: number | string }]>(
    'SELECT COUNT(*) AS own FROM personal_contacts WHERE ownerId = ? AND id IN (?)',
    [ownerId, wanted],
  );
  return Number(own) === wanted.length;
}

/** @throws NotFound when one of these is not a contact of this person */
export async function assertOwn(database: Statements, ownerId: Id, ids: readonly string[]): Promise<void> {
  if (!(await areOwn(database, ownerId, ids))) throw new NotFound('personal-contact.not-found');
}
