import { type INestApplicationContext } from '@nestjs/common';
import { Readable } from 'node:stream';
import sharp from 'sharp';
import { DataSource } from 'typeorm';
import { encodePhoto } from './accounts/photo-encoding.js';
import { type DemoCompany } from './cli.demo-companies.js';
import { settled } from './cli.user-files.js';
import { type Id } from './database/id.js';
import { rulesFrom } from './imports/import-rules.js';
import { Imports } from './imports/imports.service.js';
import { Staging } from './imports/staging.service.js';
import { noFacts, type Actor } from './journal/actor.js';
import { type ContactEdit } from './personal-contacts/contact/edited.js';
import { PersonalContacts } from './personal-contacts/contact/contacts.service.js';
import { contactImport } from './personal-contacts/import/contact-import.description.js';
import { BulkActs } from './personal-contacts/list/bulk-acts.service.js';
import { type E164 } from './phone/e164.js';
import { fold } from './text/fold.js';

type Owner = Actor & { id: Id };

/** People of the file: first names and family names in turn, so that all letters are there. */
const given =
  'Alice Bruno Carla Denis Élise Farid Gaëlle Henri Ida Jonas Karim Léa Marc Nadia Oscar Paula'.split(' ');
const family = 'Arnaud Bertin Çelik Dubois Évrard Ferrand García Hansen Ivanov Jansen Klein'.split(' ');
const IN_FILE = 46;
const word: Record<'fr' | 'en', { groups: [string, string, string, string]; header: string; file: string }> =
  {
    fr: {
      groups: ['Fournisseurs', 'Clients', 'Famille', 'Salon de Lyon'],
      header: 'Nom,Adresse e-mail,Bureau,Domicile,Mobile,Fax,Téléphone,Société',
      file: 'salon-de-lyon.csv',
    },
    en: {
      groups: ['Suppliers', 'Customers', 'Family', 'Leeds fair'],
      header: 'Name,Email Address,Office,Home,Mobile,Fax,Phone,Company',
      file: 'leeds-fair.csv',
    },
  };
const companies = [
  'Menuiserie Loire',
  'Studio Quai',
  'Northwind Glass',
  'Papeterie Aubert',
  'Helix Robotics',
];

/**
 * The contacts the owner of a company keeps: about sixty, most from a file, in four groups, some with a star or a photo,
 * some there twice in each of the ways, five in the bin. Nothing is done where there is a list already.
 */
export async function demoContacts(
  app: INestApplicationContext,
  company: DemoCompany,
  owner: Owner,
): Promise<void> {
  const [{ there }] = await app.get(DataSource).query<[{ there: string }]>(
    `SELECT (SELECT COUNT(*) FROM personal_contacts WHERE ownerId = ?)
          + (SELECT COUNT(*) FROM personal_contact_groups WHERE ownerId = ?) AS there`,
    [owner.id, owner.id],
  );
  if (Number(there) > 0) return;
  const { groups } = word[company.language];
  await fromFile(app, company, owner, groups[3]);

  const contacts = app.get(PersonalContacts);
  const byHand = new Map<string, Id>();
  const add = async (name: string, fields: Fields, group: string | null = null) => {
    const id = await contacts.add(owner, editOf(name, fields), { newGroup: group }, null);
    byHand.set(name, id);
    return id;
  };
  const mobile = numbersOf(company);
  await add('Rosa Lindqvist', { email: 'rosa@northwind.example', mobilePhone: mobile(900) }, groups[0]);
  await add('Atelier Aubert', { email: 'bonjour@aubert.example', organization: companies[3] }, groups[0]);
  await add('Piotr Zieliński', { mobilePhone: mobile(901), organization: companies[4] }, groups[1]);
  await add(
    'Marguerite Tanaka',
    { email: 'marguerite.tanaka@quai.example', mobilePhone: mobile(902) },
    groups[1],
  );
  await add('Papa', { homePhone: mobile(903) }, groups[2]);
  await add('Tante Lucie', { mobilePhone: mobile(904), email: 'lucie@famille.example' }, groups[2]);
  // There twice beyond doubt; there twice with two values for one field; and of the same name alone.
  await add('Rosa Lindqvist', { email: 'rosa@northwind.example', organization: companies[2] });
  const other = { email: 'marguerite.tanaka@quai.example', mobilePhone: mobile(905) };
  await add('Marguerite K. Tanaka', { ...other, organization: companies[1] });
  await add('Tante Lucie', { homePhone: mobile(906), email: 'lucie.b@famille.example' });

  const gone: Id[] = [];
  for (let i = 0; i < 5; i++)
    gone.push(await add(`${given[i]} ${family[10 - i]}`, { mobilePhone: mobile(910 + i) }));
  for (const id of gone) await contacts.remove(owner, id);
  const starred = ['Papa', 'Piotr Zieliński', 'Marguerite Tanaka'].flatMap((name) => byHand.get(name) ?? []);
  await app.get(BulkActs).star(owner, { ids: starred }, true);
  for (const [name, colour] of [
    ['Papa', [0x2f, 0x6b, 0x1e]],
    ['Atelier Aubert', [0x8e, 0x3a, 0x8b]],
  ] as const)
    await contacts.changePhoto(owner, byHand.get(name) ?? '', await portrait(colour));
}

