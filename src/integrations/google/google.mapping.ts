import { phoneFields, type PhoneField } from '../../contact-card/contact-fields.js';
import { type E164 } from '../../phone/e164.js';
import { furtherOf, type Further } from '../contacts/further.js';
import { type RemoteFields } from '../contacts-connector.js';
import { renamed, splitName } from '../person-name.js';
import { recordOf, textOf, type Entry, type Person } from './people.js';

/** What of a contact we show: the entries of its lists that stand for our fields. */
export interface Chosen {
  name: Entry | null;
  email: Entry | null;
  organization: Entry | null;
  phones: Record<PhoneField, Entry | null>;
}

/** Types of numbers a field is read from, the best first; a new number gets the first one. */
const typesOf: Record<PhoneField, readonly (readonly string[])[]> = {
  mobilePhone: [['mobile'], ['workMobile']],
  workPhone: [['work'], ['workMobile']],
  homePhone: [['home']],
  faxNumber: [['workFax'], ['homeFax'], ['otherFax']],
  mainPhone: [['main'], ['other', ''], ['googleVoice']],
};

const pagers = ['pager', 'workPager'];
const types = [...pagers, ...Object.values(typesOf).flat(2)];

/**
 * The entries that stand for our fields. Of several that could, it is the primary one, else the first; a number whose type its
 * owner made up is the main one where there is no other.
 * @param shown what stood for them until now: an edit changes what was seen, in whatever order lists come
 */
export function choose(person: Person, shown: Partial<RemoteFields> | null = null): Chosen {
  const first = (entries: Entry[], value: (entry: Entry) => string | null, before?: string | null) => {
    if (before === null) return null;
    const filled = byRank(entries.filter((entry) => value(entry) !== null));
    return filled.find((entry) => value(entry) === before) ?? filled.at(0) ?? null;
  };
  return {
    name: person.names.at(0) ?? null,
    email: first(person.emailAddresses, valueOf, shown?.email),
    organization: first(currentFirst(person.organizations), organizationName, shown?.organization),
    phones: choosePhones(person.phoneNumbers, shown),
  };
}

export function fieldsOf({ name, email, organization, phones }: Chosen): RemoteFields {
  return {
    displayName: name && nameOf(name),
    email: email && valueOf(email),
    workPhone: phones.workPhone && numberOf(phones.workPhone),
    homePhone: phones.homePhone && numberOf(phones.homePhone),
    mobilePhone: phones.mobilePhone && numberOf(phones.mobilePhone),
    faxNumber: phones.faxNumber && numberOf(phones.faxNumber),
    mainPhone: phones.mainPhone && numberOf(phones.mainPhone),
    organization: organization && organizationName(organization),
  };
}

/** How Google dials what is written, where it understands it. */
export function numbersOf({ phones }: Chosen): Partial<Record<PhoneField, E164>> {
  return Object.fromEntries(
    phoneFields.flatMap((field) => {
      const entry = phones[field];
      const number = entry && dialledAs(entry);
      return number === null ? [] : [[field, number]];
    }),
  );
}

function dialledAs(entry: Entry): E164 | null {
  const number = textOf(entry['canonicalForm']);
  return number !== null && /^\+[1-9]\d{4,14}$/.test(number) ? (number as E164) : null;
}

/** What stands beside what was chosen: further numbers and addresses. */
export function furtherBeside(person: Person, { email, phones }: Chosen): Further {
  const chosen = new Set(Object.values(phones));
  return furtherOf({
    numbers: person.phoneNumbers.flatMap((entry) => {
      const text = numberOf(entry);
      const type = typeOf(entry);
      if (text === null || chosen.has(entry) || pagers.includes(type)) return [];
      const number = dialledAs(entry);
      const field = furtherFields.find((each) => typesOf[each].some((some) => some.includes(type)));
      return { field: field ?? 'otherPhone', text, ...(number !== null && { number }) };
    }),
    emails: person.emailAddresses.flatMap((entry) => (entry === email ? [] : (valueOf(entry) ?? []))),
  });
}

/** Of the main number's types only its own says so: `other` is another one. */
const furtherFields = ['mobilePhone', 'workPhone', 'homePhone', 'faxNumber'] as const;

