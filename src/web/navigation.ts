import type { Words } from './words.js';

export interface NavigationItem {
  href: string;
  label: string;
  icon: string;
  /** This page, or one below it, is open. */
  current: boolean;
  /** Second key of the `g …` shortcut. */
  key?: string;
  /** What waits there: the number as it is shown, and what it says. */
  count?: { text: string; label: string };
}

export interface NavigationSection {
  /** null for what everybody has */
  heading: string | null;
  items: NavigationItem[];
}

export interface NavigationRequest {
  role: 'owner' | 'admin' | 'member';
  /** Of the account: a personal one has nothing to administer. */
  kind: 'company' | 'personal';
  /** Features that are on for this person; a page whose feature is off is not listed. */
  features: readonly string[];
  /** Mails are kept and readable at `/mail`, because no SMTP server is set. */
  mailPage: boolean;
  /** What the session counted (`signedIn.counts`). */
  counts?: Readonly<Record<string, number>>;
  /** Of the open page, with or without query. */
  path: string;
  words: Words;
}

/** The left navigation of one person: only pages that person can open. */
export function navigationFor(request: NavigationRequest): NavigationSection[] {
  const { words } = request;
  return sections
    .map((section) => ({
      heading: section.headingKey ? words.t(section.headingKey) : null,
      items: section.items
        .filter((item) => item.shownTo?.(request) ?? true)
        .map(({ href, labelKey, icon, key, counted }) => ({
          href,
          label: words.t(labelKey),
          icon,
          current: isBelow(request.path, href),
          ...(key ? { key } : {}),
          ...countOf(request, counted),
        })),
    }))
    .filter((section) => section.items.length > 0);
}

interface Entry {
  href: string;
  labelKey: string;
  icon: string;
  key?: string;
  /** What of the session's counts it says, and in which words. */
  counted?: { name: string; labelKey: string };
  shownTo?: (request: NavigationRequest) => boolean;
}

/** From here on counts are not exact. */
const MANY = 100;

function countOf(
  { counts, words }: NavigationRequest,
  counted: Entry['counted'],
): Pick<NavigationItem, 'count'> {
  const count = counted && counts?.[counted.name];
  if (!count) return {};
  const text = count < MANY ? words.number(count) : `${MANY - 1}+`;
  return { count: { text, label: words.t(counted.labelKey, { count, text }) } };
}

const isAdmin = ({ role, kind }: NavigationRequest) => role !== 'member' && kind === 'company';

const sections: { headingKey: string | null; items: Entry[] }[] = [
  {
    headingKey: null,
    items: [
      { href: '/', labelKey: 'common.nav.home', icon: 'home', key: 'h' },
      {
        href: '/contacts',
        labelKey: 'common.nav.contacts',
        icon: 'contacts',
        key: 'c',
        // In an account of one's own there would be oneself alone.
        shownTo: ({ kind }) => kind === 'company',
      },
      {
        href: '/external-contacts',
        labelKey: 'common.nav.external-contacts',
        icon: 'external',
        key: 'e',
        counted: { name: 'externalRequests', labelKey: 'common.nav.requests-waiting' },
        shownTo: ({ features }) => features.includes('external-contacts'),
      },
      {
        href: '/personal-contacts',
        labelKey: 'common.nav.personal-contacts',
        icon: 'personal-contacts',
        key: 'p',
        shownTo: ({ features }) => features.includes('personal-contacts'),
      },
      {
        href: '/cloud-contacts',
        labelKey: 'common.nav.cloud-contacts',
        icon: 'cloud',
        counted: { name: 'cloudConflicts', labelKey: 'common.nav.conflicts-open' },
        shownTo: ({ features }) => features.includes('integrations'),
      },
      {
        href: '/calls',
        labelKey: 'common.nav.calls',
        icon: 'phone',
        key: 'l',
        counted: { name: 'callsWaiting', labelKey: 'common.nav.calls-waiting' },
        shownTo: ({ features }) => features.includes('phone'),
      },
      {
        href: '/calendar',
        labelKey: 'common.nav.calendar',
        icon: 'calendar',
        key: 'a',
        shownTo: ({ features }) => features.includes('integrations'),
      },
      {
        href: '/integrations',
        labelKey: 'common.nav.integrations',
        icon: 'refresh',
        key: 'i',
        shownTo: ({ features }) => features.includes('integrations'),
      },
    ],
  },
  {
    headingKey: 'common.nav.admin',
    items: [
      { href: '/users', labelKey: 'common.nav.users', icon: 'users', key: 'u', shownTo: isAdmin },
      { href: '/user-groups', labelKey: 'common.nav.user-groups', icon: 'user-group', shownTo: isAdmin },
      { href: '/chat-groups', labelKey: 'common.nav.chat-groups', icon: 'chat-group', shownTo: isAdmin },
      {
        href: '/company/external-contacts',
        labelKey: 'common.nav.company-external',
        icon: 'globe',
        shownTo: isAdmin,
      },
      {
        href: '/company/integrations',
        labelKey: 'common.nav.company-integrations',
        icon: 'link',
        shownTo: isAdmin,
      },
      { href: '/imports', labelKey: 'common.nav.imports', icon: 'history', shownTo: isAdmin },
      {
        href: '/mail',
        labelKey: 'common.nav.mail',
        icon: 'mail',
        shownTo: (request) => isAdmin(request) && request.mailPage,
      },
      { href: '/audit-log', labelKey: 'common.nav.audit-log', icon: 'audit', shownTo: isAdmin },
      { href: '/settings', labelKey: 'common.nav.settings', icon: 'settings', shownTo: isAdmin },
    ],
  },
];

function isBelow(path: string, href: string): boolean {
  const pathname = path.split('?')[0] ?? '';
  // All pages are below the first one.
  return pathname === href || (href !== '/' && pathname.startsWith(`${href}/`));
}
