/* Mailboxes of the demonstration: made-up people, numbers from ranges that are kept for fiction (ARCEP, Ofcom). */

import { pairs, plain } from '../demo/letters.js';

/** @import { Mailbox } from './mailbox.js' */

/** The password of all of them, as of Carnet's own demonstration. */
export const password = 'demo: four red kites';

export const people = [
  { email: 'camille.lefevre@atelier-nord.example', domain: 'ATELIER', language: 'fr', contacts: 46 },
  {
    email: 'jean-francois.du-chatelet@atelier-nord.example',
    domain: 'ATELIER',
    language: 'fr',
    contacts: 14,
  },
  { email: 'noemie.le-guen@atelier-nord.example', domain: 'ATELIER', language: 'fr', contacts: 9 },
  { email: 'aoife.davies@harbour-pine.example', domain: 'HARBOUR', language: 'en', contacts: 44 },
  { email: 'siobhan.o-brien@harbour-pine.example', domain: 'HARBOUR', language: 'en', contacts: 14 },
  { email: 'harry.le-fanu@harbour-pine.example', domain: 'HARBOUR', language: 'en', contacts: 9 },
];

const words = {
  fr: {
    given:
      'Adèle Bastien Colette Damien Estelle Fabrice Gisèle Hervé Irène Joël Karine Ludovic Maëlle Norbert Odile'.split(
        ' ',
      ),
    family:
      'Blanchet Carpentier D’Hérouville Esnault Faucher Guérin Huet Jacquemin Lœuillet Maréchal Nicolle'.split(
        ' ',
      ),
    companies: [
      'Scierie des Trois Frênes',
      'Verre & Clarté',
      'Transports Houdain',
      'Mairie de Bourg-Neuf',
      'L’Échoppe',
    ],
    tree: {
      Clients: { Lille: { Écoles: {}, 'Hôtels & cafés': {} }, Nantes: {} },
      Fournisseurs: { Bois: {}, Quincaillerie: {} },
      Presse: {},
    },
    outside: 'Chantier de l’Opéra',
    list: 'Équipe du chantier',
    office: (number) => `+33 1 99 00 ${pairs(number)}`,
    mobile: (number) => `+33 6 39 98 ${pairs(number)}`,
    spoken: 'poste 12 (demander Odile)',
    private: 'Dr Maréchal (cardiologue)',
  },
  en: {
    given:
      'Alfie Bronwen Callum Dilys Edmund Flora Gwen Hamish Imogen Jasper Keira Lachlan Morag Nigel Orla'.split(
        ' ',
      ),
    family:
      'Ainsworth Bracken Cartmell Dunmore Eastwick Fairbairn Greaves Hallam Inskip Jessop Kirkbride'.split(
        ' ',
      ),
    companies: [
      'Three Ash Sawmill',
      'Clearwater Glass',
      'Houghton Haulage',
      'Newbridge Council',
      'The Chandlery',
    ],
    tree: {
      Customers: { London: { Schools: {}, 'Hotels & cafés': {} }, Leeds: {} },
      Suppliers: { Timber: {}, Fittings: {} },
      Press: {},
    },
    outside: 'Opera House job',
    list: 'Everybody on the job',
    office: (number) => `+44 20 7946 0${String(number % 1000).padStart(3, '0')}`,
    mobile: (number) => `+44 7700 900${String(number % 1000).padStart(3, '0')}`,
    spoken: 'ext. 12 (ask for Orla)',
    private: 'Dr Bracken (heart clinic)',
  },
};

/** @param {Mailbox} mailbox @param {(typeof people)[number]} owner */
export function fillMailbox(mailbox, { language, contacts }) {
  const { given, family, companies, tree, outside, list, office, mobile, spoken, ...word } = words[language];
  const folders = [mailbox.distinguished('contacts')];
  const grow = (branch, parentId) => {
    for (const [name, below] of Object.entries(branch)) {
      const folder = mailbox.addFolder(name, { parentId });
      folders.push(folder);
      grow(below, folder.id);
    }
  };
  grow(tree, mailbox.contactsId);
  folders.push(mailbox.addFolder(outside, { parentId: mailbox.rootId }));
  for (let number = 0; number < contacts; number++) {
    const [first, last] = [given[number % given.length], family[(number * 7) % family.length]];
    const company = companies[number % companies.length];
    mailbox.addContact(
      {
        ...{ DisplayName: `${first} ${last}`, GivenName: first, Surname: last, FileAs: `${last}, ${first}` },
        ...(number % 4 !== 3 && { CompanyName: company }),
        emails: { EmailAddress1: `${plain(first)}.${plain(last)}@${plain(company)}.example` },
        phones: {
          ...(number % 2 === 0 && { BusinessPhone: office(2000 + number) }),
          ...(number % 3 !== 1 && { MobilePhone: mobile(100 + number) }),
          ...(number % 9 === 4 && { HomePhone: office(3000 + number) }),
          ...(number % 11 === 6 && { BusinessFax: office(4000 + number) }),
          ...(number === 7 && { PrimaryPhone: spoken }),
        },
        ...(number % 5 === 0 && { Body: 'Vu au salon de Lyon / Met at the Leeds fair' }),
      },
      folders[number % folders.length],
    );
  }
  mailbox.addContact({
    DisplayName: word.private,
    Sensitivity: 'Private',
    phones: { BusinessPhone: office(2900) },
  });
  mailbox.addContact({ CompanyName: companies[0], phones: { BusinessPhone: office(2901) } }, folders[3]);
  mailbox.addList(list);
}
