import { type ContactColumn } from '../contact-columns.js';
import { columns, repeated, type Profile } from '../profile.js';

type Names = { [column in ContactColumn]?: readonly string[] };

/** What the English files of Outlook for Windows, of Outlook on the web and of Google's "Outlook CSV" have in common. */
const english = {
  givenName: ['First Name'],
  middleName: ['Middle Name'],
  familyName: ['Last Name'],
  // Beside `Job Title` it is Dr and Mrs.
  prefix: ['Title'],
  suffix: ['Suffix'],
  email: ['E-mail Address'],
  'email.2.value': ['E-mail 2 Address'],
  'email.3.value': ['E-mail 3 Address'],
  workPhone: ['Business Phone'],
  workPhone2: ['Business Phone 2'],
  homePhone: ['Home Phone'],
  homePhone2: ['Home Phone 2'],
  mobilePhone: ['Mobile Phone'],
  mainPhone: ['Primary Phone'],
  faxNumber: ['Business Fax'],
  homeFax: ['Home Fax'],
  otherFax: ['Other Fax'],
  companyPhone: ['Company Main Phone'],
  otherPhone: ['Other Phone'],
  carPhone: ['Car Phone'],
  callbackPhone: ['Callback'],
  radioPhone: ['Radio Phone'],
  assistantPhone: ["Assistant's Phone"],
  pager: ['Pager'],
  isdn: ['ISDN'],
  telex: ['Telex'],
  textPhone: ['TTY/TDD Phone'],
  organization: ['Company'],
  department: ['Department'],
  title: ['Job Title'],
  'workAddress.extended': ['Office Location'],
  ...englishAddress('workAddress', 'Business'),
  ...englishAddress('homeAddress', 'Home'),
  ...englishAddress('otherAddress', 'Other'),
  birthday: ['Birthday'],
  anniversary: ['Anniversary'],
  notes: ['Notes'],
  url: ['Web Page'],
  profession: ['Profession'],
  manager: ["Manager's Name"],
  assistant: ["Assistant's Name"],
  spouse: ['Spouse'],
  children: ['Children'],
  hobby: ['Hobby'],
  location: ['Location'],
} satisfies Names;

/** Of Outlook for Windows and Google's file; the rest of the web's. */
const classic = {
  ...english,
  groups: ['Categories'],
  initials: ['Initials'],
  gender: ['Gender'],
  keywords: ['Keywords'],
  language: ['Language'],
  account: ['Account'],
  billing: ['Billing Information'],
  mileage: ['Mileage'],
  referredBy: ['Referred By'],
  organizationalId: ['Organizational ID Number'],
  custom1: ['User 1'],
  custom2: ['User 2'],
  custom3: ['User 3'],
  custom4: ['User 4'],
  'email.1.type': ['E-mail Type'],
  'email.1.name': ['E-mail Display Name'],
  'email.2.type': ['E-mail 2 Type'],
  'email.2.name': ['E-mail 2 Display Name'],
  'email.3.type': ['E-mail 3 Type'],
  'email.3.name': ['E-mail 3 Display Name'],
} satisfies Names;

/** What Outlook keeps for itself, of no use to anybody elsewhere. */
const itsOwn = ['Directory Server', 'Internet Free Busy', 'Priority', 'Private', 'Sensitivity'];

const web = {
  ...english,
  nickname: ['Nickname'],
  phoneticGivenName: ['Given Yomi'],
  phoneticFamilyName: ['Surname Yomi'],
  organizationPhonetic: ['Company Yomi'],
  schools: ['Schools'],
  'im.1.value': ['IMAddress'],
  'website.2.value': ['Personal Web Page'],
} satisfies Names;

/** Whichever year's French build: `messagerie` or `courrier`, spelled with and without a space or a hyphen. */
const french = {
  givenName: ['Prénom'],
  middleName: ['Deuxième prénom'],
  familyName: ['Nom'],
  suffix: ['Suffixe'],
  organization: ['Société'],
  department: ['Service'],
  phoneticGivenName: ['Prénom Yomi'],
  phoneticFamilyName: ['Nom Yomi'],
  organizationPhonetic: ['Société Yomi'],
  ...frenchAddress('workAddress', 'bureau'),
  ...frenchAddress('homeAddress', 'domicile'),
  ...frenchAddress('otherAddress', 'autre'),
  'workAddress.poBox': ['B.P. professionnelle'],
  'homeAddress.poBox': ['Boîte postale du domicile'],
  'otherAddress.poBox': ['Autre boîte postale'],
  'workAddress.extended': ['Bureau'],
  assistantPhone: ["Téléphone de l'assistant(e)"],
  faxNumber: ['Télécopie (bureau)'],
  workPhone: ['Téléphone (bureau)'],
  workPhone2: ['Téléphone 2 (bureau)'],
  callbackPhone: ['Rappel'],
  carPhone: ['Téléphone (voiture)'],
  companyPhone: ['Téléphone société'],
  homeFax: ['Télécopie (domicile)'],
  homePhone: ['Téléphone (domicile)'],
  homePhone2: ['Téléphone 2 (domicile)'],
  isdn: ['RNIS'],
  mobilePhone: ['Tél. mobile', 'Tél mobile', 'Téléphone mobile'],
  otherFax: ['Télécopie (autre)'],
  otherPhone: ['Téléphone (autre)'],
  pager: ['Récepteur de radiomessagerie'],
  mainPhone: ['Téléphone principal'],
  radioPhone: ['Radio téléphone', 'Radiotéléphone'],
  textPhone: ['Téléphone TDD/TTY'],
  telex: ['Télex'],
  ...frenchEmail(1),
  ...frenchEmail(2),
  ...frenchEmail(3),
  birthday: ['Anniversaire'],
  anniversary: ['Anniversaire de mariage ou fête'],
  groups: ['Catégories'],
  account: ['Compte'],
  spouse: ['Conjoint(e)'],
  location: ['Emplacement'],
  children: ['Enfants'],
  billing: ['Informations facturation', 'Informations de facturation'],
  initials: ['Initiales'],
  mileage: ['Kilométrage'],
  language: ['Langue'],
  keywords: ['Mots clés', 'Mots-clés'],
  assistant: ["Nom de l'assistant(e)"],
  notes: ['Notes'],
  organizationalId: ["Numéro d'identification de l'organisation"],
  url: ['Page Web'],
  hobby: ['Passe-temps'],
  profession: ['Profession'],
  referredBy: ['Recommandé par'],
  manager: ['Responsable'],
  gender: ['Sexe'],
  custom1: ['Utilisateur 1'],
  custom2: ['Utilisateur 2'],
  custom3: ['Utilisateur 3'],
  custom4: ['Utilisateur 4'],
} satisfies Names;

