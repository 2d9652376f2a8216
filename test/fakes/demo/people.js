/*
 * Who has an account at the stand-ins of Google and Microsoft in `npm run demo`, whom they know, and what they have before them.
 * Made-up people; numbers from ranges that are kept for fiction (ARCEP, Ofcom).
 */

import { pairs, plain } from './letters.js';

/** `connected`: by the demonstration itself; the others can be connected by hand. */
export const accounts = {
  google: [
    { email: 'noemie.le-guen@atelier-nord.example', name: 'Noémie Le Guen', language: 'fr', connected: true },
    {
      email: 'jean-francois.du-chatelet@atelier-nord.example',
      name: 'Jean-François du Châtelet',
      language: 'fr',
    },
    { email: 'siobhan.o-brien@harbour-pine.example', name: 'Siobhán O’Brien', language: 'en' },
  ],
  microsoft: [
    { email: 'harry.le-fanu@harbour-pine.example', name: 'Harry Le Fanu', language: 'en', connected: true },
    { email: 'siobhan.o-brien@harbour-pine.example', name: 'Siobhán O’Brien', language: 'en' },
    {
      email: 'jean-francois.du-chatelet@atelier-nord.example',
      name: 'Jean-François du Châtelet',
      language: 'fr',
    },
  ],
};

const words = {
  fr: {
    zone: 'Europe/Paris',
    given: 'Albane Benjamin Célestine Didier Eugénie Firmin Garance Hector Isaure Jules Louise Marius'.split(
      ' ',
    ),
    family: 'Aubertin Brossard Cazenave Delorme Évrard Ferrand Giraudet Hennequin Imbert Jolivet'.split(' '),
    companies: ['Menuiserie du Port', 'Galerie Ponant', 'Imprimerie Cassel', 'Théâtre de la Halle'],
    folders: ['Clients', 'Presse', 'Voisins'],
    email: (name, company) => `${name}@${company}.example`,
    office: (number) => `+33 1 99 00 ${pairs(5000 + number)}`,
    mobile: (number) => `+33 6 39 98 ${pairs(600 + number)}`,
    colleagues: ['camille.lefevre@atelier-nord.example', 'jean-francois.du-chatelet@atelier-nord.example'],
    calendar: 'Chantiers',
    events: {
      standup: 'Point du matin',
      client: 'Réunion de chantier',
      lunch: 'Déjeuner avec la Galerie Ponant',
      private: 'Rendez-vous chez le médecin',
      away: 'Salon du meuble',
      focus: 'Devis à terminer',
      call: 'Visio avec l’imprimerie',
      cancelled: 'Annulé : visite de l’atelier',
      review: 'Revue de la semaine',
      delivery: 'Livraison des panneaux',
      room: 'Salle Escaut',
      city: 'Lille',
    },
  },
  en: {
    zone: 'Europe/London',
    given: 'Agnes Bertram Clemency Dexter Elspeth Fergus Greta Humphrey Ione Jocelyn Lorna Magnus'.split(' '),
    family:
      'Abernathy Birtwhistle Culpepper Drummond Entwistle Fanshawe Gilchrist Hathaway Ingram Jardine'.split(
        ' ',
      ),
    companies: ['Quayside Prints', 'North Pier Gallery', 'Tanner & Tide', 'The Old Fire Station'],
    folders: ['Customers', 'Press', 'Neighbours'],
    email: (name, company) => `${name}@${company}.example`,
    office: (number) => `+44 20 7946 0${String(600 + number).padStart(3, '0')}`,
    mobile: (number) => `+44 7700 900${String(400 + number).padStart(3, '0')}`,
    colleagues: ['aoife.davies@harbour-pine.example', 'siobhan.o-brien@harbour-pine.example'],
    calendar: 'Building work',
    events: {
      standup: 'Morning round-up',
      client: 'Site meeting',
      lunch: 'Lunch with North Pier Gallery',
      private: 'Doctor',
      away: 'Furniture fair',
      focus: 'Finish the quotes',
      call: 'Video call with the printers',
      cancelled: 'Cancelled: workshop visit',
      review: 'Review of the week',
      delivery: 'Delivery of the panels',
      room: 'Harbour room',
      city: 'Leeds',
    },
  },
};

/**
 * @param {'en' | 'fr'} language @param {number} count
 * @returns {{ givenName: string, familyName: string, organization: string, email: string, workPhone?: string, mobilePhone?: string, faxNumber?: string, folder: number }[]} `folder`: place in `foldersOf`, or -1
 */
