import { isE164, type E164 } from '../../phone/e164.js';

/** The other side of a call, as far as the call says. */
export interface OtherSide {
  number: E164 | null;
  typedNumber: string | null;
  callerName: string | null;
}

/** The extension a telephone system said in place of a number, also as the user of a SIP address; null where it said none. */
export function extensionOf({ number, typedNumber }: Omit<OtherSide, 'callerName'>): string | null {
  if (number !== null || typedNumber === null) return null;
  const said = /^(?:sips?:|tel:)?([0-9*#]{1,20})(?:[@;].*)?$/is.exec(typedNumber)?.[1];
  return said ?? null;
}

/** What `extensionOf` finds, in SQL; anything at all where a call says no extension. Of a row `c` whose number is null. */
export const EXTENSION_SAID = `SUBSTRING_INDEX(SUBSTRING_INDEX(SUBSTRING_INDEX(c.typedNumber, '@', 1), ';', 1), ':', -1)`;

/** Words telephone systems write where somebody does not show their number (RFC 3323 §4.1.1.3 and common ones). */
const HIDDEN =
  /^(?:sips?:)?(?:anonymous|anon|restricted|private|withheld|unavailable|unknown|invalid|asserted)(?:[@;].*)?$/is;

/** True where the other side did not show a number, or the telephone system did not say one. */
export function isHidden({ number, typedNumber }: Omit<OtherSide, 'callerName'>): boolean {
  return number === null && (typedNumber === null || HIDDEN.test(typedNumber));
}

/** What the calls with one other side have in common, as `?with=` of the list says it; '' of hidden numbers. */
export function withOf(side: Omit<OtherSide, 'callerName'>): string {
  if (side.number !== null) return side.number;
  return isHidden(side) ? '' : (side.typedNumber ?? '');
}

/** The number `with` says, where it is one. */
export function numberIn(whom: string): E164 | null {
  const plus = whom.replace(/^ ?(?=\d)/, '+');
  // A plus that was not escaped comes as a space, which is tidied away: more than ten digits are no extension.
  if (isE164(whom)) return whom;
  return whom.length > 10 && isE164(plus) ? plus : null;
}
