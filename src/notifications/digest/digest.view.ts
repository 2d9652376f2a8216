import { problemsOf, radioGroup, type Returned } from '../../web/fields.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { digests, type Digest } from '../notification.entity.js';

/** `/profile/notifications`. */
export function digestView(
  words: Words,
  { email, timeZone, account }: SignedIn,
  chosen: Digest,
  returned?: Returned,
) {
  const fields = [
    radioGroup(
      words,
      {
        ...{ name: 'digest', labelKey: 'notifications.digest.label', value: chosen },
        options: digests.map((value) => ({ value, labelKey: `notifications.digest.choice-${value}` })),
      },
      returned,
    ),
  ];
  return {
    title: words.t('notifications.digest.title'),
    text: words.t('notifications.digest.text', {
      address: email,
      zone: (timeZone ?? account.timeZone).replaceAll('_', ' '),
    }),
    fields,
    problems: problemsOf(words, fields, returned),
  };
}
