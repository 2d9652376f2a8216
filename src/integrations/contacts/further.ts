import { type FurtherReach, type NumberField } from '../../accounts/further-reach.js';
import { isE164, type E164 } from '../../phone/e164.js';
import { normaliseAddress } from '../../text/address.js';
import { numberIn } from '../sync/remote-fields.js';

/**
 * What a provider has of a contact beyond the fields: further numbers and addresses. They are shown and found here, and changed
 * there alone. A connector keeps them with what it remembers of the contact (`memory.further`), so that they are never of
 * another version of it than that.
 */
export interface Further {
  numbers: FurtherNumber[];
  /** As the provider has them. */
  emails: string[];
}

export interface FurtherNumber {
  field: NumberField;
  text: string;
  /** Where the provider itself says how it is dialled. */
  number?: E164;
}

type Memory = Readonly<Record<string, unknown>> | null;

/** Of each of the two; a book may say anything. */
const MOST = 20;
/** UTF-16 units of one. */
const UNITS = 255;

/** What a connector keeps of what it has read, whatever it has read. */
export function furtherOf({ numbers, emails }: Further): Further {
  const kept = (text: string) => text.trim() !== '' && text.length <= UNITS;
  return {
    numbers: numbers.filter(({ text }) => kept(text)).slice(0, MOST),
    emails: emails.filter(kept).slice(0, MOST),
  };
}

/** @returns null for a contact that was read before they were kept, or never */
export function furtherIn(memory: Memory): Further | null {
  const { numbers, emails } = (memory?.['further'] ?? {}) as Partial<Further>;
  return Array.isArray(numbers) && Array.isArray(emails) ? { numbers, emails } : null;
}

/** By what a contact is found beside its fields. @param region of the account, as the numbers of the fields are read */
export function cloudReachOf(memory: Memory, region: string): FurtherReach[] {
  const { numbers, emails } = furtherIn(memory) ?? nothing;
  return [
    ...numbers.flatMap((further): FurtherReach[] => {
      const value = numberOf(further, region);
      return value === null ? [] : [{ field: further.field, value }];
    }),
    ...emails.flatMap((text): FurtherReach[] => {
      const value = normaliseAddress(text);
      return value === null ? [] : [{ field: 'email', value }];
    }),
  ];
}

/** null where no number can be read from it. */
export function numberOf({ text, number }: FurtherNumber, region: string): E164 | null {
  return number !== undefined && isE164(number) ? number : numberIn(text, region);
}

/** What a search finds a contact by, also a number that is none we can read. */
export function furtherTexts(memory: Memory): { phones: string[]; emails: string[] } {
  const { numbers, emails } = furtherIn(memory) ?? nothing;
  return { phones: numbers.flatMap(({ text, number }) => [number ?? [], text].flat()), emails };
}

const nothing: Further = { numbers: [], emails: [] };