type Fields = Partial<
  Record<'email' | 'organization', string | null> & Record<'homePhone' | 'mobilePhone', E164>
>;

function editOf(displayName: string, { email = null, organization = null, ...phones }: Fields): ContactEdit {
  const typed = Object.entries(phones).map(([field, number]) => [field, { number, typed: null }]);
  return {
    fields: { displayName, email, organization },
    phones: Object.fromEntries(typed) as ContactEdit['phones'],
    ...{ details: {}, without: [] },
  };
}

async function fromFile(
  app: INestApplicationContext,
  company: DemoCompany,
  owner: Owner,
  groupName: string,
): Promise<void> {
  const { header, file: fileName } = word[company.language];
  const mobile = numbersOf(company);
  const rows = Array.from({ length: IN_FILE }, (_, i) => {
    const [first, last] = [given[i % given.length], family[i % family.length]];
    const address = `${plain(first)}.${plain(last)}@${['loire', 'quai', 'helix'][i % 3]}.example`;
    return `${first} ${last},${i % 7 === 3 ? '' : address},,,${mobile(i)},,,${i % 4 === 0 ? '' : companies[i % 5]}`;
  });
  const bytes = Readable.from([Buffer.from([header, ...rows, ''].join('\r\n'))]);
  const choices = rulesFrom({ groupName }, contactImport);
  const id = await app.get(Staging).take(owner, contactImport, { once: null, fileName, choices }, bytes);
  await settled(app, owner, id);
  await app.get(Imports).confirm(owner, noFacts, id, { choices, proposals: false });
  await settled(app, owner, id);
}

/** Mobile numbers nobody has: of those kept for films and books. */
export function numbersOf({ region }: DemoCompany): (n: number) => E164 {
  return (n) =>
    (region === 'GB'
      ? `+447700900${String(n % 1000).padStart(3, '0')}`
      : `+3363998${String(1000 + n)}`) as E164;
}

/** Head and shoulders before a colour: nobody's picture. */
async function portrait([red, green, blue]: readonly [number, number, number]): Promise<Buffer> {
  const side = 256;
  const pixels = Buffer.alloc(side * side * 3);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const head = (x - 128) ** 2 + (y - 104) ** 2 < 48 ** 2;
      const shoulders = ((x - 128) / 96) ** 2 + ((y - 256) / 88) ** 2 < 1;
      const light = head || shoulders ? 150 : 0;
      pixels.set(
        [red, green, blue].map((part) => Math.min(255, part + light)),
        (y * side + x) * 3,
      );
    }
  return encodePhoto(
    await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
      .png()
      .toBuffer(),
  );
}

function plain(name: string): string {
  return fold(name).replaceAll(/[^a-z]+/g, '-');
}
