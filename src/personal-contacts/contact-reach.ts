import {
  deleteReach,
  insertReach,
  type FurtherReach,
  type NumberField,
  type ReachOfContact,
} from '../accounts/further-reach.js';
import { type CardProperty } from '../contact-card/contact-fields.js';
import { type Id } from '../database/new-id.js';
import { type Statements } from '../imports/import-kind.js';
import { isRegion, type Region } from '../phone/e164.js';
import { normaliseAddress } from '../text/address.js';
import { numberIn, saysCountry } from './contact-keys.js';

/** By which numbers and addresses, beyond its fields, a contact is found: what its card says, as far as it can be read. */

interface Carded {
  id: Id;
  extra: readonly CardProperty[];
}

type Owner = Record<'accountId' | 'ownerId', Id>;

/** @param region of the account: numbers without a country are read by it, as they are when they are imported */
export function reachOf(extra: readonly CardProperty[], region: Region | null): FurtherReach[] {
  return extra.flatMap(([name, parameters, , ...values]): FurtherReach[] => {
    const texts = values.filter((value) => typeof value === 'string');
    if (name === 'email')
      return texts.flatMap((text) => {
        const address = normaliseAddress(text);
        return address === null ? [] : { field: 'email', value: address };
      });
    const field = name === 'tel' ? fieldOf(parameters['type']) : null;
    if (field === null) return [];
    return texts.flatMap((text) => {
      const number = numberIn(text, region);
      return number === null ? [] : { field, value: number };
    });
  });
}

/** Of contacts that were just inserted. */
export async function insertReachOf(
  database: Statements,
  owner: Owner,
  contacts: readonly Carded[],
): Promise<void> {
  const some = contacts.filter(({ extra }) => extra.some(isReach));
  await insertReach(database, 'personal_contacts', owner, await read(database, owner, some));
}

/** Of contacts whose card is another one by now. */
export async function changeReachOf(
  database: Statements,
  owner: Owner,
  changes: readonly { before: Carded; after: Carded }[],
): Promise<void> {
  // Where there is nothing, nothing is deleted: it would hold the place against whoever inserts there.
  const had = changes.flatMap(({ before }) => (before.extra.some(isReach) ? before.id : []));
  await deleteReach(database, 'personal_contacts', had);
  await insertReachOf(
    database,
    owner,
    changes.map(({ before: { id }, after: { extra } }) => ({ id, extra })),
  );
}

function isReach([name]: CardProperty): boolean {
  return name === 'tel' || name === 'email';
}

/** A region is asked for where a number needs one, once for all. */
async function read(
  database: Statements,
  { accountId }: Owner,
  contacts: readonly Carded[],
): Promise<ReachOfContact[]> {
  const needsRegion = contacts.some(({ extra }) =>
    extra.some(([name, , , value]) => name === 'tel' && !saysCountry(String(value))),
  );
  const region = needsRegion ? await regionOf(database, accountId) : null;
  return contacts.map(({ id, extra }) => ({ id, reach: reachOf(extra, region) }));
}

async function regionOf(database: Statements, accountId: Id): Promise<Region | null> {
  const [account] = await database.query<{ region: string }[]>('SELECT region FROM accounts WHERE id = ?', [
    accountId,
  ]);
  return account && isRegion(account.region) ? account.region : null;
}

/** What a number is by its types (RFC 6350 §6.4.1); null for one that somebody else answers, or nobody. */
function fieldOf(type: string | string[] | undefined): NumberField | null {
  const types = new Set([type ?? []].flat().flatMap((each) => each.toLowerCase().split(',')));
  if (NOBODYS.some((each) => types.has(each))) return null;
  if (types.has('fax')) return 'faxNumber';
  if (types.has('cell')) return 'mobilePhone';
  if (types.has('work')) return 'workPhone';
  return types.has('home') ? 'homePhone' : 'otherPhone';
}

const NOBODYS = ['x-assistant', 'pager', 'textphone', 'x-telex', 'isdn', 'modem', 'bbs'];
