import { features } from '../accounts/features.js';
import { limits } from '../config/limits.js';
import { userFields } from '../csv/user-profiles.js';
import { type ImportChoice, type ImportDescription } from '../imports/import-kind.js';

const required = new Set<string>(['email', 'givenName', 'familyName']);

const type: ImportChoice = {
  name: 'type',
  labelKey: 'user-imports.choice.type',
  several: false,
  options: [
    { value: 'basic', labelKey: 'user-imports.choice.basic' },
    { value: 'licensed', labelKey: 'user-imports.choice.licensed' },
  ],
  value: 'basic',
};

/** New users from a file; what a row becomes is in user-import.ts, which the import's thread loads. */
export const userImport: ImportDescription = {
  kind: 'users',
  module: 'src/user-management/user-import.js',
  uploadPath: '/users/import',
  donePath: '/users?status=pending',
  area: 'user-imports',
  fileKind: 'users',
  fields: userFields.map((name) => ({
    name,
    labelKey: `user-imports.field.${name}`,
    required: required.has(name),
    exampleKey: `user-imports.example.${name}`,
  })),
  choices: () => [
    type,
    ...features.map((feature): ImportChoice => ({
      name: `feature-${feature}`,
      labelKey: `user-imports.choice.${feature}`,
      several: false,
      options: ['default', 'on', 'off'].map((value) => ({
        value,
        labelKey: `user-imports.choice.feature-${value}`,
      })),
      value: 'default',
    })),
  ],
  limits: { rows: limits.usersPerFile, bytes: limits.usersFileBytes },
  sharedByAdmins: true,
  knownPath: (id) => `/users/${id}`,
  act: 'users.import',
  exclusive: 'users',
  updatePath: '/users/update',
};
