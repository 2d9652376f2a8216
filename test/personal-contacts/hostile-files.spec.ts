import iconv from 'iconv-lite';
import { PersonalContact } from '../../src/personal-contacts/personal-contact.entity.js';
import { type User } from '../../src/accounts/user.entity.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { idIn } from '../imports/importing.js';
import { sheetOf, xlsx, zip } from '../imports/xlsx.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';

jest.setTimeout(60_000);

let app: TestApp;
let browser: Browser;
let user: User;
beforeAll(async () => {
  app = await startApp();
  ({ browser, user } = await app.signedIn());
});
afterAll(() => app.close());

const MB = 1024 * 1024;
const HEADER = 'Name,Email Address,Office,Home,Mobile,Fax,Phone,Company';
const ole = (...names: string[]) =>
  Buffer.concat([
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    Buffer.alloc(600),
    ...names.map((name) => Buffer.from(`${name}\0`, 'utf16le')),
  ]);

/** What a person sees after a file was uploaded and checked, and what could be written of it. */
interface Outcome {
  status: number;
  text: string;
  /** Names of contacts it would make, or made: nothing else may be called so. */
  names: string[];
}

/** Uploads a file, lets it be checked, imports the right rows if that is offered, and looks at the list. */
async function outcomeOf(bytes: Buffer | string, name = 'contacts.csv'): Promise<Outcome> {
  const uploaded = await browser.upload('/personal-contacts/import', { name, bytes });
  if (uploaded.status !== 303) return { status: uploaded.status, text: visibleText(uploaded), names: [] };
  const id = idIn(uploaded);
  await app.get(JobsWorker).idle();
  const page = await browser.get(`/imports/${id}`);
  await browser.post(`/imports/${id}/confirmation`, { proposals: 'take', rows: 'right', right: 'on' });
  await app.get(JobsWorker).idle();
  const done = await browser.get(`/imports/${id}`);
  const contacts = await app.database.manager.find(PersonalContact, {
    where: { ownerId: user.id },
    order: { sortKey: 'ASC' },
  });
  await app.database.query('DELETE FROM personal_contacts WHERE ownerId = ?', [user.id]);
  const worst = Math.max(page.status, done.status);
  return {
    status: worst,
    text: visibleText(page),
    names: contacts.map(({ displayName }) => displayName),
  };
}

