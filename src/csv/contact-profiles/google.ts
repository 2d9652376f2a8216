import { type ContactColumn, NUMBERED } from '../contact-columns.js';
import { columns, type Profile } from '../profile.js';

type Names = { [column in ContactColumn]?: readonly string[] };

/**
 * Google's columns are numbered as far as the data goes, and English whatever the reader's language. What stands for the
 * first e-mail, company and website is ours; the rest keeps its number.
 * @param label what the column of labels is called: `Label`, in older files `Type`
 */
function numbered(label: 'Label' | 'Type'): Names {
  const names: Names = {};
  for (let number = 1; number <= NUMBERED; number++) {
    const of = (family: string, column: string, part: string, field = part.toLowerCase()) => {
      names[`${family}.${number}.${field}` as ContactColumn] = [`${column} ${number} - ${part}`];
    };
    for (const [family, column] of families) {
      of(family, column, label, 'label');
      of(family, column, 'Value');
    }
    of('im', 'IM', 'Service');
    of('address', 'Address', label, 'label');
    for (const [part, field] of addressParts) of('address', 'Address', part, field);
    of('organization', 'Organization', label, 'label');
    for (const [part, field] of organizationParts) of('organization', 'Organization', part, field);
  }
  for (const [field, own] of first) {
    names[own] = names[field];
    delete names[field];
  }
  return names;
}

const families = [
  ['email', 'E-mail'],
  ['phone', 'Phone'],
  ['relation', 'Relation'],
  ['website', 'Website'],
  ['event', 'Event'],
  ['im', 'IM'],
  ['custom', 'Custom Field'],
] as const;

const addressParts = [
  ['Formatted', 'formatted'],
  ['Street', 'street'],
  ['City', 'city'],
  ['PO Box', 'poBox'],
  ['Region', 'region'],
  ['Postal Code', 'postalCode'],
  ['Country', 'country'],
  ['Extended Address', 'extended'],
] as const;

const organizationParts = [
  ['Name', 'name'],
  ['Yomi Name', 'phonetic'],
  ['Title', 'title'],
  ['Department', 'department'],
  ['Symbol', 'symbol'],
  ['Location', 'location'],
  ['Job Description', 'jobDescription'],
] as const;

const first: readonly [ContactColumn, ContactColumn][] = [
  ['email.1.value', 'email'],
  ['organization.1.name', 'organization'],
  ['organization.1.phonetic', 'organizationPhonetic'],
  ['organization.1.title', 'title'],
  ['organization.1.department', 'department'],
  ['website.1.value', 'url'],
];

export const googleProfiles: Profile<ContactColumn>[] = [
  {
    id: 'google',
    locale: 'en',
    foreign: true,
    markers: [
      'E-mail 1 - Label',
      'Phone 1 - Label',
      'Organization Name',
      'Phonetic First Name',
      'File As',
      'Labels',
    ],
    columns: columns<ContactColumn>({
      ...numbered('Label'),
      givenName: ['First Name'],
      middleName: ['Middle Name'],
      familyName: ['Last Name'],
      phoneticGivenName: ['Phonetic First Name'],
      phoneticMiddleName: ['Phonetic Middle Name'],
      phoneticFamilyName: ['Phonetic Last Name'],
      prefix: ['Name Prefix'],
      suffix: ['Name Suffix'],
      nickname: ['Nickname'],
      fileAs: ['File As'],
      organization: ['Organization Name', 'Organization 1 - Name'],
      title: ['Organization Title', 'Organization 1 - Title'],
      department: ['Organization Department', 'Organization 1 - Department'],
      birthday: ['Birthday'],
      notes: ['Notes'],
      groups: ['Labels'],
      'not-taken': ['Photo'],
    }),
  },
  {
    id: 'google-old',
    locale: 'en',
    foreign: true,
    markers: ['E-mail 1 - Type', 'Phone 1 - Type', 'Given Name Yomi', 'Group Membership', 'Additional Name'],
    columns: columns<ContactColumn>({
      ...numbered('Type'),
      displayName: ['Name'],
      givenName: ['Given Name'],
      middleName: ['Additional Name'],
      familyName: ['Family Name'],
      phoneticGivenName: ['Given Name Yomi'],
      phoneticMiddleName: ['Additional Name Yomi'],
      phoneticFamilyName: ['Family Name Yomi'],
      prefix: ['Name Prefix'],
      suffix: ['Name Suffix'],
      initials: ['Initials'],
      nickname: ['Nickname'],
      maidenName: ['Maiden Name'],
      fileAs: ['File As'],
      birthday: ['Birthday'],
      gender: ['Gender'],
      location: ['Location'],
      billing: ['Billing Information'],
      mileage: ['Mileage'],
      profession: ['Occupation'],
      hobby: ['Hobby'],
      language: ['Language'],
      notes: ['Notes'],
      groups: ['Group Membership'],
      'not-taken': [
        'Photo',
        'Yomi Name',
        'Short Name',
        'Directory Server',
        'Sensitivity',
        'Priority',
        'Subject',
      ],
    }),
  },
];
