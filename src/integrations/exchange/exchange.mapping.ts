import { type NumberField } from '../../accounts/further-reach.js';
import { phoneFields, type PhoneField } from '../../contact-card/contact-fields.js';
import { furtherOf, type Further } from '../contacts/further.js';
import { type RemoteFields } from '../contacts-connector.js';
import { renamed, splitName } from '../person-name.js';
import { type XmlElement } from './reader.js';

/** What we read of a contact of Exchange; empty values are left out or null. */
export interface ExchangeContact {
  subject: string | null;
  displayName: string | null;
  fileAs: string | null;
  givenName: string | null;
  middleName: string | null;
  surname: string | null;
  company: string | null;
  /** By key (`EmailAddress1`); `directory`: a name of the directory (X.500), which is no address. */
  emails: Record<string, { value: string; directory: boolean }>;
  /** By key (`BusinessPhone`), as somebody typed them. */
  phones: Record<string, string>;
  /** CarnetId. */
  marker: string | null;
}

/** Where each of our fields is kept: several keys of Exchange are one field of ours. */
export type Slots = Record<PhoneField | 'email', string>;

/** One property to be written; null takes it away. */
export interface PropertyChange {
  property: NameProperty | { email: string } | { phone: string } | 'CarnetId';
  value: string | null;
}
export type NameProperty =
  'Subject' | 'FileAs' | 'DisplayName' | 'GivenName' | 'MiddleName' | 'CompanyName' | 'Surname';

/** The first that has a value is read; with none, the first of all is written. */
const slotsOf: Record<PhoneField | 'email', readonly string[]> = {
  email: ['EmailAddress1', 'EmailAddress2', 'EmailAddress3'],
  workPhone: ['BusinessPhone', 'BusinessPhone2'],
  homePhone: ['HomePhone', 'HomePhone2'],
  mobilePhone: ['MobilePhone'],
  faxNumber: ['BusinessFax', 'HomeFax', 'OtherFax'],
  mainPhone: ['PrimaryPhone', 'CompanyMainPhone', 'OtherTelephone'],
};

/** @param contact a `Contact` element of an answer @param markerOf its extended property */
export function readContact(contact: XmlElement, markerOf: (contact: XmlElement) => string | null) {
  const text = (name: string) => filled(contact.textAt(name));
  const entries = (name: string) =>
    contact
      .childrenOf(name)
      .map((entry) => ({ entry, key: entry.attribute('Key') ?? '', value: filled(entry.text) }))
      .filter((each): each is { entry: XmlElement; key: string; value: string } => each.value !== null);
  return {
    subject: text('Subject'),
    displayName: text('DisplayName'),
    fileAs: text('FileAs'),
    givenName: text('GivenName'),
    middleName: text('MiddleName'),
    surname: text('Surname'),
    company: text('CompanyName'),
    emails: Object.fromEntries(
      entries('EmailAddresses').map(({ entry, key, value }) => [
        key,
        // Servers before 2010 SP2 do not say of which kind it is.
        { value, directory: entry.attribute('RoutingType') === 'EX' || /^\/o=/i.test(value) },
      ]),
    ),
    phones: Object.fromEntries(entries('PhoneNumbers').map(({ key, value }) => [key, value])),
    marker: markerOf(contact),
  } satisfies ExchangeContact;
}

export function chooseSlots(contact: ExchangeContact): Slots {
  const of = (field: PhoneField | 'email') =>
    slotsOf[field].find((slot) => valueIn(contact, field, slot) !== null) ?? slotsOf[field][0];
  return {
    email: of('email'),
    workPhone: of('workPhone'),
    homePhone: of('homePhone'),
    mobilePhone: of('mobilePhone'),
    faxNumber: of('faxNumber'),
    mainPhone: of('mainPhone'),
  };
}

/**
 * What we show of it. A number that was taken away stays away until the contact is read again, although another key of the
 * same field may have one: it was never shown, so nobody meant it.
 */
export function fieldsOf(contact: ExchangeContact, slots: Slots): RemoteFields {
  const value = (field: PhoneField | 'email') => valueIn(contact, field, slots[field]);
  return {
    displayName: nameOf(contact, slots),
    email: value('email'),
    workPhone: value('workPhone'),
    homePhone: value('homePhone'),
    mobilePhone: value('mobilePhone'),
    faxNumber: value('faxNumber'),
    mainPhone: value('mainPhone'),
    organization: contact.company,
  };
}

