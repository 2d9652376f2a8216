import { type OneTimeLink } from '../accounts/one-time-link.entity.js';
import { limits } from '../config/limits.js';
import { field, problemsOf, type Returned } from '../web/fields.js';
import { type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';
import { type EmailChange } from './email-change.service.js';

/** What waits for somebody's new address: on their profile, and on their page for administrators. */
export function waitingAddressView(words: Words, waiting: OneTimeLink | null, path: string) {
  if (!waiting) return null;
  const ended = waiting.expiresAt.getTime() <= Date.now();
  const values = { address: waiting.address ?? '', until: words.dateTime(waiting.expiresAt) };
  return {
    text: words.t(ended ? 'auth.email-change.not-confirmed' : 'auth.email-change.waits', values),
    ended,
    resendAction: `${path}/sending`,
    cancelAction: `${path}/cancellation`,
  };
}

/** `/profile/email`: another address for oneself. */
export function ownAddressView(words: Words, me: SignedIn, waiting: OneTimeLink | null, returned?: Returned) {
  const fields = [
    field(
      words,
      {
        ...{ name: 'email', labelKey: 'auth.email-change.new', type: 'email', autocomplete: 'email' },
        ...{ maxlength: limits.emailCharacters, autofocus: !returned },
      },
      returned,
    ),
    field(
      words,
      {
        ...{ name: 'currentPassword', labelKey: 'profile.field.current-password', type: 'password' },
        autocomplete: 'current-password',
      },
      returned,
    ),
  ];
  return {
    present: words.t('auth.email-change.present', { email: me.email }),
    text: words.t('auth.email-change.text', { hours: limits.emailChangeHours }),
    waiting: waitingAddressView(words, waiting, '/profile/email'),
    fields,
    problems: problemsOf(words, fields, returned),
  };
}

/** `/profile/email/:token`: shown to whoever holds the link, so nothing of the person but what the mail said. */
export function confirmAddressView(words: Words, token: string, change: EmailChange) {
  const { address, name, company } = change;
  return {
    title: words.t('auth.email-change.confirm-title'),
    text: words.t('auth.email-change.confirm-text', { company, address }),
    action: `/profile/email/${token}`,
    facts: [
      { label: words.t('auth.activate.name'), value: name },
      { label: words.t('auth.email-change.new'), value: address },
    ],
  };
}
