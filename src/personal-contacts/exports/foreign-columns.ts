import { type ExportedContact } from '../../contact-card/contact-vcard.js';
import { phoneFields, type CardProperty, type PhoneField } from '../../contact-card/contact-fields.js';
import { guessedParts } from '../../contact-card/read-card.js';
import { type ContactColumn } from '../../csv/contact-columns.js';
import { nameOf } from '../compose/names.js';
import { isSheetNumber } from '../compose/phones.js';

/** What a contact says in the columns of another program's file (csv/contact-columns.ts): the way back from `composeContact`. */
export type Columns = Partial<Record<ContactColumn, string>>;

/** As Google numbers its columns: everything a contact has several of. */
export function googleColumns(contact: ExportedContact): Columns {
  const columns: Columns = { ...namesOf(contact), ...commonOf(contact), groups: groupsForGoogle(contact) };
  const { set } = setter(columns);
  const emails = [contact.email, ...textsOf(contact, 'email')].filter((each) => each !== null);
  const labels = [{}, ...parametersOf(contact, 'email')];
  emails.forEach((address, index) => {
    set(index === 0 ? 'email' : `email.${index + 1}.value`, address);
    const label = labelOf(labels[contact.email === null ? index + 1 : index] ?? {});
    if (index > 0) set(`email.${index + 1}.label`, label);
  });
  const phones = [
    ...phoneFields.flatMap((field) =>
      contact[field] ? [[googleLabels[field], contact[field]] as const] : [],
    ),
    ...furtherNumbers(contact).map(([parameters, number]) => [phoneLabel(parameters), number] as const),
  ];
  phones.forEach(([label, number], index) => {
    set(`phone.${index + 1}.label`, label);
    set(`phone.${index + 1}.value`, number);
  });
  further(contact, 'adr').forEach((property, index) => {
    const parts = addressOf(property);
    set(`address.${index + 1}.label`, labelOf(property[1]) || 'Other');
    for (const [part, text] of Object.entries(parts)) set(`address.${index + 1}.${part}`, text);
  });
  further(contact, 'url').forEach((property, index) => {
    if (index === 0) set('url', textOf(property));
    else set(`website.${index + 1}.value`, textOf(property));
    set(`website.${index + 1}.label`, labelOf(property[1]));
  });
  [...further(contact, 'anniversary'), ...further(contact, 'x-date')].forEach((property, index) => {
    set(`event.${index + 1}.label`, property[0] === 'anniversary' ? 'Anniversary' : labelOf(property[1]));
    set(`event.${index + 1}.value`, textOf(property));
  });
  further(contact, 'related').forEach((property, index) => {
    set(`relation.${index + 1}.label`, relationLabel(property[1]));
    set(`relation.${index + 1}.value`, textOf(property));
  });
  further(contact, 'x-carnet-field')
    .filter(({ 1: { 'x-label': label } }) => label !== 'File As')
    .forEach((property, index) => {
      set(`custom.${index + 1}.label`, labelOf(property[1]));
      set(`custom.${index + 1}.value`, textOf(property));
    });
  return columns;
}

