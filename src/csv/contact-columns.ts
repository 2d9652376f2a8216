/** What pages show of a contact; the names of contact-card/contact-fields.ts, and its groups. */
export const shownColumns = [
  'displayName',
  'email',
  'workPhone',
  'homePhone',
  'mobilePhone',
  'faxNumber',
  'mainPhone',
  'organization',
  'groups',
] as const;

/** Parts of a name: where there is no `displayName` they make it, and all of them are kept (vCard N, RFC 6350 §6.2.2). */
export const nameColumns = [
  'givenName',
  'middleName',
  'familyName',
  'prefix',
  'suffix',
  'nickname',
  'phoneticGivenName',
  'phoneticMiddleName',
  'phoneticFamilyName',
  'fileAs',
] as const;

/** Numbers of programs that know more kinds of them than we show. */
export const furtherPhones = [
  'workPhone2',
  'homePhone2',
  'companyPhone',
  'otherPhone',
  'carPhone',
  'callbackPhone',
  'radioPhone',
  'assistantPhone',
  'pager',
  'homeFax',
  'otherFax',
  'isdn',
  'telex',
  'textPhone',
] as const;

export const addressKinds = ['work', 'home', 'other'] as const;
export const addressParts = [
  'street',
  'street2',
  'street3',
  'city',
  'region',
  'postalCode',
  'country',
  'poBox',
  'extended',
  'formatted',
] as const;
type AddressColumn = `${(typeof addressKinds)[number]}Address.${(typeof addressParts)[number]}`;
const addressColumns = addressKinds.flatMap((kind) =>
  addressParts.map((part): AddressColumn => `${kind}Address.${part}`),
);

/** Kept with the contact as vCard has it, or under its name, and given back on export. */
export const keptTexts = [
  'title',
  'department',
  'notes',
  'birthday',
  'birthYear',
  'birthMonth',
  'birthDay',
  'anniversary',
  'url',
  'profession',
  'organizationPhonetic',
  'maidenName',
  'initials',
  'gender',
  'spouse',
  'children',
  'manager',
  'assistant',
  'referredBy',
  'hobby',
  'language',
  'location',
  'schools',
  'keywords',
  'account',
  'billing',
  'mileage',
  'organizationalId',
  'custom1',
  'custom2',
  'custom3',
  'custom4',
] as const;

/** Columns that programs number, each with what it holds: `Phone 2 - Label` is `phone.2.label`. */
export const numberedParts = {
  email: ['label', 'value', 'type', 'name'],
  phone: ['label', 'value'],
  address: ['label', ...addressParts],
  organization: ['label', 'name', 'phonetic', 'title', 'department', 'symbol', 'location', 'jobDescription'],
  relation: ['label', 'value'],
  website: ['label', 'value'],
  event: ['label', 'value'],
  im: ['label', 'service', 'value'],
  custom: ['label', 'value'],
} as const;
type NumberedParts = typeof numberedParts;
type NumberedColumn = {
  [Family in keyof NumberedParts]: `${Family}.${number}.${NumberedParts[Family][number]}`;
}[keyof NumberedParts];

/** How many of a kind are known: a file with more has its further columns named as ignored. */
export const NUMBERED = 20;

export type ContactColumn =
  | (typeof shownColumns)[number]
  | (typeof nameColumns)[number]
  | (typeof furtherPhones)[number]
  | (typeof keptTexts)[number]
  | AddressColumn
  | NumberedColumn;

/** A field a column of a file may be given on the page of columns. */
export interface ContactColumnField {
  name: ContactColumn;
  /** What pages show; parts of its name; what is only kept with it. */
  group: 'shown' | 'name' | 'kept';
  labelKey: string;
  /** One of several of its kind, for `labelKey`: worth offering only where a program's file has it. */
  number?: number;
}

/** All of them, in the order of a menu. */
export const contactColumnFields: readonly ContactColumnField[] = [
  ...shownColumns.map((name) => plain(name, 'shown')),
  ...nameColumns.map((name) => plain(name, 'name')),
  ...[...furtherPhones, ...keptTexts, ...addressColumns].map((name) => plain(name, 'kept')),
  ...numberedColumns(),
];

/** One of these makes a contact: a file needs a column for at least one. */
export const namingColumns: readonly ContactColumn[] = [
  ...shownColumns.filter((name) => name !== 'groups'),
  'givenName',
  'familyName',
  'nickname',
  'phone.1.value',
];

/** Columns whose line breaks are part of what they say. */
export function hasLines(column: string): boolean {
  return LINES.test(column);
}

const LINES = /^notes$|\.(?:street[23]?|formatted|jobDescription)$|^custom(?:\d|\.\d+\.value)$/;

function plain(name: ContactColumn, group: ContactColumnField['group']): ContactColumnField {
  return { name, group, labelKey: `personal-imports.field.${name}` };
}

function numberedColumns(): ContactColumnField[] {
  const numbers = Array.from({ length: NUMBERED }, (_, index) => index + 1);
  return Object.entries(numberedParts).flatMap(([family, parts]) =>
    numbers.flatMap((number) =>
      parts.map((part) => ({
        name: `${family}.${number}.${part}` as ContactColumn,
        group: 'kept' as const,
        labelKey: `personal-imports.field.${family}.${part}`,
        number,
      })),
    ),
  );
}
