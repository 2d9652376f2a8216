import { type CardProperty } from '../../contact-card/contact-fields.js';
import { type ContactColumn } from '../../csv/contact-columns.js';
import { fold } from '../../text/fold.js';
import { addressesOf } from './addresses.js';
import { type Composing } from './composing.js';
import { readDate } from './dates.js';
import { labelParameter, readLabel, typeParameter } from './labels.js';
import { numbersOf, valuesNumbered } from './numbered.js';

/** What a row knows beyond name, e-mails, numbers, company and groups. @param organization the company, which its departments stand with */
export function extraOf(composing: Composing, organization: string): CardProperty[] {
  return [
    ...organizationsOf(composing, organization),
    ...texts(composing, 'title', 'title'),
    ...texts(composing, 'profession', 'role'),
    ...addressesOf(composing),
    ...dates(composing, 'birthday', 'bday'),
    ...birthdayInParts(composing),
    ...dates(composing, 'anniversary', 'anniversary'),
    ...events(composing),
    ...websites(composing),
    ...relations(composing),
    ...gender(composing),
    ...texts(composing, 'hobby', 'hobby'),
    ...messaging(composing),
    ...Object.entries(ownNames).flatMap(([column, name]) => texts(composing, column, name)),
    ...Object.entries(labelledFields).flatMap(([column, label]) =>
      texts(composing, column, FIELD, { 'x-label': label }),
    ),
    ...numbersOf(composing, 'custom').flatMap((number) => {
      const label = composing.line(`custom.${number}.label`);
      return texts(composing, `custom.${number}.value`, FIELD, label === '' ? {} : { 'x-label': label });
    }),
  ];
}

/** A field a program has a name for and vCard has none. */
const FIELD = 'x-carnet-field';

/** Names other programs give these in their cards. */
const ownNames = {
  maidenName: 'x-maidenname',
  phoneticGivenName: 'x-phonetic-first-name',
  phoneticMiddleName: 'x-phonetic-middle-name',
  phoneticFamilyName: 'x-phonetic-last-name',
  organizationPhonetic: 'x-phonetic-org',
  manager: 'x-ms-manager',
  assistant: 'x-ms-assistant',
} satisfies { [column in ContactColumn]?: string };

/** As Outlook and Google name the columns in English, so that an export finds their place again. */
const labelledFields = {
  fileAs: 'File As',
  initials: 'Initials',
  language: 'Language',
  location: 'Location',
  referredBy: 'Referred By',
  schools: 'Schools',
  keywords: 'Keywords',
  account: 'Account',
  billing: 'Billing Information',
  mileage: 'Mileage',
  organizationalId: 'Organizational ID Number',
  custom1: 'User 1',
  custom2: 'User 2',
  custom3: 'User 3',
  custom4: 'User 4',
} satisfies { [column in ContactColumn]?: string };

function texts(
  composing: Composing,
  column: string,
  name: string,
  parameters: Record<string, string> = {},
): CardProperty[] {
  return composing.several(column).map((text) => [name, { ...parameters }, 'text', text]);
}

/** The company with its department, and further companies. A company alone is a field of its own. */
function organizationsOf(composing: Composing, organization: string): CardProperty[] {
  const department = composing.line('department');
  const first: CardProperty[] = department === '' ? [] : [['org', {}, 'text', [organization, department]]];
  const names = composing.several('organization').slice(1);
  const further = numbersOf(composing, 'organization').flatMap((number): CardProperty[] => {
    const prefix = `organization.${number}`;
    const name = composing.line(`${prefix}.name`);
    const of = composing.line(`${prefix}.department`);
    const org: CardProperty[] =
      name === '' && of === '' ? [] : [['org', {}, 'text', of === '' ? name : [name, of]]];
    return [
      ...org,
      ...texts(composing, `${prefix}.title`, 'title'),
      ...texts(composing, `${prefix}.phonetic`, 'x-phonetic-org'),
      ...texts(composing, `${prefix}.symbol`, FIELD, { 'x-label': 'Organization Symbol' }),
      ...texts(composing, `${prefix}.location`, FIELD, { 'x-label': 'Organization Location' }),
      ...texts(composing, `${prefix}.jobDescription`, FIELD, { 'x-label': 'Job Description' }),
    ];
  });
  return [...first, ...names.map((name): CardProperty => ['org', {}, 'text', name]), ...further];
}

