import { type E164 } from '../phone/e164.js';
import { colourOf, initialsOf } from '../web/avatars.js';
import { mailtoOf, phoneText } from '../web/link-texts.js';
import { callLink, extensionLink, reachOf, type ReachReader } from '../web/reach.js';
import { type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';
import { listAddress } from './contact-list.view.js';
import { type Person, type Reports } from './people-visible.query.js';
import { reachable } from './reachable.js';

interface Item {
  label: string;
  value: string;
  href?: string;
  copy?: string;
  note?: string;
}

/** What a card shows beside the person's own details. */
export interface CardExtras {
  reports: Reports;
  /** A circle of managers in words, told to administrators. */
  cycle?: string | null;
  /** Where cards and lists are: an administrator sees others' below `/users`. */
  base?: string;
}

/** Whose card it is shown to: what they may do with it. */
type Reader = Pick<SignedIn, 'id'> & ReachReader;

/** `/contacts/:id` as its template needs it. */
export function contactView(
  person: Person,
  viewer: Reader,
  words: Words,
  { reports, cycle = null, base = '/contacts' }: CardExtras,
) {
  const { id, givenName, familyName, jobTitle, department, photoHash } = person;
  const name = `${givenName} ${familyName}`.trim();
  return {
    name,
    you: id === viewer.id,
    line: [jobTitle, department].filter(Boolean).join(' · '),
    avatar: {
      initials: initialsOf(givenName, familyName),
      colour: colourOf(id),
      photoUrl: photoHash ? `/photos/${photoHash}` : '',
      size: 'large',
    },
    ways: reachOf(words, viewer, reachable(person)),
    cardUrl: `/contacts/${id}/card.vcf`,
    qr: {
      src: `/contacts/${id}/qr.svg`,
      alt: words.t('contacts.qr.alt', { name }),
      caption: words.t('contacts.qr.caption'),
    },
    reach: reachItems(person, viewer, words),
    work: workItems(person, base, words),
    groups: person.groups.map((group) => ({
      name: group.name,
      href: listAddress({ group: group.id }, 'name', {}, base),
    })),
    reports: reportsOf(id, reports, base, words, viewer),
    cycle: cycle && { text: cycle, href: `/users/${id}/edit` },
  };
}

/** A personal contact with this person's details filled in; nobody adds themselves. */
export function addToMineHref(person: Person, { id, account }: Pick<SignedIn, 'id' | 'account'>): string {
  if (person.id === id) return '';
  const { givenName, familyName, email, jobTitle, workPhone, mobilePhone } = person;
  const known = { email, jobTitle, workPhone, mobilePhone, organization: account.name };
  const query = new URLSearchParams({ displayName: `${givenName} ${familyName}`.trim() });
  for (const [name, value] of Object.entries(known)) if (value) query.set(name, value);
  return `/personal-contacts/new?${query.toString()}`;
}

function reachItems(person: Person, viewer: Reader, words: Words): Item[] {
  const { email, workPhone, mobilePhone, extension } = person;
  const reached = reachable(person);
  const phone = (labelKey: string, number: string): Item => ({
    label: words.t(labelKey),
    value: phoneText(number as E164),
    copy: number,
    ...linked(callLink(viewer, number as E164, reached)),
  });
  return [
    { label: words.t('contacts.email'), value: email, href: mailtoOf(email), copy: email },
    ...(workPhone ? [phone('contacts.work-phone', workPhone)] : []),
    ...(mobilePhone ? [phone('contacts.mobile-phone', mobilePhone)] : []),
    ...(extension
      ? [
          {
            ...{ label: words.t('contacts.extension'), value: extension, copy: extension },
            ...linked(extensionLink(viewer, extension, reached)),
          },
        ]
      : []),
  ];
}

function linked(href: string): Pick<Item, 'href'> {
  return href === '' ? {} : { href };
}

function reportsOf(id: string, { people, count }: Reports, base: string, words: Words, viewer: Reader) {
  if (count === 0) return null;
  return {
    title: words.t('contacts.reports', { count }),
    people: people.map((person) => {
      const { id: report, givenName, familyName, jobTitle, photoHash } = person;
      const reached = reachable(person);
      return {
        href: `${base}/${report}`,
        name: reached.name,
        jobTitle,
        avatar: {
          initials: initialsOf(givenName, familyName),
          colour: colourOf(report),
          photoUrl: photoHash ? `/photos/${photoHash}` : '',
        },
        ways: reachOf(words, viewer, reached),
      };
    }),
    href: listAddress({ manager: id }, 'name', {}, base),
    more: count > people.length ? words.t('contacts.reports-more', { count: count - people.length }) : '',
  };
}

function workItems({ jobTitle, department, location, manager }: Person, base: string, words: Words): Item[] {
  const items: (Item | null)[] = [
    jobTitle ? { label: words.t('contacts.job-title'), value: jobTitle } : null,
    department
      ? {
          label: words.t('contacts.department'),
          value: department,
          href: listAddress({ department }, 'name', {}, base),
        }
      : null,
    location
      ? {
          label: words.t('contacts.location'),
          value: location,
          href: listAddress({ location }, 'name', {}, base),
        }
      : null,
    manager
      ? {
          label: words.t('contacts.manager'),
          value: `${manager.givenName} ${manager.familyName}`.trim(),
          href: `${base}/${manager.id}`,
        }
      : null,
  ];
  return items.filter((item) => item !== null);
}
