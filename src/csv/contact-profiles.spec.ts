import { readFileSync } from 'node:fs';
import { contactColumnFields, namingColumns } from './contact-columns.js';
import { contactHeaders, contactProfiles } from './contact-profiles.js';
import { headerKey } from './header-names.js';
import { recognise } from './profiles.js';

const contacts = (header: readonly string[]) => recognise(header, 'personal-contacts');
const named = (header: string) => contacts(header.split(','));
/** Header of a file of test/data/contacts that has its names unquoted or quoted, but no line break in them. */
function headerOf(name: string): string[] {
  const text = readFileSync(`test/data/contacts/${name}`, 'latin1');
  const line = Buffer.from(text.split(/\r?\n/)[0], 'latin1');
  const decoded = /outlook-(?:fr|en)/.test(name) ? line.toString('latin1') : line.toString('utf8');
  return decoded
    .replace(/^\ufeff/, '')
    .replaceAll('\u0092', '’')
    .split(',')
    .map((cell) => cell.replace(/^"|"$/g, ''));
}
/** Index of each field's column. */
function placesOf(columns: readonly (string | null)[]): Record<string, number> {
  return Object.fromEntries(columns.flatMap((field, index) => (field ? [[field, index]] : [])));
}

describe('the header of', () => {
  it.each([
    ['carnet-en', Object.values(contactHeaders.en).slice(0, 8).join()],
    ['carnet-fr', Object.values(contactHeaders.fr).slice(0, 8).join()],
    ['carnet-fr', 'Nom,Adresse e-mail,Bureau,Domicile,Mobile,Fax,Téléphone,Société'],
    ['zoom-en', 'Name,Email,Office,Home,Mobile,Fax,Phone,Company'],
    ['zoom-en', 'Name,Email address,Office,Home,Mobile,Fax,Main,Company'],
    ['generic-en', 'Name,Email,Phone'],
    ['generic-en', 'First Name,Last Name,Mail,Cell,Company'],
    ['generic-fr', 'Nom,Prénom,Tél,Portable,Courriel,Société'],
    ['generic-fr', 'PRENOM;NOM;TEL;GSM;MAIL'.replaceAll(';', ',')],
    ['outlook-en', 'First Name,Last Name,E-mail Address,E-mail Type,Business Phone'],
    ['google', 'First Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value'],
    ['google-old', 'Name,Given Name,Family Name,Phone 1 - Type,Phone 1 - Value'],
    [null, 'x,y,z'],
  ])('%s: %s', (profile, header) => {
    expect(named(header)).toMatchObject({ profile, score: profile ? 1 : 0 });
    expect(named(header).foreign).toBe(!/^(?:carnet|zoom)/.test(profile ?? 'carnet'));
  });

  it.each([
    ['outlook-en', 'outlook-en.csv', 92],
    ['outlook-en', 'outlook-en-older.csv', 92],
    ['outlook-fr', 'outlook-fr.csv', 92],
    ['outlook-fr', 'outlook-fr-newer.csv', 95],
    ['outlook-fr', 'outlook-fr-older.csv', 92],
    ['outlook-web', 'outlook-web.csv', 61],
    ['google-outlook', 'google-outlook.csv', 88],
    ['thunderbird-en', 'thunderbird-en.csv', 38],
    ['thunderbird-fr', 'thunderbird-fr.csv', 38],
    ['google', 'google.csv', 46],
    ['google-old', 'google-old.csv', 62],
  ])('%s is known whole (%s, %d columns)', (profile, name, count) => {
    const header = headerOf(name);
    expect(header).toHaveLength(count);
    const { ignored, ...found } = contacts(header);
    expect(found).toMatchObject({ profile, score: 1, foreign: true });
    const left = ignored.filter(
      ({ index, why }) => why !== 'not-taken' && why !== 'secret' && header[index] !== '',
    );
    expect(left.map(({ index, why }) => `${header[index]} ${why}`)).toEqual([]);
  });
});

describe('French Outlook', () => {
  const header = headerOf('outlook-fr.csv');

  it('has a courtesy title first and a job title eighth, both called Titre', () => {
    const places = placesOf(contacts(header).columns);
    expect([header[0], header[7]]).toEqual(['Titre', 'Titre']);
    expect(places).toMatchObject({
      prefix: 0,
      givenName: 1,
      familyName: 3,
      title: 7,
      'workAddress.extended': 62,
    });
  });

  it('asks about the one Titre that is left where the other was deleted', () => {
    const { columns, ignored } = contacts(header.slice(1));
    expect(columns[6]).toBeNull();
    expect(ignored).toContainEqual({ index: 6, why: 'ambiguous', proposals: ['title', 'prefix'] });
  });

  it('is no Zoom file: Bureau is a place, and Nom the last name', () => {
    const places = placesOf(contacts(header).columns);
    expect(places).toMatchObject({ workPhone: header.indexOf('Téléphone (bureau)'), familyName: 3 });
    expect(places).not.toHaveProperty('displayName');
  });

  it('may write its apostrophes either way', () => {
    const curly = header.map((name) => name.replaceAll("'", '’'));
    expect(contacts(curly).columns).toEqual(contacts(header).columns);
  });
});