/** As Outlook's columns have it: three e-mails, two numbers of a kind, one address of a kind. */
export function outlookColumns(contact: ExportedContact): Columns {
  const columns: Columns = {
    ...namesOf(contact),
    ...commonOf(contact),
    groups: categoriesOf(contact),
    email: contact.email ?? '',
    ...Object.fromEntries(phoneFields.map((field) => [field, contact[field] ?? ''])),
  };
  const { set, free } = setter(columns);
  textsOf(contact, 'email')
    .slice(0, 2)
    .forEach((address, index) => set(`email.${index + 2}.value`, address));
  for (const [parameters, number] of furtherNumbers(contact)) {
    const column = outlookPhones(parameters).find(free);
    if (column) set(column, number);
  }
  for (const property of further(contact, 'adr')) {
    const kind =
      [property[1]['type'] ?? []].flat().find((type) => type === 'work' || type === 'home') ?? 'other';
    if (addressParts.some((part) => !free(`${kind}Address.${part}`))) continue;
    const { street = '', ...parts } = addressOf(property);
    const [first, second, ...others] = street.split('\n');
    for (const [part, text] of Object.entries(parts)) set(`${kind}Address.${part}`, text);
    set(`${kind}Address.street`, first);
    set(`${kind}Address.street2`, second ?? '');
    set(`${kind}Address.street3`, others.join('\n'));
  }
  set('url', textsOf(contact, 'url')[0] ?? '');
  set('profession', textsOf(contact, 'role')[0] ?? '');
  const anniversary = textsOf(contact, 'anniversary')[0] ?? '';
  if (/^\d{4}-\d\d-\d\d$/.test(anniversary)) set('anniversary', anniversary);
  // A day of no year is nothing Outlook has a place for.
  if (columns.birthday?.startsWith('--')) delete columns.birthday;
  for (const [, { type }, , value] of further(contact, 'related')) {
    const column = type === 'spouse' ? 'spouse' : type === 'child' ? 'children' : null;
    if (column && free(column) && typeof value === 'string') set(column, value);
  }
  for (const [, { 'x-label': label }, , value] of further(contact, 'x-carnet-field')) {
    const column = outlookFields[String(label)];
    if (column && free(column)) set(column, String(value));
  }
  return columns;
}

/** Names of `x-carnet-field` that are columns of Outlook's. */
const outlookFields: Record<string, ContactColumn> = {
  Initials: 'initials',
  Language: 'language',
  Location: 'location',
  'Referred By': 'referredBy',
  Keywords: 'keywords',
  Account: 'account',
  'Billing Information': 'billing',
  Mileage: 'mileage',
  'Organizational ID Number': 'organizationalId',
  'User 1': 'custom1',
  'User 2': 'custom2',
  'User 3': 'custom3',
  'User 4': 'custom4',
};

const addressParts = ['poBox', 'extended', 'street', 'city', 'region', 'postalCode', 'country'] as const;

const googleLabels: Record<PhoneField, string> = {
  workPhone: 'Work',
  homePhone: 'Home',
  mobilePhone: 'Mobile',
  faxNumber: 'Work Fax',
  mainPhone: 'Main',
};

function setter(columns: Columns) {
  const own = columns as Record<string, string>;
  return {
    set: (column: string, text: string) => {
      if (text !== '') own[column] = text;
    },
    free: (column: string) => (own[column] ?? '') === '',
  };
}

/** Parts somebody said, else the words of the name; put together again they are the name. */
function namesOf(contact: ExportedContact): Columns {
  const said = contact.extra.find(([name]) => name === 'n')?.[3];
  if (Array.isArray(said)) {
    const [familyName, givenName, middleName, prefix, suffix] = (said as unknown[]).map((part) =>
      [part].flat().join(' '),
    );
    return { familyName, givenName, middleName, prefix, suffix };
  }
  const [familyName, givenName] = guessedParts(contact.displayName);
  const whole = nameOf({ familyName, givenName, middleName: '', prefix: '', suffix: '' });
  return whole === contact.displayName ? { familyName, givenName } : { givenName: contact.displayName };
}

function commonOf(contact: ExportedContact): Columns {
  const [org] = further(contact, 'org').filter(({ 3: value }) => Array.isArray(value) && value.length > 1);
  const birthday = textsOf(contact, 'bday')[0] ?? '';
  return {
    organization: contact.organization ?? '',
    department: org ? [(org[3] as unknown[])[1]].flat().join(', ') : '',
    title: textsOf(contact, 'title')[0] ?? '',
    nickname: textsOf(contact, 'nickname')[0] ?? '',
    birthday,
    notes: textsOf(contact, 'note').join('\n'),
    fileAs:
      further(contact, 'x-carnet-field').flatMap(({ 1: { 'x-label': label }, 3: value }) =>
        label === 'File As' ? [String(value)] : [],
      )[0] ?? '',
    phoneticGivenName: textsOf(contact, 'x-phonetic-first-name')[0] ?? '',
    phoneticMiddleName: textsOf(contact, 'x-phonetic-middle-name')[0] ?? '',
    phoneticFamilyName: textsOf(contact, 'x-phonetic-last-name')[0] ?? '',
    manager: textsOf(contact, 'x-ms-manager')[0] ?? '',
    assistant: textsOf(contact, 'x-ms-assistant')[0] ?? '',
    hobby: textsOf(contact, 'hobby')[0] ?? '',
  };
}

