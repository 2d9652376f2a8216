import { page, type Page } from '../web/answers.js';

/** Why a link leads nowhere any more. */
export type Ended =
  | 'setup-used'
  | 'activation-used'
  | 'activation-ended'
  | 'activation-withdrawn'
  | 'reset-used'
  | 'reset-ended';

const ways: Record<Ended, { href: string; label: string }> = {
  'setup-used': { href: '/login', label: 'common.action.sign-in' },
  'activation-used': { href: '/login', label: 'common.action.sign-in' },
  'activation-ended': { href: '/login', label: 'common.action.sign-in' },
  'activation-withdrawn': { href: '/login', label: 'common.action.sign-in' },
  'reset-used': { href: '/login', label: 'common.action.sign-in' },
  'reset-ended': { href: '/forgot-password', label: 'auth.forgot.again' },
};

/** 410: what has ended, and the one thing to do instead. */
export function endedPage(ended: Ended): Page {
  const { href, label } = ways[ended];
  return page(
    'auth/ended',
    { title: `auth.ended.${ended}-title`, text: `auth.ended.${ended}`, href, label },
    410,
  );
}
