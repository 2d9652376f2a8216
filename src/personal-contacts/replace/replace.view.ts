import { type Words } from '../../web/words.js';
import { contactUploadView } from '../import/contact-upload.view.js';
import { type Replaced } from './former-list.query.js';
import { contactReplacement } from './replacement.description.js';

type Upload = Parameters<typeof contactUploadView>[2];

/** The page where a list is replaced: what will be asked for, and the way back from the last time. */
export function replaceView(
  words: Words,
  { count, replaced, ...upload }: Upload & { count: number; replaced: Replaced | null },
) {
  return {
    ...contactUploadView(words, contactReplacement, upload),
    has: words.t('personal-replace.has', { count }),
    tabs: ['import', 'replace'].map((name) => ({
      href: `/personal-contacts/${name}`,
      label: words.t(`personal-replace.tab-${name}`),
      current: name === 'replace',
    })),
    notes: ['whole', 'again', 'group', 'right', 'undo'].map((name) =>
      words.t(`personal-replace.note-${name}`),
    ),
    replaced: replaced && {
      text: words.t('personal-replace.restore-text', {
        ...{ file: replaced.fileName, date: words.date(replaced.at), removed: replaced.removed },
      }),
      until: words.t('personal-replace.restore-until', { date: words.date(replaced.until) }),
      action: `/imports/${replaced.importId}/undo`,
      href: `/imports/${replaced.importId}`,
    },
  };
}