/** What stands beside what is shown: further numbers and addresses. A pager or an assistant is nobody to be called back. */
export function furtherBeside(contact: ExchangeContact, slots: Slots): Further {
  const shown = new Set(Object.values(slots));
  const beside = (keys: readonly string[]) =>
    keys.filter((key) => !shown.has(key)).flatMap((key) => ownValue(contact.phones, key) ?? []);
  const of = (field: NumberField, keys: readonly string[]) => beside(keys).map((text) => ({ field, text }));
  return furtherOf({
    numbers: [
      ...of('workPhone', slotsOf.workPhone),
      ...of('homePhone', slotsOf.homePhone),
      ...of('otherPhone', [...slotsOf.mainPhone, 'CarPhone', 'Callback', 'RadioPhone']),
      ...of('faxNumber', slotsOf.faxNumber),
    ],
    emails: slotsOf.email.flatMap((key) => {
      const email = key === slots.email ? undefined : ownValue(contact.emails, key);
      return email && !email.directory ? email.value : [];
    }),
  });
}

/** A new contact of these fields, in the form Outlook gives its own. */
export function newContact(fields: RemoteFields, marker: string): ExchangeContact {
  const { displayName, organization } = fields;
  const name = displayName ? splitName(displayName, organization) : null;
  return {
    subject: displayName,
    displayName,
    fileAs: name?.fileAs ?? displayName,
    givenName: name?.givenName ?? null,
    middleName: null,
    surname: name?.surname ?? null,
    company: organization,
    emails: fields.email ? { [slotsOf.email[0]]: { value: fields.email, directory: false } } : {},
    phones: Object.fromEntries(
      phoneFields
        .map((field) => [slotsOf[field][0], fields[field]] as const)
        .filter((entry): entry is [string, string] => Boolean(entry[1])),
    ),
    marker,
  };
}

/** What must be written so that the contact says `changed`, and the contact as it is then. */
export function changesOf(
  contact: ExchangeContact,
  slots: Slots,
  changed: Partial<RemoteFields>,
): { changes: PropertyChange[]; contact: ExchangeContact } {
  const after: ExchangeContact = {
    ...contact,
    emails: { ...contact.emails },
    phones: { ...contact.phones },
  };
  const changes: PropertyChange[] = [];
  if (changed.displayName !== undefined) rename(after, changed.displayName, fieldsOf(contact, slots));
  if (changed.organization !== undefined) after.company = changed.organization;
  for (const [property, key] of nameProperties)
    if (after[key] !== contact[key]) changes.push({ property, value: after[key] });
  if (changed.email !== undefined) {
    if (changed.email === null) delete after.emails[slots.email];
    else after.emails[slots.email] = { value: changed.email, directory: false };
    changes.push({ property: { email: slots.email }, value: changed.email });
  }
  for (const field of phoneFields) {
    const value = changed[field];
    if (value === undefined) continue;
    if (value === null) delete after.phones[slots[field]];
    else after.phones[slots[field]] = value;
    changes.push({ property: { phone: slots[field] }, value });
  }
  return { changes, contact: after };
}

/** In the order of the schema. */
const nameProperties = [
  ['Subject', 'subject'],
  ['FileAs', 'fileAs'],
  ['DisplayName', 'displayName'],
  ['GivenName', 'givenName'],
  ['MiddleName', 'middleName'],
  ['CompanyName', 'company'],
  ['Surname', 'surname'],
] as const satisfies [NameProperty, keyof ExchangeContact][];

/** Outlook's list shows `FileAs`, its card `DisplayName`, telephones the parts: all of them say the new name. */
function rename(contact: ExchangeContact, displayName: string | null, shown: RemoteFields): void {
  const before = shown.displayName;
  // A title that somebody chose stays; nearly all are the name.
  if (contact.subject === null || contact.subject === before) contact.subject = displayName;
  if (displayName !== null) Object.assign(contact, renamed(contact, before, displayName));
  contact.displayName = displayName;
}

function nameOf(contact: ExchangeContact, slots: Slots): string | null {
  const parts = [contact.givenName, contact.middleName, contact.surname].filter(Boolean).join(' ');
  return (
    contact.displayName ??
    contact.fileAs ??
    filled(parts) ??
    contact.company ??
    valueIn(contact, 'email', slots.email) ??
    phoneFields.map((field) => valueIn(contact, field, slots[field])).find((value) => value !== null) ??
    null
  );
}

function valueIn(contact: ExchangeContact, field: PhoneField | 'email', slot: string): string | null {
  if (field !== 'email') return ownValue(contact.phones, slot) ?? null;
  const email = ownValue(contact.emails, slot);
  return email && !email.directory ? email.value : null;
}

function ownValue<T>(record: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Present and empty means no value. */
function filled(text: string | null): string | null {
  return text !== null && text.trim() !== '' ? text : null;
}
