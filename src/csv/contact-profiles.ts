import { type ContactColumn } from './contact-columns.js';
import { genericContactProfiles } from './contact-profiles/generic.js';
import { googleProfiles } from './contact-profiles/google.js';
import { outlookProfiles } from './contact-profiles/outlook.js';
import { thunderbirdProfiles } from './contact-profiles/thunderbird.js';
import { columns, type Profile } from './profile.js';

/** What our own files call each column, in the order of the sample; groups stand in exports alone. */
export const contactHeaders = {
  en: {
    displayName: 'Name',
    email: 'Email Address',
    workPhone: 'Office',
    homePhone: 'Home',
    mobilePhone: 'Mobile',
    faxNumber: 'Fax',
    mainPhone: 'Phone',
    organization: 'Company',
    groups: 'Groups',
    error: 'Error',
    line: 'Line',
  },
  fr: {
    displayName: 'Nom',
    email: 'Adresse e-mail',
    workPhone: 'Bureau',
    homePhone: 'Domicile',
    mobilePhone: 'Mobile',
    faxNumber: 'Fax',
    mainPhone: 'Téléphone',
    organization: 'Société',
    groups: 'Groupes',
    error: 'Erreur',
    line: 'Ligne',
  },
} as const satisfies Record<'en' | 'fr', Partial<Record<ContactColumn | 'error' | 'line', string>>>;

/**
 * Ours, then what people write themselves, then what their programs write: of two that know a header equally well the first
 * one wins, unless the other finds names that only its program writes. `Nom` and `Portable` alone are nobody's in particular,
 * as are Zoom's English names without its own ones among them. The two generic ones also name what a recognised profile does
 * not know.
 */
export const contactProfiles: Profile<ContactColumn>[] = [
  ...(['en', 'fr'] as const).map((locale): Profile<ContactColumn> => {
    const { error, line, ...names } = contactHeaders[locale];
    return {
      id: `carnet-${locale}`,
      locale,
      markers: [names.email, names.workPhone, names.homePhone, names.faxNumber],
      columns: columns<ContactColumn>({
        ...Object.fromEntries(Object.entries(names).map(([field, name]) => [field, [name]])),
        'not-taken': [error, line],
      }),
    };
  }),
  ...genericContactProfiles,
  ...outlookProfiles,
  ...googleProfiles,
  ...thunderbirdProfiles,
  {
    // Its French file has our names (carnet-fr); the English ones are no more than likely.
    id: 'zoom-en',
    locale: 'en',
    markers: ['Office', 'Home', 'Fax'],
    columns: columns<ContactColumn>({
      displayName: ['Name'],
      email: ['Email', 'Email address'],
      workPhone: ['Office'],
      homePhone: ['Home'],
      mobilePhone: ['Mobile'],
      faxNumber: ['Fax'],
      mainPhone: ['Phone', 'Main'],
      organization: ['Company'],
    }),
  },
];
