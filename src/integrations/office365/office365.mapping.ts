import { type NumberField } from '../../accounts/further-reach.js';
import { isId } from '../../database/id.js';
import { phoneFields } from '../../contact-card/contact-fields.js';
import { furtherOf, type Further } from '../contacts/further.js';
import { type RemoteFields } from '../contacts-connector.js';
import { renamed, splitName } from '../person-name.js';
import {
  extendedProperty,
  readExtended,
  type ExtendedName,
  type ExtendedProperty,
} from './extended-properties.js';

/** What we read of a contact of Microsoft Graph; texts without a letter are null. */
export interface GraphContact {
  displayName: string | null;
  fileAs: string | null;
  givenName: string | null;
  middleName: string | null;
  surname: string | null;
  companyName: string | null;
  /** All of them, as they are: an edit writes the whole list. */
  emailAddresses: GraphAddress[];
  businessPhones: string[];
  homePhones: string[];
  mobilePhone: string | null;
  fax: Numbers<FaxName>;
  main: Numbers<MainName>;
  /** Our id in it. */
  marker: string | null;
}

export interface GraphAddress {
  name?: string | null;
  address?: string | null;
}

type FaxName = 'businessFax' | 'homeFax' | 'primaryFax';
type MainName = 'primaryTelephone' | 'companyMainTelephone' | 'otherTelephone';
type Numbers<Name extends string> = Partial<Record<Name, string>>;

/** What is asked of a contact; `id` always comes. */
export const SELECTED = [
  ...['changeKey', 'parentFolderId', 'displayName', 'fileAs', 'givenName', 'middleName', 'surname'],
  ...['companyName', 'emailAddresses', 'businessPhones', 'homePhones', 'mobilePhone'],
].join(',');

/** Where each of our fields is kept. Of a list: the place in it, or one before the first where there is none to be shown. */
export interface Slots {
  email: number;
  workPhone: number;
  homePhone: number;
  fax: FaxName;
  main: MainName;
}

/** A body for POST or PATCH. */
export type ContactBody = Record<string, unknown> & { singleValueExtendedProperties?: ExtendedProperty[] };

/** What Outlook has room for; more is answered with 400 (NOTES §2). */
const MOST_ADDRESSES = 3;

const faxNames = ['businessFax', 'homeFax', 'primaryFax'] as const;
const mainNames = ['primaryTelephone', 'companyMainTelephone', 'otherTelephone'] as const;

/** @param body of an answer, with what was expanded */
export function readContact(body: Record<string, unknown>): GraphContact {
  const extended = readExtended(body['singleValueExtendedProperties']);
  const { marker } = extended;
  return {
    displayName: filled(body['displayName']),
    fileAs: filled(body['fileAs']),
    givenName: filled(body['givenName']),
    middleName: filled(body['middleName']),
    surname: filled(body['surname']),
    companyName: filled(body['companyName']),
    emailAddresses: listOf(body['emailAddresses']).filter(
      (each): each is GraphAddress => typeof each === 'object' && each !== null,
    ),
    businessPhones: textsOf(body['businessPhones']),
    homePhones: textsOf(body['homePhones']),
    mobilePhone: filled(body['mobilePhone']),
    fax: numbersOf(faxNames, extended),
    main: numbersOf(mainNames, extended),
    marker: marker && isId(marker) ? marker : null,
  };
}

/** PidTagSensitivity 2. */
export function isPrivate(body: Record<string, unknown>): boolean {
  return readExtended(body['singleValueExtendedProperties']).sensitivity?.trim() === '2';
}

export function chooseSlots({ emailAddresses, businessPhones, homePhones, fax, main }: GraphContact): Slots {
  return {
    email: emailAddresses.findIndex(({ address }) => isAddress(address)),
    workPhone: businessPhones.length > 0 ? 0 : -1,
    homePhone: homePhones.length > 0 ? 0 : -1,
    fax: faxNames.find((name) => fax[name] !== undefined) ?? faxNames[0],
    main: mainNames.find((name) => main[name] !== undefined) ?? mainNames[0],
  };
}

/**
 * What we show of it. A number that was taken away stays away until the contact is read again, although another place of the
 * same field may have one: it was never shown, so nobody meant it.
 */
