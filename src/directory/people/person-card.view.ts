import { addressesOf, type PersonRecord, type RecordKind } from '../../accounts/person-records.js';
import { providerName } from '../../integrations/contacts/cloud-words.js';
import { isolate } from '../../text/isolate.js';
import { colourOf, initialsIn } from '../../web/avatars.js';
import { mailtoOf, phoneInLine, phoneText } from '../../web/link-texts.js';
import { addressOf } from '../../web/list-address.js';
import { callLink, extensionLink, reachOf } from '../../web/reach.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { type LinkEvent } from './person-history.query.js';
import { historyView } from './person-history.view.js';
import { cardHref, insideExtension, reachableAs, type Person } from './person.js';
import { type Proposal } from './proposals.service.js';
import { keyOf } from './same-person.js';

/** Where lists of each kind are, and what they are called. */
const lists: Record<RecordKind, { href: string; labelKey: string; icon: string }> = {
  colleague: { href: '/contacts', labelKey: 'contacts.title', icon: 'contacts' },
  external: { href: '/external-contacts', labelKey: 'external-list.title', icon: 'external' },
  cloud: { href: '/cloud-contacts', labelKey: 'cloud-contacts.title', icon: 'cloud' },
  personal: { href: '/personal-contacts', labelKey: 'personal-contacts.title', icon: 'personal-contacts' },
};

/** What the card shows beside the person. */
export interface CardExtras {
  /** The entry whose address the page has. */
  record: PersonRecord;
  proposals: Proposal[];
  history: LinkEvent[];
  /** What was looked for to link it, and who was found. */
  q: string;
  found: Person[];
}

/** `/people/:kind/:id` as its template needs it. */
export function personCardView(words: Words, reader: SignedIn, person: Person, extras: CardExtras) {
  const { record, proposals, history, q, found } = extras;
  const [first] = person.records;
  const path = cardHref(record);
  const { jobTitle, department, organization } = person;
  const reach = reachOf(words, reader, reachableAs(person));
  const list = lists[first.kind];
  const several = person.records.length > 1;
  return {
    name: nameOf(words, person),
    ...{ path, backHref: list.href, backLabel: words.t(list.labelKey), navigationPath: list.href },
    ...{ linkAction: `${path}/links`, apartAction: `${path}/distinctions` },
    line: [jobTitle, department, organization].filter(Boolean).join(' · '),
    avatar: avatarOf(person, 'large'),
    star: { action: `${first.href}/star`, id: `star-${first.id}`, starred: first.starred },
    ...{ reach, why: reach.why, calls: callsWith(words, reader, person) },
    fields: fieldsOf(words, reader, person),
    entriesText: words.t('person-card.entries-text', { count: person.records.length }),
    entries: person.records.map((each) => entryView(words, reader, each, { path, several })),
    proposals: proposals.map(({ person: other, reason }) => ({
      ...someone(words, other),
      reason: words.t(`person-card.reason.${reason}`),
    })),
    search: { q, asked: q !== '', found: found.map((other) => someone(words, other)) },
    history: historyView(words, path, history),
  };
}

/** The reader's calls with somebody else, whom the list finds by one of their numbers. */
export function callsWith(
  words: Words,
  reader: SignedIn,
  person: Person,
): { href: string; label: string } | null {
  const { number, extension } = reachableAs(person);
  const known = number ?? extension ?? null;
  const oneself = person.records.some(({ kind, id }) => kind === 'colleague' && id === reader.id);
  if (known === null || oneself || !reader.features.phone) return null;
  return {
    href: addressOf('/calls', [{ name: 'with', value: known }]),
    label: words.t('calls.with', { name: isolate(nameOf(words, person)) }),
  };
}

/** Where an entry is kept, in a word or two: a mailbox by its provider. */
export function placeText(words: Words, { kind, provider }: PersonRecord): string {
  return provider ? providerName(words, provider) : words.t(`person-card.kind.${kind}`);
}

interface FieldValue {
  value: string;
  href?: string;
  copy?: string;
  /** The entries that say so. */
  sources: { text: string; href: string; label: string }[];
}

interface Field {
  label: string;
  values: FieldValue[];
}

