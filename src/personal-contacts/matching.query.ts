import { contactFields, type CardProperty, type ContactFields } from '../contact-card/contact-fields.js';
import { type Id } from '../database/new-id.js';
import { type Statements } from '../imports/import-kind.js';
import { ContactIndex } from './matching.js';

/** Contacts of one query: their further e-mails and numbers stand among all that a file knew. */
const CHUNK = 1_000;
/** Characters of all that is known beyond the fields: more is read where it is asked for. */
const SHORT = 500;

/** A contact as the index reads it. */
export interface IndexedContact extends ContactFields {
  id: Id;
  /** Null where there is much of it. */
  extra: CardProperty[] | null;
  photoHash: string | null;
  revision: number;
  createdByBatch: Id;
  sortKey: string;
}

interface IndexedRow extends Omit<IndexedContact, 'extra'> {
  extra: string | null;
}

/**
 * All living contacts of one person, to be recognised; what is kept is keys and ids alone.
 * @param take is given each of them
 */
export async function contactIndex(
  database: Statements,
  ownerId: Id,
  take?: (contact: IndexedContact) => void,
): Promise<ContactIndex> {
  const index = new ContactIndex();
  for (let after = ''; ;) {
    const rows = await database.query<IndexedRow[]>(
      `SELECT id, ${contactFields.join(', ')}, photoHash, revision, createdByBatch, sortKey,
         IF(CHAR_LENGTH(extra) <= ${SHORT} OR extra LIKE '%["email",%' OR extra LIKE '%["tel",%', extra, NULL) AS extra
       FROM personal_contacts WHERE ownerId = ? AND deletedAt IS NULL AND id > ? ORDER BY id LIMIT ${CHUNK + 1}`,
      [ownerId, after],
    );
    // One more tells whether there are more: a list of just so many is not asked for twice.
    const isLast = rows.length <= CHUNK;
    if (!isLast) rows.pop();
    for (const row of rows) {
      const extra = row.extra === null || row.extra === '[]' ? [] : (JSON.parse(row.extra) as CardProperty[]);
      const isWhole = row.extra !== null && row.extra.length <= SHORT;
      const contact = Object.assign(row, { extra });
      index.add(row.id, contact);
      take?.(isWhole ? contact : Object.assign(contact, { extra: null }));
    }
    if (isLast) return index;
    after = rows[CHUNK - 1].id;
  }
}