/** Lists by their names in the People API: all that an edit replaces. */
export type Lists = Partial<Record<ListName, Entry[]>>;
type ListName = 'names' | 'emailAddresses' | 'phoneNumbers' | 'organizations';

/** The lists a change is in, whole, since each is replaced as a whole. */
export function changesOf(
  person: Person,
  changed: Partial<RemoteFields>,
  shown: Partial<RemoteFields> | null,
): Lists {
  const chosen = choose(person, shown);
  const lists: Lists = {};
  if (changed.displayName !== undefined)
    lists.names = changed.displayName === null ? [] : [rename(chosen.name, changed.displayName)];
  if (changed.email !== undefined)
    lists.emailAddresses = replaced(
      person.emailAddresses,
      chosen.email,
      changed.email === null ? null : { ...chosen.email, value: changed.email },
    );
  if (changed.organization !== undefined)
    lists.organizations = changeOrganization(person, chosen.organization, changed.organization);
  for (const field of phoneFields) {
    const value = changed[field];
    if (value === undefined) continue;
    const before = chosen.phones[field];
    const after = value === null ? null : { type: typesOf[field][0][0], ...before, value };
    lists.phoneNumbers = replaced(lists.phoneNumbers ?? person.phoneNumbers, before, after);
  }
  return Object.fromEntries(
    Object.entries(lists).map(([name, entries]) => [name, byRank(entries).map(writable)]),
  ) as Lists;
}

/** All a new contact has. */
export function newLists(fields: RemoteFields): Lists {
  const { displayName, email, organization } = fields;
  const phones = phoneFields.flatMap((field) => {
    const value = fields[field];
    return value === null ? [] : [writable({ value, type: typesOf[field][0][0] })];
  });
  return {
    // Google takes it apart by the language of the account.
    ...(displayName !== null && { names: [writable({ unstructuredName: displayName })] }),
    ...(email !== null && { emailAddresses: [writable({ value: email })] }),
    ...(phones.length > 0 && { phoneNumbers: phones }),
    ...(organization !== null && { organizations: [writable({ name: organization })] }),
  };
}

/** As it goes back: without what the service works out itself, which source it is of, and what no text can hold. */
export function writable(entry: Entry): Entry {
  const { metadata, canonicalForm: _, formattedType: __, displayNameLastFirst: ___, ...rest } = entry;
  const kept = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, typeof value === 'string' ? textual(value) : value]),
  );
  // The choice of its owner; `primary` follows from it.
  return recordOf(metadata)['sourcePrimary'] === true ? { ...kept, metadata: { sourcePrimary: true } } : kept;
}

function choosePhones(entries: Entry[], shown: Partial<RemoteFields> | null): Chosen['phones'] {
  const filled = byRank(entries.filter((entry) => numberOf(entry) !== null));
  const taken = new Set<Entry>();
  const phones = {} as Chosen['phones'];
  const order = Object.keys(typesOf) as PhoneField[];
  const candidates = (field: PhoneField) =>
    [
      ...typesOf[field].flatMap((some) => filled.filter((entry) => some.includes(typeOf(entry)))),
      ...(field === 'mainPhone' ? filled.filter((entry) => !types.includes(typeOf(entry))) : []),
    ].filter((entry) => !taken.has(entry));
  const take = (field: PhoneField, entry: Entry | undefined) => {
    phones[field] = entry ?? null;
    if (entry) taken.add(entry);
  };
  // What was shown keeps its place before anything else takes it.
  for (const field of order)
    if (shown?.[field]) {
      const before = candidates(field).find((entry) => numberOf(entry) === shown[field]);
      if (before) take(field, before);
    }
  for (const field of order)
    if (!phones[field]) take(field, shown?.[field] === null ? undefined : candidates(field).at(0));
  return phones;
}

/** In the order they came, but for the primary one. */
function byRank(entries: readonly Entry[]): Entry[] {
  return [...entries.filter(isPrimary), ...entries.filter((entry) => !isPrimary(entry))];
}

function isPrimary({ metadata }: Entry): boolean {
  const { primary, sourcePrimary } = recordOf(metadata);
  return primary === true || sourcePrimary === true;
}

