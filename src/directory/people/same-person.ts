import {
  addressesOf,
  type PersonRecord,
  type RecordKind,
  type RecordRef,
} from '../../accounts/person-records.js';
import { personKeyOf } from '../../personal-contacts/contact-keys.js';

/**
 * What says that two entries are one person. Pure: what was read is handed in, so that search, calls and the card agree.
 */

/** Surely one person, the strongest first: where two reasons speak against each other, the stronger one is followed. */
export const sureReasons = ['by-hand', 'verified-address', 'number-and-name', 'address-and-name'] as const;
export type SureReason = (typeof sureReasons)[number];

/** Perhaps one person, which only the reader can know. */
export const doubtfulReasons = ['address', 'number', 'name'] as const;
export type DoubtfulReason = (typeof doubtfulReasons)[number];

/** A number that more people than this have is a switchboard's: it says nothing about people of other names. */
export const PEOPLE_OF_A_NUMBER = 3;

/** What tells entries apart in sets and maps. */
export function keyOf({ kind, id }: RecordRef): string {
  return `${kind} ${id}`;
}

/**
 * Why two entries are surely one person; null when that is not sure.
 * @param crowded keys (`addressKey`, `numberKey`) that too many entries have to say anything
 */
export function sureReason(
  one: PersonRecord,
  other: PersonRecord,
  crowded: ReadonlySet<string> = NOTHING,
): Exclude<SureReason, 'by-hand'> | null {
  if (areTwoSignIns(one, other)) return null;
  const address = sameAddress(one, other, crowded);
  if (address && (one.verified || other.verified)) return 'verified-address';
  if (!sameName(one, other)) return null;
  if (sameNumber(one, other, crowded)) return 'number-and-name';
  return address && isOwn(one) && isOwn(other) ? 'address-and-name' : null;
}

/** Why two entries that are not surely one person may be it; null when nothing says so. */
export function doubtfulReason(
  one: PersonRecord,
  other: PersonRecord,
  crowded: ReadonlySet<string> = NOTHING,
): DoubtfulReason | null {
  // Namesakes who share a switchboard are what a company is made of.
  if (one.kind === 'colleague' && other.kind === 'colleague') return null;
  if (sameAddress(one, other, crowded) && !areTwoSignIns(one, other)) return 'address';
  if (sameNumber(one, other, crowded)) return 'number';
  return isWholeName(one.name) && sameName(one, other) ? 'name' : null;
}

/**
 * Two people who sign in here, each with an address of their own: whatever they share, they are two until the reader says
 * otherwise. Somebody of another company may call themselves like a colleague and say the colleague's number is theirs; one
 * address is nobody's but theirs.
 */
export function areTwoSignIns(one: PersonRecord, other: PersonRecord): boolean {
  if (!signsIn(one.kind) || !signsIn(other.kind) || keyOf(one) === keyOf(other)) return false;
  return one.kind === other.kind || one.email === null || one.email !== other.email;
}

function signsIn(kind: RecordKind): boolean {
  return kind === 'colleague' || kind === 'external';
}

/** Of two words or more: half the world's contacts are called Marie. */
export function isWholeName(name: string): boolean {
  return personKeyOf(name).includes(' ');
}

export function addressKey(address: string): string {
  return `a ${address}`;
}

export function numberKey(number: string): string {
  return `n ${number}`;
}

const NOTHING: ReadonlySet<string> = new Set();

/** Kept by the reader, who wrote what is in it. */
function isOwn({ kind }: RecordRef): boolean {
  return kind === 'cloud' || kind === 'personal';
}

function sameName(one: PersonRecord, other: PersonRecord): boolean {
  const key = personKeyOf(one.name);
  return key !== '' && key === personKeyOf(other.name);
}

function sameAddress(one: PersonRecord, other: PersonRecord, crowded: ReadonlySet<string>): boolean {
  const theirs = addressesOf(other);
  return addressesOf(one).some((address) => theirs.includes(address) && !crowded.has(addressKey(address)));
}

function sameNumber(one: PersonRecord, other: PersonRecord, crowded: ReadonlySet<string>): boolean {
  return one.numbers.some(
    ({ number }) =>
      !crowded.has(numberKey(number)) && other.numbers.some((theirs) => theirs.number === number),
  );
}
