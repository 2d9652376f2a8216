import { page, type Page } from '../web/answers.js';

/** Why a link leads nowhere any more. */
export type Ended =
  | 'setup-used'
  | 'activation-used'
  | 'activation-ended'
  | 'activation-withdrawn'
  | 'reset-used'
  | 'reset-ended'
  | 'email-used'
  | 'email-withdrawn'
  | 'email-ended';

const ways: Partial<Record<Ended, { href: string; labelKey: string }>> = {
  'reset-ended': { href: '/forgot-password', labelKey: 'auth.forgot.again' },
};

/** 410: what has ended, and the one thing to do instead. */
export function endedPage(ended: Ended): Page {
  const way = ways[ended] ?? { href: '/login', labelKey: 'common.action.sign-in' };
  const textKey = `auth.ended.${ended}`;
  return page('auth/ended', { titleKey: `${textKey}-title`, textKey, ...way }, 410);
}
