import { phoneFields } from '../../contact-card/contact-fields.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { isE164 } from '../../phone/e164.js';
import { phoneText } from '../../web/link-texts.js';
import { type Words } from '../../web/words.js';
import { MOST_AT_ONCE, MOST_COMPARED } from './duplicates.limits.js';
import { digestOf, stateOf, type Distinction } from './duplicates.query.js';
import { duplicateLists, sharedBy, type Candidate, type Duplicates } from './find-duplicates.js';

export const DUPLICATES = '/personal-contacts/duplicates';

const lists = [...duplicateLists, 'apart'] as const;

/** One of the three lists, or those that were said to be different people. */
export interface DuplicatesPlace {
  list: (typeof lists)[number];
  page: number;
}

/** Contacts of a group that are named in the list; the others are counted. */
const NAMED = 5;
/** Shared e-mails and numbers that are named. */
const REASONS = 3;

export function readPlace(query: Readonly<Record<string, unknown>>): DuplicatesPlace {
  const { list, page } = query;
  return {
    list: lists.find((known) => known === list) ?? 'safe',
    page: typeof page === 'string' && /^[1-9]\d{0,3}$/.test(page) ? Number(page) : 1,
  };
}

export function duplicatesPath({ list, page = 1 }: { list: DuplicatesPlace['list']; page?: number }): string {
  const query = [...(list === 'safe' ? [] : [`list=${list}`]), ...(page > 1 ? [`page=${page}`] : [])];
  return query.length === 0 ? DUPLICATES : `${DUPLICATES}?${query.join('&')}`;
}

export function comparePath(ids: readonly Id[], list: DuplicatesPlace['list']): string {
  return `${DUPLICATES}/compare?list=${list}&ids=${ids.slice(0, MOST_COMPARED).join(',')}`;
}

export function duplicatesView(
  words: Words,
  { list, page }: DuplicatesPlace,
  found: Duplicates,
  distinctions: { answers: readonly Distinction[]; total: number },
) {
  const counts = {
    ...{ safe: found.safe.length, decide: found.decide.length, name: found.name.length },
    apart: distinctions.total,
  };
  const groups = list === 'apart' ? [] : found[list];
  const pages = Math.max(1, Math.ceil(counts[list] / limits.page));
  const shown = Math.min(page, pages);
  const atOnce = found.safe.slice(0, MOST_AT_ONCE);
  return {
    title: words.t('contact-duplicates.title'),
    text: words.t('contact-duplicates.text'),
    tabs: lists
      .filter((each) => each !== 'apart' || counts.apart > 0 || list === 'apart')
      .map((each) => ({
        href: duplicatesPath({ list: each }),
        label: words.t(`contact-duplicates.list.${each}`),
        count: counts[each],
        current: each === list,
      })),
    about: words.t(`contact-duplicates.about.${list}`),
    all:
      list === 'safe' && atOnce.length > 1
        ? {
            digest: digestOf(atOnce),
            label: words.t('contact-duplicates.merge-all', { count: atOnce.length }),
          }
        : null,
    groups: groups
      .slice((shown - 1) * limits.page, shown * limits.page)
      .map((group) => groupView(words, group, list)),
    apart: list === 'apart' ? distinctions.answers.map((answer) => apartView(words, answer)) : [],
    apartAction: `${DUPLICATES}/distinctions?list=${list}`,
    empty:
      counts[list] > 0
        ? null
        : {
            icon: 'check-circle',
            title: words.t(`contact-duplicates.none.${list}`),
            text: words.t('contact-duplicates.none-text'),
            href: '/personal-contacts',
            label: words.t('personal-contacts.title'),
            quiet: true,
          },
    pagination: paginationOf(words, list, shown, pages, counts[list]),
  };
}

function groupView(words: Words, group: readonly Candidate[], list: DuplicatesPlace['list']) {
  const names = [...new Set(group.map(({ displayName }) => displayName))];
  const heading = names.slice(0, 3).join(' · ');
  const shared = sharedBy(group);
  const reasons = shared.slice(0, REASONS).map(shownKey);
  const compared = group.slice(0, MOST_COMPARED);
  return {
    heading,
    reason:
      reasons.length === 0
        ? words.t('contact-duplicates.reason-name')
        : words.t('contact-duplicates.reason', { shared: words.list(reasons) }),
    contacts: group.slice(0, NAMED).map((contact) => ({
      href: `/personal-contacts/${contact.id}`,
      name: contact.displayName,
      details: detailsOf(contact).join(' · '),
    })),
    more: group.length > NAMED ? words.t('contact-duplicates.more', { count: group.length - NAMED }) : '',
    seen: compared.map(stateOf).join(' '),
    mergeLabel: words.t('contact-duplicates.merge-label', { name: heading }),
    compareLabel: words.t('contact-duplicates.compare-label', { name: heading }),
    apartLabel: words.t('contact-duplicates.apart-label', { name: heading }),
    compareHref: comparePath(
      compared.map(({ id }) => id),
      list,
    ),
    mergeable: list === 'safe',
  };
}

/** E-mail, numbers and company, as one line tells people apart. */
export function detailsOf(contact: Pick<Candidate, 'email' | 'organization' | (typeof phoneFields)[number]>) {
  const numbers = [...new Set(phoneFields.map((field) => contact[field]))];
  return [
    contact.email,
    ...numbers.map((number) => number && phoneText(number)),
    contact.organization,
  ].filter((text) => text !== null && text !== '');
}

function shownKey(key: string): string {
  return isE164(key) ? phoneText(key) : key;
}

function apartView(words: Words, { answerId, at, contacts }: Distinction) {
  const names = contacts.map(({ displayName }) => displayName);
  return {
    contacts: contacts.map(({ id, displayName }) => ({
      href: `/personal-contacts/${id}`,
      name: displayName,
    })),
    heading: [...new Set(names)].slice(0, 3).join(' · '),
    reason: words.t('contact-duplicates.kept-apart-on', { date: words.date(at) }),
    action: `${DUPLICATES}/distinctions/${answerId}/deletion`,
    label: words.t('contact-duplicates.ask-again-label', { name: words.list(names.slice(0, NAMED)) }),
  };
}

function paginationOf(
  words: Words,
  list: DuplicatesPlace['list'],
  page: number,
  pages: number,
  total: number,
) {
  const to = (wanted: number) => duplicatesPath({ list, page: wanted });
  if (total === 0) return {};
  return {
    text: words.t('contact-duplicates.shown', {
      from: (page - 1) * limits.page + 1,
      to: Math.min(page * limits.page, total),
      total,
    }),
    ...(page > 1 ? { first: to(1), previous: to(page - 1) } : {}),
    ...(page < pages ? { next: to(page + 1), last: to(pages) } : {}),
  };
}
