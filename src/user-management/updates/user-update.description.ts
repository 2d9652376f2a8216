import { limits } from '../../config/limits.js';
import { comparedFields, userFields } from '../../csv/user-profiles.js';
import { type Id } from '../../database/new-id.js';
import {
  type ImportChoice,
  type ImportDescription,
  type ImportOwner,
  type Statements,
} from '../../imports/import-kind.js';
import { formatPhone } from '../../phone/e164.js';
import { type Words } from '../../web/words.js';

const own = new Set<string>(comparedFields);

const empty: ImportChoice = {
  name: 'empty',
  labelKey: 'user-updates.rule.empty',
  hintKey: 'user-updates.rule.empty-hint',
  several: false,
  options: ['keep', 'clear'].map((value) => ({ value, labelKey: `user-updates.rule.empty-${value}` })),
  value: 'keep',
};

const groups = (['userGroups', 'chatGroups'] as const).map((name): ImportChoice => ({
  name,
  labelKey: `user-updates.rule.${name}`,
  several: false,
  options: ['replace', 'add'].map((value) => ({ value, labelKey: `user-updates.rule.groups-${value}` })),
  value: 'replace',
}));

/** Changes of people from a file; what a row changes is in update-check.ts, which the import's thread loads. */
export const userUpdate: ImportDescription = {
  kind: 'user-updates',
  module: 'src/user-management/updates/user-update.js',
  uploadPath: '/users/update',
  donePath: '/users',
  area: 'user-updates',
  fileKind: 'user-updates',
  fields: ['id', ...userFields, ...comparedFields.slice(1)].map((name) => ({
    name,
    labelKey: `user-${own.has(name) ? 'updates' : 'imports'}.field.${name}`,
    required: false,
    exampleKey: `user-${own.has(name) ? 'updates' : 'imports'}.example.${name}`,
  })),
  oneOf: ['id', 'email'],
  choices: () => [],
  rules: [empty, ...groups],
  limits: { rows: limits.usersPerFile, bytes: limits.usersFileBytes },
  sharedByAdmins: true,
  knownPath: (id) => `/users/${id}`,
  act: 'users.update',
  exclusive: 'users',
  updates: {
    labelOf,
    references: ['managerId'],
    confirmed: ['requestedEmail'],
    namesOf,
    valueText,
    byHand: (field, id) => (dialled.has(field ?? '') ? `/users/${id}/edit` : null),
    newPath: '/users/import',
  },
};

const dialled = new Set(['workPhone', 'mobilePhone', 'extension']);

function labelOf(field: string): string | null {
  if (field.endsWith('Typed')) return null;
  const name = field === 'managerId' ? 'manager' : field === 'requestedEmail' ? 'email' : field;
  return `user-${own.has(name) ? 'updates' : 'imports'}.field.${name}`;
}

async function namesOf(
  database: Statements,
  { accountId }: ImportOwner,
  ids: readonly Id[],
): Promise<Map<Id, string>> {
  const people = await database.query<{ id: Id; givenName: string; familyName: string; email: string }[]>(
    'SELECT id, givenName, familyName, email FROM users WHERE id IN (?) AND accountId = ?',
    [ids, accountId],
  );
  return new Map(
    people.map(({ id, givenName, familyName, email }) => [id, `${givenName} ${familyName}`.trim() || email]),
  );
}

function valueText(field: string, value: unknown, words: Words): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join('; ');
  const text = String(value);
  if (field === 'workPhone' || field === 'mobilePhone') return formatPhone(text);
  if (!own.has(field) || field === 'id') return text;
  const key = field === 'status' ? `common.status.${text}` : `users.${field}.${text}`;
  return words.has(key) ? words.t(key) : text;
}