describe('a file that is no list', () => {
  const files: [string, Buffer | string, RegExp, string?][] = [
    ['nothing', '', /This file is empty\. Choose one with a header row/],
    ['a byte order mark alone', '\ufeff', /This file is empty/],
    ['a header alone', HEADER, /no rows below its header\. Add at least one/],
    ['separators alone', ',,,,\r\n,,,,\r\n', /This file is empty/],
    ['line ends alone', '\r\n'.repeat(500), /This file is empty/],
    ['a picture called .csv', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /This is a picture/],
    ['a program called .csv', Buffer.concat([Buffer.from('MZ\x90\0\x03\0'), Buffer.alloc(4096)]), /not text/],
    ['NUL bytes inside', Buffer.from(`${HEADER}\r\nAda\0Lovelace,,,,,,,\r\n`), /not text/],
    ['a PDF file', Buffer.from('%PDF-1.7\n%âãÏÓ'), /PDF file, not CSV/],
    ['a web page', '<!doctype html><html><table></table></html>', /web page/],
    [
      'a ZIP archive',
      zip({ 'contacts.csv': HEADER }),
      /compressed folder \(ZIP\)\. Unpack it/,
      'contacts.zip',
    ],
    [
      'a Word document',
      zip({ '[Content_Types].xml': '', 'word/document.xml': '' }),
      /text document, not a list/,
    ],
    [
      'an OpenDocument spreadsheet',
      zip({ 'content.xml': '', 'META-INF/manifest.xml': '' }),
      /OpenDocument spreadsheet \(\.ods\)\. Open it, choose Save as, then Text CSV/,
    ],
    [
      'a Numbers file',
      zip({ 'Index/Document.iwa': '' }),
      /Numbers file\. Open it, choose File, Export to, CSV/,
    ],
    [
      'an old workbook',
      ole('Root Entry', 'Workbook'),
      /old kind \(\.xls\)\. Open it, choose Save as/,
      'a.xls',
    ],
    ['a protected workbook', ole('EncryptedPackage'), /protected by a password\. Open it, remove/, 'a.xlsx'],
    ['a damaged workbook', xlsx(sheetOf('S', ['Name'])).subarray(0, 500), /damaged, or not whole/, 'a.xlsx'],
    ['a workbook without content', xlsx({ sheets: [{ name: 'S' }] }), /workbook is empty/, 'a.xlsx'],
    [
      '10,000 columns',
      `${Array.from({ length: 10_000 }, (_, i) => `c${i}`).join(',')}\r\nx\r\n`,
      /more than 256 columns/,
    ],
    ['5 MB in one line', 'x'.repeat(5 * MB), /larger than/],
    [
      '2 MB in one line',
      'x'.repeat(2 * MB - 100),
      /No column says who the contacts are\. Say which one is the name/,
    ],
    [
      '2 MB in one cell below a header',
      `${HEADER}\r\n"${'x'.repeat(2 * MB - 200)}`,
      /longer than 100 kB\. Shorten it/,
    ],
  ];
  it.each(files.map(([what, bytes, words, name = 'contacts.csv']) => ({ what, bytes, words, name })))(
    'is told with what to do: $what',
    async ({ bytes, words, name }) => {
      const { status, text, names } = await outcomeOf(bytes, name);
      expect([status < 500, names]).toEqual([true, []]);
      expect(text).toMatch(words);
    },
  );

  it('of 1,001 rows says how many it has, and imports none', async () => {
    const rows = Array.from({ length: 1_001 }, (_, i) => `Person ${i},p${i}@example.test,,,,,,`);
    const { text, names } = await outcomeOf([HEADER, ...rows].join('\r\n'));
    expect(text).toMatch(/1,001 contacts; at most 1,000 can be imported at once/);
    expect(names).toEqual([]);
    const same = await outcomeOf(
      xlsx(sheetOf('S', HEADER.split(','), ...rows.map((row) => row.split(',')))),
      'contacts.xlsx',
    );
    expect([same.text, same.names]).toEqual([expect.stringMatching(/1,001 contacts; at most 1,000/), []]);
  });
});

const german = 'Müller,mueller@example.test';
const french = 'François Œuvré,francois@example.test';

