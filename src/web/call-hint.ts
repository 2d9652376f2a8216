import { type SignedIn } from './signed-in.js';
import { type Words } from './words.js';

/**
 * Why there is nothing to click beside a number, told to whom that matters: '' for who may call, and where there is no
 * number, which needs no reason.
 */
export function callHint(
  words: Words,
  { type, features }: Pick<SignedIn, 'type'> & { features: Pick<SignedIn['features'], 'phone'> },
  hasNumber: boolean,
): string {
  if (features.phone || !hasNumber) return '';
  return words.t(type === 'licensed' ? 'contacts.call-off' : 'contacts.call-unlicensed');
}
