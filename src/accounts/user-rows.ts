import { limits } from '../config/limits.js';
import { newId, type Id } from '../database/new-id.js';
import { type E164 } from '../phone/e164.js';
import { fold } from '../text/fold.js';
import { type FeatureChoices } from './features.js';
import { type OneTimeLink } from './one-time-link.entity.js';
import { type Role, type Status, type User, type UserType } from './user.entity.js';
import { keysOf } from './user-keys.js';

/** What a form, a file or the command line says of a person; absent is null or the default. */
export interface PersonFields {
  /** Normalised (src/text/address.ts). */
  email: string;
  givenName: string;
  familyName: string;
  department?: string | null;
  jobTitle?: string | null;
  location?: string | null;
  managerId?: Id | null;
  workPhone?: E164 | null;
  workPhoneTyped?: string | null;
  mobilePhone?: E164 | null;
  mobilePhoneTyped?: string | null;
  extension?: string | null;
  role?: Role;
  type?: UserType;
  features?: FeatureChoices | null;
  language?: 'en' | 'fr' | null;
}

/** A row of `users`, every column. */
export type UserRow = Omit<User, 'displayName' | 'rekey'>;

export interface RowContext {
  accountId: Id;
  status: Status;
  batchId: Id | null;
  now: Date;
  id?: Id;
}

/** One new person: forms, imports and the command line write the same columns. */
export function newUser(
  fields: PersonFields,
  { accountId, status, batchId, now, id = newId() }: RowContext,
): UserRow {
  const person = {
    email: fields.email,
    givenName: fields.givenName,
    familyName: fields.familyName,
    department: fields.department ?? null,
    jobTitle: fields.jobTitle ?? null,
    location: fields.location ?? null,
    managerId: fields.managerId ?? null,
    workPhone: fields.workPhone ?? null,
    workPhoneTyped: fields.workPhoneTyped ?? null,
    mobilePhone: fields.mobilePhone ?? null,
    mobilePhoneTyped: fields.mobilePhoneTyped ?? null,
    extension: fields.extension ?? null,
  };
  return {
    id,
    accountId,
    liveKey: 1,
    status,
    role: fields.role ?? 'member',
    type: fields.type ?? 'basic',
    ...person,
    features: fields.features ?? null,
    language: fields.language ?? null,
    theme: 'system',
    timeZone: null,
    shortcuts: true,
    photoHash: null,
    restricted: false,
    ...keysOf(person),
    createdByBatch: batchId,
    revision: 1,
    invitedAt: status === 'pending' ? now : null,
    activatedAt: status === 'active' ? now : null,
    deactivatedAt: null,
    lastSignInAt: null,
    deletedAt: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** Columns of `users`, in the order of `userValues`, for bulk inserts beside the ORM. */
export const userColumns = [
  ...[
    'id',
    'accountId',
    'liveKey',
    'status',
    'role',
    'type',
    'email',
    'givenName',
    'familyName',
    'department',
  ],
  ...['jobTitle', 'location', 'managerId', 'workPhone', 'workPhoneTyped', 'mobilePhone', 'mobilePhoneTyped'],
  ...['extension', 'features', 'language', 'theme', 'timeZone', 'shortcuts', 'photoHash', 'restricted'],
  ...['searchKey', 'sortKey', 'foldVersion', 'createdByBatch', 'revision', 'invitedAt', 'activatedAt'],
  ...['deactivatedAt', 'lastSignInAt', 'deletedAt', 'createdAt', 'updatedAt'],
] as (keyof UserRow)[];

export function userValues(row: UserRow): unknown[] {
  return userColumns.map((column) =>
    column === 'features' ? (row.features === null ? null : JSON.stringify(row.features)) : row[column],
  );
}

/** The link a pending person activates with. */
export function newActivationLink(
  user: Pick<User, 'id' | 'accountId'>,
  now: Date,
  id = newId(),
): OneTimeLink {
  return {
    id,
    accountId: user.accountId,
    userId: user.id,
    purpose: 'activation',
    address: null,
    subjectId: null,
    expiresAt: invitationEnd(now),
    usedAt: null,
    withdrawnAt: null,
  };
}

/** Columns of `one_time_links`, in the order of `linkValues`. */
export const linkColumns: (keyof OneTimeLink)[] = [
  ...(['id', 'accountId', 'userId', 'purpose', 'address', 'expiresAt', 'usedAt', 'withdrawnAt'] as const),
];

export function linkValues(row: OneTimeLink): unknown[] {
  return linkColumns.map((column) => row[column]);
}

/** When an invitation sent at a moment is over. */
export function invitationEnd(from: Date): Date {
  return new Date(from.getTime() + limits.invitationDays * 86_400_000);
}

export interface NewGroup {
  id: Id;
  accountId: Id;
  name: string;
  nameKey: string;
  createdByBatch: Id | null;
  createdAt: Date;
}

/** A group of either kind that a name asked for. */
export function newGroup(fields: {
  accountId: Id;
  name: string;
  batchId: Id | null;
  now: Date;
  id?: Id;
}): NewGroup {
  const { accountId, name, batchId, now, id = newId() } = fields;
  return { id, accountId, name, nameKey: nameKeyOf(name), createdByBatch: batchId, createdAt: now };
}

/** Groups whose names differ by accents, case or spaces alone are one. */
export function nameKeyOf(name: string): string {
  const key = fold(name).replace(/\s+/gu, ' ').trim();
  return [...key].slice(0, 255).join('');
}