/** A comma in a name is told from one between names by the semicolon behind the last. */
function categoriesOf({ groups }: ExportedContact): string {
  return groups.join(';') + (groups.some((name) => name.includes(',')) ? ';' : '');
}

/** Google's own label makes them contacts, and not people one has written to. */
function groupsForGoogle({ groups }: ExportedContact): string {
  return [...groups, '* myContacts'].join(' ::: ');
}

function further({ extra }: ExportedContact, name: string): CardProperty[] {
  return extra.filter(([each]) => each === name);
}

/** Without what a card had in place of a number: a sheet with it would be refused when it comes back. */
function furtherNumbers(contact: ExportedContact): (readonly [CardProperty[1], string])[] {
  return further(contact, 'tel')
    .map((property) => [property[1], textOf(property).replace(/^tel:/i, '')] as const)
    .filter(([, number]) => isSheetNumber(number));
}

function textsOf(contact: ExportedContact, name: string): string[] {
  return further(contact, name)
    .map(textOf)
    .filter((text) => text !== '');
}

function parametersOf(contact: ExportedContact, name: string): CardProperty[1][] {
  return further(contact, name).map(([, parameters]) => parameters);
}

function textOf([, , , ...values]: CardProperty): string {
  return values
    .flat(2)
    .filter((value) => typeof value === 'string')
    .join(', ');
}

function addressOf([, , , value]: CardProperty): Partial<Record<(typeof addressParts)[number], string>> {
  const components = Array.isArray(value) ? (value as unknown[]) : [];
  return Object.fromEntries(
    addressParts.map((part, index) => [part, [components[index] ?? ''].flat().join(', ')]),
  );
}

function labelOf(parameters: CardProperty[1]): string {
  const own = parameters['x-label'];
  if (typeof own === 'string') return own;
  const types = [parameters['type'] ?? []].flat();
  if (types.includes('work')) return 'Work';
  return types.includes('home') ? 'Home' : '';
}

function phoneLabel(parameters: CardProperty[1]): string {
  const own = parameters['x-label'];
  if (typeof own === 'string') return own;
  const types = [parameters['type'] ?? []].flat();
  if (types.includes('fax')) return types.includes('home') ? 'Home Fax' : 'Work Fax';
  if (types.includes('cell')) return 'Mobile';
  if (types.includes('pager')) return 'Pager';
  return labelOf(parameters) || 'Other';
}

function relationLabel(parameters: CardProperty[1]): string {
  if (typeof parameters['x-label'] === 'string') return parameters['x-label'];
  const [type = ''] = [parameters['type'] ?? []].flat();
  return type === '' ? '' : type[0].toUpperCase() + type.slice(1);
}

/** Columns a further number may stand in, the best first. */
function outlookPhones(parameters: CardProperty[1]): string[] {
  const types = [parameters['type'] ?? []].flat();
  const has = (type: string) => types.includes(type);
  if (has('fax')) return has('home') ? ['homeFax', 'otherFax'] : ['otherFax', 'homeFax'];
  if (has('x-company')) return ['companyPhone'];
  if (has('work')) return ['workPhone2', 'otherPhone'];
  if (has('home')) return ['homePhone2', 'otherPhone'];
  const own = { car: 'carPhone', pager: 'pager', isdn: 'isdn', textphone: 'textPhone' };
  const others = {
    'x-callback': 'callbackPhone',
    'x-radio': 'radioPhone',
    'x-assistant': 'assistantPhone',
    'x-telex': 'telex',
  };
  const found = Object.entries({ ...own, ...others }).find(([type]) => has(type));
  return found ? [found[1]] : ['otherPhone', 'carPhone', 'callbackPhone'];
}
