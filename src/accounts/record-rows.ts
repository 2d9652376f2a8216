import { type PhoneField } from '../contact-card/contact-fields.js';
import { type E164 } from '../phone/e164.js';
import { type PersonRecord } from './person-records.js';

/** In the order in which a contact is called (src/contact-card/first-number.ts); a fax last. */
export const contactNumbers = ['mainPhone', 'mobilePhone', 'workPhone', 'homePhone', 'faxNumber'] as const;

/** In the order in which a colleague or external contact is called. */
export const workNumbers = ['workPhone', 'mobilePhone'] as const;

export function numbersOf<Field extends PhoneField>(
  row: Record<Field, E164 | null>,
  order: readonly Field[],
): PersonRecord['numbers'] {
  return order.flatMap((field) => {
    const number = row[field];
    return number === null ? [] : [{ field, number }];
  });
}
