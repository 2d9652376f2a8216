import sharp from 'sharp';
import { encodePhoto } from '../../../src/accounts/photo-encoding.js';
import { type User } from '../../../src/accounts/user.entity.js';
import { type CardProperty } from '../../../src/contact-card/contact-fields.js';
import { type Id } from '../../../src/database/id.js';
import { removeContacts } from '../../../src/personal-contacts/contact-writes.js';
import { type Locale } from '../../../src/web/words.js';
import { act, binned, changed, kept } from '../../personal-contacts/keeping.js';
import { type TestApp } from '../../support/app.js';

/** Of one person: a contact with all there can be, one with a name alone, one that is changed in another window, one in the bin. */
export type SingleContacts = Record<'full' | 'bare' | 'edited' | 'binned', Id>;

/** Contacts each of these people keeps, for pages to show. */
export async function singleContacts(
  app: TestApp,
  owners: Record<Locale, User>,
): Promise<Record<Locale, SingleContacts>> {
  return { en: await contactsOf(app, owners.en), fr: await contactsOf(app, owners.fr) };
}

const extra: CardProperty[] = [
  ['title', {}, 'text', 'Responsable des achats et de la logistique'],
  ['adr', { type: 'work' }, 'text', ['', 'Bâtiment C', '12 rue des Lilas', 'Lyon', '', '69003', 'France']],
  ['bday', {}, 'date-and-or-time', '--02-29'],
  [
    'email',
    { type: 'home' },
    'text',
    'une.adresse.vraiment.tres.longue.et.sans.fin@sous-domaine.exemple.example.test',
  ],
  ['url', {}, 'uri', 'https://example.test/une/adresse/web/qui/ne/finit/pas'],
  ['note', {}, 'text', 'Rencontrée au salon de Lyon.\n\nParle finnois.'],
];

async function contactsOf(app: TestApp, owner: User): Promise<SingleContacts> {
  const photo = await encodePhoto(
    await sharp({ create: { width: 300, height: 300, channels: 3, background: '#2f6b1e' } })
      .png()
      .toBuffer(),
  );
  const [full] = await kept(
    app,
    owner,
    [
      {
        ...{ displayName: 'Jean-François du Châtelet de la Rochefoucauld-Montbéliard', starred: true, extra },
        ...{ email: 'jf@example.test', organization: 'Société générale des eaux & forêts' },
        ...{ workPhone: '+33140205050', mobilePhone: '+33612345678', faxNumber: '+33140205051' },
        typedPhones: { workPhone: "'01.40.20.50.50 (standard)" },
      },
    ],
    { group: 'Fournisseurs de longue date', photo },
  );
  await changed(app, owner, full, { displayName: 'Jean-François du Châtelet', homePhone: '+33478000000' });
  const [bare, edited, gone, merged] = await kept(app, owner, [
    { displayName: '敏 司马' },
    { displayName: 'Ada Lovelace', organization: 'Analytical' },
    { displayName: 'Grace Hopper', email: 'grace@example.test', organization: 'Navy' },
    { displayName: 'G. Hopper' },
  ]);
  await binned(app, owner, [gone]);
  await act(app, owner, 'contacts.merge', (manager, own) =>
    removeContacts(manager, own, [merged], { mergedInto: full }),
  );
  return { full, bare, edited, binned: gone };
}