describe('a file of another make', () => {
  it.each<[string, Buffer | string, string[]]>([
    [
      'CRLF, LF and CR in turn',
      `Name,Email\rAda,ada@example.test\nGrace,grace@example.test\r\n`,
      ['Ada', 'Grace'],
    ],
    ['one column', 'Name\r\nAda\r\nGrace\r\n', ['Ada', 'Grace']],
    [
      'a header in row 5',
      `My friends\r\n\r\n\r\n\r\nName,Email,Mobile\r\nAda,ada@example.test,+33612345678\r\n`,
      ['Ada'],
    ],
    ['200 blank lines', `Name,Email\r\n${'\r\n'.repeat(200)}Ada,ada@example.test\r\n`, ['Ada']],
    ['a line that names its separator', `sep=;\r\nName;Email\r\nAda;ada@example.test\r\n`, ['Ada']],
    ['separators inside quotes', `Name;Company\r\n"Ada; Countess";"Byron; Sons"\r\n`, ['Ada; Countess']],
    ['UTF-16 without a mark', iconv.encode(`Name,Email\r\n${french}\r\n`, 'utf-16le'), ['François Œuvré']],
    [
      'UTF-16 the other way',
      iconv.encode(`Name,Email\r\n${french}\r\n`, 'utf-16be', { addBOM: true }),
      ['François Œuvré'],
    ],
    ['Windows-1252', iconv.encode(`Name,Email\r\n${french}\r\n`, 'win1252'), ['François Œuvré']],
    [
      'an emoji and marks from right to left',
      `Name,Email\r\n😀 Ada,a@example.test\r\nשלום\u200f,s@example.test\r\n`,
      ['😀 Ada', 'שלום'],
    ],
    ['columns nobody knows', `Name,Shoe size,Email\r\nAda,38,ada@example.test\r\n`, ['Ada']],
  ])('is read right: %s', async (_, bytes, names) => {
    const outcome = await outcomeOf(bytes);
    expect(outcome.status).toBe(200);
    expect(outcome.names.map((name) => name.replace(/\u200f/g, '')).sort()).toEqual([...names].sort());
  });

  it('that is not valid in any encoding gives no name with a sign for a lost letter', async () => {
    const bytes = Buffer.concat([
      Buffer.from('Name,Email\r\nFran'),
      Buffer.from([0xe7]),
      Buffer.from('ois,f@example.test\r\nJos\u00e9,j@example.test\r\n'),
    ]);
    const { status, names, text } = await outcomeOf(bytes);
    expect(status).toBe(200);
    expect([names.join(), text].join()).not.toContain('\ufffd');
    expect(text).toMatch(/Windows-1252/);
  });

  it('with its columns twice is asked about or read by the first, and invents nothing', async () => {
    const { status, names } = await outcomeOf(
      `Name,Name,Email,Email\r\nAda,Grace,ada@example.test,g@example.test\r\n`,
    );
    expect(status).toBe(200);
    expect(names.filter((name) => name !== 'Ada')).toEqual([]);
  });

  it('with a quotation mark that is never closed keeps its other rows', async () => {
    const { status, text, names } = await outcomeOf(
      `${HEADER}\r\nAda,ada@example.test,,,,,,\r\n"Grace,g@example.test,,,,,,\r\nAlan,alan@example.test,,,,,,\r\n`,
    );
    expect(status).toBe(200);
    expect(text).toMatch(/quotation mark/i);
    expect(names).not.toContain('Grace,g@example.test');
  });

  it('with formulas is taken as the text it is, never reckoned', async () => {
    const { status, names } = await outcomeOf(`Name,Company\r\n"=HYPERLINK(""http://x"",""Ada"")",=1+1\r\n`);
    expect(status).toBe(200);
    expect(names.every((name) => name.includes('HYPERLINK'))).toBe(true);
  });
});

describe('a workbook', () => {
  it('is read like a CSV file, and the page says from which sheet', async () => {
    const { status, text, names } = await outcomeOf(
      xlsx({
        sheets: [
          { name: 'Notes' },
          {
            name: 'Mes contacts',
            rows: [
              ['Nom', 'Adresse e-mail', 'Mobile'],
              ['François Œuvré', 'francois@example.test', 33612345678],
              ['Zoë', german.split(',')[1] ?? '', '+33 6 12 34 56 79'],
            ],
          },
          { name: 'Autre', rows: [['x']] },
        ],
      }),
      'contacts.xlsx',
    );
    expect(status).toBe(200);
    expect(text).toContain('Excel workbook, sheet “Mes contacts”');
    expect(text).toContain('The sheet “Autre” is left out');
    expect(names).toContain('Zoë');
  });

  it('of users is read too, and its columns are asked about without encoding and separator', async () => {
    const { browser: admin } = await app.signedIn({ role: 'admin' });
    const bytes = xlsx(
      sheetOf('People', ['Email', 'First Name', 'Something'], ['ada@example.test', 'Ada', 'x']),
    );
    const id = idIn(await admin.upload('/users/import', { name: 'people.xlsx', bytes }));
    await app.get(JobsWorker).idle();
    const page = await admin.get(`/imports/${id}?step=columns`);
    expect(visibleText(page)).toContain('Excel workbook, sheet “People”');
    expect([/name="encoding"/.test(page.text), /name="headerRow"/.test(page.text)]).toEqual([false, true]);
    // Corrected, it is still the workbook it was.
    await admin.post(`/imports/${id}/reading`, { headerRow: 0 });
    expect(visibleText(await admin.get(`/imports/${id}`))).toContain('Excel workbook, sheet “People”');
  });
});
