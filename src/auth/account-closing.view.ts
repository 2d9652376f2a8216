import { type Counted } from '../accounts/belongings.js';
import { limits } from '../config/limits.js';
import { field, problemsOf, type Returned } from '../web/fields.js';
import { type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';

/** The page before one's own account is closed: what goes with it, and until when it comes back. */
export function accountClosingView(
  words: Words,
  me: SignedIn,
  belongings: readonly Counted[],
  returned?: Returned,
) {
  const fields = [
    field(
      words,
      {
        ...{ name: 'password', labelKey: 'profile.field.current-password', type: 'password' },
        autocomplete: 'current-password',
      },
      returned,
    ),
  ];
  const days = limits.restoreDays;
  return {
    email: me.email,
    text: words.t('account-closing.text', { days }),
    points: [
      words.t('account-closing.point-sign-out'),
      words.t('account-closing.point-others'),
      ...belongings.map(({ name, count }) => words.t(`account-closing.has-${name}`, { count })),
      words.t('account-closing.point-back', { days }),
      words.t('account-closing.point-erased', { days, email: me.email }),
    ],
    fields,
    problems: problemsOf(words, fields, returned),
  };
}