/** Each field once, with every value that is said of it and by whom. */
function fieldsOf(words: Words, reader: SignedIn, person: Person): Field[] {
  const { records } = person;
  const said = (value: string, having: (record: PersonRecord) => boolean, more: object = {}): FieldValue => ({
    ...{ value, ...more },
    sources: sourcesOf(words, records.filter(having), records),
  });
  const texts = (
    field: 'name' | 'extension' | 'organization' | 'jobTitle' | 'department',
    more: (value: string) => object = () => ({}),
  ) => {
    const values = [...new Set(records.flatMap((record) => record[field] ?? []))].filter(
      (text) => text !== '',
    );
    return values.map((value) => said(value, (record) => record[field] === value, more(value)));
  };
  const own = insideExtension(person);
  const extensionMore = (extension: string) => {
    const href = extension === own ? extensionLink(reader, extension, reachableAs(person)) : '';
    return { copy: extension, ...(href ? { href } : {}) };
  };
  const emails = person.emails.map((email) =>
    said(email, (record) => addressesOf(record).includes(email), { href: mailtoOf(email), copy: email }),
  );
  const names = texts('name');
  return [
    { label: words.t('person-card.field.name'), values: names.length > 1 ? names : [] },
    { label: words.t('person-card.field.email'), values: emails },
    ...numberFields(words, reader, person, said),
    { label: words.t('person-card.field.extension'), values: texts('extension', extensionMore) },
    { label: words.t('person-card.field.organization'), values: texts('organization') },
    { label: words.t('person-card.field.jobTitle'), values: texts('jobTitle') },
    { label: words.t('person-card.field.department'), values: texts('department') },
  ].filter(({ values }) => values.length > 0);
}

/** A number is what the first of the entries calls it. */
function numberFields(
  words: Words,
  reader: SignedIn,
  person: Person,
  said: (value: string, having: (record: PersonRecord) => boolean, more?: object) => FieldValue,
): Field[] {
  const fields = [...new Set(person.numbers.map(({ field }) => field))];
  return fields.map((field) => ({
    label: words.t(`person-card.field.${field}`),
    values: person.numbers
      .filter((each) => each.field === field)
      .map(({ number }) => {
        const href = field === 'faxNumber' ? '' : callLink(reader, number, reachableAs(person));
        return said(phoneText(number), (record) => record.numbers.some((each) => each.number === number), {
          ...{ copy: number, ...(href ? { href } : {}) },
        });
      }),
  }));
}

/** By place; entries of one place are told apart by their names. */
function sourcesOf(words: Words, records: readonly PersonRecord[], all: readonly PersonRecord[]) {
  return records.map((record) => {
    const place = placeText(words, record);
    const alone = all.filter((each) => placeText(words, each) === place).length === 1;
    const text = alone || record.name === '' ? place : `${place} (${record.name})`;
    return { text, href: record.href, label: words.t('person-card.source', { what: text }) };
  });
}

function entryView(
  words: Words,
  reader: SignedIn,
  record: PersonRecord,
  { path, several }: { path: string; several: boolean },
) {
  const name = record.name || words.t('person-card.no-name');
  const edit = editHref(reader, record, path);
  return {
    ...{ name, href: record.href, kind: record.kind, id: record.id },
    badge: { text: placeText(words, record), icon: lists[record.kind].icon },
    note: [record.email, ...record.numbers.slice(0, 1).map(({ number }) => phoneInLine(number))]
      .filter(Boolean)
      .join(' · '),
    edit: edit && {
      href: edit,
      label: words.t('person-card.edit-entry', { name, kind: placeText(words, record) }),
    },
    unlink: several && words.t('person-card.unlink-entry', { name, kind: placeText(words, record) }),
  };
}

/** Where what this entry says is changed; null where others say it. */
function editHref(reader: SignedIn, record: PersonRecord, path: string): string | null {
  const { kind, id, href } = record;
  const next = `?${new URLSearchParams({ next: path }).toString()}`;
  if (kind === 'cloud' || kind === 'personal') return `${href}/edit${next}`;
  if (kind === 'external') return null;
  if (id === reader.id) return '/profile';
  return reader.role === 'member' ? null : `/users/${id}/edit`;
}

/** Somebody in one line, with what a button sends to mean them. */
function someone(words: Words, person: Person) {
  const [first] = person.records;
  const name = nameOf(words, person);
  return {
    ...{ name, href: person.href, kind: first.kind, id: first.id, avatar: avatarOf(person) },
    badges: person.records.map((record) => ({
      ...{ text: placeText(words, record), icon: lists[record.kind].icon },
    })),
    note: [
      person.email,
      ...person.numbers.slice(0, 1).map(({ number }) => phoneInLine(number)),
      person.organization,
    ]
      .filter(Boolean)
      .join(' · '),
    link: words.t('person-card.link-label', { name }),
    same: words.t('person-card.same-label', { name }),
    apart: words.t('person-card.apart-label', { name }),
  };
}

function avatarOf(person: Person, size = '') {
  return {
    initials: initialsIn(person.name),
    colour: colourOf(person.records[0].id),
    photoUrl: person.photoUrl,
    ...(size ? { size } : {}),
  };
}

export function nameOf(words: Words, { name }: Person): string {
  return name || words.t('person-card.no-name');
}

/** Who was found to be linked: nobody who is this person already. */
export function others(person: Person, found: readonly Person[]): Person[] {
  const own = new Set(person.records.map(keyOf));
  return found.filter((other) => !other.records.some((record) => own.has(keyOf(record))));
}
