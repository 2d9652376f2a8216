import {
  contactFields,
  phoneFields,
  type ContactField,
  type ContactFields,
  type PhoneField,
  type WholeContact,
} from '../../contact-card/contact-fields.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/new-id.js';
import { sameValue } from '../../journal/changes.js';
import { isRegion, readPhone, type E164, type Region } from '../../phone/e164.js';
import { normaliseAddress } from '../../text/address.js';
import { tidy } from '../../text/tidy.js';
import { type AgreedCopy, type Pending } from '../cloud-contact.entities.js';
import { type RemoteContact, type RemoteFields } from '../contacts-connector.js';

/**
 * Between the text a provider has and the fields a row has, both ways, and what of a row the provider has not been told: pure.
 * A provider's text is compared as it is read here, so that spaces, the case of an address and the spelling of a number are no
 * change, and are never written back.
 */

/** The fields of a row. A number nobody can read is null and stands in `typedPhones`. */
export type CloudFields = ContactFields & Pick<WholeContact, 'typedPhones'>;

/** What of a row decides whether its provider has to be told something. */
export interface Tellable extends CloudFields {
  agreed: AgreedCopy | null;
  remoteId: string | null;
  pushAttempts: number;
  deletedAt: Date | null;
  /** Ours, sorted. */
  folderIds: readonly Id[];
}

/** Our ids of a connection's folders, with the provider's. */
export type FolderIds = ReadonlyMap<Id, string>;

export interface Difference {
  /** As the provider is to have them; null empties one. */
  fields: Partial<RemoteFields>;
  /** Where it is to be there, sorted; null where it is there already. */
  folderIds: string[] | null;
}

/** UTF-16 units kept of what a provider says of a number. */
const PHONE_UNITS = 255;

/**
 * What a provider says, as a row has it. A contact without a name is called by its address, organization or first number; one
 * that says nothing at all has the empty name.
 */
export function fieldsOf(
  { fields, numbers = {} }: Pick<RemoteContact, 'fields' | 'numbers'>,
  region: string,
): CloudFields {
  const row: CloudFields = {
    displayName: keptText('displayName', fields.displayName) ?? standInName(fields),
    email: keptText('email', fields.email),
    organization: keptText('organization', fields.organization),
    ...{ workPhone: null, homePhone: null, mobilePhone: null, faxNumber: null, mainPhone: null },
    typedPhones: {},
  };
  for (const field of phoneFields) {
    const text = fields[field]?.trim().slice(0, PHONE_UNITS) ?? '';
    if (text === '') continue;
    row[field] = numbers[field] ?? numberIn(text, region);
    if (text !== row[field]) row.typedPhones[field] = text;
  }
  return row;
}

/**
 * A row as its provider would have it. What `agreed` lacks and only stands in for a name here is no name.
 * @param agreed null: for one that is made there, whose name is what people see here
 */
export function remoteFieldsOf(row: CloudFields, agreed: Pick<AgreedCopy, 'fields'> | null): RemoteFields {
  const remote = {} as RemoteFields;
  for (const field of contactFields) remote[field] = row[field];
  for (const field of phoneFields) remote[field] = row.typedPhones[field] ?? row[field];
  if (row.displayName === '' || (agreed && isStandIn(row.displayName, agreed.fields)))
    remote.displayName = null;
  return remote;
}

/** Whether two texts of a provider say the same, as far as we show it. */
export function sameField(
  field: ContactField,
  one: string | null,
  other: string | null,
  region: string,
): boolean {
  return one === other || keyOf(field, one, region) === keyOf(field, other, region);
}

/** The numbers of a row that say how its provider dials what it has; what was typed here since, it has not. */
export function numbersOf(row: CloudFields, agreed: Pick<AgreedCopy, 'fields'>): RemoteContact['numbers'] {
  const texts = remoteFieldsOf(row, agreed);
  return Object.fromEntries(
    phoneFields.flatMap((field) =>
      row[field] !== null && texts[field] === agreed.fields[field] ? [[field, row[field]]] : [],
    ),
  );
}

/** What of a living row that is there already the provider does not have yet; empty for one that was never made there. */
export function differenceToPush(row: Tellable, folders: FolderIds, region: string): Difference {
  const difference: Difference = { fields: {}, folderIds: null };
  const { agreed, remoteId } = row;
  if (agreed === null || remoteId === null) return difference;
  const wanted = remoteFieldsOf(row, agreed);
  for (const field of contactFields)
    if (!sameField(field, wanted[field], agreed.fields[field], region))
      difference.fields[field] = wanted[field];
  const folderIds = placeThere(row, agreed, folders);
  if (!sameValue(folderIds, agreed.folderIds)) difference.folderIds = folderIds;
  return difference;
}

