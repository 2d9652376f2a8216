import { contactFields, type CardProperty, type ContactFields } from '../../contact-card/contact-fields.js';
import { type Id } from '../../database/new-id.js';
import { type Row, type Statements } from '../../imports/import-kind.js';
import { normaliseAddress } from '../../text/address.js';
import { emailsOf, numbersOf, personKeyOf } from '../contact-keys.js';
import { type RowComposing } from '../import/row-composing.js';

/** Digits at the end of a number that tell it, whatever its country and trunk are written like. */
const TAIL = 8;
/** Longer runs of digits are no numbers. */
const LONGEST_RUN = 64;
/** Contacts of one query. */
const CHUNK = 1_000;
const ADDRESS = /[^\s,;<>()[\]"'|]+@[^\s,;<>()[\]"'|]+/gu;
const DIGITS = /\d[\d\s().\-/‐-―]*\d/gu;
const BETWEEN = /[\n\r\t,;|]/u;

/**
 * Whom rows mean that cannot be taken: somebody with an e-mail, a number or a name that stands anywhere in them. Nobody may
 * leave the list because of a typing error in a file, so this finds too many rather than too few.
 */
export class PeopleOfWrongRows {
  private readonly lineOf = new Map<string, number>();

  constructor(private readonly composing: RowComposing) {}

  add(row: Row): void {
    const { line, cells, problems } = row;
    // A row that is no row at all says nothing that could be composed.
    const composed = problems.some(([column]) => column >= 0) ? this.composing.compose(row) : undefined;
    const texts = composed ? [...cells, composed.displayName] : cells;
    for (const text of texts) {
      for (const [address] of text.matchAll(ADDRESS))
        this.note(`e ${normaliseAddress(address) ?? address.toLowerCase()}`, line);
      for (const [run] of text.matchAll(DIGITS)) this.noteDigits(run.replace(/\D/gu, ''), line);
    }
    if (composed) for (const number of numbersOf(composed)) this.noteDigits(number.slice(1), line);
    if (composed) for (const email of emailsOf(composed)) this.note(`e ${email}`, line);
    // First and last name may stand in two cells.
    const parts = texts.flatMap((text) => [text, ...text.split(BETWEEN)]);
    const names = [...parts, ...parts.slice(1).map((part, place) => `${parts[place]} ${part}`)];
    for (const name of names) if (/\p{L}/u.test(name)) this.note(`n ${personKeyOf(name)}`, line);
  }

  /** @returns the row each of these people stands in */
  async among(database: Statements, ownerId: Id): Promise<Map<Id, number>> {
    const found = new Map<Id, number>();
    if (this.lineOf.size === 0) return found;
    for (let after = ''; ;) {
      const rows = await database.query<(ContactFields & { id: Id; extra: string })[]>(
        `SELECT id, ${contactFields.join(', ')},
           IF(extra LIKE '%["email",%' OR extra LIKE '%["tel",%', extra, '[]') AS extra
         FROM personal_contacts WHERE ownerId = ? AND deletedAt IS NULL AND id > ? ORDER BY id LIMIT ${CHUNK}`,
        [ownerId, after],
      );
      for (const { id, extra, ...fields } of rows) {
        const line = this.lineWith({ ...fields, extra: JSON.parse(extra) as CardProperty[] });
        if (line !== undefined) found.set(id, line);
      }
      if (rows.length < CHUNK) return found;
      after = rows[CHUNK - 1].id;
    }
  }

  private lineWith(contact: ContactFields & { extra: readonly CardProperty[] }): number | undefined {
    const keys = [
      ...emailsOf(contact).map((email) => `e ${email}`),
      ...numbersOf(contact).map((number) => `d ${number.slice(-TAIL)}`),
      `n ${personKeyOf(contact.displayName)}`,
    ];
    return keys.map((key) => this.lineOf.get(key)).find((line) => line !== undefined);
  }

  /** Several numbers of one cell may run into each other. */
  private noteDigits(digits: string, line: number): void {
    const end = Math.min(digits.length, LONGEST_RUN) - TAIL;
    for (let from = 0; from <= end; from++) this.note(`d ${digits.slice(from, from + TAIL)}`, line);
  }

  private note(key: string, line: number): void {
    if (!this.lineOf.has(key)) this.lineOf.set(key, line);
  }
}