function dates(
  composing: Composing,
  column: string,
  name: string,
  parameters: Record<string, string> = {},
): CardProperty[] {
  const text = composing.line(column);
  if (text === '') return [];
  const { region, profile } = composing.facts;
  const read = readDate(text, { region, english: !/-fr$/.test(profile ?? '') });
  if (read === 'empty') return [];
  if (read === null) return [[name, { ...parameters }, 'text', text]];
  if (read.unsure) composing.propose(column, read.date, `date-${read.unsure}`);
  return [[name, { ...parameters }, 'date-and-or-time', read.date]];
}

/** Thunderbird keeps year, month and day apart. */
function birthdayInParts(composing: Composing): CardProperty[] {
  const [year, month, day] = ['birthYear', 'birthMonth', 'birthDay'].map((part) => composing.line(part));
  if (year === '' && month === '' && day === '') return [];
  const written = [year, month, day].filter((part) => part !== '').join('-');
  const padded = `${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = /^\d{4}$/.test(year) ? `${year}-${padded}` : year === '' ? `--${padded}` : '';
  const read = readDate(date, { region: 'FR', english: false });
  return [
    read === null || read === 'empty'
      ? ['bday', {}, 'text', written]
      : ['bday', {}, 'date-and-or-time', read.date],
  ];
}

function events(composing: Composing): CardProperty[] {
  return valuesNumbered(composing, 'event').flatMap(({ field, label }) => {
    const { text } = readLabel(label);
    const anniversary = ANNIVERSARY.test(fold(text));
    return dates(
      composing,
      field,
      anniversary ? 'anniversary' : 'x-date',
      anniversary ? {} : { 'x-label': text },
    );
  });
}

const ANNIVERSARY =
  /^(?:anniversary|anniversaire(?: de mariage)?|jahrestag|aniversario|anniversario|jubileum)$/;

function websites(composing: Composing): CardProperty[] {
  const uri = (text: string, label: string): CardProperty[] => {
    const read = readLabel(label);
    // Google's older files write `http\://`, as vCard 2.1 once did.
    const plain = text.replaceAll('\\:', ':');
    return [['url', { ...typeParameter(read), ...labelParameter(read) }, 'uri', plain]];
  };
  return [
    ...composing.several('url').flatMap((text) => uri(text, composing.line('website.1.label'))),
    ...valuesNumbered(composing, 'website').flatMap(({ field, label }) =>
      composing.several(field).flatMap((text) => uri(text, label)),
    ),
  ];
}

/** RFC 6350 §6.6.6, whose types have no word for all that people call each other. */
function relations(composing: Composing): CardProperty[] {
  const related = (text: string, type: string): CardProperty => ['related', { type }, 'text', text];
  return [
    ...composing.several('spouse').map((text) => related(text, 'spouse')),
    ...composing.several('children').map((text) => related(text, 'child')),
    ...valuesNumbered(composing, 'relation').flatMap(({ field, label }) => {
      const { text: word } = readLabel(label);
      const type = relationTypes.get(fold(word));
      return composing
        .several(field)
        .map((text): CardProperty =>
          type ? related(text, type) : ['related', word === '' ? {} : { 'x-label': word }, 'text', text],
        );
    }),
  ];
}

const relationTypes = new Map<string, string>([
  ...['spouse', 'conjoint', 'conjointe', 'partner', 'partenaire'].map((word) => [word, 'spouse'] as const),
  ...['child', 'son', 'daughter', 'enfant', 'fils', 'fille'].map((word) => [word, 'child'] as const),
  ...['parent', 'mother', 'father', 'mere', 'pere'].map((word) => [word, 'parent'] as const),
  ...['brother', 'sister', 'sibling', 'frere', 'soeur'].map((word) => [word, 'sibling'] as const),
  ...['friend', 'ami', 'amie'].map((word) => [word, 'friend'] as const),
]);

function gender(composing: Composing): CardProperty[] {
  const text = composing.line('gender');
  if (text === '' || UNSAID.test(fold(text))) return [];
  const sex = /^(?:m|male|masculin|homme|h)$/.test(fold(text))
    ? 'M'
    : /^(?:f|female|feminin|femme)$/.test(fold(text))
      ? 'F'
      : null;
  return [['gender', {}, 'text', sex ?? ['', text]]];
}

/** Outlook's word for nothing. */
const UNSAID = /^(?:unspecified|non specifie|indetermine)$/;

function messaging(composing: Composing): CardProperty[] {
  return valuesNumbered(composing, 'im').flatMap(({ field, number, label }) => {
    const service = composing.line(`im.${number}.service`);
    const parameters = {
      ...labelParameter(readLabel(label)),
      ...(service === '' ? {} : { 'x-service-type': service }),
    };
    return texts(composing, field, 'impp', parameters);
  });
}