export const outlookProfiles: Profile<ContactColumn>[] = [
  {
    id: 'outlook-en',
    locale: 'en',
    foreign: true,
    markers: ['Home Address PO Box', 'E-mail Type', 'User 1', 'Government ID Number'],
    columns: columns<ContactColumn>({
      ...classic,
      ...poBoxes(),
      secret: ['Government ID Number'],
      'not-taken': itsOwn,
    }),
  },
  {
    id: 'outlook-fr',
    locale: 'fr',
    foreign: true,
    markers: [
      'Rue (bureau)',
      'Tél. mobile',
      'Deuxième prénom',
      'Adresse de messagerie',
      'Adresse de courrier',
    ],
    // The courtesy title stands before the name, the job title behind the department.
    repeated: repeated<ContactColumn>({ Titre: ['prefix', 'title'] }),
    columns: columns<ContactColumn>({
      ...french,
      secret: ['Code gouvernement', 'Numéro d’identification d’administration publique'],
      'not-taken': [
        'Critère de diffusion',
        'Disponibilité Internet',
        'Priorité',
        'Privé',
        'Serveur d’annuaire',
      ],
      ambiguous: { Titre: ['title', 'prefix'] },
    }),
  },
  {
    id: 'outlook-web',
    locale: 'en',
    foreign: true,
    markers: ['Given Yomi', 'Surname Yomi', 'Company Yomi', 'IMAddress', 'Personal Web Page', 'Schools'],
    columns: columns<ContactColumn>(web),
  },
  {
    // What Google writes for Outlook: its addresses also stand there as on an envelope.
    id: 'google-outlook',
    locale: 'en',
    foreign: true,
    markers: ['Home Address', 'Business Address', 'Other Address'],
    columns: columns<ContactColumn>({
      ...classic,
      'homeAddress.formatted': ['Home Address'],
      'workAddress.formatted': ['Business Address'],
      'otherAddress.formatted': ['Other Address'],
      ...poBoxes(),
      secret: ['Government ID Number'],
      'not-taken': itsOwn,
    }),
  },
];

/** Names of the 61 and 92 columns are alike but for those of its addresses. */
function englishAddress(field: 'workAddress' | 'homeAddress' | 'otherAddress', name: string): Names {
  return {
    [`${field}.street`]: [`${name} Street`],
    [`${field}.street2`]: [`${name} Street 2`],
    [`${field}.street3`]: [`${name} Street 3`],
    [`${field}.city`]: [`${name} City`],
    [`${field}.region`]: [`${name} State`],
    [`${field}.postalCode`]: [`${name} Postal Code`],
    [`${field}.country`]: [`${name} Country/Region`, `${name} Country`],
  };
}

function poBoxes(): Names {
  return {
    'workAddress.poBox': ['Business Address PO Box'],
    'homeAddress.poBox': ['Home Address PO Box'],
    'otherAddress.poBox': ['Other Address PO Box'],
  };
}

function frenchAddress(field: 'workAddress' | 'homeAddress' | 'otherAddress', name: string): Names {
  return {
    [`${field}.street`]: [`Rue (${name})`],
    [`${field}.street2`]: [`Rue (${name}) 2`, `Rue 2 (${name})`],
    [`${field}.street3`]: [`Rue (${name}) 3`, `Rue 3 (${name})`],
    [`${field}.city`]: [`Ville (${name})`],
    [`${field}.region`]: [`Dép/Région (${name})`],
    [`${field}.postalCode`]: [`Code postal (${name})`],
    [`${field}.country`]: [`Pays/Région (${name})`, `Pays (${name})`],
  };
}

function frenchEmail(number: 1 | 2 | 3): Names {
  const names = (before: string) =>
    ['messagerie', 'courrier'].map((word) => `${before} ${word}${number === 1 ? '' : ` ${number}`}`);
  return {
    [number === 1 ? 'email' : `email.${number}.value`]: names('Adresse de'),
    [`email.${number}.type`]: names('Type de'),
    [`email.${number}.name`]: names("Nom complet de l'adresse de"),
  };
}
