import { type PhoneField } from '../contact-card/contact-fields.js';
import { type Id } from '../database/id.js';
import { isE164, type E164 } from '../phone/e164.js';

/**
 * Numbers and addresses of a contact beyond those its columns hold. They stand in a table of their own beside the contacts, so
 * that an index says whose they are; each feature has one, and writes it where it writes its contacts.
 */

/** What a further number is; `otherPhone`: its source does not say. */
export type NumberField = PhoneField | 'otherPhone';

export interface FurtherReach {
  field: NumberField | 'email';
  /** E.164, or a normalised address. */
  value: string;
}

/** A contact with what its row says of further ones. */
export interface ReachOfContact {
  id: Id;
  reach: readonly FurtherReach[];
}

/** Kept of one contact; nobody has as many, but a file may. */
const MOST = 50;

/** A table of contacts and that of their further reach. */
export const reachTables = {
  personal_contacts: 'personal_contact_reach',
  cloud_contacts: 'cloud_contact_reach',
} as const;
export type ContactTable = keyof typeof reachTables;

interface Statements {
  query<Result = unknown>(sql: string, values?: unknown[]): Promise<Result>;
}

/** Of contacts that were just inserted: one statement, none where nobody has further ones. */
export async function insertReach(
  database: Statements,
  table: ContactTable,
  { accountId, ownerId }: { accountId: Id; ownerId: Id },
  contacts: readonly ReachOfContact[],
): Promise<void> {
  const rows = contacts.flatMap(({ id, reach }) =>
    onceEach(reach).map(({ field, value }, place) => [id, value, field, place, accountId, ownerId]),
  );
  if (rows.length === 0) return;
  await database.query(
    `INSERT INTO ${reachTables[table]} (contactId, value, field, place, accountId, ownerId) VALUES ?`,
    [rows],
  );
}

/** Of contacts that end for good, and of those that say something else by now. In the bin they keep it. */
export async function deleteReach(
  database: Statements,
  table: ContactTable,
  contactIds: readonly Id[],
): Promise<void> {
  if (contactIds.length > 0)
    await database.query(`DELETE FROM ${reachTables[table]} WHERE contactId IN (?)`, [contactIds]);
}

/** An expression of `c`, which `readReach` reads. */
export function reachSql(table: ContactTable): string {
  return `(SELECT GROUP_CONCAT(r.field, ' ', r.value ORDER BY r.place SEPARATOR '\\n')
           FROM ${reachTables[table]} r WHERE r.contactId = c.id)`;
}

export function readReach(text: string | null): FurtherReach[] {
  if (text === null || text === '') return [];
  return text.split('\n').map((line) => {
    const [field, value] = line.split(' ');
    return { field: field as FurtherReach['field'], value };
  });
}

/** In their order, but what is called a fax. */
export function faxLast<Each extends { field: string }>(all: readonly Each[]): Each[] {
  const isFax = ({ field }: Each) => field === 'faxNumber';
  return [...all.filter((each) => !isFax(each)), ...all.filter(isFax)];
}

export function furtherNumbers(reach: readonly FurtherReach[]): { field: NumberField; number: E164 }[] {
  return reach.flatMap(({ field, value }) =>
    field !== 'email' && isE164(value) ? [{ field, number: value }] : [],
  );
}

export function furtherEmails(reach: readonly FurtherReach[]): string[] {
  return reach.flatMap(({ field, value }) => (field === 'email' ? value : []));
}

/** What is said twice counts as it is said first; a fax is called what else it is. */
function onceEach(reach: readonly FurtherReach[]): FurtherReach[] {
  const once = new Map<string, FurtherReach>();
  for (const each of faxLast(reach)) if (!once.has(each.value)) once.set(each.value, each);
  return [...once.values()].slice(0, MOST);
}
