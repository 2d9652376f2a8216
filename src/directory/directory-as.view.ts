import { type User } from '../accounts/user.entity.js';
import { type Id } from '../database/id.js';
import { type KeysetPage, type Place } from '../database/keyset.js';
import { colourOf, initialsOf } from '../web/avatars.js';
import { type ReachReader } from '../web/reach.js';
import { type Words } from '../web/words.js';
import { listAddress } from './contact-list.view.js';
import { type Explained, type HiddenCounts } from './hidden-people.query.js';
import { type Viewer } from './people-visible.query.js';

/** Through whose eyes an administrator looks. */
export interface SeenBy {
  user: User;
  viewer: Viewer;
  /** What they may do with whom they see. */
  eyes: ReachReader & { id: Id };
  /** `/users/:id/directory` */
  base: string;
}

/** The frame that says whose directory this is. */
export function seenAs(
  words: Words,
  { user, base }: SeenBy,
  view: 'list' | 'missing' | 'card',
  hidden: number,
) {
  const name = user.displayName;
  return {
    title: words.t('directory-as.title', { name }),
    seenAs: {
      text: words.t('directory-as.frame', { name }),
      note: user.status === 'active' ? '' : words.t(`directory-as.frame-${user.status}`, { name }),
      leaveHref: `/users/${user.id}`,
      leave: words.t('directory-as.leave', { name }),
      otherHref: '/directory-as',
    },
    backHref: base,
    tabs: [
      { href: base, label: words.t('directory-as.tab.list', { name }), current: view !== 'missing' },
      {
        href: `${base}/missing`,
        label: words.t('directory-as.tab.missing'),
        current: view === 'missing',
        ...(view === 'card' ? {} : { count: hidden }),
      },
    ],
  };
}

export function missingView(
  words: Words,
  { user, base }: SeenBy,
  { q, page, counts }: { q: string; page: KeysetPage<Explained>; counts: HiddenCounts },
) {
  const name = user.displayName;
  const path = `${base}/missing`;
  const groups = counts.groups.map((group) => ({
    href: `/chat-groups/${group.id}`,
    text: words.t('directory-as.by-group', { name: group.name, count: group.people }),
  }));
  return {
    q,
    action: path,
    clearHref: q === '' ? '' : path,
    summary: words.t('directory-as.hidden', { count: counts.people, name }),
    groups,
    status: q === '' ? '' : foundText(words, page),
    rows: page.rows.map((person) => ({
      ...personRow(person),
      reason: reasonOf(words, person, name),
      found: person.found,
    })),
    pages: pagesOf(page, path, q),
    empty:
      page.rows.length > 0
        ? null
        : q === ''
          ? {
              icon: 'eye',
              title: words.t('directory-as.nobody-hidden'),
              text: words.t('directory-as.nobody-hidden-text'),
            }
          : {
              icon: 'search',
              title: words.t('common.empty.no-match'),
              text: words.t('directory-as.nobody-text'),
            },
  };
}

export function pickView(words: Words, q: string, page: KeysetPage<Explained> | null) {
  return {
    title: words.t('directory-as.open'),
    text: words.t('directory-as.pick-text'),
    q,
    status: page ? foundText(words, page) : '',
    rows: (page?.rows ?? []).map((person) => ({
      ...personRow(person),
      action: `/users/${person.id}/directory`,
    })),
    pages: page ? pagesOf(page, '/directory-as', q) : {},
    empty: !page
      ? { icon: 'eye', title: words.t('directory-as.pick-title'), text: words.t('directory-as.pick-hint') }
      : page.rows.length === 0
        ? {
            icon: 'search',
            title: words.t('common.empty.no-match'),
            text: words.t('common.empty.no-match-text'),
          }
        : null,
  };
}

/** One sentence on why somebody is found or not: the rule that hides, before the one that would show. */
function reasonOf(words: Words, person: Explained, viewer: string): string {
  const name = nameOf(person);
  const groups = (list: string[]) =>
    words.list(list.map((each) => words.t('directory-as.quoted', { name: each })));
  if (person.status !== 'active') return words.t(`directory-as.reason.${person.status}`, { name });
  if (!person.found) {
    const { restrictedTo } = person;
    const values = { name, viewer, count: restrictedTo.length, groups: groups(restrictedTo) };
    return words.t('directory-as.reason.restricted', values);
  }
  if (person.shared.length > 0) {
    const values = { name, viewer, count: person.shared.length, groups: groups(person.shared) };
    return words.t('directory-as.reason.shared', values);
  }
  return words.t('directory-as.reason.found', { name, viewer });
}

function personRow(person: Explained) {
  const { id, email, status, givenName, familyName, photoHash } = person;
  return {
    href: `/users/${id}`,
    ...{ email, status, name: nameOf(person) },
    avatar: {
      initials: initialsOf(givenName, familyName),
      colour: colourOf(id),
      photoUrl: photoHash ? `/photos/${photoHash}` : '',
    },
  };
}

function nameOf({ givenName, familyName, email }: Explained): string {
  return `${givenName} ${familyName}`.trim() || email;
}

function foundText(words: Words, { rows, previous, next }: KeysetPage<Explained>): string {
  const more = previous !== null || next !== null;
  return words.t(more ? 'common.search.results-or-more' : 'common.search.results', { count: rows.length });
}

function pagesOf(page: KeysetPage<Explained>, path: string, q: string) {
  const link = (place: Place | null) => (place ? listAddress({ q }, 'name', place, path) : '');
  return {
    first: link(page.first),
    previous: link(page.previous),
    next: link(page.next),
    last: link(page.last),
  };
}