export function fieldsOf(contact: GraphContact, slots: Slots): RemoteFields {
  const { emailAddresses, businessPhones, homePhones, mobilePhone, companyName } = contact;
  const fields: RemoteFields = {
    displayName: null,
    email: emailAddresses[slots.email]?.address ?? null,
    workPhone: businessPhones[slots.workPhone] ?? null,
    homePhone: homePhones[slots.homePhone] ?? null,
    mobilePhone,
    faxNumber: contact.fax[slots.fax] ?? null,
    mainPhone: contact.main[slots.main] ?? null,
    organization: companyName,
  };
  return { ...fields, displayName: nameOf(contact, fields) };
}

/** What stands beside what is shown: further numbers and addresses. */
export function furtherBeside(contact: GraphContact, slots: Slots): Further {
  const { emailAddresses, businessPhones, homePhones, fax, main } = contact;
  const beside = <Each>(list: readonly Each[], at: number) => list.filter((_, index) => index !== at);
  const named = <Name extends string>(numbers: Numbers<Name>, names: readonly Name[], shown: Name) =>
    names.flatMap((name) => (name === shown ? [] : (numbers[name] ?? [])));
  const of = (field: NumberField, texts: readonly string[]) => texts.map((text) => ({ field, text }));
  return furtherOf({
    numbers: [
      ...of('workPhone', beside(businessPhones, slots.workPhone)),
      ...of('homePhone', beside(homePhones, slots.homePhone)),
      ...of('otherPhone', named(main, mainNames, slots.main)),
      ...of('faxNumber', named(fax, faxNames, slots.fax)),
    ],
    emails: beside(emailAddresses, slots.email).flatMap(({ address }) =>
      isAddress(address) ? (address ?? []) : [],
    ),
  });
}

/** A new contact of these fields, in the form Outlook gives its own. */
export function newContact(typed: RemoteFields, marker: string): GraphContact {
  const fields = sendable(typed);
  const { displayName, organization, email, workPhone, homePhone, mobilePhone, faxNumber, mainPhone } =
    fields;
  const name = displayName ? splitName(displayName, organization) : null;
  return {
    displayName,
    fileAs: name?.fileAs ?? displayName,
    givenName: name?.givenName ?? null,
    middleName: null,
    surname: name?.surname ?? null,
    companyName: organization,
    emailAddresses: email ? [{ name: displayName ?? email, address: email }] : [],
    businessPhones: workPhone ? [workPhone] : [],
    homePhones: homePhone ? [homePhone] : [],
    mobilePhone,
    fax: faxNumber ? { [faxNames[0]]: faxNumber } : {},
    main: mainPhone ? { [mainNames[0]]: mainPhone } : {},
    marker,
  };
}

/** What is sent to make it: nothing that is empty. */
export function bodyOf(contact: GraphContact): ContactBody {
  const { fax, main, marker, ...properties } = contact;
  const said = Object.entries(properties).filter(
    ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
  );
  const extended = { ...fax, ...main, ...(marker && { marker }) };
  return {
    ...Object.fromEntries(said),
    singleValueExtendedProperties: (Object.entries(extended) as [ExtendedName, string][]).map(
      extendedProperty,
    ),
  };
}

/** What must be sent so that the contact says `changed`, and the contact as it is then; null where Outlook has no room for it. */
export function changesOf(
  contact: GraphContact,
  slots: Slots,
  changed: Partial<RemoteFields>,
): { body: ContactBody; contact: GraphContact; slots: Slots } | null {
  const fields = sendable(changed);
  const after: GraphContact = { ...contact, fax: { ...contact.fax }, main: { ...contact.main } };
  const shown: Slots = { ...slots };
  if (fields.displayName !== undefined)
    rename(after, fields.displayName, fieldsOf(contact, slots).displayName);
  if (fields.organization !== undefined) after.companyName = fields.organization;
  if (fields.mobilePhone !== undefined) after.mobilePhone = fields.mobilePhone;
  if (fields.email !== undefined) {
    const before = contact.emailAddresses[slots.email];
    const email =
      fields.email === null ? null : { name: addressName(before, fields.email), address: fields.email };
    [after.emailAddresses, shown.email] = replaced(contact.emailAddresses, slots.email, email);
  }
  for (const [field, list] of lists)
    if (fields[field] !== undefined)
      [after[list], shown[field]] = replaced(contact[list], slots[field], fields[field]);
  if (fields.faxNumber !== undefined) setNumber(after.fax, slots.fax, fields.faxNumber);
  if (fields.mainPhone !== undefined) setNumber(after.main, slots.main, fields.mainPhone);
  if (after.emailAddresses.length > MOST_ADDRESSES) return null;
  return { body: differenceOf(contact, after), contact: after, slots: shown };
}

