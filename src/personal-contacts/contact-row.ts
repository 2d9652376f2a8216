import { contactFields, phoneFields, type WholeContact } from '../contact-card/contact-fields.js';
import { type Id } from '../database/new-id.js';
import { FOLD_VERSION, searchKeyOf, sortKeyOf } from '../text/fold.js';

/** A contact with what only a list of one's own has: its groups and star. */
export interface KeptContact extends WholeContact {
  id: Id;
  starred: boolean;
  /** Living groups it is in, in the order of their ids. */
  groupIds: readonly Id[];
}

/** A contact as it stands in the database. */
export interface StoredContact extends KeptContact {
  revision: number;
  createdByBatch: Id;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
  mergedInto: Id | null;
}

/** Fields the journal compares and an undo gives back, each for itself. */
export const journaled = [
  ...contactFields,
  'typedPhones',
  'extra',
  'photoHash',
  'starred',
  'groupIds',
] as const satisfies readonly (keyof KeptContact)[];
export type JournaledField = (typeof journaled)[number];

/** Columns of `personal_contacts` a contact's fields fill, in the order of `valuesOf`. */
export const fieldColumns = [
  ...contactFields,
  ...['typedPhones', 'extra', 'photoHash', 'starred', 'searchKey', 'sortKey', 'foldVersion'],
] as const;

export function valuesOf(contact: Omit<KeptContact, 'id' | 'groupIds'>): unknown[] {
  const keys = contactKeysOf(contact);
  const values: unknown[] = contactFields.map((field) => contact[field]);
  values.push(
    JSON.stringify(contact.typedPhones),
    JSON.stringify(contact.extra),
    contact.photoHash,
    contact.starred ? 1 : 0,
    keys.searchKey,
    keys.sortKey,
    keys.foldVersion,
  );
  return values;
}

/** The folded keys of a contact; one rule for forms, imports and refolding. Contacts are sorted by the name that is seen. */
export function contactKeysOf(contact: Pick<WholeContact, (typeof contactFields)[number] | 'extra'>): {
  searchKey: string;
  sortKey: string;
  foldVersion: number;
} {
  const also = (name: string) =>
    contact.extra.flatMap(([property, , , value]) =>
      property === name && typeof value === 'string' ? [value] : [],
    );
  return {
    searchKey: searchKeyOf(
      {
        names: [contact.displayName, ...also('nickname')],
        emails: [contact.email, ...also('email')],
        phones: [...phoneFields.map((field) => contact[field]), ...also('tel')],
        texts: [contact.organization, ...also('title')],
      },
      500,
    ),
    sortKey: sortKeyOf('', contact.displayName),
    foldVersion: FOLD_VERSION,
  };
}
