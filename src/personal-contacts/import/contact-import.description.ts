import { limits } from '../../config/limits.js';
import { contactFields, phoneFields, type CardProperty } from '../../contact-card/contact-fields.js';
import { contactColumnFields, namingColumns } from '../../csv/contact-columns.js';
import { type Id } from '../../database/new-id.js';
import {
  type ImportChoice,
  type ImportDescription,
  type ImportOwner,
  type ImportText,
  type Statements,
} from '../../imports/import-kind.js';
import { formatPhone, type E164 } from '../../phone/e164.js';
import { type Words } from '../../web/words.js';
import { groupsByName } from '../group-writes.js';
import { problemOfGroupName } from '../groups/contact-group.form.js';

/** What becomes of people of the file who are among one's contacts already. */
const existing: ImportChoice = {
  name: 'existing',
  labelKey: 'personal-imports.rule.existing',
  hintKey: 'personal-imports.rule.existing-hint',
  several: false,
  options: ['skip', 'update', 'keep'].map((value) => ({
    value,
    labelKey: `personal-imports.rule.existing-${value}`,
  })),
  value: 'skip',
};

/** The group all of the file's people come into. */
export const groupName: ImportText = {
  name: 'groupName',
  labelKey: 'personal-imports.rule.groupName',
  hintKey: 'personal-imports.rule.groupName-hint',
  characters: limits.nameCharacters,
  problemOf: problemOfGroupName,
  suggestions: async (database, ownerId) =>
    [...(await groupsByName(database, ownerId)).values()].map(({ name }) => name),
};

/** Columns of every menu; others are offered where a file has them. */
const offered = new Set(['title', 'department', 'notes', 'birthday', 'url']);

/** What imports of contacts have in common, whatever becomes of those that are there. */
export const contactFile = {
  donePath: '/personal-contacts',
  fileKind: 'personal-contacts',
  fields: contactColumnFields.map(({ name, labelKey, group, number }) => ({
    ...{ name, labelKey, required: false },
    ...(number === undefined ? {} : { labelValues: { number } }),
    rare: group === 'kept' && !offered.has(name),
  })),
  oneOf: namingColumns,
  choices: () => [],
  texts: [groupName],
  allOrNothing: true,
  limits: {
    rows: limits.personalContactsPerFile,
    bytes: limits.personalContactsFileBytes,
    cardBytes: limits.vcardFileBytes,
  },
  sharedByAdmins: false,
  feature: 'personal-contacts',
  knownPath: (id: Id) => `/personal-contacts/${id}`,
  // Imports and replacements of one person do not write at the same time.
  exclusive: 'personal-contacts',
  updates: {
    adds: true,
    labelOf,
    references: [],
    confirmed: [],
    namesOf,
    valueText,
    byHand: () => null,
    newPath: '/personal-contacts/import',
  },
} satisfies Partial<ImportDescription>;

/** Contacts of one's own from a file; what a row becomes is in contact-check.ts, which the import's thread loads. */
export const contactImport: ImportDescription = {
  ...contactFile,
  kind: 'personal-contacts',
  module: 'src/personal-contacts/import/contact-import.js',
  uploadPath: '/personal-contacts/import',
  area: 'personal-imports',
  rules: [existing],
  act: 'contacts.import',
};

const shown = new Set<string>([...contactFields, 'groups']);

function labelOf(field: string): string | null {
  if (shown.has(field)) return `personal-imports.field.${field}`;
  return field === 'extra' || field === 'photoHash' ? `personal-imports.field-${field}` : null;
}

async function namesOf(
  database: Statements,
  { ownerId }: ImportOwner,
  ids: readonly Id[],
): Promise<Map<Id, string>> {
  const contacts = await database.query<{ id: Id; displayName: string }[]>(
    'SELECT id, displayName FROM personal_contacts WHERE id IN (?) AND ownerId = ?',
    [ids, ownerId],
  );
  return new Map(contacts.map(({ id, displayName }) => [id, displayName]));
}

const phones = new Set<string>(phoneFields);

function valueText(field: string, value: unknown, words: Words): string {
  if (value === null || value === undefined) return '';
  if (field === 'photoHash') return words.t('personal-imports.photo');
  if (field === 'extra') return (value as CardProperty[]).map(propertyText).join(', ');
  if (Array.isArray(value)) return value.join(', ');
  return phones.has(field) ? formatPhone(value as E164) : String(value);
}

/** The words of a property as one reads them, without those that are empty. */
function propertyText([, , , ...values]: CardProperty): string {
  return values
    .flat(2)
    .map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)).trim())
    .filter((text) => text !== '')
    .join(' ');
}
