import { type OneTimeLink } from '../../accounts/one-time-link.entity.js';
import { waitingAddressView } from '../../auth/email-change.view.js';
import { limits } from '../../config/limits.js';
import { field, problemsOf, type Returned } from '../../web/fields.js';
import { type Words } from '../../web/words.js';
import { nameOf } from '../change-words.js';
import { type UserDetails } from '../user-details.query.js';

export interface AddressPage {
  waiting: OneTimeLink | null;
  returned?: Returned;
  /** Somebody changed the address, or asked for another, since the form was opened. */
  meanwhile?: boolean;
  /** Who of the company has the address already. */
  knownId?: unknown;
}

/** `/users/:id/address`: what an address is for, and how it changes for this person. */
export function addressView(
  words: Words,
  { user }: UserDetails,
  { waiting, returned, meanwhile = false, knownId }: AddressPage,
) {
  const path = `/users/${user.id}`;
  const email = field(
    words,
    {
      ...{ name: 'email', labelKey: 'auth.email-change.new', type: 'email', autocomplete: 'off' },
      ...{ maxlength: limits.emailCharacters, autofocus: !returned },
    },
    returned,
  );
  const values = { email: user.email, hours: limits.emailChangeHours };
  return {
    title: words.t('user.address.title', { name: nameOf(user) }),
    text: words.t(user.status === 'pending' ? 'user.address.pending-text' : 'user.address.text', values),
    ...{ name: nameOf(user), backHref: path, action: `${path}/address` },
    ...(meanwhile ? { notice: words.t('user.address.meanwhile', { email: user.email }) } : {}),
    waiting: waitingAddressView(words, waiting, `${path}/address`),
    hidden: [
      { name: 'was', value: user.email },
      { name: 'waited', value: waiting?.id ?? '' },
    ],
    fields: [email],
    problems: problemsOf(words, [email], returned),
    ...(typeof knownId === 'string'
      ? { known: { href: `/users/${knownId}`, label: words.t('user.address.open-holder') } }
      : {}),
    save: words.t(user.status === 'pending' ? 'user.address.save-pending' : 'auth.email-change.ask'),
  };
}
