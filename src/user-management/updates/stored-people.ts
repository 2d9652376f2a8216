import { type Role, type Status, type UserType } from '../../accounts/user.entity.js';
import { type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';
import { type E164 } from '../../phone/e164.js';

/** A person as an update compares and writes them: columns alone. */
export interface StoredPerson {
  id: Id;
  email: string;
  status: Status;
  role: Role;
  type: UserType;
  revision: number;
  givenName: string;
  familyName: string;
  department: string | null;
  jobTitle: string | null;
  location: string | null;
  managerId: Id | null;
  workPhone: E164 | null;
  workPhoneTyped: string | null;
  mobilePhone: E164 | null;
  mobilePhoneTyped: string | null;
  extension: string | null;
}

/** Columns of a person that an update may change. */
export const updatedColumns = [
  ...(['email', 'givenName', 'familyName', 'department', 'jobTitle', 'location', 'managerId'] as const),
  ...(['workPhone', 'workPhoneTyped', 'mobilePhone', 'mobilePhoneTyped', 'extension'] as const),
] as const;

const all = ['id', 'status', 'role', 'type', 'revision', ...updatedColumns] as const;
export type PersonColumn = (typeof all)[number];

/**
 * People of the account by id, the erased ones too.
 * @param columns those that are read; of the others a person has nothing
 * @param lock in the order of their ids, until the transaction ends
 */
export async function peopleById(
  database: Statements,
  accountId: Id,
  ids: readonly Id[],
  { lock = false, columns = all }: { lock?: boolean; columns?: readonly PersonColumn[] } = {},
): Promise<StoredPerson[]> {
  if (ids.length === 0) return [];
  return database.query<StoredPerson[]>(
    `SELECT ${columns.join(', ')} FROM users WHERE id IN (?) AND accountId = ? AND liveKey = 1${lock ? ' ORDER BY id FOR UPDATE' : ''}`,
    [ids, accountId],
  );
}

export async function peopleByEmail(
  database: Statements,
  accountId: Id,
  emails: readonly string[],
  columns: readonly PersonColumn[],
): Promise<StoredPerson[]> {
  if (emails.length === 0) return [];
  return database.query<StoredPerson[]>(
    `SELECT ${columns.join(', ')} FROM users WHERE accountId = ? AND email IN (?) AND liveKey = 1`,
    [accountId, emails],
  );
}

/** Ids and status of the people of these addresses, by address. */
export async function idsOfAddresses(
  database: Statements,
  accountId: Id,
  emails: Iterable<string>,
): Promise<Map<string, { id: Id; status: Status }>> {
  const wanted = [...new Set(emails)];
  const found = new Map<string, { id: Id; status: Status }>();
  for (let from = 0; from < wanted.length; from += CHUNK) {
    const some = await database.query<{ id: Id; email: string; status: Status }[]>(
      'SELECT id, email, status FROM users WHERE accountId = ? AND email IN (?) AND liveKey = 1',
      [accountId, wanted.slice(from, from + CHUNK)],
    );
    for (const { id, email, status } of some) found.set(email, { id, status });
  }
  return found;
}

/** Who holds these extensions now, by extension. */
export async function holdersOf(
  database: Statements,
  accountId: Id,
  extensions: readonly string[],
): Promise<Map<string, { id: Id; email: string }>> {
  const holders = new Map<string, { id: Id; email: string }>();
  for (let from = 0; from < extensions.length; from += CHUNK) {
    const found = await database.query<{ id: Id; email: string; extension: string }[]>(
      'SELECT id, email, extension FROM users WHERE accountId = ? AND extension IN (?) AND liveKey = 1',
      [accountId, extensions.slice(from, from + CHUNK)],
    );
    for (const { id, email, extension } of found) holders.set(extension, { id, email });
  }
  return holders;
}

/** New addresses that were asked for and wait to be confirmed, by person. */
export async function openRequests(
  database: Statements,
  accountId: Id,
  userIds: readonly Id[],
): Promise<Map<Id, Set<string>>> {
  const asked = new Map<Id, Set<string>>();
  if (userIds.length === 0) return asked;
  const found = await database.query<{ userId: Id; address: string }[]>(
    `SELECT userId, address FROM one_time_links WHERE userId IN (?) AND purpose = 'email-change' AND accountId = ?
       AND usedAt IS NULL AND withdrawnAt IS NULL AND expiresAt > UTC_TIMESTAMP(3)`,
    [userIds, accountId],
  );
  for (const { userId, address } of found) asked.set(userId, (asked.get(userId) ?? new Set()).add(address));
  return asked;
}

/** Whether somebody may touch owners: an owner, or the operator, who is nobody of the account. */
export async function actsAsOwner(database: Statements, accountId: Id, actorId: Id | null): Promise<boolean> {
  if (actorId === null) return true;
  const [actor] = await database.query<{ role: Role }[]>(
    'SELECT role FROM users WHERE id = ? AND accountId = ?',
    [actorId, accountId],
  );
  return actor?.role === 'owner';
}

export function nameOfPerson({
  givenName,
  familyName,
  email,
}: Pick<StoredPerson, 'givenName' | 'familyName' | 'email'>): string {
  const name = `${givenName} ${familyName}`.trim();
  return name === '' ? email : `${name} (${email})`;
}

const CHUNK = 1_000;
