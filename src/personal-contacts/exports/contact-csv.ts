import { type ExportedContact } from '../../contact-card/contact-vcard.js';
import { contactFields } from '../../contact-card/contact-fields.js';
import { fieldOfTel } from '../../contact-card/read-card.js';
import { contactHeaders } from '../../csv/contact-profiles.js';
import { encodeAs } from '../../csv/encoding.js';
import { recognise } from '../../csv/profiles.js';
import { csvLine, csvStream, type Cell, type CsvForm } from '../../csv/writer.js';
import { isE164 } from '../../phone/e164.js';
import { normaliseAddress } from '../../text/address.js';
import { type Columns, googleColumns, outlookColumns } from './foreign-columns.js';
import { googleHeaders, googleNumbered, outlookHeaders } from './foreign-headers.js';

/** Whose columns a CSV file has: ours in two forms, or another program's. */
export const csvForms = ['plain', 'excel', 'google', 'outlook'] as const;
export type ContactCsvForm = (typeof csvForms)[number];

/** The contacts of a file, from the beginning each time: some forms look at all of them first. */
type Contacts = () => AsyncGenerator<ExportedContact, void>;

/** A CSV file of contacts in pieces. */
export function contactCsv(
  contacts: Contacts,
  form: ContactCsvForm,
  locale: 'en' | 'fr',
): AsyncGenerator<string | Buffer, void> {
  if (form === 'google') return googleCsv(contacts);
  return form === 'outlook' ? outlookCsv(contacts, locale) : ownCsv(contacts, form, locale);
}

async function* ownCsv(contacts: Contacts, form: CsvForm, locale: 'en' | 'fr'): AsyncGenerator<string, void> {
  const columns = [...contactFields, 'groups'] as const;
  const headers = columns.map((column) => contactHeaders[locale][column]);
  yield* csvStream(mapped(contacts(), cellsOf), { form, locale, headers });
  function cellsOf(contact: ExportedContact): Cell[] {
    const filled = withFurther(contact);
    return [...contactFields.map((field) => filled[field]), contact.groups.join('; ')];
  }
}

/** Further e-mails and numbers have no column: of what would be lost, the first fill fields of their kind that are free. */
function withFurther(contact: ExportedContact): Pick<ExportedContact, (typeof contactFields)[number]> {
  const filled = { ...contact };
  for (const property of contact.extra) {
    const text = String(property[3]).replace(/^tel:/i, '');
    if (property[0] === 'email') filled.email ??= normaliseAddress(text);
    const field = property[0] === 'tel' && isE164(text) ? fieldOfTel(property) : null;
    if (field !== null) filled[field] ??= text as ExportedContact[typeof field];
  }
  return filled;
}

/** As many numbered columns as the contact with the most of a kind needs. */
async function* googleCsv(contacts: Contacts): AsyncGenerator<string, void> {
  const most = new Map<string, number>();
  for await (const contact of contacts())
    for (const column of Object.keys(googleColumns(contact))) {
      const numbered = /^(\w+)\.(\d+)\./.exec(column);
      if (numbered) most.set(numbered[1], Math.max(most.get(numbered[1]) ?? 1, Number(numbered[2])));
    }
  const numbered = googleNumbered.flatMap(({ family, columns }) =>
    Array.from({ length: most.get(family) ?? (ALWAYS.has(family) ? 1 : 0) }, (_, index) =>
      columns.map(([header]) => header.replace('#', String(index + 1))),
    ).flat(),
  );
  const headers = [...googleHeaders, ...numbered];
  const fields = fieldsOf(headers);
  yield* csvStream(
    mapped(contacts(), (contact) => cellsIn(googleColumns(contact), fields)),
    { form: 'plain', locale: 'en', headers },
  );
}

/** Families Google writes at least one of. */
const ALWAYS = new Set(['email', 'phone']);

/**
 * Outlook takes a file for Windows-1252 unless it begins with a byte order mark, which older versions stumble over: the mark
 * comes only where a name would be lost without it.
 */
async function* outlookCsv(contacts: Contacts, locale: 'en' | 'fr'): AsyncGenerator<Buffer, void> {
  const headers = outlookHeaders[locale];
  const fields = fieldsOf(headers);
  const lineOf = (contact: ExportedContact) => csvLine(cellsIn(outlookColumns(contact), fields));
  let fits = true;
  for await (const contact of contacts()) fits &&= isWindows1252(lineOf(contact));
  const encoding = fits ? 'windows-1252' : 'utf-8';
  yield encodeAs(csvLine(headers), encoding, { bom: !fits });
  for await (const contact of contacts()) yield encodeAs(lineOf(contact), encoding);
}

function isWindows1252(text: string): boolean {
  return !encodeAs(text, 'windows-1252').includes(0x3f) || decodes(text);
}

/** A question mark may be one, or stand for a letter the encoding lacks. */
function decodes(text: string): boolean {
  const marks = encodeAs(text, 'windows-1252').filter((byte) => byte === 0x3f).length;
  return marks === text.split('?').length - 1;
}

/** The field of each column, as an import would recognise it. */
function fieldsOf(headers: readonly string[]): (keyof Columns | null)[] {
  return recognise(headers, 'personal-contacts').columns;
}

function cellsIn(columns: Columns, fields: readonly (keyof Columns | null)[]): Cell[] {
  return fields.map((field) => (field === null ? '' : columns[field]));
}

async function* mapped<Each, Made>(
  all: AsyncIterable<Each>,
  make: (each: Each) => Made,
): AsyncGenerator<Made> {
  for await (const each of all) yield make(each);
}
