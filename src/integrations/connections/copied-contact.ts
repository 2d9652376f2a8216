import { type NumberField } from '../../accounts/further-reach.js';
import { contactFields, phoneFields, type CardProperty } from '../../contact-card/contact-fields.js';
import { type Id } from '../../database/id.js';
import { type Statements } from '../../imports/import-kind.js';
import { normaliseAddress } from '../../text/address.js';
import { type CloudContact } from '../cloud-contact.entities.js';
import { furtherIn } from '../contacts/further.js';
import { type KeptCopy } from './kept-copies.service.js';

/** Contacts of one query. */
const CHUNK = 500;
/** What a personal contact keeps of a number beside it. */
const TYPED_UNITS = 64;

type Row = Pick<CloudContact, 'id' | (typeof contactFields)[number]> & {
  typedPhones: string;
  memory: string | null;
  starred: number;
};

/**
 * All living contacts of a connection as one's own address book takes them, set by set.
 * @param between called before each set after the first
 */
export async function* copiesOf(
  database: Statements,
  { id: connectionId, userId }: { id: Id; userId: Id },
  between: () => Promise<void>,
): AsyncGenerator<KeptCopy[]> {
  for (let after = ''; ;) {
    const rows = await database.query<Row[]>(
      `SELECT id, ${contactFields.join(', ')}, typedPhones, memory, starred FROM cloud_contacts
       WHERE connectionId = ? AND ownerId = ? AND deletedAt IS NULL AND id > ? ORDER BY id LIMIT ${CHUNK}`,
      [connectionId, userId, after],
    );
    if (rows.length > 0) yield rows.map(copyOf);
    if (rows.length < CHUNK) return;
    after = rows[CHUNK - 1].id;
    await between();
  }
}

/** What is no address and no number we can read is kept beside the fields, as a card would have it. */
function copyOf({ id: _, typedPhones, memory, starred, ...fields }: Row): KeptCopy {
  const typed = JSON.parse(typedPhones) as CloudContact['typedPhones'];
  const email = fields.email === null ? null : normaliseAddress(fields.email);
  const extra: CardProperty[] = [];
  if (fields.email !== null && email === null) extra.push(['email', {}, 'text', fields.email]);
  const kept: KeptCopy['typedPhones'] = {};
  for (const field of phoneFields) {
    const text = typed[field];
    if (text === undefined) continue;
    if (fields[field] === null) extra.push(['tel', typesOf[field], 'text', text]);
    else if (text.length <= TYPED_UNITS) kept[field] = text;
  }
  const further = furtherIn(memory === null ? null : (JSON.parse(memory) as Record<string, unknown>));
  for (const { field, text, number } of further?.numbers ?? [])
    extra.push(['tel', typesOf[field], 'text', number ?? text]);
  for (const text of further?.emails ?? []) extra.push(['email', {}, 'text', text]);
  return { ...fields, email, typedPhones: kept, extra, starred: Boolean(starred) };
}

/** As cards name these numbers. */
const typesOf: Record<NumberField, CardProperty[1]> = {
  workPhone: { type: 'work' },
  homePhone: { type: 'home' },
  mobilePhone: { type: 'cell' },
  faxNumber: { type: 'fax' },
  mainPhone: {},
  otherPhone: {},
};
