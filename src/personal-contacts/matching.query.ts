import { contactFields, type CardProperty, type ContactFields } from '../contact-card/contact-fields.js';
import { type Id } from '../database/new-id.js';
import { type Statements } from '../imports/import-kind.js';
import { ContactIndex } from './matching.js';

/** Contacts of one query: their further e-mails and numbers stand among all that a file knew. */
const CHUNK = 1_000;

/** All living contacts of one person, to be recognised; what is kept is keys and ids alone. */
export async function contactIndex(database: Statements, ownerId: Id): Promise<ContactIndex> {
  const index = new ContactIndex();
  for (let after = ''; ;) {
    const rows = await database.query<(ContactFields & { id: Id; extra: string })[]>(
      `SELECT id, ${contactFields.join(', ')},
         IF(extra LIKE '%["email",%' OR extra LIKE '%["tel",%', extra, '[]') AS extra
       FROM personal_contacts WHERE ownerId = ? AND deletedAt IS NULL AND id > ? ORDER BY id LIMIT ${CHUNK}`,
      [ownerId, after],
    );
    for (const { id, extra, ...fields } of rows)
      index.add(id, { ...fields, extra: JSON.parse(extra) as CardProperty[] });
    if (rows.length < CHUNK) return index;
    after = rows[CHUNK - 1].id;
  }
}