/**
 * Where a contact is to be there, sorted: where it is here. One whose folder is not known (any more) stays where it is there, and
 * a label we have not heard of (yet, or any more) is not ours to take away.
 */
export function placeThere(
  { folderIds }: Pick<Tellable, 'folderIds'>,
  agreed: { folderIds: readonly string[] },
  folders: FolderIds,
): string[] {
  const placed = remoteFolderIds(folderIds, folders);
  if (placed.length === 0) return [...agreed.folderIds];
  const known = new Set(folders.values());
  return [...new Set([...placed, ...agreed.folderIds.filter((id) => !known.has(id))])].sort();
}

/** What its provider has to be told of a row: the one rule of the outbox. */
export function pendingOf(row: Tellable, folders: FolderIds, region: string): Pending | null {
  // Deleted while it was being made, it may be there under a name we do not know.
  if (row.deletedAt !== null)
    return (row.remoteId === null ? row.pushAttempts > 0 : row.agreed !== null) ? 'remove' : null;
  if (row.agreed === null || row.remoteId === null) return 'create';
  const { fields, folderIds } = differenceToPush(row, folders, region);
  return Object.keys(fields).length > 0 || folderIds !== null ? 'change' : null;
}

/** Sorted, those that are known. */
export function remoteFolderIds(folderIds: readonly Id[], folders: FolderIds): string[] {
  return folderIds.flatMap((id) => folders.get(id) ?? []).sort();
}

/** Gives a contact one field of another, a number with what its source says of it. */
export function takeField(after: CloudFields, said: CloudFields, field: ContactField): void {
  if (field === 'displayName') after.displayName = said.displayName;
  else if (field === 'email' || field === 'organization') after[field] = said[field];
  else {
    after[field] = said[field];
    delete after.typedPhones[field];
    const typed = said.typedPhones[field];
    if (typed !== undefined) after.typedPhones[field] = typed;
  }
}

/** Ours of these, sorted. */
export function ourFolderIds(remoteIds: readonly string[], folders: FolderIds): Id[] {
  return [...folders].flatMap(([id, remoteId]) => (remoteIds.includes(remoteId) ? [id] : [])).sort();
}

/** What people see of a contact without a name; empty when there is nothing else either. */
export function standInName(fields: Partial<RemoteFields>): string {
  const order = ['email', 'organization', ...phoneFields] as const;
  for (const field of order) {
    const text =
      field === 'email' ? keptText('email', fields.email) : keptText('organization', fields[field]);
    if (text !== null) return text;
  }
  return '';
}

/** Whether a contact's name only stands in for one the provider does not have. */
function isStandIn(displayName: string, fields: Partial<RemoteFields>): boolean {
  return keptText('displayName', fields.displayName) === null && displayName === standInName(fields);
}

/** The number a provider's text says, also one it takes some reading to find; the text is kept beside it. */
export function numberIn(text: string, region: string): E164 | null {
  return read(text, region, 'foreign-csv');
}

function read(text: string, region: string, from: 'csv' | 'foreign-csv'): E164 | null {
  const reading = readPhone(text, { region: isRegion(region) ? region : FALLBACK, from });
  return reading.kind === 'number' || reading.kind === 'proposal' ? reading.number : null;
}

const FALLBACK: Region = 'FR';

/** Two texts with the same key say the same. An extension is part of what a text says, though not of its number. */
function keyOf(field: ContactField, text: string | null, region: string): string | null {
  if (!isPhone(field)) return keptText(field, text);
  const kept = text?.trim().slice(0, PHONE_UNITS) ?? '';
  return kept === '' ? null : (read(kept, region, 'csv') ?? tidy(kept));
}

function isPhone(field: ContactField): field is PhoneField {
  return (phoneFields as readonly string[]).includes(field);
}

/** As a row holds the text of a field that is no number; null for none. */
function keptText(field: 'displayName' | 'email' | 'organization', text: string | null | undefined) {
  const tidied = tidy((text ?? '').replace(CONTROL, ' '));
  if (tidied === '') return null;
  if (field !== 'email') return cut(tidied, limits.nameCharacters);
  return normaliseAddress(tidied) ?? cut(tidied, limits.emailCharacters);
}

const CONTROL = /[\p{Cc}\p{Cs}]/gu;

/** By characters as the columns count them. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : [...text].slice(0, length).join('').trimEnd();
}