describe('Google', () => {
  it('numbers its columns as far as the data goes', () => {
    const header = Array.from({ length: 20 }, (_, index) => [
      `Phone ${index + 1} - Label`,
      `Phone ${index + 1} - Value`,
    ]).flat();
    const { profile, columns, ignored } = contacts(['First Name', ...header, 'Phone 21 - Value']);
    expect(profile).toBe('google');
    expect(columns.slice(-3)).toEqual(['phone.20.label', 'phone.20.value', null]);
    expect(ignored).toEqual([{ index: 41, why: 'unknown' }]);
  });
});

describe('French Thunderbird', () => {
  it('has places twice: home, then work', () => {
    const header = headerOf('thunderbird-fr.csv');
    const { columns } = contacts(header);
    const of = (name: string) => columns.filter((_, index) => header[index] === name);
    expect(of('Code postal')).toEqual(['homeAddress.postalCode', 'workAddress.postalCode']);
    expect(of('Région')).toEqual(['homeAddress.country', 'workAddress.country']);
    expect(of('Pays/État')).toEqual(['homeAddress.region', 'workAddress.region']);
  });
});

describe('sheets people keep themselves', () => {
  it.each([
    ['Nom,Prénom,Mobile', ['familyName', 'givenName', 'mobilePhone']],
    ['Nom,Portable', ['displayName', 'mobilePhone']],
    ['Nom,Nom de famille,Prénom', ['displayName', 'familyName', 'givenName']],
    ['Name,First Name', ['familyName', 'givenName']],
    ['Nom complet,Tél. bureau,GSM,Mél', ['displayName', 'workPhone', 'mobilePhone', 'email']],
    ['E-mail,E-mail 2,Tél 1,Tél 2', ['email', 'email.2.value', 'mainPhone', 'phone.2.value']],
  ])('%s', (header, columns) => expect(named(header).columns).toEqual(columns));

  it.each(['Poste', 'Bureau', 'Titre'])('ask what %s is', (name) => {
    const { columns, ignored } = named(`Nom,Prénom,Courriel,${name}`);
    expect(columns[3]).toBeNull();
    expect(ignored[0]).toMatchObject({ index: 3, why: 'ambiguous' });
  });

  it.each(['Password', 'Mot de passe', 'SSN', 'Numéro de sécurité sociale', 'IBAN', 'Passport'])(
    'never have their %s read, whatever the file',
    (name) => {
      for (const base of [['Nom', 'Prénom'], ['Name'], headerOf('google.csv'), headerOf('outlook-web.csv')]) {
        const { columns, ignored } = contacts([...base, name]);
        expect(columns.at(-1)).toBeNull();
        expect(ignored.at(-1)?.why).toBe('secret');
      }
    },
  );
});

it('takes our exports with their groups, and the columns of our error files not at all', () => {
  for (const locale of ['en', 'fr'] as const) {
    const { profile, columns } = contacts(Object.values(contactHeaders[locale]));
    expect(profile).toBe(`carnet-${locale}`);
    expect(columns).toEqual([...Object.keys(contactHeaders[locale]).slice(0, 9), null, null]);
  }
});

it('has words for every column, in both languages', () => {
  for (const locale of ['en', 'fr']) {
    const words = JSON.parse(readFileSync(`views/personal-imports/${locale}.json`, 'utf8')) as object;
    for (const { labelKey } of contactColumnFields)
      expect(words).toHaveProperty([labelKey.replace('personal-imports.', '')]);
    const origins = JSON.parse(readFileSync(`views/imports/${locale}.json`, 'utf8')) as object;
    for (const { id } of contactProfiles) expect(origins).toHaveProperty([`profile.${id}`]);
  }
});

it('maps to columns there are, by names that mean something', () => {
  const known = new Set<string>(contactColumnFields.map(({ name }) => name));
  expect(namingColumns.filter((name) => !known.has(name))).toEqual([]);
  for (const { columns, repeated = new Map<string, string[]>(), markers = [] } of contactProfiles) {
    expect(columns.has('')).toBe(false);
    for (const meaning of columns.values()) if ('field' in meaning) expect(known).toContain(meaning.field);
    for (const fields of repeated.values()) for (const field of fields) expect(known).toContain(field);
    for (const marker of markers)
      expect(columns.has(headerKey(marker)) || repeated.has(headerKey(marker))).toBe(true);
  }
});
