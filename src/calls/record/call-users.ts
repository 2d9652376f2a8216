import { featuresOf } from '../../accounts/features.js';
import { type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';
import { readPhone, type E164, type Region } from '../../phone/e164.js';
import { normaliseAddress } from '../../text/address.js';
import { tidy } from '../../text/tidy.js';
import { type CallRefusal } from './call-report.js';

export interface CallAccount {
  id: Id;
  region: Region;
}

/** What was said about who: the id of the one user it means, or why there is none who may be given calls. */
export type CallUser = { id: Id } | { refusal: CallRefusal };

/**
 * Whom a telephone system means by these words, each an e-mail address, an extension or a work or mobile number (also as it is
 * dialled in the account’s country): for all of them two queries, two more where groups decide about features.
 * @returns by the word as it was said
 */
export async function callUsers(
  database: Statements,
  account: CallAccount,
  words: readonly string[],
): Promise<Map<string, CallUser>> {
  const said = new Map([...new Set(words)].map((word) => [word, meant(word, account.region)]));
  const found = await peopleOf(database, account.id, [...said.values()]);
  const licensed = found.filter(({ status, type }) => status !== 'deactivated' && type === 'licensed');
  const features = await featuresOf(
    database,
    account.id,
    licensed.map(({ id }) => id),
  );
  const may = (person: Found) => features.get(person.id)?.phone === true;
  return new Map(
    [...said].map(([word, who]) => [
      word,
      chosen(
        found.filter((person) => isMeant(person, who)),
        may,
      ),
    ]),
  );
}

export interface Meant {
  email: string | null;
  extension: string | null;
  number: E164 | null;
}

export interface Found {
  id: Id;
  email: string;
  status: 'active' | 'pending' | 'deactivated';
  type: 'basic' | 'licensed';
  extension: string | null;
  workPhone: E164 | null;
  mobilePhone: E164 | null;
}

/** As long as an address may be; what is longer is nobody’s. */
const LONGEST = 254;
const EXTENSION = /^[0-9*#]{1,20}$/;

export function meant(word: string, region: Region): Meant {
  const text = word.length > LONGEST ? '' : tidy(word);
  if (text.includes('@')) return { email: normaliseAddress(text), extension: null, number: null };
  const reading = readPhone(text, { region, from: 'form' });
  const number = reading.kind === 'number' || reading.kind === 'proposal' ? reading.number : null;
  return { email: null, extension: EXTENSION.test(text) ? text : null, number };
}

/** One statement of index reads; people in the bin of erased ones are nobody. */
async function peopleOf(database: Statements, accountId: Id, said: readonly Meant[]): Promise<Found[]> {
  const columns = { email: ['email'], extension: ['extension'], number: ['workPhone', 'mobilePhone'] };
  const reads = Object.entries(columns).flatMap(([kind, names]) => {
    const values = [...new Set(said.flatMap((each) => each[kind as keyof Meant] ?? []))];
    return values.length === 0 ? [] : names.map((name) => ({ name, values }));
  });
  if (reads.length === 0) return [];
  const statements = reads.map(
    ({ name }) =>
      `SELECT id, email, status, type, extension, workPhone, mobilePhone FROM users
       WHERE accountId = ? AND ${name} IN (?) AND liveKey = 1 AND status <> 'erased'`,
  );
  return database.query<Found[]>(
    statements.join(' UNION '),
    reads.flatMap(({ values }) => [accountId, values]),
  );
}

export function isMeant(person: Found, { email, extension, number }: Meant): boolean {
  if (email !== null) return person.email === email;
  if (extension !== null && person.extension === extension) return true;
  return number !== null && (person.workPhone === number || person.mobilePhone === number);
}

/** An extension is one person’s; a number several may have is taken for the one of them who may be given calls. */
export function chosen(people: readonly Found[], may: (person: Found) => boolean): CallUser {
  if (people.length === 0) return { refusal: 'unknown-user' };
  const present = people.filter(({ status }) => status !== 'deactivated');
  if (present.length === 0) return { refusal: 'inactive-user' };
  const able = present.filter(may);
  if (able.length === 0) return { refusal: 'phone-off' };
  return able.length === 1 ? { id: able[0].id } : { refusal: 'several-users' };
}