export function contactsOf(language, count) {
  const { given, family, companies, office, mobile, email } = words[language];
  return Array.from({ length: count }, (_, number) => {
    const [givenName, familyName] = [given[number % given.length], family[(number * 7) % family.length]];
    const organization = companies[number % companies.length];
    return {
      ...{ givenName, familyName, organization, folder: (number % 4) - 1 },
      email: email(`${plain(givenName)}.${plain(familyName)}`, plain(organization)),
      ...(number % 2 === 0 && { workPhone: office(number) }),
      ...(number % 3 !== 1 && { mobilePhone: mobile(number) }),
      ...(number % 9 === 4 && { faxNumber: office(80 + number) }),
    };
  });
}

/** Names of folders or labels. @param {'en' | 'fr'} language */
export function foldersOf(language) {
  return words[language].folders;
}

/** The name of a second calendar. @param {'en' | 'fr'} language */
export function secondCalendarOf(language) {
  return words[language].calendar;
}

/**
 * What lies before somebody, around today. Times are of the clock where they are; `day` counts from today.
 * @typedef {object} DemoEvent
 * @property {string} title
 * @property {string} zone
 * @property {string} day `2026-11-22`, of the first one where it repeats
 * @property {string} [from] `09:00`; a whole day without
 * @property {string} [to]
 * @property {number} [days] whole days
 * @property {string[]} [weekdays] repeats every week on these (`monday`)
 * @property {string} [location]
 * @property {{ name: string, email: string, response?: 'accepted' | 'tentative' | 'declined' | 'none' }[]} [attendees]
 * @property {{ name: string, email: string }} [organizer] somebody else
 * @property {boolean} [isPrivate]
 * @property {boolean} [isCancelled]
 * @property {boolean} [isAway]
 * @property {boolean} [isTentative]
 * @property {string} [joinUrl]
 * @property {boolean} [second] in the second calendar
 *
 * @param {'en' | 'fr'} language @param {Date} [now] @returns {DemoEvent[]}
 */
export function eventsOf(language, now = new Date()) {
  const { zone, events: say, colleagues, companies } = words[language];
  const known = contactsOf(language, 6).map(({ givenName, familyName, email }) => ({
    ...{ name: `${givenName} ${familyName}`, email },
  }));
  const [boss, colleague] = colleagues.map((email) => ({ name: nameIn(email), email }));
  const on = (days) => new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10);
  const workdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
  const joinUrl = 'https://meet.example/demo-room';
  const event = (title, day, from, to, more = {}) => ({ title, zone, day: on(day), from, to, ...more });
  return [
    event(say.standup, -14, '09:00', '09:20', {
      ...{ weekdays: workdays, organizer: boss, joinUrl },
      attendees: [
        { ...boss, response: 'accepted' },
        { ...colleague, response: 'accepted' },
      ],
    }),
    event(say.review, -14, '16:00', '16:45', {
      weekdays: ['friday'],
      attendees: [{ ...boss, response: 'tentative' }],
    }),
    event(say.client, 0, '10:30', '12:00', {
      location: say.city,
      attendees: [
        { ...known[0], response: 'accepted' },
        { ...known[1], response: 'none' },
      ],
    }),
    event(say.call, 0, '14:30', '15:30', {
      ...{ joinUrl, organizer: known[2] },
      attendees: [
        { ...known[2], response: 'accepted' },
        { ...colleague, response: 'accepted' },
      ],
    }),
    event(say.focus, 1, '13:30', '16:00', { isTentative: true }),
    event(say.lunch, 1, '12:00', '13:15', {
      location: companies[1],
      attendees: [{ ...known[3], response: 'accepted' }],
    }),
    event(say.private, 2, '11:00', '12:00', { isPrivate: true, location: 'x' }),
    event(say.cancelled, 3, '15:00', '16:00', { isCancelled: true, organizer: known[4] }),
    event(say.client, 5, '10:00', '11:30', {
      location: say.room,
      attendees: [{ ...colleague, response: 'declined' }],
    }),
    { title: say.away, zone, day: on(8), days: 2, isAway: true, location: say.city },
    { title: say.delivery, zone, day: on(4), days: 1, second: true },
    event(say.client, 2, '15:00', '16:30', { second: true, location: say.city }),
  ];
}

/**
 * A series for each weekday of one: where a series has no more than one day a week.
 * @param {DemoEvent} event @returns {string[]} their first days
 */
export function firstDaysOf({ day, weekdays }) {
  if (!weekdays) return [day];
  const names = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
  return weekdays.map((name) => {
    const days = (names.indexOf(name) - new Date(day).getUTCDay() + 7) % 7;
    return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
  });
}

/** How many weeks a series of the demonstration lasts where it has an end. */
export const WEEKS = 12;

/** `aoife.davies@…` as `Aoife Davies` */
function nameIn(email) {
  return email
    .split('@')[0]
    .split('.')
    .map((part) => part[0].toUpperCase() + part.slice(1))
    .join(' ');
}