function currentFirst(organizations: readonly Entry[]): Entry[] {
  const past = organizations.filter(({ current }) => current === false);
  return [...organizations.filter((each) => !past.includes(each)), ...past];
}

function typeOf({ type }: Entry): string {
  return textOf(type)?.trim() ?? '';
}

function valueOf({ value }: Entry): string | null {
  const text = textOf(value);
  return text !== null && text.trim() !== '' ? text : null;
}

function numberOf(entry: Entry): string | null {
  return valueOf(entry) ?? textOf(entry['canonicalForm']);
}

function organizationName({ name }: Entry): string | null {
  const text = textOf(name);
  return text !== null && text.trim() !== '' ? text : null;
}

function nameOf(name: Entry): string | null {
  const { displayName, unstructuredName, givenName, middleName, familyName } = name;
  const parts = [givenName, middleName, familyName].map(textOf).filter((part) => part !== null);
  return textOf(displayName) ?? textOf(unstructuredName) ?? textOf(parts.join(' '));
}

/** One entry in the place of another, at the end where there was none; null takes it away. */
function replaced(entries: readonly Entry[], before: Entry | null, after: Entry | null): Entry[] {
  if (!before) return after ? [...entries, after] : [...entries];
  return entries.map((entry) => (entry === before ? after : entry)).filter((entry) => entry !== null);
}

/** A title or department stays without the firm. */
function changeOrganization({ organizations }: Person, chosen: Entry | null, name: string | null): Entry[] {
  const place = chosen ?? currentFirst(organizations).find((each) => !organizationName(each)) ?? null;
  if (name !== null) return replaced(organizations, place, { ...place, name });
  if (!place) return [...organizations];
  const { name: _, ...rest } = place;
  const says = Object.keys(writable(rest)).some((key) => !['metadata', 'type', 'current'].includes(key));
  return replaced(organizations, place, says ? rest : null);
}

/**
 * The parts of a name that was corrected as a whole. Where they would not say it as it was typed (a firm, the surname first),
 * Google takes it apart itself.
 */
function rename(name: Entry | null, displayName: string): Entry {
  const { metadata, ...before } = name ?? {};
  const whole = { unstructuredName: displayName, ...(metadata !== undefined && { metadata }) };
  const shown = name && nameOf(name);
  const isFirm = splitName(displayName, null).givenName === null;
  if (!name || !shown || isFirm || !samePlainly(spoken(name), shown)) return whole;
  const { surname, ...parts } = renamed(
    {
      fileAs: null,
      givenName: textOf(name['givenName']),
      middleName: textOf(name['middleName']),
      surname: textOf(name['familyName']),
    },
    shown,
    displayName,
  );
  const [prefix, suffix] = ['honorificPrefix', 'honorificSuffix'].map((part) => textOf(name[part]));
  const after: Entry = {
    givenName: parts.givenName,
    middleName: parts.middleName,
    familyName: surname,
    honorificPrefix: prefix && displayName.startsWith(prefix) ? prefix : null,
    honorificSuffix: suffix && displayName.endsWith(suffix) ? suffix : null,
  };
  if (!samePlainly(spoken(after), displayName)) return whole;
  const { displayName: _, unstructuredName: __, phoneticFullName: ___, ...kept } = before;
  const entry: Entry = { ...kept, ...after, ...(metadata !== undefined && { metadata }) };
  for (const [part, value] of Object.entries(after)) {
    // How the old one sounds.
    if (value !== textOf(name[part])) delete entry[`phonetic${part[0].toUpperCase()}${part.slice(1)}`];
    if (value === null) delete entry[part];
  }
  return entry;
}

function spoken(name: Entry): string {
  const parts = ['honorificPrefix', 'givenName', 'middleName', 'familyName', 'honorificSuffix'];
  return parts.flatMap((part) => textOf(name[part]) ?? []).join(' ');
}

/** But for spaces, and the comma before `Jr.` */
function samePlainly(one: string, other: string): boolean {
  const plain = (text: string) => text.replace(/[\s,]+/g, ' ').trim();
  return plain(one) === plain(other);
}

/** Without control characters and halves of letters, which no text of JSON may hold. */
function textual(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, '').replace(/\p{Cs}/gu, '\ufffd');
}
