import ICAL from 'ical.js';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cutCards } from './card-cutter.js';
import { contactVcard } from './contact-vcard.js';
import { TooMuchText } from './content-lines.js';
import { readCard, type ReadCard } from './read-card.js';

const folder = join(import.meta.dirname, '../../test/data/cards');
const bytesOf = (name: string) => readFileSync(join(folder, name));

async function cards(...chunks: Buffer[]): Promise<ReadCard[]> {
  const found: ReadCard[] = [];
  for await (const { lines } of cutCards(chunks, 8_000_000)) found.push(readCard(lines));
  return found;
}
const read = async (name: string) => (await cards(bytesOf(name)))[0];
const card = async (...lines: string[]) =>
  (await cards(Buffer.from(['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\r\n'))))[0];
const named = ({ extra }: ReadCard, name: string) => extra.filter(([each]) => each === name);

describe('a card as real programs write it', () => {
  it('of an iPhone: labels of items, a birthday without a year', async () => {
    const noemie = await read('iphone-icloud-3.0.vcf');
    expect(noemie).toMatchObject({
      displayName: 'Mme Noémie Anne Le Guen',
      email: 'noemie.leguen@dupont.example',
      organization: 'Dupont, Durand & Associés',
      phones: {
        mobilePhone: '+33 6 12 34 56 78',
        workPhone: '01 40 20 50 50',
        faxNumber: '+33140205051',
      },
      groups: null,
    });
    expect(noemie.extra).toEqual(
      expect.arrayContaining([
        ['n', {}, 'text', ['Le Guen', 'Noémie', 'Anne', 'Mme', '']],
        ['org', {}, 'text', ['Dupont, Durand & Associés', 'R&D; essais']],
        ['email', { type: 'home' }, 'text', 'nono@maison.example'],
        ['tel', { group: 'item2' }, 'text', '3131'],
        ['bday', {}, 'date-and-or-time', '--02-29'],
        ['url', { group: 'item4', pref: '1' }, 'uri', 'https://dupont.example/noemie?a=b'],
        [
          'note',
          {},
          'text',
          'Vue à Lyon :\n- aime le thé, le café\n- 2 enfants 👧👦\nNe pas appeler avant 9 h; merci',
        ],
      ]),
    );
  });

  it('of an Android phone: quoted-printable over several lines, bare parameters', async () => {
    const camille = await read('android-2.1.vcf');
    expect(camille).toMatchObject({
      displayName: 'Camille Lefèvre',
      organization: 'Société, Co',
      phones: { mobilePhone: '0612345678', workPhone: '+33140205050', faxNumber: '+33140205052' },
    });
    expect(named(camille, 'note')).toEqual([['note', {}, 'text', 'Ligne 1\nLigne 2 à suivre']]);
    expect(named(camille, 'adr')).toEqual([
      ['adr', { type: 'home' }, 'text', ['', '', '12 rue des Écoles', 'Paris', '', '75005', 'France']],
    ]);
  });

  it('of Outlook: Windows-1252 within one property, dates without dashes', async () => {
    const francois = await read('outlook-2.1.vcf');
    expect(francois).toMatchObject({
      displayName: 'François Müller',
      organization: 'Société Générale, filiale',
      phones: { workPhone: '+33 (0)1 40 20 50 50' },
    });
    expect(francois.extra).toEqual(
      expect.arrayContaining([
        ['title', {}, 'text', 'Ingénieur – essais'],
        ['bday', {}, 'date-and-or-time', '1985-04-12'],
        ['anniversary', {}, 'date-and-or-time', '2010-06-12'],
        ['note', {}, 'text', 'Budget : 3 000 €\nl’an prochain\n'],
      ]),
    );
  });

  it('of Google: groups without the one everybody is in, a photo that is an address', async () => {
    const lukasz = await read('google-3.0.vcf');
    expect(lukasz).toMatchObject({
      displayName: 'Łukasz Żółć',
      groups: ['Klienci', 'Narty'],
      photo: 'address',
    });
    expect(named(lukasz, 'photo')).toHaveLength(1);
    expect(named(lukasz, 'adr')).toEqual([
      ['adr', { type: 'work' }, 'text', ['', '', 'ul. Długa 1', 'Warszawa', '', '00-001', 'PL']],
    ]);
  });

  it('of Thunderbird, an old Nokia and a Samsung', async () => {
    expect(await read('thunderbird-4.0.vcf')).toMatchObject({
      email: 'siobhan@example.test',
      phones: { workPhone: '+353 1 234 5678', mobilePhone: '+353-85-123-4567', faxNumber: '+35312345679' },
    });
    const zoe = await read('nokia-2.1-cp1252.vcf');
    expect(zoe).toMatchObject({ displayName: 'Zoé Bénard', phones: { mobilePhone: '+33612345671' } });
    expect((zoe.photo as Buffer).subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
    expect(await read('samsung-2.1.vcf')).toMatchObject({
      displayName: "Élodie L'Hôpital-Saint-Étienne de la Très Longue Lignée",
    });
  });

  it('in UTF-16, with a byte order mark, in pieces of any size', async () => {
    const text = bytesOf('google-3.0.vcf').toString('utf8');
    const expected = await cards(Buffer.from(text));
    const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
    expect(await cards(wide)).toEqual(expected);
    expect(await cards(Buffer.from(wide).swap16())).toEqual(expected);
    expect(await cards(Buffer.from(`\ufeff${text}`))).toEqual(expected);
    expect(await cards(...[...Buffer.from(text)].map((byte) => Buffer.from([byte])))).toEqual(expected);
  });
});

describe('what a card says', () => {
  it('unescapes and parts values exactly as RFC 6350 has them', async () => {
    const exact = await card(
      'VERSION:3.0',
      'FN:a\\, b\\; c\\nd',
      'ORG:x\\\\;y\\,z',
      'NOTE:C:\\Users\\\\n \\N',
    );
    expect(exact).toMatchObject({ displayName: 'a, b; c d', organization: 'x\\' });
    expect(named(exact, 'org')[0][3]).toEqual(['x\\', 'y,z']);
    expect(named(exact, 'note')[0][3]).toBe('C:\\Users\\n \n');
  });

  it('joins lines that were folded inside a character', async () => {
    const text = Buffer.from('BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoé B\r\nEND:VCARD\r\n');
    const at = text.indexOf(0xa9);
    const folded = Buffer.concat([text.subarray(0, at), Buffer.from('\r\n '), text.subarray(at)]);
    expect((await cards(folded))[0].displayName).toBe('Zoé B');
  });

  it('writes names of Chinese characters with the family first and no space', async () => {
    expect((await card('VERSION:2.1', 'N:欧阳;敏')).displayName).toBe('欧阳敏');
    expect((await card('VERSION:2.1', 'N:Le Guen;Noémie;Anne;Dr;')).displayName).toBe(
      'Dr Noémie Anne Le Guen',
    );
  });

  it('puts the second number of a kind aside, the preferred one first', async () => {
    const two = await card(
      'VERSION:3.0',
      'FN:A',
      'TEL;TYPE=WORK:1',
      'TEL;TYPE=WORK,PREF:2',
      'TEL;TYPE=PAGER:3',
    );
    expect(two.phones).toEqual({ workPhone: '2' });
    expect(named(two, 'tel').map(([, parameters, , value]) => [parameters, value])).toEqual([
      [{ type: 'work' }, '1'],
      [{ type: 'pager' }, '3'],
    ]);
  });
});

describe('a card written again', () => {
  const names = readdirSync(folder).filter((name) => name !== 'broken.vcf');

  it.each(['3.0', '4.0'] as const)('in version %s says the same', async (version) => {
    for (const name of names)
      for (const first of await cards(bytesOf(name))) {
        const { photo: _, uid: __, phones, named: ___, isGroup: ____, groups, ...rest } = first;
        const photo = Buffer.from('a picture');
        const written = groups?.length ? groups : ['R&D; essais', 'a, b'];
        const text = contactVcard(
          {
            ...{ workPhone: null, homePhone: null, mobilePhone: null, faxNumber: null, mainPhone: null },
            ...(phones as object),
            ...rest,
            ...{ typedPhones: {}, photoHash: null, groups: written, photo },
          },
          version,
        );
        for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
        const [again] = await cards(Buffer.from(text));
        expect({ name, ...again }).toMatchObject({
          ...{ name, displayName: first.displayName, email: first.email, organization: first.organization },
          ...{ phones, extra: first.extra, photo, groups: written },
        });
        // Another program's reader takes it too.
        expect(ICAL.parse(text)).toHaveLength(3);
      }
  });
});

describe('a file of cards', () => {
  it('loses no card to a broken one beside it', async () => {
    const found: [number, string | undefined][] = [];
    for await (const { number, problem } of cutCards([bytesOf('broken.vcf')], 1_000_000))
      found.push([number, problem]);
    expect(found).toEqual([
      ...[
        [1, undefined],
        [2, 'no-end'],
        [3, undefined],
        [4, undefined],
        [5, undefined],
        [6, undefined],
      ],
      ...[
        [7, undefined],
        [8, undefined],
        [9, 'no-end'],
      ],
    ]);
  });

  it('never holds a line or card that is too long', async () => {
    const long = Buffer.alloc(1_000_000, 'x');
    const pieces = [Buffer.from('BEGIN:VCARD\nNOTE:'), ...Array<Buffer>(30).fill(long)];
    const after = Buffer.from('\nEND:VCARD\nBEGIN:VCARD\nFN:A\nEND:VCARD\n');
    const found: { problem?: string; length: number }[] = [];
    for await (const { lines, problem } of cutCards([...pieces, after], 2_000_000))
      found.push({ problem, length: lines.join('').length });
    expect(found[0].problem).toBe('too-long');
    expect(found[0].length).toBeLessThan(5_000);
    expect(found[1]).toEqual({ problem: undefined, length: 4 });
  });

  // Each of these took minutes, since every place in it was looked at as a beginning.
  it.each([
    ['an address', `EMAIL:mailto:${'@'.repeat(95_000)}`],
    ['a place', `GEO:1,${' '.repeat(95_000)}x`],
    ['parameters', `TEL${';a'.repeat(45_000)}:1`],
    ['groups', Array.from({ length: 6_000 }, (_, number) => `CATEGORIES:${number}`).join('\r\n')],
    ['an envelope', `ADR:;;${'a '.repeat(25_000)}z;;;;;;${'z '.repeat(25_000)}`],
    ['a picture that is none', `URL:DATA:${'a'.repeat(95_000)}`],
  ])('comes to an end with a long %s', async (_, line) => {
    const long = await card('VERSION:3.0', 'FN:Ada', line);
    const { displayName, email, organization, extra } = long;
    const contact = {
      ...{ displayName, email, organization, extra, photo: null, photoHash: null, typedPhones: {} },
      ...{ workPhone: null, homePhone: null, mobilePhone: null, faxNumber: null, mainPhone: null },
    };
    expect(contactVcard({ ...contact, groups: [] }, '3.0')).toContain('FN:Ada');
  });

  it('does not look at megabytes of text', () => {
    const lines = ['VERSION:3.0', 'FN:Ada', ...Array<string>(400_000).fill('X-A:b')];
    expect(() => readCard(lines, 600_000)).toThrow(TooMuchText);
    expect(readCard(['FN:Ada', `LOGO;ENCODING=b:${'A'.repeat(800_000)}`], 600_000).displayName).toBe('Ada');
  });
});
