import { type INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Account } from './accounts/account.entity.js';
import { Invitations } from './accounts/invitations.service.js';
import { People } from './accounts/people.service.js';
import { type NewPerson } from './accounts/person.js';
import { Founding } from './auth/founding.service.js';
import { inTransaction } from './database/transaction.js';
import { noFacts, operator } from './journal/actor.js';
import { type E164 } from './phone/e164.js';
import { fold } from './text/fold.js';

/** The password of everybody in the demonstration who can sign in. */
const password = 'demo: four red kites';

interface Company {
  accountName: string;
  region: string;
  language: 'en' | 'fr';
  domain: string;
  phone: (number: number) => E164;
  departments: Record<string, string[]>;
  places: string[];
  people: [given: string, family: string][];
}

/**
 * Two made-up companies with people in every state; what is there already stays as it is.
 * @returns what to print: who can sign in
 */
export async function seedDemo(app: INestApplicationContext): Promise<string[]> {
  const lines: string[] = [];
  for (const company of companies) {
    const [owner, member] = company.people.map(([given, family]) => addressOf(company, given, family));
    const there = await app.get(DataSource).getRepository(Account).findOneBy({ name: company.accountName });
    if (!there) await found(app, company);
    lines.push(`${company.accountName}: ${owner} (owner), ${member} (member), password ${password}`);
  }
  return lines;
}

async function found(app: INestApplicationContext, company: Company): Promise<void> {
  const { accountName, region, language } = company;
  const [[givenName, familyName], [memberGiven, memberFamily], ...others] = company.people;
  const owner = { email: addressOf(company, givenName, familyName), givenName, familyName, password };
  const { accountId } = await app.get(Founding).found({ accountName, region, language, owner });
  const member = {
    email: addressOf(company, memberGiven, memberFamily),
    givenName: memberGiven,
    familyName: memberFamily,
    password,
  };
  await app.get(Founding).admit(accountId, member);
  const people = others.map(([given, family], i) => personOf(company, given, family, i));
  const here = people.slice(0, -6);
  const actor = operator(accountId);
  await inTransaction(app.get(DataSource), async (manager) => {
    for (const person of here) await app.get(People).addActive(manager, actor, noFacts, person);
  });
  await app.get(Invitations).inviteMany(actor, noFacts, people.slice(-6));
}

function personOf(company: Company, givenName: string, familyName: string, i: number): NewPerson {
  const departments = Object.keys(company.departments);
  const department = departments[i % departments.length];
  const titles = company.departments[department];
  return {
    email: addressOf(company, givenName, familyName),
    givenName,
    familyName,
    department,
    jobTitle: titles[i % titles.length],
    location: company.places[i % company.places.length],
    workPhone: company.phone(i),
    userGroups: [department],
    chatGroups: [company.places[i % company.places.length]],
  };
}

function addressOf({ domain }: Company, given: string, family: string): string {
  const plain = (name: string) => fold(name).replaceAll(/[^a-z]+/g, '-');
  return `${plain(given)}.${plain(family)}@${domain}`;
}

const companies: Company[] = [
  {
    accountName: 'Atelier Nord',
    region: 'FR',
    language: 'fr',
    domain: 'atelier-nord.example',
    phone: (number) => `+3314020${String(5050 + number)}`,
    departments: {
      Conception: ['Architecte', 'Designer', 'Dessinatrice'],
      Production: ['Cheffe d’atelier', 'Menuisier', 'Contrôleur qualité'],
      'Service client': ['Conseillère', 'Responsable de compte'],
      Finance: ['Comptable', 'Contrôleur de gestion'],
    },
    places: ['Lille', 'Paris', 'Nantes'],
    people: [
      ...pairs('Camille Lefèvre, Noémie Le Guen, Jean-François du Châtelet, Élodie Benoît, Loïc Kerguélen'),
      ...pairs(
        'Zoé Œuvrard, Thị_Mai Đỗ, Văn_Hùng Bùi, Małgorzata Wójcik, Łukasz Żak, Søren Nygård, Ingrid Åkesson',
      ),
      ...pairs(
        'María Núñez, Íñigo Ibáñez, Chloé Colin, Amine Benali, Fatou Diop, Yasmine Haddad, Hugo Marchand',
      ),
      ...pairs(
        'Inès Roussel, Maxence Vidal, Anaïs Perrot, Gaël Tanguy, Solène Briand, Théo Girard, Agathe Morel',
      ),
      ...pairs(
        'Léo Fontaine, Manon Rey, Adrien Caron, Clémence Hamel, Basile Collet, Margaux Prévost, Côme Vasseur',
      ),
    ],
  },
  {
    accountName: 'Harbour & Pine',
    region: 'GB',
    language: 'en',
    domain: 'harbour-pine.example',
    phone: (number) => `+4420794${String(60000 + number)}`,
    departments: {
      Engineering: ['Engineer', 'Engineering manager', 'Test engineer'],
      Sales: ['Account manager', 'Sales director'],
      Operations: ['Office manager', 'Supply chain planner'],
    },
    places: ['London', 'Leeds', 'Bristol'],
    people: [
      ...pairs('Aoife Davies, Harry Le Fanu, Siobhán O’Brien, Noah de Vere, Priya Raman, Karl-Heinz Fischer'),
      ...pairs(
        'Jürgen Strauß, Käthe Müller, Grace Adeyemi, Oliver Whitfield, Mei Chen, Rhys Morgan, Isla Campbell',
      ),
      ...pairs(
        'Daniel Okafor, Freya Hughes, Tom Ashworth, Niamh Byrne, Samir Patel, Lucy Hartley, George Ellison',
      ),
    ],
  },
];

/** `Given_Name Family Name, …`: an underscore joins what belongs to the given name. */
function pairs(list: string): [string, string][] {
  return list.split(', ').map((name) => {
    const [given, ...family] = name.split(' ');
    return [given.replaceAll('_', ' '), family.join(' ')];
  });
}
