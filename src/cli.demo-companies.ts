import { type GroupFeatures } from './accounts/features.js';
import { type E164 } from './phone/e164.js';

/** A company of the demonstration. People are named by their place in `people`. */
export interface DemoCompany {
  accountName: string;
  region: string;
  language: 'en' | 'fr';
  domain: string;
  phone: (number: number) => E164;
  /** The first title is that of whoever heads it. */
  departments: Record<string, [head: string, ...titles: string[]]>;
  places: string[];
  /** The owner, an administrator who heads a department, other heads, the rest; the last six are invited. */
  people: [given: string, family: string][];
  /** Who can sign in beside the owner and the administrator. */
  member: number;
  restricted: { name: string; members: number[] };
  shared: { name: string; members: number[] };
  /** Whose people may call, whatever they chose. */
  calling: string;
  learners: { name: string; members: number[]; features: GroupFeatures };
  /** These two are each other's manager. */
  circle: [number, number];
  allowedDomains: string[];
  views: { name: string; shared: boolean; query: string }[];
  file: { name: string; text: string };
}

export const demoCompanies: DemoCompany[] = [
  {
    accountName: 'Atelier Nord',
    region: 'FR',
    language: 'fr',
    domain: 'atelier-nord.example',
    phone: (number) => `+3314020${String(5050 + number)}`,
    departments: {
      Conception: ['Responsable conception', 'Architecte', 'Designer'],
      Production: ['Responsable production', 'Ébéniste', 'Contrôle qualité'],
      'Service client': ['Responsable service client', 'Responsable de compte', 'Support technique'],
      Finance: ['Responsable finance', 'Comptable', 'Analyste'],
    },
    places: ['Lille', 'Paris', 'Nantes'],
    people: [
      ...pairs('Camille Lefèvre, Jean-François du_Châtelet, Élodie Benoît, Loïc Kerguélen, Zoé Œuvrard'),
      ...pairs('Noémie Le_Guen, Thị_Mai Đỗ, Văn_Hùng Bùi, Małgorzata Wójcik, Łukasz Żak, Søren Nygård'),
      ...pairs(
        'Ingrid Åkesson, María Núñez, Íñigo Ibáñez, Chloé Colin, Amine Benali, Fatou Diop, Yasmine Haddad',
      ),
      ...pairs(
        'Hugo Marchand, Inès Roussel, Maxence Vidal, Anaïs Perrot, Gaël Tanguy, Solène Briand, Théo Girard',
      ),
      ...pairs(
        'Agathe Morel, Léo Fontaine, Manon Rey, Adrien Caron, Clémence Hamel, Basile Collet, Margaux Prévost',
      ),
      ...pairs('Côme Vasseur'),
    ],
    member: 5,
    restricted: { name: 'Direction', members: [0, 4, 11] },
    shared: { name: 'Premiers secours', members: [2, 8, 15, 19] },
    calling: 'Service client',
    learners: {
      name: 'Apprentis',
      members: [13, 17, 20, 22],
      features: {
        'external-contacts': { on: false, locked: true },
        integrations: { on: false, locked: false },
      },
    },
    circle: [6, 10],
    allowedDomains: ['menuiserie-loire.example', 'studio-quai.example'],
    views: [
      {
        name: 'Licences à Lille',
        shared: true,
        query: 'type=licensed&location=Lille&sort=department',
      },
      { name: 'Sans responsable', shared: true, query: 'missing=manager' },
      { name: 'Jamais connectés', shared: false, query: 'signedIn=never' },
    ],
    file: {
      name: 'mutations-novembre.csv',
      text: `E-mail;Service;Intitulé du poste;Emplacement;Téléphone;Mobile
camille.lefevre@atelier-nord.example;Direction;Présidence;Lille;+33 1 40 20 50 40;+33 6 39 98 00 10
noemie.le-guen@atelier-nord.example;Conception;Architecte d’intérieur;Paris;;+33 6 39 98 00 11
thi-mai.do@atelier-nord.example;Production;Cheffe d’atelier;Nantes;;+33 6 39 98 00 12
van-hung.bui@atelier-nord.example;Service client;Responsable de compte;Lille;;+33 6 39 98 00 13
fatou.diop@atelier-nord.example;Finance;Contrôle de gestion;Paris;;+33 6 39 98 00 14
paul.durand@atelier-nord.example;Finance;Comptable;Lille;;
`,
    },
  },
  {
    accountName: 'Harbour & Pine',
    region: 'GB',
    language: 'en',
    domain: 'harbour-pine.example',
    phone: (number) => `+4420794${String(60000 + number)}`,
    departments: {
      Engineering: ['Head of engineering', 'Engineer', 'Test engineer'],
      Sales: ['Head of sales', 'Account manager', 'Sales planner'],
      Operations: ['Head of operations', 'Office manager', 'Supply chain planner'],
    },
    places: ['London', 'Leeds', 'Bristol'],
    people: [
      ...pairs('Aoife Davies, Siobhán O’Brien, Noah de_Vere, Priya Raman, Harry Le_Fanu, Karl-Heinz Fischer'),
      ...pairs(
        'Jürgen Strauß, Käthe Müller, Grace Adeyemi, Oliver Whitfield, Mei Chen, Rhys Morgan, Isla Campbell',
      ),
      ...pairs(
        'Daniel Okafor, Hannah Price, Owen Griffiths, Chiara Rossi, Ewan Fraser, Amara Nwosu, Kieran Doyle',
      ),
      ...pairs(
        'Freya Hughes, Tom Ashworth, Niamh Byrne, Samir Patel, Lucy Hartley, George Ellison, Beth Holloway',
      ),
    ],
    member: 4,
    restricted: { name: 'Board', members: [0, 2, 10] },
    shared: { name: 'First aid', members: [3, 5, 9, 14] },
    calling: 'Sales',
    learners: {
      name: 'Apprentices',
      members: [13, 15, 17],
      features: {
        'external-contacts': { on: false, locked: true },
        integrations: { on: false, locked: false },
      },
    },
    circle: [7, 13],
    allowedDomains: ['quayside-timber.example', 'northlight.example'],
    views: [
      {
        name: 'Licensed in London',
        shared: true,
        query: 'type=licensed&location=London&sort=department',
      },
      { name: 'Without a manager', shared: true, query: 'missing=manager' },
      { name: 'Never signed in', shared: false, query: 'signedIn=never' },
    ],
    file: {
      name: 'moves-november.csv',
      text: `Email,Department,Job Title,Location,Phone,Mobile
aoife.davies@harbour-pine.example,Board,Managing director,London,+44 20 7946 0040,+44 7700 900110
harry.le-fanu@harbour-pine.example,Engineering,Senior engineer,Leeds,,+44 7700 900111
karl-heinz.fischer@harbour-pine.example,Sales,Account manager,Bristol,,+44 7700 900112
kathe.muller@harbour-pine.example,Operations,Office manager,London,,+44 7700 900113
grace.adeyemi@harbour-pine.example,Sales,Key account manager,Leeds,,+44 7700 900114
paul.durand@harbour-pine.example,Sales,Account manager,Leeds,,
`,
    },
  },
];

/** `Given_Name Family Name, …`: an underscore joins what belongs together. */
function pairs(list: string): [string, string][] {
  return list.split(', ').map((name) => {
    const [given, ...family] = name.split(' ').map((word) => word.replaceAll('_', ' '));
    return [given, family.join(' ')];
  });
}