/** Whether an extended property is to be emptied: that it was, only a new reading tells. */
export function empties({ singleValueExtendedProperties = [] }: ContactBody): boolean {
  return singleValueExtendedProperties.some(({ value }) => value === '');
}

const lists = [
  ['workPhone', 'businessPhones'],
  ['homePhone', 'homePhones'],
] as const;

const scalars = [
  'displayName',
  'fileAs',
  'givenName',
  'middleName',
  'surname',
  'companyName',
  'mobilePhone',
] as const;

function differenceOf(before: GraphContact, after: GraphContact): ContactBody {
  const body: ContactBody = {};
  for (const name of scalars) if (after[name] !== before[name]) body[name] = after[name];
  for (const name of ['emailAddresses', 'businessPhones', 'homePhones'] as const)
    if (after[name] !== before[name]) body[name] = after[name];
  const numbers = { ...before.fax, ...before.main };
  const now: Partial<Record<ExtendedName, string>> = { ...after.fax, ...after.main };
  const extended = ([...faxNames, ...mainNames] as const)
    .filter((name) => now[name] !== numbers[name])
    // There is no way to take one away; a text without a letter is read as none.
    .map((name) => extendedProperty([name, now[name] ?? '']));
  if (extended.length > 0) body.singleValueExtendedProperties = extended;
  // "Later updates to other properties may cause an automatically generated value to overwrite the displayName": so it is said
  // with each of them (Update contact, displayName).
  if (Object.keys(body).length > 0 && after.displayName !== null) body['displayName'] = after.displayName;
  return body;
}

/** Outlook's list shows `fileAs`, its card `displayName`, telephones the parts: all of them say the new name. */
function rename(contact: GraphContact, displayName: string | null, before: string | null): void {
  if (displayName !== null) {
    const { fileAs, givenName, middleName, surname } = renamed(contact, before, displayName);
    Object.assign(contact, { fileAs, givenName, middleName, surname });
  }
  contact.displayName = displayName;
}

/** @returns the list, and where in it the value is */
function replaced<T>(list: readonly T[], at: number, value: T | null): [T[], number] {
  if (value === null) return [list.filter((_, index) => index !== at), -1];
  // The first place is the one that is shown.
  return at < 0 ? [[value, ...list], 0] : [list.map((each, index) => (index === at ? value : each)), at];
}

/** Outlook shows it in place of the address: one that only repeated the old address repeats the new one. */
function addressName(before: GraphAddress | undefined, email: string): string {
  const name = filled(before?.name);
  return name !== null && name.toLowerCase() !== before?.address?.toLowerCase() ? name : email;
}

function setNumber<Name extends string>(numbers: Numbers<Name>, name: Name, value: string | null): void {
  if (value === null) delete numbers[name];
  else numbers[name] = value;
}

function nameOf(contact: GraphContact, fields: RemoteFields): string | null {
  const parts = [contact.givenName, contact.middleName, contact.surname].filter(Boolean).join(' ');
  return (
    contact.displayName ??
    contact.fileAs ??
    filled(parts) ??
    contact.companyName ??
    fields.email ??
    phoneFields.map((field) => fields[field]).find((value) => value !== null) ??
    null
  );
}

function numbersOf<Name extends ExtendedName>(
  names: readonly Name[],
  extended: Partial<Record<ExtendedName, string>>,
): Numbers<Name> {
  return Object.fromEntries(
    names.flatMap((name) => (extended[name] === undefined ? [] : [[name, extended[name]]])),
  ) as Numbers<Name>;
}

/** A name of a directory (X.500) is no address anybody can write to. */
function isAddress(address: string | null | undefined): boolean {
  return filled(address) !== null && !/^\/o=/i.test(address!);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textsOf(value: unknown): string[] {
  return listOf(value).filter((each): each is string => filled(each) !== null);
}

/** Present and empty means no value. */
function filled(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** Halves of characters and control characters no text of Exchange can carry are left out. */
function sendable<Fields extends Partial<RemoteFields>>(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([field, text]) => [field, filled(text?.replace(FORBIDDEN, ''))]),
  ) as Fields;
}

const FORBIDDEN = /[^\P{Cc}\t\n\r\u007f-\u009f]|[\ufffe\uffff]|\p{Cs}/gu;
