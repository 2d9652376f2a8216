import { type RecordKind } from '../../accounts/person-records.js';
import { type E164 } from '../../phone/e164.js';
import { phoneFieldOf } from '../../phone/phone-field.js';
import { normaliseAddress } from '../../text/address.js';
import { colourOf, initialsIn } from '../../web/avatars.js';
import { phoneText } from '../../web/link-texts.js';
import { addressOf } from '../../web/list-address.js';
import { isUnsearchable } from '../../web/list-search.js';
import { noCallText, reachOf } from '../../web/reach.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { insideExtension, reachableAs, type Person } from '../people/person.js';
import { type FoundPeople } from './people-search.service.js';
import { type Place } from './places.js';
import { askedFor } from './question.js';

interface Answer {
  q: string;
  found: FoundPeople;
  places: readonly Place[];
}

/** `/search` as its template needs it. */
export function searchView(words: Words, reader: SignedIn, { q, found, places }: Answer) {
  const { people, more } = found;
  const rows = people.map((person) => rowOf(words, reader, person));
  return {
    q,
    // A search for "import" has found what it was for: only the card says that no person has that name.
    status: q === '' || (people.length === 0 && places.length > 0) ? '' : statusOf(words, found),
    columns: [
      { label: words.t('search.star'), hidden: true },
      { label: words.t('search.name') },
      { label: words.t('search.email') },
      { label: words.t('search.phone') },
      { label: words.t('reach.column'), hidden: true },
    ],
    labels: {
      email: words.t('search.email'),
      phone: words.t('search.phone'),
    },
    rows,
    noCall: noCallText(rows),
    more: more.map((kind) => ({
      href: addressOf(lists[kind], [{ name: 'q', value: askedFor(q) }]),
      label: words.t(`search.more.${kind}`),
    })),
    places,
    empty: people.length > 0 ? null : emptyOf(words, reader, q, found, places.length > 0),
  };
}

/** The first people, below a field. */
export function optionsView(words: Words, { people, number }: FoundPeople) {
  return {
    people: people.map((person) => ({
      href: person.href,
      name: person.name,
      avatar: avatarOf(person),
      starred: person.starred,
      line: [lineOf(person), ...kindsOf(words, person).map(({ name }) => name)].filter(Boolean).join(' · '),
    })),
    status:
      number === null || people.length > 0
        ? words.t('common.search.results', { count: people.length })
        : words.t('search.unknown-number.title', { number: phoneText(number) }),
  };
}

const lists: Record<RecordKind, string> = {
  colleague: '/contacts',
  external: '/external-contacts',
  cloud: '/cloud-contacts',
  personal: '/personal-contacts',
};

function statusOf(words: Words, { people, more }: FoundPeople): string {
  return words.t(more.length > 0 ? 'common.search.results-or-more' : 'common.search.results', {
    count: people.length,
  });
}

function rowOf(words: Words, reader: SignedIn, person: Person) {
  const { name, email } = person;
  // The star of somebody who is in several places is that of the entry that has it, else of the first.
  const starred = person.records.find((record) => record.starred) ?? person.records[0];
  return {
    ...{ id: starred.id, href: person.href, displayName: name, line: lineOf(person) },
    avatar: avatarOf(person),
    star: {
      action: `${starred.href}/star`,
      icon: person.starred ? 'star-full' : 'star',
      // What the button sends: the other state.
      value: person.starred ? '' : 'on',
      pressed: person.starred ? 'true' : 'false',
      label: words.named('search.star-what', name),
    },
    ...(email === null ? {} : { email }),
    ...phoneOf(words, person),
    kinds: kindsOf(words, person),
    ways: reachOf(words, reader, reachableAs(person)),
  };
}

/** What stands in the list is what its link dials: a fax, and another company's extension, where there is nothing else. */
function phoneOf(words: Words, person: Person): { phone?: string; copy?: string } {
  const called = person.numbers.find(({ field }) => field !== 'faxNumber');
  const inside = insideExtension(person);
  const number = called ?? (inside === null ? person.numbers.at(0) : undefined);
  if (number) return { phone: phoneText(number.number), copy: number.number };
  const extension = inside ?? person.extension;
  return extension === null ? {} : { phone: words.t('search.extension', { extension }), copy: extension };
}

/** Where somebody is kept, each place once, with the entry there. */
function kindsOf(words: Words, { records }: Person): { name: string; href: string }[] {
  return records
    .filter(({ kind }, index) => records.findIndex((each) => each.kind === kind) === index)
    .map(({ kind, href }) => ({ name: words.t(`search.kind.${kind}`), href }));
}

function lineOf({ jobTitle, department, organization }: Person): string {
  return [jobTitle, organization ?? department].filter(Boolean).join(' · ');
}

function avatarOf({ name, photoUrl, records }: Person) {
  return { initials: initialsIn(name), colour: colourOf(records[0].id), photoUrl };
}

function emptyOf(words: Words, reader: SignedIn, q: string, { number }: FoundPeople, hasPlaces: boolean) {
  const say = (name: string, values = {}) => ({
    icon: 'search',
    title: words.t(`search.${name}.title`, values),
    text: words.t(`search.${name}.text`, values),
  });
  if (q === '') return say('start');
  if (isUnsearchable(q)) return say('unsearchable');
  const nobody =
    number === null ? say('nobody', { q }) : say('unknown-number', { number: phoneText(number) });
  if (hasPlaces) return { ...nobody, links: [] };
  return {
    ...nobody,
    links: [
      ...(number === null ? [] : callsOf(words, reader, number)),
      ...newContacts(words, reader, askedFor(q), number),
    ],
  };
}

/** To call a number that nobody has, and to see when it called. */
function callsOf(words: Words, reader: SignedIn, number: E164) {
  if (!reader.features.phone) return [];
  const { call } = reachOf(words, reader, { name: phoneText(number), email: null, number });
  return [
    ...(call ? [{ href: call.href, icon: call.icon, label: call.text }] : []),
    {
      href: addressOf('/calls', [{ name: 'with', value: number }]),
      ...{ icon: 'history', label: words.t('search.calls-with') },
    },
  ];
}

/** A new contact with what was typed filled in. */
function newContacts(words: Words, { features }: SignedIn, q: string, number: FoundPeople['number']) {
  const email = normaliseAddress(q);
  const known =
    number !== null
      ? { name: phoneFieldOf(number), value: number }
      : email === null
        ? { name: 'displayName', value: q }
        : { name: 'email', value: email };
  return [
    ...(features['personal-contacts']
      ? [
          {
            href: addressOf('/personal-contacts/new', [known]),
            icon: 'plus',
            label: words.t('personal-contact.new-title'),
          },
        ]
      : []),
    ...(features.integrations
      ? [
          {
            href: addressOf('/cloud-contacts/new', [known]),
            icon: 'cloud',
            label: words.t('cloud-contact.new-title'),
          },
        ]
      : []),
  ];
}
