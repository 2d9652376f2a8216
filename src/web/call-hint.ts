import { type SignedIn } from './signed-in.js';
import { type Words } from './words.js';

/**
 * Why there is nothing to click beside a number, told to whom that matters: '' for who may call, and where there is no
 * number, which needs no reason.
 */
export function callHint(
  words: Words,
  {
    type,
    features,
    account,
  }: Pick<SignedIn, 'type'> & {
    features: Pick<SignedIn['features'], 'phone'>;
    account?: Pick<SignedIn['account'], 'kind'>;
  },
  hasNumber: boolean,
): string {
  if (features.phone || !hasNumber) return '';
  // Whoever has an account of their own has no administrator to ask.
  if (account?.kind === 'personal') return words.t('contacts.call-personal');
  return words.t(type === 'licensed' ? 'contacts.call-off' : 'contacts.call-unlicensed');
}
